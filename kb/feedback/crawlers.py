"""Programs that run scripts but read nothing: known by the name they give themselves. Pure.

Honest ones only; a program that poses as a browser is held by the limits on what it may send.
"""

from __future__ import annotations

import re

# Parts of names of crawlers, previews, checks and programming libraries. Browsers name the phone
# they run on, and Cubot makes phones: so it matters how these parts begin and end.
_NAMES = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[-_/]|crawl|spider|slurp|archiver|fetch|scraper|uptime|validator"
    r"|headless|phantomjs|puppeteer|playwright|selenium|lighthouse|pagespeed|gtmetrix|pingdom"
    r"|facebookexternalhit|whatsapp/|skypeuripreview|bingpreview|link ?preview|mediapartners"
    r"|googleother|google-|feedly|feedburner|yandexrender|yandexmetrika"
    r"|curl/|wget/|python|java/|go-http-client|okhttp/|libwww|axios/|httpx",
    re.IGNORECASE,
)


def is_crawler(user_agent: str) -> bool:
    """True when this name is that of a known program, or none at all: browsers always have one."""
    return not user_agent.strip() or _NAMES.search(user_agent) is not None
