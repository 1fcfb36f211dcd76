"""Starts the serving processes and keeps them running: gunicorn's arbiter over `kb.server.worker`.

Modules are imported and files of the index are checked once, before forking; the application
itself, which has threads and connections, is made by each worker.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]  # ships no types
from gunicorn.errors import AppImportError, HaltServer  # type: ignore[import-untyped]  # ships no types
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # ships no types

from kb import logs
from kb.config import Config
from kb.errors import BadConfig
from kb.server.file_limit import raise_file_limit
from search.errors import IndexCorrupt, IndexOutdated
from search.generation.digests import KnownDigests
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store

log = logging.getLogger(__name__)

APPLICATION = "app:create_app"
"""By name: what starts processes knows nothing of what they serve."""
GRACE_S = 10
"""For requests under way when the server is told to stop."""
HEARTBEAT_S = 30
"""A worker silent for so long is replaced."""
COMPANION_GRACE_S = 5.0
COMPANION_PAUSE_S = 1.0
"""First wait before a companion that ended is started again; it doubles each time."""
LONGEST_PAUSE_S = {"watch": 60.0, "worker": 2.0, "workbench": 60.0}
"""Longest wait; hand-offs are promised within a minute, however often their worker ends."""
LASTING_S = 120.0
"""A companion that was started so long ago has not failed at its start; above any pause."""
NICENESS = {"watch": 5, "worker": 0, "workbench": 5}
"""Readers come before builds; hand-offs are promised within a minute, and cost little."""
EXIT_UNUSABLE = 2  # as of commands: see `kb.cli.exits`

_PR_SET_PDEATHSIG = 1


def serve(
    config: Config, host: str, port: int, *, watch: bool = False, dev: bool = False
) -> NoReturn:
    """Serve on `host`:`port` until SIGTERM or SIGINT, then exit with 0.

    Requests under way get GRACE_S to finish; a worker that dies is replaced; SIGHUP replaces all
    without losing a request. Beside them a process delivers hand-offs, and with `watch`, or where
    articles are published in the editor, another builds after every edit. With `dev` that one
    checks them too, and pages have a bar for authors.
    """
    # Requests run side by side: a product of one query with some MB gains nothing from more
    # threads, and waits for them when cores are busy. Read by NumPy when a worker imports it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    logs.configure(config.log_format)
    _prepare_run_dir(config)
    raise_file_limit()
    known = _prepare_for_workers(config)
    watching = _arguments_of_watch(config, watch=watch, dev=dev)
    _Application(config, _address(host, port), known, watching=watching, is_dev=dev).run()
    raise AssertionError("gunicorn ends by SystemExit")


def _arguments_of_watch(config: Config, *, watch: bool, dev: bool) -> tuple[str, ...] | None:
    if dev:
        return ("--check",)
    if watch:
        return ()
    return ("--published",) if config.content_repository else None


class _Application(BaseApplication):  # type: ignore[misc]  # its base is untyped
    """The settings of gunicorn, and the application each worker loads."""

    def __init__(
        self,
        config: Config,
        address: str,
        known: KnownDigests,
        *,
        watching: tuple[str, ...] | None,
        is_dev: bool,
    ) -> None:
        """`watching` are arguments of `kb watch`, None where it is not to run."""
        self._config = config
        self._known = known
        self._settings = _settings(config, address)
        self._watching = watching
        self._is_dev = is_dev
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        create_app = pkgutil.resolve_name(APPLICATION)
        try:
            return create_app(self._config, known=self._known, is_dev=self._is_dev)
        except BadConfig as error:  # seen by the command too, unless it came up since
            raise AppImportError(f"Bad setting: {error}") from None

    def run(self) -> None:
        watch = [] if self._watching is None else [_Companion("watch", *self._watching)]
        worker = [_Companion("worker")] if self._config.embedded_worker else []
        editor = [_Companion("workbench")] if self._config.content_repository else []
        _Supervisor(self, [*watch, *worker, *editor]).run()


class _Supervisor(Arbiter):  # type: ignore[misc]  # its base is untyped
    """Gunicorn's arbiter, which also keeps the companions running."""

    def __init__(self, application: _Application, companions: Sequence[_Companion]) -> None:
        self._companions = companions
        self._is_ending = False
        self.has_served = False
        """True once a worker was ready."""
        super().__init__(application)

    def reload(self) -> None:
        """Start a second set of workers; `manage_workers` stops the first when they are ready."""
        for _ in range(self.cfg.workers):
            self.spawn_worker()

    def manage_workers(self) -> None:
        self._note_ready()
        # Gunicorn would stop old workers at once, and nobody would answer while new ones load.
        is_replacing = len(self.WORKERS) > self.num_workers
        if not is_replacing or all(worker.is_ready for worker in self.WORKERS.values()):
            super().manage_workers()
        for companion in self._companions:
            companion.keep_running()

    def reap_workers(self) -> None:
        # Gunicorn waits for every child it has; ours must be asked first.
        for companion in self._companions:
            companion.poll()
        self._note_ready()  # the one that died may have been the first to serve
        try:
            super().reap_workers()
        except HaltServer:  # of a second worker that could not start, while the first is told
            if not self._is_ending:
                raise

    def _note_ready(self) -> None:
        self.has_served = self.has_served or any(one.is_ready for one in self.WORKERS.values())

    def stop(self, graceful: bool = True) -> None:
        for companion in self._companions:
            companion.stop()
        self._is_ending = True
        super().stop(graceful)

    def halt(self, reason: str | None = None, exit_status: int = 0) -> None:
        """End with the code that commands have for bad settings, which a worker has told."""
        super().halt(reason, EXIT_UNUSABLE if exit_status == self.APP_LOAD_ERROR else exit_status)

    def handle_usr2(self) -> None:
        self.log.warning("USR2 is not supported: SIGHUP replaces the workers")


class _Companion:
    """A process beside the servers: `kb watch` builds, `kb worker` delivers."""

    def __init__(self, command: str, *arguments: str) -> None:
        self._command = command
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = float("-inf")
        self._pause_s = 0.0

    def keep_running(self) -> None:
        """Start it unless it runs; after a failure not at once."""
        if self.poll() is None and self._process is not None:
            return
        now = time.monotonic()
        if now - self._started_at < self._pause_s:
            return
        is_lasting = now - self._started_at >= LASTING_S
        longer_s = COMPANION_PAUSE_S if is_lasting else 2 * self._pause_s
        self._pause_s = min(longer_s, LONGEST_PAUSE_S[self._command])
        self._started_at = now
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kb", self._command, *self._arguments],
            preexec_fn=partial(_as_companion, NICENESS[self._command]),
        )
        log.info("started %s (pid %d)", self._command, self._process.pid)

    def poll(self) -> int | None:
        """Its exit code, None while it runs or before it was started."""
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(COMPANION_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _PlainLogger(Logger):  # type: ignore[misc]  # its base is untyped
    """Gunicorn's messages in the same form as all others."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO)


def _settings(config: Config, address: str) -> dict[str, Any]:
    from kb.server.worker import EventLoopWorker

    return {
        "bind": [address],
        "workers": config.workers,
        "threads": config.threads,
        "worker_class": EventLoopWorker,
        "graceful_timeout": GRACE_S,
        "timeout": HEARTBEAT_S,
        "backlog": 1024,
        "proc_name": "otvet",
        "logger_class": _PlainLogger,
        "pre_fork": _mark_replacement,
        "worker_exit": _close_application,
        "control_socket_disable": True,
        # Heartbeats must not wait for a busy disk.
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
    }


def _mark_replacement(supervisor: _Supervisor, worker: Any) -> None:
    worker.is_replacement = supervisor.has_served


def _close_application(_: Arbiter, worker: Any) -> None:
    """Stop the application's threads before the interpreter takes their modules away."""
    from kb.web.services import EXTENSION

    application = getattr(worker, "wsgi", None)
    if application is not None:
        application.extensions[EXTENSION].close()


def _prepare_run_dir(config: Config) -> None:
    """Forget the last run: limits, counters, the text it made of all articles, its check."""
    from kb.catalog import check_report
    from kb.web.help import whole_text
    from kb.web.http import rate_limits

    run_dir = config.data_dir / "run"
    with suppress(OSError):  # a full disk: articles can be read all the same
        run_dir.mkdir(parents=True, exist_ok=True)
        (run_dir / check_report.NAME).unlink(missing_ok=True)
    rate_limits.reset(config)
    shutil.rmtree(config.data_dir / whole_text.FOLDER, ignore_errors=True)
    _empty(run_dir / "metrics")
    # prometheus_client reads this when it is first imported, which is in the workers.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str((run_dir / "metrics").absolute())


def _prepare_for_workers(config: Config) -> KnownDigests:
    """Do what every worker would do: import, load dictionaries, hash the index meanwhile."""
    known: KnownDigests = {}
    hashing = threading.Thread(target=_hash_current, args=(Store(config.index_dir), known))
    hashing.start()
    gc.disable()  # what is imported stays: looking through it costs a tenth of the start
    pkgutil.resolve_name(APPLICATION)  # only now: prometheus_client looks for its folder then
    gc.enable()
    from kb.content.topics import Topics
    from search.text import analysis

    analysis.warm_up()
    Topics().warm_up()
    hashing.join()  # no thread survives a fork
    return known


def _hash_current(store: Store, known: KnownDigests) -> None:
    """Fill `known`; whatever is wrong with the generation is for the workers to find."""
    name = store.current_name()
    if name:
        with suppress(IndexCorrupt, IndexOutdated):
            OpenGeneration(store.path(name), known=known).close()


def _empty(folder: Path) -> None:
    """Empty a folder of counters; where it cannot be made, each process counts for itself."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _as_companion(niceness: int) -> None:
    """Ask the kernel for SIGTERM when the supervisor is killed."""
    os.nice(niceness)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
