"""Headers that keep browsers safe, and requests that are not answered at all:
those for another host, and those that are too large."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.utils import redirect

from kb.config import Config
from kb.web.http.json_body import MAX_BYTES

MAX_FORM_PARTS = 20
"""The largest form has four fields."""

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG opened by itself is a document: it may style itself and nothing else."""

_SENSORS = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Never no-referrer: browsers then hide the origin of our forms, and no vote is accepted.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _SENSORS),
    "Cross-Origin-Opener-Policy": "same-origin",
}


class UntrustedHost(BadRequest):
    """The request is for a site that this is not, by its host or by a path in front of ours."""


def install(app: Flask, config: Config) -> None:
    """Limit, refuse and label. Install first, so that its headers are put on last."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BYTES
    app.config["MAX_FORM_PARTS"] = MAX_FORM_PARTS
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=0
        )
    hosts = config.hosts

    @app.before_request
    def refuse_other_sites() -> None:
        # Below a path of another site our links would leave it: articles hold them from the build.
        if request.script_root or not is_trusted_host(request.host, hosts):
            raise UntrustedHost

    app.after_request(keep_to_address)
    app.after_request(partial(add_headers, hsts=config.hsts))


def is_trusted_host(host: str, trusted: Sequence[str]) -> bool:
    """Tell whether a Host header is one of `trusted`, at any port; a leading dot is a wildcard."""
    name = _without_port(host.lower()).removesuffix(".")
    for entry in (one.lower() for one in trusted):
        if name == entry.strip("[]") or (entry.startswith(".") and f".{name}".endswith(entry)):
            return True
    return False


def keep_to_address(response: Response) -> Response:
    """Lead redirects within the site by path alone.

    Werkzeug puts the host before those it makes itself; behind a proxy that forwards `Host`
    without its port, readers would be led to another port.
    """
    if response.location and response.location.startswith(request.host_url):
        # Two slashes at its beginning would name another host
        path = "/" + response.location.removeprefix(request.host_url).lstrip("/")
        response.location = path
        response.set_data(redirect(path).get_data())
    return response


def add_headers(response: Response, *, hsts: str) -> Response:
    """Put on what every response has; a policy the view has set itself stays."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy(response.mimetype))
    is_open = "Access-Control-Allow-Origin" in response.headers
    response.headers.setdefault(
        "Cross-Origin-Resource-Policy", "cross-origin" if is_open else "same-origin"
    )
    if request.is_secure and hsts:
        response.headers.setdefault("Strict-Transport-Security", hsts)
    return response


def _policy(mimetype: str | None) -> str:
    if mimetype == "text/html":
        return PAGE_POLICY
    return PICTURE_POLICY if (mimetype or "").startswith("image/") else DATA_POLICY


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].removeprefix("[")
    return host.partition(":")[0]
