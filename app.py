"""Joins the parts of the web application."""

from __future__ import annotations

import logging
import os
import threading
from functools import partial

from flask import Flask

from kb.accounts.api_keys import KeyRing, demo_key
from kb.accounts.key_use import KeyUses
from kb.branding.translator import Translator
from kb.catalog.generation import STAFF_INDEX, LiveGeneration
from kb.config import Config
from kb.database.engine import Database
from kb.errors import BadConfig, DatabaseUnavailable
from kb.feedback.popularity import Popularity
from kb.handoffs import canary
from kb.handoffs.channels import registry
from kb.handoffs.encryption import CannotUnseal, Sealer
from kb.secret_key import SecretKeys, load_secret_keys
from kb.suggestions.log_writer import LogWriter
from kb.time_budget import BoundedCalls
from kb.web.api.docs import docs
from kb.web.api.feedback import feedback_api
from kb.web.api.handoffs import handoff_api
from kb.web.api.routes import api
from kb.web.api.staff import staff_api
from kb.web.api.suggest import suggest_api
from kb.web.api.widget import widget_api
from kb.web.auth import api_key, csrf, sessions
from kb.web.contact.routes import contact
from kb.web.dev.routes import dev
from kb.web.help.feeds import feeds
from kb.web.help.permalinks import permalinks
from kb.web.help.previews import previews
from kb.web.help.routes import site
from kb.web.http import compression, problems, rate_limits, request_log, security
from kb.web.http.health import operations
from kb.web.http.metrics import Metrics
from kb.web.layout.branding import looks
from kb.web.services import EXTENSION, Services
from kb.web.staff.articles.routes import articles
from kb.web.staff.people import invitation  # noqa: F401 – its routes
from kb.web.staff.people.routes import people_pages
from kb.web.staff.routes import staff_pages
from kb.web.widget.demo import demo
from kb.web.widget.loader import widget
from search.answers.unit_reader import ReadingLimits
from search.generation.digests import KnownDigests
from search.generation.store import Store
from search.semantic.encoder import load_query_encoder
from search.semantic.encoder_guard import FenceLimits
from search.semantic.reader import OnnxReader

log = logging.getLogger(__name__)

MIGRATION_WAIT_S = 5.0
"""A database that hangs must not keep readers from the articles."""


def create_app(
    config: Config | None = None, *, known: KnownDigests | None = None, is_dev: bool = False
) -> Flask:
    """An application that serves. Call it in the process that will: it starts threads.

    Without an index, encoder or database it starts all the same and serves what it can. `known`
    are files of the index that need no hashing any more. With `is_dev`, which no setting switches
    on, pages have a bar for authors. Raises BadConfig; called without settings, as by a plain
    gunicorn, the error of gunicorn's that ends it with the sentence alone.
    """
    if config:
        app = _joined(config, known)
        if is_dev:
            app.register_blueprint(dev)
        return app
    try:
        return _joined(Config.from_environ(os.environ), known)
    except BadConfig as error:
        from gunicorn.errors import AppImportError  # type: ignore[import-untyped]  # ships no types

        raise AppImportError(f"Bad setting: {error}") from None


def _joined(config: Config, known: KnownDigests | None) -> Flask:
    registry.check(config)
    app = Flask(__name__)
    keys = load_secret_keys(config)
    app.secret_key = keys.current
    app.config["SECRET_KEY_FALLBACKS"] = [keys.previous] if keys.previous else []
    app.extensions[EXTENSION] = _services(config, keys, known)
    app.register_blueprint(looks)  # before any template is loaded: it says how
    # In this order: what is installed first sees requests first and responses last.
    request_log.install(app, Metrics())
    security.install(app, config)
    compression.install(app)
    problems.install(app)
    csrf.install(app, config)
    api_key.install(app)
    rate_limits.install(app, config)
    app.register_blueprint(operations)
    app.register_blueprint(api)
    app.register_blueprint(suggest_api)
    app.register_blueprint(feedback_api)
    app.register_blueprint(handoff_api)
    app.register_blueprint(widget_api)
    app.register_blueprint(docs)
    sessions.install(app)
    app.register_blueprint(staff_pages)
    app.register_blueprint(articles)
    app.register_blueprint(people_pages)
    app.register_blueprint(staff_api)
    app.register_blueprint(permalinks)
    app.register_blueprint(widget)
    app.register_blueprint(demo)
    app.register_blueprint(site)
    app.register_blueprint(contact)  # after site, which tells what a language is
    app.register_blueprint(feeds)
    app.register_blueprint(previews)
    return app


def _services(config: Config, secrets: SecretKeys, known: KnownDigests | None) -> Services:
    database = Database.from_url(config.effective_database_url)
    sealer = Sealer(secrets)
    _prepare(database, sealer)
    library = LiveGeneration(
        Store(config.index_dir),
        load_encoder=partial(load_query_encoder, is_checked=True),
        load_reader=partial(OnnxReader.from_folder, is_checked=True),
        limits=FenceLimits(timeout_s=config.encoder_timeout_ms / 1000),
        reading=ReadingLimits(timeout_s=config.reader_timeout_ms / 1000),
        known=known,
    )
    library.start()
    popularity = Popularity(database)
    popularity.ranking()  # asks, so that it is known when the first reader comes
    return Services(
        config=config,
        library=library,
        staff_library=library.beside(Store(config.data_dir / STAFF_INDEX)),
        database=database,
        keys=KeyRing(database, demo=demo_key(secrets.current) if config.demo else ""),
        key_uses=KeyUses(database),
        suggestion_log=LogWriter(database),
        bounded=BoundedCalls(2 * config.threads),
        sealer=sealer,
        popularity=popularity,
        channel=registry.chosen(config),
        translator=Translator(config.site_dir),
    )


def _prepare(database: Database, sealer: Sealer) -> None:
    """Bring the tables up to date; a database that is away does so when it is back.

    Raises BadConfig when it is sealed with another secret key.
    """
    outcome: list[BaseException] = []

    def migrate() -> None:
        try:
            database.migrate()
            database.transact(lambda connection: canary.require(connection, sealer))
        except CannotUnseal as error:
            outcome.append(BadConfig(str(error)))
        except DatabaseUnavailable as error:
            log.error("votes are closed until the database is back: %s", error)
        except BaseException as error:  # noqa: BLE001 – raised again below
            outcome.append(error)

    thread = threading.Thread(target=migrate, name="migration", daemon=True)
    thread.start()
    thread.join(MIGRATION_WAIT_S)
    if outcome:
        raise outcome[0]
    if thread.is_alive():
        log.error("votes are closed until the database answers")
