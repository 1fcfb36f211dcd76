"""Shortens responses for browsers that say they can read them: Brotli, else gzip.

The only module that knows Flask-Compress. A proxy in front may do the same; it finds
`Content-Encoding` set and leaves the response alone.
"""

from __future__ import annotations

from flask import Flask, Response
from flask_compress import Compress

ALGORITHMS = ["br", "gzip"]


def install(app: Flask) -> None:
    """Compress what follows; install before anything that changes bodies or caching.

    Left as they are: responses that must not be transformed, and those that must not be stored,
    which carry tokens and people's own words: their length must not tell one from the other
    (BREACH).
    """
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=ALGORITHMS,
        COMPRESS_ALGORITHM_STREAMING=ALGORITHMS,
    )
    compress = Compress()
    compress.init_app(app)

    @app.after_request
    def shorten(response: Response) -> Response:
        if response.cache_control.no_store or response.cache_control.no_transform:
            return response
        # A file that is compressed as it is read would otherwise stay open.
        if close := getattr(response.response, "close", None):
            response.call_on_close(close)
        return compress.after_request(response)
