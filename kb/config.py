"""Every setting of Otvet, typed, with its default and one line of meaning. Shared.

`Config.from_environ` is the only place that reads the environment. Nothing here reads content.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, get_type_hints
from urllib.parse import urlsplit

from kb.errors import BadConfig

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
MIN_SECRET_CHARS = 32
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "chatwoot": ("chatwoot_url", "chatwoot_token", "chatwoot_account", "chatwoot_inbox"),
    "webhook": ("webhook_url", "webhook_secret"),
    "email": ("smtp_url",),
}
"""Where hand-offs can go, and the settings each channel needs."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")


@dataclass(frozen=True)
class Meaning:
    """What a setting is for, in one line; `is_secret` values may come from a file."""

    text: str
    is_secret: bool = False


@dataclass(frozen=True)
class Config:
    """The settings of one process; see `docs/configuration.md`, which a test holds against this.

    A field `name` is read from `KB_NAME`; secrets also from the file that `KB_NAME_FILE` names.
    """

    articles_dir: Annotated[Path, Meaning("Folder of the Markdown articles")] = Path("articles")
    site_dir: Annotated[
        Path, Meaning("Folder of the site's own look, templates and words; need not exist")
    ] = Path("site")
    data_dir: Annotated[Path, Meaning("Folder of all state: generations, caches, votes, keys")] = (
        Path("var")
    )
    database_url: Annotated[
        str, Meaning("SQLAlchemy URL; empty means SQLite in the data folder", is_secret=True)
    ] = ""
    encoder: Annotated[
        str, Meaning("`bundled`, `bundled-plain`, `none`, or an encoder's name or folder")
    ] = "bundled"
    languages: Annotated[
        tuple[str, ...], Meaning("Languages of the site; the first is the default")
    ] = ("ru", "en")
    site_name: Annotated[str, Meaning("Name shown in the header and in page titles")] = "Otvet"
    public_url: Annotated[
        str, Meaning("Address readers use, as `https://help.example.com`; empty: as requested")
    ] = ""
    history_url: Annotated[
        str,
        Meaning(
            "Public list of an article's commits, as `https://forge.example/kb/commits/main/{path}`"
        ),
    ] = ""
    trusted_hosts: Annotated[
        tuple[str, ...],
        Meaning("Host names answered, others get 400; the host of `KB_PUBLIC_URL` is added"),
    ] = LOCAL_HOSTS
    trusted_proxies: Annotated[
        int, Meaning("Number of reverse proxies whose `X-Forwarded-*` headers count")
    ] = 0
    contact_email: Annotated[str, Meaning("Address for readers whom no article helps")] = ""
    secret_key: Annotated[
        str, Meaning("Signs cookies; empty: made once in the data folder", is_secret=True)
    ] = ""
    metrics_token: Annotated[
        str, Meaning("Bearer token for `/metrics`; empty: direct loopback only", is_secret=True)
    ] = ""
    workers: Annotated[int, Meaning("Serving processes")] = 2
    threads: Annotated[int, Meaning("Request threads in each process")] = 8
    encoder_timeout_ms: Annotated[
        int, Meaning("Longest wait for a query vector before results are lexical")
    ] = 300
    keep_generations: Annotated[
        int, Meaning("Finished generations kept, the serving one included")
    ] = 2
    risk_budget: Annotated[
        float, Meaning("Largest share of wrong answers that suggestions may give")
    ] = 0.1
    suggest_budget_ms: Annotated[
        int, Meaning("Longest time for a suggestion; past it, a person is called")
    ] = 800
    holdout: Annotated[
        float, Meaning("Share of sessions handed to a person unasked, to measure what Otvet saves")
    ] = 0.0
    handoff_channel: Annotated[
        str, Meaning("Where hand-offs go: `webhook`, `email`, `chatwoot`; empty: whichever is set")
    ] = ""
    handoff_email: Annotated[
        str, Meaning("Address hand-offs are mailed to; empty: `KB_CONTACT_EMAIL`")
    ] = ""
    smtp_url: Annotated[
        str,
        Meaning("Mail server, as `smtp://user:password@host:587`, or `smtps://`", is_secret=True),
    ] = ""
    mail_from: Annotated[str, Meaning("Sender of mails; empty: `KB_CONTACT_EMAIL`")] = ""
    webhook_url: Annotated[str, Meaning("Address hand-offs are posted to")] = ""
    webhook_secret: Annotated[
        str, Meaning("Signs webhooks: `whsec_` and 24 to 64 bytes in base64", is_secret=True)
    ] = ""
    chatwoot_url: Annotated[str, Meaning("Address of a Chatwoot server")] = ""
    chatwoot_token: Annotated[
        str, Meaning("API access token of a Chatwoot agent", is_secret=True)
    ] = ""
    chatwoot_account: Annotated[int, Meaning("Number of the Chatwoot account")] = 0
    chatwoot_inbox: Annotated[int, Meaning("Number of the Chatwoot inbox (type API)")] = 0
    allowed_networks: Annotated[
        tuple[str, ...],
        Meaning("Private networks hand-offs may be sent to, as `10.0.0.0/8`, also without TLS"),
    ] = ()
    identity_secret: Annotated[
        str,
        Meaning("A shop signs its customers' ids with it (HMAC-SHA256, hex)", is_secret=True),
    ] = ""
    stored_attributes: Annotated[
        tuple[str, ...], Meaning("Attributes of a page that are kept with a hand-off in clear")
    ] = ()
    contact_days: Annotated[
        int, Meaning("Days after which contact and words of a hand-off are deleted")
    ] = 30
    log_days: Annotated[
        int, Meaning("Days after which suggestions, events and counts of readings are deleted")
    ] = 90
    demo: Annotated[bool, Meaning("Serve the demo shop at `/demo/shop`, with a key of its own")] = (
        False
    )
    embedded_worker: Annotated[
        bool, Meaning("Deliver hand-offs beside the servers; 0 when `kb worker` runs elsewhere")
    ] = True
    rate_limits: Annotated[bool, Meaning("Limit requests per client")] = True
    log_format: Annotated[str, Meaning("`json` or `console`")] = "json"

    def __post_init__(self) -> None:
        """Raise BadConfig for the first setting that cannot work."""
        _require(bool(self.languages), "KB_LANGUAGES", "is empty; name at least one, e.g. `ru,en`")
        _require(
            all(map(LANGUAGE.fullmatch, self.languages)),
            "KB_LANGUAGES",
            "must hold codes like `ru`, `en` or `pt-br`, separated by commas",
        )
        for name in ("workers", "threads", "encoder_timeout_ms"):
            _require(getattr(self, name) >= 1, f"KB_{name.upper()}", "must be at least 1")
        _require(self.keep_generations >= 2, "KB_KEEP_GENERATIONS", "must be at least 2")
        _require(0.01 <= self.risk_budget <= 0.5, "KB_RISK_BUDGET", "must be between 0.01 and 0.5")
        _require(self.trusted_proxies >= 0, "KB_TRUSTED_PROXIES", "must be 0 or more")
        _require(self.log_format in ("json", "console"), "KB_LOG_FORMAT", "must be json or console")
        if self.secret_key:
            _require(
                len(self.secret_key) >= MIN_SECRET_CHARS,
                "KB_SECRET_KEY",
                f"is shorter than {MIN_SECRET_CHARS} characters; leave it empty to have one made",
            )
        if self.public_url:
            parts = urlsplit(self.public_url)
            _require(
                parts.scheme in ("http", "https")
                and bool(parts.hostname)
                and parts.path in ("", "/"),
                "KB_PUBLIC_URL",
                "must look like https://help.example.com, without a path",
            )
        if self.history_url:
            parts = urlsplit(self.history_url)
            _require(
                parts.scheme in ("http", "https")
                and bool(parts.hostname)
                and "{path}" in self.history_url,
                "KB_HISTORY_URL",
                "must look like https://forge.example/kb/commits/main/{path}",
            )
        for name in ("contact_email", "handoff_email", "mail_from"):
            value = getattr(self, name)
            _require(not value or "@" in value, variable(name), "is not an e-mail address")
        self._check_suggestions()
        self._check_handoffs()

    def _check_suggestions(self) -> None:
        _require(self.suggest_budget_ms >= 50, "KB_SUGGEST_BUDGET_MS", "must be at least 50")
        _require(0 <= self.holdout <= 0.5, "KB_HOLDOUT", "must be between 0 and 0.5")
        for name in ("contact_days", "log_days"):
            _require(getattr(self, name) >= 1, variable(name), "must be at least 1")

    def _check_handoffs(self) -> None:
        _require(
            self.handoff_channel in ("", *CHANNELS),
            "KB_HANDOFF_CHANNEL",
            f"must be one of {', '.join(CHANNELS)}, or empty",
        )
        for channel, names in CHANNELS.items():
            missing = [variable(name) for name in names if not getattr(self, name)]
            is_begun = len(missing) < len(names) or self.handoff_channel == channel
            _require(not (is_begun and missing), " and ".join(missing), "must be set too")
        if self.smtp_url:
            _require(
                bool(self.handoff_address), "KB_HANDOFF_EMAIL", "must be set too, to mail hand-offs"
            )
            _require(
                urlsplit(self.smtp_url).scheme in ("smtp", "smtps"),
                "KB_SMTP_URL",
                "must begin with smtp:// or smtps://",
            )
        for name in ("webhook_url", "chatwoot_url"):
            parts = urlsplit(getattr(self, name))
            _require(
                not getattr(self, name)
                or (parts.scheme in ("http", "https") and bool(parts.hostname)),
                variable(name),
                "must look like https://desk.example.com/path",
            )
        if self.webhook_secret:
            _require(
                _is_webhook_secret(self.webhook_secret),
                "KB_WEBHOOK_SECRET",
                "must be whsec_ and 24 to 64 bytes in base64; `kb key secret` makes one",
            )
        try:
            for network in self.allowed_networks:
                ipaddress.ip_network(network)
        except ValueError as error:
            raise BadConfig(f"KB_ALLOWED_NETWORKS: {error}") from error

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Config:
        """Read `KB_…` variables; raises BadConfig naming the variable and the remedy."""
        known = {variable(field.name): field for field in fields(cls)}
        meanings = {variable(name): meaning for name, meaning in setting_meanings().items()}
        secret_files = {f"{name}_FILE" for name, meaning in meanings.items() if meaning.is_secret}
        for name in environ:
            if name.startswith("KB_") and name not in known and name not in secret_files:
                raise BadConfig(f"{name} is not a setting; see docs/configuration.md")
        values: dict[str, object] = {}
        for name, setting in known.items():
            text = _raw_value(name, environ, is_secret=meanings[name].is_secret)
            if text is not None:
                values[setting.name] = _parse(name, text, setting.default)
        return cls(**values)  # type: ignore[arg-type]

    @property
    def default_language(self) -> str:
        return self.languages[0]

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names this site answers to, without ports."""
        host = urlsplit(self.public_url).hostname
        return (*self.trusted_hosts, host) if host else self.trusted_hosts

    @property
    def handoff_address(self) -> str:
        """Where hand-offs are mailed to, "" for nowhere."""
        return self.handoff_email or self.contact_email

    @property
    def channel(self) -> str:
        """The channel of hand-offs, "" when none is set up."""
        if self.handoff_channel:
            return self.handoff_channel
        for channel, names in CHANNELS.items():
            if all(getattr(self, name) for name in names):
                return channel
        return ""

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "index"

    @property
    def cache_dir(self) -> Path:
        return self.data_dir / "cache"

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'otvet.sqlite').absolute()}"


def variable(field_name: str) -> str:
    """Name of the environment variable behind a field of Config."""
    return f"KB_{field_name.upper()}"


def setting_meanings() -> dict[str, Meaning]:
    """Field name → its meaning, in order of declaration."""
    hints = get_type_hints(Config, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(Config)}


def load_secret_key(config: Config) -> str:
    """Return the signing key, making `secret_key` in the data folder (mode 0600) on first use."""
    if config.secret_key:
        return config.secret_key
    path = config.data_dir / "secret_key"
    try:
        return _checked_key(path)
    except FileNotFoundError:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", encoding="ascii", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # another process made it first
    return _checked_key(path)


def _is_webhook_secret(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return secret.startswith("whsec_") and 24 <= len(key) <= 64


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _checked_key(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if len(key) < MIN_SECRET_CHARS:
        raise BadConfig(f"{path} holds a key that is too short; delete the file to have one made")
    return key


def _require(is_fine: bool, name: str, fault: str) -> None:
    if not is_fine:
        raise BadConfig(f"{name} {fault}")


def _raw_value(name: str, environ: Mapping[str, str], *, is_secret: bool) -> str | None:
    if is_secret and (file := environ.get(f"{name}_FILE")):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadConfig(f"{name}_FILE names {file}, which cannot be read: {error}") from error
    return environ.get(name)


def _parse(name: str, text: str, default: object) -> object:
    """Parse `text` as the type of `default`."""
    if isinstance(default, bool):
        if text.lower() not in ("0", "1", "true", "false", "yes", "no"):
            raise BadConfig(f"{name} must be 1 or 0, not {text!r}")
        return text.lower() in ("1", "true", "yes")
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError as error:
            raise BadConfig(f"{name} must be a whole number, not {text!r}") from error
    if isinstance(default, float):
        try:
            return float(text)
        except ValueError as error:
            raise BadConfig(f"{name} must be a number like 0.1, not {text!r}") from error
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text
