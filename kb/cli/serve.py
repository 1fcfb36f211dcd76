"""Commands that run until stopped: `kb serve`, `kb mcp`, `kb worker`, `kb workbench`."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import suppress

import click

from kb.cli.exits import EXIT_BUSY, EXIT_PROBLEMS, EXIT_UNUSABLE, require_free_address, stop
from kb.config import LOCAL_HOSTS, Config
from kb.errors import BadConfig

commands = click.Group()

_PORT = click.IntRange(0, 65_535)
_PATIENT = {"encoder_timeout_ms": 5_000, "reader_timeout_ms": 5_000}
"""For authors, whose machine builds while it searches: what the bar tells must not depend on it."""


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=_PORT, default=8000, show_default=True, help="Port to listen on.")
@click.option("--watch", "is_watching", is_flag=True, help="Serve edits of articles at once.")
@click.option("--dev", "is_dev", is_flag=True, help="--watch, and a bar for authors on each page.")
@click.pass_obj
def serve(config: Config, *, host: str, port: int, is_watching: bool, is_dev: bool) -> None:
    """Serve the site. With --watch or --dev, builds first and again after every edit."""
    from kb.server import supervisor

    if is_dev:
        _require_own_machine(config, host)
        config = config.model_copy(update=_PATIENT)
    try:
        _require_usable_state(config)
    except BadConfig as error:
        stop(f"Bad setting: {error}", EXIT_UNUSABLE)
    require_free_address(host, port)
    _tell_of_forgotten_database(config)
    if is_watching or is_dev:
        _build_apart()
    supervisor.serve(config, host=host, port=port, watch=is_watching, dev=is_dev)


@commands.command()
@click.option("--http", "is_http", is_flag=True, help="Serve at /mcp instead of stdio.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: address.")
@click.option("--port", type=_PORT, default=8001, show_default=True, help="With --http: port.")
@click.pass_obj
def mcp(config: Config, *, is_http: bool, host: str, port: int) -> None:
    """Let AI agents search and read the published articles (Model Context Protocol)."""
    from kb.mcp import server

    if is_http:
        require_free_address(host, port)
        server.serve_http(config, host=host, port=port)
    else:
        server.serve_stdio(config)


@commands.command()
@click.pass_obj
def worker(config: Config) -> None:
    """Deliver hand-offs and delete what is too old, until stopped. `kb serve` runs one itself."""
    from kb import logs
    from kb.database.engine import Database
    from kb.handoffs.channels.registry import fallback_channel, primary_channel
    from kb.handoffs.delivery.deliverer import Deliverer
    from kb.handoffs.delivery.lane import Ways
    from kb.handoffs.encryption import Sealer
    from kb.secret_key import load_secret_keys

    logs.configure(config.log_format)
    try:
        _require_usable_state(config)
    except BadConfig as error:
        stop(f"Bad setting: {error}", EXIT_UNUSABLE)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    database = Database.from_url(config.effective_database_url)
    ways = Ways(primary_channel(config), fallback_channel(config))
    deliverer = Deliverer(database, ways, Sealer(load_secret_keys(config)), config)
    try:
        deliverer.run(stopped)
    finally:
        database.close()


@commands.command()
@click.pass_obj
def workbench(config: Config) -> None:
    """Try texts of the editor before they are saved, until stopped. `kb serve` runs one itself."""
    from kb import logs
    from kb.build.trial import workbench as trials
    from kb.cli.exits import require_data_folder

    logs.configure(config.log_format)
    try:
        require_data_folder(config)
    except BadConfig as error:
        stop(f"Bad setting: {error}", EXIT_UNUSABLE)
    try:
        trials.serve(config)
    except OSError as error:
        stop(f"Nobody can be answered: {error}", EXIT_UNUSABLE)


def _require_own_machine(config: Config, host: str) -> None:
    """End the command where readers could see what the bar shows of unpublished articles."""
    if config.public_url or host not in (*LOCAL_HOSTS, "::1"):
        stop(
            "--dev shows every problem and draft to whoever opens the site: use it on your own "
            "machine only, without --host and KB_PUBLIC_URL",
            EXIT_UNUSABLE,
        )


def _require_usable_state(config: Config) -> None:
    """Raise BadConfig where data cannot be kept, and for a database of another key or version.

    A database that is away may wait: until it is back, nothing is sealed or delivered with a key
    that is not its own.
    """
    from kb.cli.exits import require_data_folder
    from kb.database import inspection
    from kb.database.engine import Database
    from kb.errors import DatabaseUnavailable
    from kb.handoffs import canary
    from kb.handoffs.encryption import Sealer
    from kb.secret_key import find_secret_keys

    if not (config.database_url and config.secret_key):
        require_data_folder(config)
    keys = find_secret_keys(config)
    database = Database.from_url(config.effective_database_url)
    try:
        with suppress(DatabaseUnavailable):
            database.query(inspection.require_known_revision)
            if not canary.is_right_key(database, Sealer(keys) if keys else None):
                raise BadConfig(canary.WRONG_KEY)
    finally:
        database.close()


def _tell_of_forgotten_database(config: Config) -> None:
    from kb.cli.database.former import forgotten_database
    from kb.errors import DatabaseUnavailable

    with suppress(DatabaseUnavailable):
        if sentence := forgotten_database(config):
            click.echo(f"Note: {sentence}", err=True)


def _build_apart() -> None:
    """Build in a process of its own: the encoder's memory is gone when serving starts."""
    import subprocess

    done = subprocess.run([sys.executable, "-m", "kb", "build"], check=False)
    if done.returncode not in (0, EXIT_PROBLEMS, EXIT_BUSY):
        sys.exit(done.returncode)
