"""Programs that run scripts but read nothing: known by the name they give themselves. Pure.

Honest ones only; a program that poses as a browser is held by the limits on what it may send.
"""

from __future__ import annotations

import re

# Word parts that name crawlers, previews, checks and programming libraries; no browser has them.
# `\bpreview` and not `preview` alone: Safari's technology preview is a browser.
_NAMES = re.compile(
    r"bot\b|bot/|bot[-_;]|crawl|spider|slurp|archiver|fetch|scrap|monitor|uptime|validator"
    r"|headless|phantomjs|puppeteer|playwright|selenium|lighthouse|pagespeed|gtmetrix|pingdom"
    r"|facebookexternalhit|whatsapp|skypeuripreview|link ?preview|googleother|google-"
    r"|mediapartners|feed|yandexrender|yandexmetrika|baidu.*render|bingpreview|duckduckgo-favicons"
    r"|curl|wget|python|java/|go-http-client|okhttp/\d[\d.]*$|libwww|node-fetch|axios|httpx",
    re.IGNORECASE,
)


def is_crawler(user_agent: str) -> bool:
    """Whether this name is that of a known program, or none at all: browsers always have one."""
    return not user_agent.strip() or _NAMES.search(user_agent) is not None
