"""Channels there are, and those that the settings ask for.

A folder of this package that declares a `CHANNEL` is one: nothing else names it. Raises BadConfig
for what cannot work; connects to nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from kb.config import Config
from kb.errors import BadConfig
from kb.handoffs import channels
from kb.handoffs.channels.model import Channel, ChannelKind
from kb.setting_types import variable


@cache
def kinds() -> tuple[ChannelKind, ...]:
    """All channels; where several are set up, the first of these is used. Fallbacks come last."""
    folders = (it.name for it in pkgutil.iter_modules(channels.__path__) if it.ispkg)
    modules = (importlib.import_module(f"{channels.__name__}.{name}") for name in folders)
    found: list[ChannelKind] = [module.CHANNEL for module in modules]
    return tuple(sorted(found, key=lambda kind: (kind.is_fallback, kind.name)))


def check(config: Config) -> None:
    """Raise BadConfig, which names every setting that a channel lacks or cannot use, one a line."""
    if faults := list(_faults(config)):
        raise BadConfig("\n".join(faults))


def chosen(config: Config) -> ChannelKind | None:
    """The channel that hand-offs go to first, None when none is set up; `check` has passed before.

    It is the one named by the settings, or else the first one that has all it needs.
    """
    if config.handoff_channel:
        return next((kind for kind in kinds() if kind.name == config.handoff_channel), None)
    return next(iter(usable(config)), None)


def usable(config: Config) -> tuple[ChannelKind, ...]:
    """Channels that have all they need, whether hand-offs go to them or not."""
    return tuple(kind for kind in kinds() if not _missing(kind, config))


def primary_channel(config: Config) -> Channel | None:
    """The chosen channel, ready to deliver."""
    check(config)
    kind = chosen(config)
    return kind.build(config) if kind else None


def fallback_channel(config: Config) -> Channel | None:
    """For what the primary channel cannot deliver; None when that is the fallback itself."""
    first = chosen(config)
    for kind in kinds():
        if kind.is_fallback and kind is not first and not _missing(kind, config):
            return kind.build(config)
    return None


def _faults(config: Config) -> Iterator[str]:
    names = [kind.name for kind in kinds()]
    if config.handoff_channel not in ("", *names):
        yield f"KB_HANDOFF_CHANNEL must be one of {', '.join(names)}, or empty"
    for kind in kinds():
        missing = _missing(kind, config)
        is_begun = len(missing) < len(kind.settings) or config.handoff_channel == kind.name
        if is_begun and missing:
            yield f"{' and '.join(map(variable, missing))} must be set too"
    for kind in kinds():
        if not _missing(kind, config):
            yield from list(kind.faults(config)) or _unusable(kind, config)


def _unusable(kind: ChannelKind, config: Config) -> Iterator[str]:
    """The sentence of a channel that has all its settings and cannot be made of them."""
    try:
        kind.build(config)
    except BadConfig as error:
        yield str(error)


def _missing(kind: ChannelKind, config: Config) -> list[str]:
    return [name for name in kind.settings if not getattr(config, name)]
