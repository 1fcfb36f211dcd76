"""Measures the pages: `python -m bench.speed.pages`, on the sample articles.

- server time of each page type in a library of 1,200 articles (the samples under further ids),
  in this process, without network;
- what an article page transfers, without its pictures, in real Chromium, for every article;
- accessibility faults that axe finds on every page type, in both themes and languages;
- Lighthouse with its phone profile, if `npm ci` has run in `bench/lighthouse`.

Writes bench/results/pages.json. Figures, never pass or fail.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from app import create_app
from bench import machine
from bench.browser import CHROMIUM, HEADLESS
from bench.library import article_id
from bench.server import running
from kb.build import build
from kb.catalog.catalog import Catalog
from kb.config import Config
from kb.logs import configure
from kb.web.services import EXTENSION
from search.evaluation.metrics import percentile

ARTICLES = 1_280
"""Some of them are internal: 1,200 and a few are published."""
ROUNDS = 400
"""Requests of each page type."""
SEED = 5
SAMPLES = Path("articles")
CACHE = Path("var/cache")
RESULTS = Path("bench/results/pages.json")
LIGHTHOUSE = Path("bench/lighthouse")
LIGHTHOUSE_RUNS = 3
BROTLI = {"Accept-Encoding": "br"}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE: ViewportSize = {"width": 390, "height": 844}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_OWN_LINES = re.compile(r"^(id|aliases): .*\n", re.MULTILINE)
_ID = re.compile(r"^id: (\S+)$", re.MULTILINE)


def main() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    configure("json", stream=StringIO())  # the log's lines are made, and not shown
    figures: dict[str, Any] = {"machine": machine.facts()}
    with tempfile.TemporaryDirectory(prefix="otvet-pages-") as name:
        large = Path(name) / "large"
        multiply(SAMPLES, large / "articles", ARTICLES)
        figures["server_time_ms"] = server_times(settings(large))
        print(json.dumps(figures["server_time_ms"], indent=1), flush=True)
        small = Path(name) / "small"
        shutil.copytree(SAMPLES, small / "articles")
        config = settings(small)
        build.build(Config.from_environ(config))
        with running(config) as server:
            figures["article_bytes"] = article_weights(server.url, config)
            print(json.dumps(figures["article_bytes"], indent=1), flush=True)
            figures["axe"] = accessibility(server.url, config)
            print(json.dumps(figures["axe"], indent=1), flush=True)
            figures["lighthouse"] = lighthouse(server.url, config)
            print(json.dumps(figures["lighthouse"], indent=1), flush=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def settings(root: Path) -> dict[str, str]:
    """Of a site over `root`/articles, with data beside it and the cache of this checkout."""
    (root / "var").mkdir(parents=True)
    (root / "var" / "cache").symlink_to(CACHE.resolve())
    return {
        "KB_ARTICLES_DIR": str(root / "articles"),
        "KB_DATA_DIR": str(root / "var"),
        "KB_CONTACT_EMAIL": "help@example.com",
        "KB_PUBLIC_URL": "",
    }


def multiply(source: Path, target: Path, wanted: int) -> None:
    """Copy the library at `source`, and its articles again under new ids until `wanted` are there.

    An article counts once, whatever its languages; copies have neither former addresses.
    """
    shutil.copytree(source, target)
    by_id: dict[str, list[Path]] = {}
    for path in sorted(source.glob("*/*/*/*.md")):
        found = _ID.search(path.read_text(encoding="utf-8"))
        if found:
            by_id.setdefault(found[1], []).append(path)
    ids = sorted(by_id)
    for number in range(wanted - len(ids)):
        for path in by_id[ids[number % len(ids)]]:
            text = _OWN_LINES.sub("", path.read_text(encoding="utf-8"))
            text = text.replace("---\n", f"---\nid: {article_id(number + 50_000)}\n", 1)
            copy = target / path.relative_to(source)
            copy.with_name(f"{path.stem}-{number}.md").write_text(text, encoding="utf-8")


# --- server time ---------------------------------------------------------------------------------


def server_times(environ: Mapping[str, str]) -> dict[str, Any]:
    """Milliseconds of each page type, compressed as for a browser."""
    config = Config.from_environ({**environ, "KB_RATE_LIMITS": "0"})
    report = build.build(config)
    with _client(config) as (client, catalog):
        figures: dict[str, Any] = {"articles": len(catalog.pages("ru")), "pages": len(catalog)}
        figures["problems"] = len(report.problems)
        for kind, addresses in _addresses(catalog).items():
            figures[kind] = _times(client, addresses)
    return figures


def _times(client: FlaskClient, addresses: Iterable[str]) -> dict[str, float]:
    times = []
    for address in addresses:
        started = time.perf_counter()
        response = client.get(address, headers=BROTLI)
        times.append(1000 * (time.perf_counter() - started))
        assert response.status_code == 200, address
        response.close()
    warm = times[len(times) // 10 :]
    return {
        "n": len(warm),
        "p50": round(statistics.median(warm), 2),
        "p99": round(percentile(warm, 99), 2),
    }


def _addresses(catalog: Catalog) -> dict[str, list[str]]:
    rng = random.Random(SEED)
    pages = [rng.choice(catalog.all_pages) for _ in range(ROUNDS)]
    asked = [rng.choice(page.questions or (page.title,)) for page in pages]
    return {
        "home": [f"/{page.lang}/" for page in pages],
        "section": [f"/{page.lang}/{page.section}/" for page in pages],
        "category": [f"/{page.lang}/{page.section}/{page.category}/" for page in pages],
        "article": [f"/{page.lang}/{'/'.join(page.address)}" for page in pages],
        "results": [
            f"/{page.lang}/search?q={text}" for page, text in zip(pages, asked, strict=True)
        ],
    }


@contextmanager
def _client(config: Config) -> Iterator[tuple[FlaskClient, Catalog]]:
    app = create_app(config)
    services = app.extensions[EXTENSION]
    try:
        services.library.fence().wait_until_ready(120)
        yield app.test_client(), services.library.require().catalog
    finally:
        services.close()


# --- what travels --------------------------------------------------------------------------------


def article_weights(url: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Bytes transferred by each article page without pictures of articles, headers included."""
    config = Config.from_environ(environ)
    with _client(config) as (_, catalog), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
        rows = [
            _weight(browser, f"{url}/{page.lang}/{'/'.join(page.address)}")
            for page in catalog.all_pages
        ]
        browser.close()
    return {
        "n": len(rows),
        "total": {"p50": statistics.median(r["total"] for r in rows), "most": _most(rows, "total")},
        "script": {
            "p50": statistics.median(r["Script"] for r in rows),
            "most": _most(rows, "Script"),
        },
        "first": rows[0],
    }


def _most(rows: Iterable[Mapping[str, int]], kind: str) -> int:
    return max(row[kind] for row in rows)


def _weight(browser: Browser, address: str) -> dict[str, int]:
    """A first visit: bytes by type of resource, as the browser's own tools count them."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {"Script": 0}

    def answered(event: dict[str, Any]) -> None:
        is_picture = "/media/" in event["response"]["url"]
        kinds[event["requestId"]] = "picture" if is_picture else event["type"]

    def finished(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        sizes[kind] = sizes.get(kind, 0) + int(event["encodedDataLength"])

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    context.close()
    sizes["total"] = sum(size for kind, size in sizes.items() if kind != "picture")
    return sizes


# --- accessibility -------------------------------------------------------------------------------


def accessibility(url: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Number of pages looked at, and every fault found: page, theme, rule."""
    config = Config.from_environ(environ)
    with _client(config) as (_, catalog), sync_playwright() as playwright:
        addresses = [one for lang in config.languages for one in _page_types(catalog, lang)]
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
        faults = []
        for theme in THEMES:
            context = browser.new_context(
                base_url=url,
                color_scheme=theme,
                viewport=PHONE,
                bypass_csp=True,  # the checker is a script of its own
            )
            page = context.new_page()
            for address in addresses:
                page.goto(address)
                found = Axe().run(page, options=AXE).response["violations"]
                faults += [f"{address} {theme}: {fault['id']}" for fault in found]
            context.close()
        browser.close()
    return {"pages": len(addresses) * len(THEMES), "faults": faults}


def _page_types(catalog: Catalog, lang: str) -> list[str]:
    page = next(page for page in catalog.pages(lang) if page.lang == lang and page.products)
    foreign = next((one for one in catalog.pages(lang) if one.lang != lang), page)
    return [
        f"/{lang}/",
        f"/{lang}/{page.section}/",
        f"/{lang}/{page.section}/?product={page.products[0]}",
        f"/{lang}/{page.section}/{page.category}/",
        f"/{lang}/{'/'.join(page.address)}",
        f"/{lang}/{'/'.join(foreign.address)}",
        f"/{lang}/history/{page.id}",
        f"/{lang}/products/",
        f"/{lang}/products/{page.products[0]}",
        f"/{lang}/search?q={page.title}",
        f"/{lang}/search?q={page.title}&section=faq",
        f"/{lang}/search?q=zzzqqq",
        f"/{lang}/search",
        f"/{lang}/contact",
        f"/{lang}/contact?about={page.id}",
        f"/{lang}/nothing-here",
    ]


# --- Lighthouse ----------------------------------------------------------------------------------


def lighthouse(url: str, environ: Mapping[str, str]) -> Any:
    """Median scores of some runs a page type, or why there are none."""
    if not (LIGHTHOUSE / "node_modules").is_dir():
        return "not measured: run `npm ci` in bench/lighthouse"
    with _client(Config.from_environ(environ)) as (_, catalog):
        page = next(p for p in catalog.pages("ru") if p.section == "guides" and len(p.headings) > 3)
    addresses = {
        "home": f"{url}/ru/",
        "category": f"{url}/ru/{page.section}/{page.category}/",
        "article": f"{url}/ru/{'/'.join(page.address)}",
        "results": f"{url}/ru/search?q=возврат+денег",
    }
    runs = [_lighthouse(addresses.values()) for _ in range(LIGHTHOUSE_RUNS)]
    return {
        kind: _median_run([run[number] for run in runs]) for number, kind in enumerate(addresses)
    }


def _lighthouse(addresses: Iterable[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", "run.js", CHROMIUM, *addresses],
        cwd=LIGHTHOUSE,
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _median_run(runs: list[dict[str, Any]]) -> dict[str, Any]:
    scores = {
        name: statistics.median(run["scores"][name] for run in runs) for name in runs[0]["scores"]
    }
    metrics = {
        name: statistics.median(run[name] for run in runs)
        for name in runs[0]
        if name not in ("scores", "failed", "address")
    }
    return {
        "scores": scores,
        **metrics,
        "failed": sorted({f for run in runs for f in run["failed"]}),
    }


if __name__ == "__main__":
    main()
