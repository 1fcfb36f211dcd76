"""Every setting of Otvet, typed, with its default and one line of meaning. Shared.

`Config.from_environ` is the only place that reads the environment. Nothing here reads content.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kb.errors import BadConfig
from kb.setting_types import (
    AccessToken,
    Days,
    Email,
    HistoryUrl,
    Hsts,
    IdentitySecret,
    Languages,
    Names,
    Networks,
    Secret,
    ServerUrl,
    SigningKey,
    SiteUrl,
    SmtpUrl,
    WaitMs,
    WebhookSecret,
    between,
    fault,
    variable,
    whole,
)
from kb.settings.settings_file import read_private, settings_of

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class Config(BaseSettings):
    """The settings of one process; see `docs/configuration.md`, which a test holds against this.

    A field `name` is read from `KB_NAME`, and is explained by the line below it. Raises BadConfig,
    which names every setting that cannot work, one a line. What channels of hand-offs need of each
    other's settings is checked by `kb.handoffs.channels.registry`.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        alias_generator=variable,
        validate_by_name=True,
        case_sensitive=True,
        hide_input_in_errors=True,
        enable_decoding=False,  # lists are `a,b`, not JSON
    )

    articles_dir: Path = Path("articles")
    """Folder of the Markdown articles."""
    site_dir: Path = Path("site")
    """Folder of the site's own look, templates and words; need not exist."""
    content_repository: str = ""
    """Clone that the editor commits to, with `KB_ARTICLES_DIR` in it; empty: no editor."""
    data_dir: Path = Path("var")
    """Folder of all state: generations, caches, votes, keys."""
    database_url: Secret = ""
    """SQLAlchemy URL; empty means SQLite in the data folder."""
    encoder: str = "bundled"
    """`bundled`, `bundled-plain`, `none`, or an encoder's name or folder."""
    languages: Languages = ("ru", "en")
    """Languages of the site; the first is the default."""
    site_name: str = "Otvet"
    """Name shown in the header and in page titles."""
    public_url: SiteUrl = ""
    """Address readers use, as `https://help.example.com`; empty: as requested."""
    history_url: HistoryUrl = ""
    """Public list of an article's commits, as `https://forge.example/kb/commits/main/{path}`."""
    trusted_hosts: Names = LOCAL_HOSTS
    """Host names answered, others get 400; the host of `KB_PUBLIC_URL` is added."""
    trusted_proxies: Annotated[int, whole(0, 16)] = 0
    """Number of reverse proxies whose `X-Forwarded-*` headers count."""
    hsts: Hsts = "max-age=31536000"
    """Strict-Transport-Security of pages asked for over TLS; empty: left to the proxy."""
    contact_email: Email = ""
    """Address for readers whom no article helps."""
    secret_key: SigningKey = ""
    """Signs cookies and seals contacts; empty: made once in the data folder."""
    secret_key_previous: SigningKey = ""
    """The key before it; reads what that sealed until `kb secret rotate` is done."""
    metrics_token: AccessToken = ""
    """Bearer token for `/metrics`, 32 bytes or more; empty: direct loopback, without proxies."""
    workers: Annotated[int, whole(1, 256)] = 2
    """Serving processes."""
    threads: Annotated[int, whole(1, 256)] = 8
    """Request threads in each process."""
    encoder_timeout_ms: WaitMs = 300
    """Longest wait for a query vector before results are lexical."""
    reader_timeout_ms: WaitMs = 350
    """Longest time for reading what was found with the query before it stays in its order."""
    keep_generations: Annotated[int, whole(2, 1000)] = 2
    """Finished generations kept, the serving one included."""
    risk_budget: Annotated[float, between(0.01, 0.5)] = 0.1
    """Largest share of wrong answers that suggestions may give."""
    unanswerable_share: Annotated[float, between(0.05, 0.95)] = 0.5
    """Share of customers' messages that no article answers, as far as is known."""
    suggest_budget_ms: Annotated[int, whole(50, 60_000)] = 800
    """Longest time for a suggestion; past it, a person is called."""
    holdout: Annotated[float, between(0, 0.5)] = 0.0
    """Share of sessions handed to a person unasked, to measure what Otvet saves."""
    handoff_channel: str = ""
    """Where hand-offs go: `webhook`, `email`, `chatwoot`; empty: whichever is set."""
    handoff_email: Email = ""
    """Address hand-offs are mailed to; empty: `KB_CONTACT_EMAIL`."""
    handoff_budget: Annotated[int, whole(1, 1_000_000)] = 60
    """Hand-offs of one key in an hour beyond which there is an alarm; none is refused for it."""
    smtp_url: SmtpUrl = ""
    """Mail server, as `smtp://user:password@host:587`, or `smtps://`."""
    mail_from: Email = ""
    """Sender of mails; empty: `KB_CONTACT_EMAIL`."""
    webhook_url: ServerUrl = ""
    """Address hand-offs are posted to."""
    webhook_secret: WebhookSecret = ""
    """Signs webhooks: `whsec_` and 24 to 64 bytes in base64."""
    chatwoot_url: ServerUrl = ""
    """Address of a Chatwoot server."""
    chatwoot_token: Secret = ""
    """API access token of a Chatwoot agent."""
    chatwoot_account: Annotated[int, whole(0, 2**63 - 1)] = 0
    """Number of the Chatwoot account."""
    chatwoot_inbox: Annotated[int, whole(0, 2**63 - 1)] = 0
    """Number of the Chatwoot inbox (type API)."""
    allowed_networks: Networks = ()
    """Private networks hand-offs may be sent to, as `10.0.0.0/8`, without TLS and mail too."""
    identity_secret: IdentitySecret = ""
    """A shop signs with it who its customers are; 32 bytes at least."""
    staff_idle_minutes: Annotated[int, between(5, 720)] = 480
    """Minutes without a request until staff must sign in again; 12 hours in any case."""
    stored_attributes: Names = ()
    """Attributes of a page that are kept with a hand-off in clear."""
    contact_days: Days = 30
    """Days after which contact and words of a hand-off are deleted."""
    comment_days: Days = 90
    """Days after which comments of votes are deleted; the votes stay."""
    log_days: Days = 90
    """Days after which suggestions, events and counts of readings are deleted."""
    demo: bool = False
    """Serve the demo shop at `/demo/shop`, with a key of its own."""
    embedded_worker: bool = True
    """Deliver hand-offs beside the servers; 0 when `kb worker` runs elsewhere."""
    rate_limits: bool = True
    """Limit requests per client."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """`json`, `console` (for people), or `auto`: for people at a terminal, else JSON."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """The settings of `environ`, of the file of settings, and of secrets' files they name."""
        values = _with_secrets(environ)
        source = EnvSettingsSource(cls)
        source.env_vars = values  # instead of those of this process
        # A name that the source has no field for goes along, so that it is refused with the others
        return cls(**values | source())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`Config(…)` is made of what it is given: the environment is read on request only."""
        return (init_settings,)

    @model_validator(mode="wrap")
    @classmethod
    def _checked(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as error:
            faults = [fault(one) for one in error.errors(include_url=False)]
            # Not chained: pydantic's error holds the values, and secrets are among them
            raise BadConfig("\n".join(faults)) from None

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
        """The address that hand-offs are mailed to; "" for none."""
        return self.handoff_email or self.contact_email

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "index"

    @property
    def cache_dir(self) -> Path:
        return self.data_dir / "cache"

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'otvet.sqlite').absolute()}"


def read_secret_file(path: Path) -> str:
    """The secret in a file. Raises OSError, and BadConfig when others can put another in it."""
    return read_private(path).strip()


def is_secret(field: FieldInfo) -> bool:
    """True where `KB_X_FILE` may name a file that holds the value."""
    return not field.repr


def _with_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables named KB_…; what secret files hold stands in for the variables that name them."""
    values = settings_of(environ)
    faults = []
    for name in [variable(name) for name, field in Config.model_fields.items() if is_secret(field)]:
        if file := values.pop(f"{name}_FILE", ""):
            try:
                values[name] = read_secret_file(Path(file))
            except OSError as error:
                faults.append(f"{name}_FILE names {file}, which cannot be read: {error}")
            except BadConfig as error:
                faults.append(f"{name}_FILE: {error}")
    if faults:
        raise BadConfig("\n".join(faults))
    return values
