"""A request to an operator's address, and the reason why it failed."""

from __future__ import annotations

import pytest

from kb.handoffs.channels.http import HttpClient, HttpReply
from kb.handoffs.channels.model import DeliveryFailed


def post(client: HttpClient, url: str) -> HttpReply:
    return client.post(url, b'{"a": 1}', headers={})


def fails(client: HttpClient, url: str) -> str:
    """The reason, which tells nothing of the path and query."""
    with pytest.raises(DeliveryFailed) as caught:
        post(client, url)
    assert "s3cret" not in str(caught.value)
    assert not caught.value.is_final
    return str(caught.value)
