"""The application as an export asks it: its own, started for that, over the serving generation."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from kb import logs
from kb.config import Config
from kb.exports.crawl import ORIGIN, Answer
from kb.exports.site import SiteSource
from kb.labels import SECTION_LABELS
from kb.web.layout.frame import STATIC_EXPORT
from kb.web.layout.locale import name_in
from kb.web.services import EXTENSION, Services
from search.generation.files import SYNONYMS
from search.model import Synonym

APPLICATION = "app:create_app"


@contextmanager
def source_of(config: Config) -> Iterator[SiteSource]:
    """The site of these settings. Raises IndexMissing without a generation."""
    changes = {"public_url": ORIGIN, "rate_limits": False, "demo": False}
    plain = config.model_copy(update=changes)
    create_app: Callable[[Config], Any] = pkgutil.resolve_name(APPLICATION)
    with logs.only_warnings():
        app = create_app(plain)
        services: Services = app.extensions[EXTENSION]
        try:
            loaded = services.loaded()
            rows = json.loads(loaded.searcher.generation.path(SYNONYMS).read_bytes())
            yield SiteSource(
                ask=partial(_ask, app.test_client()),
                catalog=loaded.catalog,
                redirects=loaded.redirects,
                synonyms=[Synonym(**row) for row in rows],
                languages=config.languages,
                section_name=partial(_section_name, services),
                language_name=name_in,
            )
        finally:
            services.close()


def _ask(client: Any, path: str, lang: str) -> Answer:
    response = client.get(
        path,
        base_url=ORIGIN,
        headers={"Accept-Language": lang},
        environ_overrides={STATIC_EXPORT: True},
    )
    location = response.headers.get("Location", "").removeprefix(ORIGIN)
    content: bytes = response.get_data()
    response.close()
    return Answer(response.status_code, content, response.mimetype == "text/html", location)


def _section_name(services: Services, section: str, lang: str) -> str:
    return services.translator.into(lang)(SECTION_LABELS[section].title)
