"""The encoder of one library as that of another, so that it is loaded once."""

from __future__ import annotations

from collections.abc import Callable

from search.errors import EncoderUnavailable
from search.semantic.encoder import FloatArray
from search.semantic.encoder_guard import FencedEncoder


class BorrowedEncoder:
    """Asks the owner for its encoder each time, as the owner may have replaced it meanwhile.

    The fence around it checks that it is the right one, whenever it is borrowed anew.
    """

    def __init__(self, lend: Callable[[], FencedEncoder]) -> None:
        """`lend` raises EncoderUnavailable when there is nothing to borrow; so does this."""
        fence = lend()
        self._lend = lend
        self.fingerprint = fence.fingerprint
        self.dim = fence.dim

    def encode_query(self, text: str) -> FloatArray:
        fence = self._lend()
        if fence.fingerprint != self.fingerprint:
            raise EncoderUnavailable("the encoder that was borrowed has been replaced")
        return fence.encode_query(text)
