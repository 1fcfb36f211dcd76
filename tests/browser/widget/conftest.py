"""The help centre and the shop, really started, and a visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
)

from bench.server import reserved_port, running
from tests.support.channels.mail_controller import MailController
from tests.support.libraries.widget_library import (
    Mailbox,
    Place,
    Visit,
    visitor,
)
from tests.support.patience import PATIENCE_S


@pytest.fixture(scope="package")
def place(sample_settings: dict[str, str]) -> Iterator[Place]:
    mailbox = Mailbox()
    with reserved_port() as port:
        mail = MailController(mailbox, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE_S)
        mail.start()
    settings = {**sample_settings, "KB_SITE_NAME": "Nordvolt", "KB_WORKERS": "1"}
    with_mail = {
        "KB_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "KB_HANDOFF_CHANNEL": "email",
        "KB_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    with running({**settings, **with_mail}) as help_centre:
        of_the_shop = {"KB_PUBLIC_URL": help_centre.url, "KB_EMBEDDED_WORKER": "0"}
        with running({**settings, **of_the_shop}) as shop:
            yield Place(help_centre.url, shop.url, mailbox)
    mail.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, place: Place) -> Visit:
    return visitor(context, place)
