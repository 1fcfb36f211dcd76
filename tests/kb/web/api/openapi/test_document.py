"""The contract for machines: it is true, complete, and what docs/api.md shows keeps to it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.web.api.openapi.parameters import locale_pattern
from kb.web.http.problem_kinds import KINDS
from tests.support.libraries import api_library
from tests.support.libraries.api_library import COURIER, REFUND, RETIRED

V1 = "/api/v1"
LANGUAGES = ("en", "ru")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("openapi")
    api_library.build(root)
    app = api_library.application(root, contact_email="help@example.com")
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return client.get("/openapi.json").get_json()


def closed(document: Any) -> Any:
    """The same contract without room for additions: what is not named is an error."""
    result = copy.deepcopy(document)
    for schema in result["components"]["schemas"].values():
        if "allOf" not in schema:  # which narrows another one, and names but some of its fields
            schema["additionalProperties"] = False
    return result


def validator(document: Any, schema: Any) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {**schema, "components": document["components"]}, validate_formats=True
    )


def component(document: Any, name: str) -> jsonschema_rs.Draft202012Validator:
    return validator(document, {"$ref": f"#/components/schemas/{name}"})


def as_rule(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"<\1>", path)


# --- the document itself


def test_the_contract_has_exactly_the_routes_of_the_application(app: Flask, document: Any) -> None:
    described = {
        (as_rule(path), method.upper())
        for path, operations in document["paths"].items()
        for method in operations
    }
    served = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(V1)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == served
    assert len(served) == 14


def validate(document: Any) -> None:
    """Raises jsonschema_rs.ValidationError."""
    from schemathesis import openapi  # takes seconds, also of those who only collect

    openapi.from_dict(document).validate()


def test_the_contract_is_valid_openapi(document: Any) -> None:
    validate(document)
    operations = [one for path in document["paths"].values() for one in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)


def test_the_validation_would_see_a_fault(document: Any) -> None:
    document["paths"][f"{V1}/search"]["get"]["parameters"][0]["in"] = "somewhere"
    with pytest.raises(jsonschema_rs.ValidationError):
        validate(document)


def test_every_reference_leads_somewhere(document: Any) -> None:
    found = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))
    assert len(found) > 50
    for reference in found:
        place = document
        for part in reference.split("/"):
            place = place[part]


def test_nothing_is_described_that_is_not_used(document: Any) -> None:
    text = json.dumps(document)
    for kind in ("schemas", "responses", "headers"):
        for name in document["components"][kind]:
            is_used = f'"#/components/{kind}/{name}"' in text
            assert is_used or name in ("Problem403", "Problem405"), name


def test_path_parameters_are_those_of_the_path(document: Any) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            parameters = operation.get("parameters", [])
            named = {one["name"] for one in parameters if one["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))


def test_it_is_kept_open_to_other_origins_and_small(client: FlaskClient) -> None:
    response = client.get("/openapi.json")
    assert response.mimetype == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"].startswith("public")
    assert len(response.data) < 60_000
    again = client.get("/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_it_is_there_without_an_index_and_knows_the_public_address(tmp_path: Path) -> None:
    app = api_library.application(tmp_path, public_url="https://help.example.com/")
    try:
        response = app.test_client().get("/openapi.json")
    finally:
        api_library.close(app)
    assert response.get_json()["servers"] == [{"url": "https://help.example.com"}]


# --- what it says of parameters and bodies is what the server does


def test_limits_of_parameters_are_stated(document: Any) -> None:
    def schema(path: str, name: str) -> Any:
        parameters = document["paths"][V1 + path]["get"]["parameters"]
        return next(one["schema"] for one in parameters if one["name"] == name)

    assert schema("/search", "limit") == {
        "type": "integer",
        "minimum": 1,
        "maximum": 20,
        "default": 10,
    }
    assert schema("/search", "offset")["maximum"] == 200
    assert schema("/articles", "limit")["maximum"] == 100
    assert schema("/articles", "updated_since") == {"type": "string", "format": "date-time"}
    assert schema("/search", "section")["enum"] == ["faq", "guides"]
    message = document["components"]["schemas"]["SuggestRequest"]["properties"]["message"]
    assert (message["minLength"], message["maxLength"]) == (1, 2000)


@pytest.mark.parametrize(
    "locale", ["", "en", "EN", "en-GB", "ru_RU", "ru-", "de", "english", "-en", "en\n", " en"]
)
def test_the_locales_of_the_contract_are_those_answered(client: FlaskClient, locale: str) -> None:
    response = client.get(f"{V1}/categories", query_string={"locale": locale})
    pattern = locale_pattern(LANGUAGES)
    is_valid = jsonschema_rs.is_valid({"type": "string", "pattern": pattern}, locale)
    assert response.status_code == (200 if is_valid else 422)


def test_a_language_with_a_region_is_taken_whole() -> None:
    schema = {"pattern": locale_pattern(("pt-br",))}
    assert jsonschema_rs.is_valid(schema, "pt-BR")
    assert not jsonschema_rs.is_valid(schema, "pt-BR-x")
    assert not jsonschema_rs.is_valid(schema, "pt")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"limit": 2.0},
        {"limit": 6},
        {"limit": 1.5},
        {"limit": True},
        {"limit": None},
        {"message": None},
        {"message": ""},
        {"message": "x" * 2000},
        {"message": "x" * 2001},
        {"filters": None},
        {"filters": {"categories": None}},
        {"filters": {"categories": "cat_faq-returns"}},
        {"history": [{"author": "user", "text": "x"}] * 11},
        {"history": [{"author": "user", "text": None}]},
        {"context": {"attributes": {"a": 1, "b": None, "c": "x", "d": True}}},
        {"context": {"attributes": {"a": []}}},
        {"context": {"attributes": {str(number): 1 for number in range(21)}}},
        {"store": "yes"},
        {"colour": {"unknown": "is ignored"}},
    ],
)
def test_the_contract_accepts_what_the_server_accepts(
    client: FlaskClient, document: Any, change: dict[str, Any]
) -> None:
    body = {"message": "where is my refund"} | change
    status = client.post(f"{V1}/suggest", json=body).status_code
    assert status == (200 if component(document, "SuggestRequest").is_valid(body) else 422)


# --- responses hold what it names and nothing else

ASKED = (
    ("/site", "Site"),
    ("/categories", "CategoryTree"),
    ("/articles", "ArticleList"),
    (f"/articles/{REFUND}", "ArticleFull"),
    (f"/articles/{COURIER}?format=markdown&locale=ru", "ArticleFull"),
    (f"/articles/{REFUND}/related", "RelatedList"),
    ("/search?q=refund", "SearchResponse"),
    ("/autocomplete?q=ref", "AutocompleteResponse"),
)


@pytest.mark.parametrize(("path", "name"), ASKED)
def test_answers_hold_exactly_the_described_fields(
    client: FlaskClient, document: Any, path: str, name: str
) -> None:
    response = client.get(V1 + path)
    assert response.status_code == 200
    component(closed(document), name).validate(response.get_json())
    route = as_rule(
        path.partition("?")[0].replace(REFUND, "{article}").replace(COURIER, "{article}")
    )
    operation = document["paths"][V1 + route.replace("<", "{").replace(">", "}")]["get"]
    content = operation["responses"]["200"]["content"]["application/json"]
    assert content["schema"] == {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize("include", [["passage"], []])
def test_a_suggestion_holds_exactly_the_described_fields(
    client: FlaskClient, document: Any, include: list[str]
) -> None:
    body = {"message": "where is my refund", "include": include}
    response = client.post(f"{V1}/suggest", json=body)
    component(closed(document), "SuggestResponse").validate(response.get_json())


def test_a_field_too_many_would_be_seen(client: FlaskClient, document: Any) -> None:
    found = client.get(f"{V1}/articles/{REFUND}").get_json() | {"source_path": "en/secret.md"}
    assert not component(closed(document), "ArticleFull").is_valid(found)
    # Clients that validate must not break when a field is added.
    assert component(document, "ArticleFull").is_valid(found)


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/search?limit=x", {}, 422),
        ("GET", "/articles/nothing", {}, 404),
        ("GET", f"/articles/{RETIRED}", {}, 410),
        ("POST", "/suggest", {"data": b"[", "content_type": "application/json"}, 400),
        ("POST", "/suggest", {"data": b"{}", "content_type": "text/plain"}, 415),
        ("POST", "/suggest", {"json": {"message": "x" * 40_000}}, 413),
    ],
)
def test_problems_keep_to_the_contract(
    client: FlaskClient, document: Any, method: str, path: str, sent: Any, status: int
) -> None:
    response = client.open(V1 + path, method=method, **sent)
    assert response.status_code == status
    route = re.sub(r"/articles/\w+", "/articles/{article}", path.partition("?")[0])
    described = document["paths"][V1 + route][method.lower()]["responses"][str(status)]
    strict = closed(document)
    answer = strict["components"]["responses"][described["$ref"].rpartition("/")[2]]
    schema = answer["content"][response.mimetype]["schema"]
    validator(strict, schema).validate(response.get_json())


def test_every_code_is_in_the_contract(document: Any) -> None:
    problem = document["components"]["schemas"]["Problem"]["properties"]
    assert set(problem["code"]["enum"]) == set(KINDS)
    for code, kind in KINDS.items():
        _, narrowed = document["components"]["schemas"][f"Problem{kind.status}"]["allOf"]
        assert code in narrowed["properties"]["code"]["enum"]


# --- docs/api.md


def examples() -> list[Any]:
    text = (Path(__file__).parents[5] / "docs" / "api.md").read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]


def test_every_example_in_the_documentation_keeps_to_the_contract(document: Any) -> None:
    strict = closed(document)
    shown = set()
    for example in examples():
        names = [
            name
            for name in strict["components"]["schemas"]
            if component(strict, name).is_valid(example)
        ]
        assert names, f"no schema allows {example}"
        shown.update(names)
    assert {"Problem", "Article", "SuggestResponse"} <= shown
