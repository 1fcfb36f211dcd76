"""The start of a server: modules that it must not wait for."""

import subprocess
import sys

import pytest

NOT_SERVING = (
    # Only building and adapting need them, and the editor when it shows a text; to read what
    # authors keep it needs yaml from the start.
    *("torch", "sentence_transformers", "transformers", "onnx", "huggingface_hub", "whoosh"),
    *("markdown", "markdown_it", "nh3", "lxml", "watchfiles"),
    *(
        "kb.build",
        "kb.content.render",
        "search.build",
        "search.evaluation",
        "search.semantic.encoder_build",
    ),
    # Only fitting and judging do.
    *("scipy", "sklearn", "pandas"),
    # Used where they are needed: tables to change, a preview to draw, a contract to show.
    *("alembic", "mako", "PIL", "kb.web.api.openapi", "psycopg"),
    # Other entry points.
    *("kb.cli", "kb.mcp", "mcp", "uvicorn", "starlette", "gunicorn", "waitress"),
    # The worker beside the server delivers.
    *("standardwebhooks", "urllib3", "requests", "smtplib"),
    # Tests.
    *("pytest", "hypothesis", "schemathesis", "playwright"),
)
"""Libraries and packages of ours that `import app` may not load."""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Modules loaded by `import app` in a process of its own."""
    code = "import app, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("name", NOT_SERVING)
def test_serving_does_not_import(loaded: set[str], name: str) -> None:
    assert not {one for one in loaded if one == name or one.startswith(f"{name}.")}


def test_the_list_would_see_what_is_loaded(loaded: set[str]) -> None:
    assert {"app", "flask", "numpy", "search.ranking.searcher"} <= loaded
