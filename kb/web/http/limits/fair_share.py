"""A fair share of a public key for everybody: no hard cap that a few could use up for all.

Everybody can read a publishable key, so its quota is no wall. Time is cut into slots of the
policy's window, the same for all worker processes. Within a slot each request has a number, the
how-manieth of its network it is: of the IPv4 /24 or the IPv6 /48. As long as all requests of the
slot fit into the quota, all are served. From then on a request with the number k is served if the
requests made so far with a number up to k fit into the quota. So first requests go before second
ones, and those before third ones: a network is held to the share at which all shares together fill
the quota (max-min fairness), and what it asks beyond that takes nothing from anybody who asks less.
The first request of a client in a slot is always served: of an IPv4 address, or an IPv6 /64.

At most quota / k requests with the number k are served, so at most quota · (1 + ln quota) in all
beside those first ones, of which limits of networks leave few to each.

Numbers are read from a count-min sketch (Cormack and Muthukrishnan, J. Algorithms 55, 2005): each
network adds one to a cell in each of ROWS rows, and its number is the least of them. It is never
too low, and too high only when others share all its cells; cells are dealt anew in every slot. So
memory is bounded, however many clients there are: cells and numbers of two slots. Time goes with
the number of the request, at most the quota.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterator
from dataclasses import dataclass

from kb.client_ip import network, wider_networks
from kb.web.http.limits.policies import Policy, Usage
from kb.web.http.limits.store import Addition, Clock, SharedStorage

ROWS = 4
COLUMNS = 4096
"""With a thousand networks in a slot, two in a thousand get too high a number."""


@dataclass(frozen=True)
class KeyWindow:
    """A window of one key."""

    name: str
    left_s: float
    """Until the next one begins."""


def refused(
    storage: SharedStorage,
    clock: Clock,
    policy: Policy,
    *,
    key_id: str,
    address: str | None,
    salt: bytes,
) -> Usage | None:
    """Count a request with the key; what it is refused by, None when it is served."""
    slot = current_slot(policy, key_id, clock.monotonic())
    client = network(address)
    around = list(wider_networks(address).values())[-1:] or [client]
    own_cells = list(cells(slot, "client", client, salt))
    cells_around = list(cells(slot, "network", around[0], salt))
    keys = [f"{slot.name}/all", *own_cells, *cells_around]
    windows = storage.add_all([Addition(key, slot.left_s) for key in keys])
    asked, *numbers = (count for count, _ in windows)
    is_first, number = min(numbers[:ROWS]) == 1, min(numbers[ROWS:])
    storage.add_all([Addition(_number_key(slot, min(number, policy.quota + 1)), slot.left_s)])
    if asked <= policy.quota or is_first or _fits(storage, slot, number, policy.quota):
        return None
    return Usage(policy, remaining=0, reset_s=max(1, math.ceil(slot.left_s)), is_exceeded=True)


def current_slot(policy: Policy, key_id: str, now: float) -> KeyWindow:
    """The slot of a key at `now` on the monotonic clock, which the processes share."""
    number, gone_s = divmod(now, policy.window_s)
    return KeyWindow(f"fair/{policy.name}/{key_id}/{int(number)}", policy.window_s - gone_s)


def cells(slot: KeyWindow, kind: str, name: str, salt: bytes) -> Iterator[str]:
    """Keys of the cells of a client or a network, one in each row."""
    digest = hmac.new(salt, f"{slot.name}/{kind}/{name}".encode(), hashlib.sha256).digest()
    for row in range(ROWS):
        column = int.from_bytes(digest[4 * row : 4 * row + 4], "big") % COLUMNS
        yield f"{slot.name}/{kind}/{row}/{column}"


def _fits(storage: SharedStorage, slot: KeyWindow, number: int, quota: int) -> bool:
    """Tell whether requests with this number and lower ones, refused ones too, fit the quota."""
    if number > quota:
        return False
    keys = [_number_key(slot, lower) for lower in range(1, number + 1)]
    return sum(count for count, _ in storage.look_all(keys).values()) <= quota


def _number_key(slot: KeyWindow, number: int) -> str:
    return f"{slot.name}/number/{number}"
