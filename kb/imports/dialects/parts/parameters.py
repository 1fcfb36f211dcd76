"""Parameters of Jekyll's includes: `{% include note.html text="…" %}`, `{{ include.text }}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

USED = re.compile(r"\{\{-?[ ]{0,4}include\.([\w-]{1,60})[ ]{0,4}(?:\|([^{}\n]{0,300}))?-?\}\}")
DEFAULT = re.compile(r"default:[ ]{0,4}(?:\"([^\"]{0,300})\"|'([^']{0,300})')")
CONDITION = re.compile(
    r"\{%-?[ ]{0,4}(?:(if|unless|elsif)[ ]{1,4}([^%{}\n]{1,300}?)"
    r"|(else|endif|endunless))[ ]{0,4}-?%\}"
)
OF_INCLUDE = re.compile(
    r"include\.([\w-]{1,60})(?:[ ]{0,4}(==|!=)[ ]{0,4}"
    r"(?:\"([^\"]{0,300})\"|'([^']{0,300})'|(\w{1,30})))?"
)
MAX_DEPTH = 20
ENDS = {"if": "endif", "unless": "endunless"}


def with_parameters(text: str, values: Mapping[str, str]) -> str:
    """`text` of an included file with the values that its tag gives; conditions on them decide."""
    text = _decided(text, values)

    def value(match: re.Match[str]) -> str:
        told = values.get(match[1].lower(), "")
        default = DEFAULT.search(match[2] or "")
        return told or (default[1] or default[2] or "" if default else "")

    return USED.sub(value, text)


def _decided(text: str, values: Mapping[str, str]) -> str:
    """`text` without the branches that conditions on parameters alone leave out."""
    found: list[str] = []
    at = 0
    # Of each condition that is open: is it ours, does its branch show, did an earlier one
    opened: list[tuple[bool, bool, bool]] = []
    for match in CONDITION.finditer(text):
        if all(shows for _, shows, _ in opened):
            found.append(text[at : match.start()])
        at = match.end()
        word = match[1] or match[3]
        if word in ENDS:
            holds = _holds(match[2], values)
            is_ours = holds is not None and len(opened) < MAX_DEPTH
            shows = (bool(holds) != (word == "unless")) if is_ours else True
            opened.append((is_ours, shows, shows))
        elif opened and word in ("else", "elsif"):
            is_ours, _, was = opened[-1]
            holds = word == "else" or bool(_holds(match[2], values))
            opened[-1] = (is_ours, (holds and not was) if is_ours else True, was or holds)
        is_ours = opened[-1][0] if opened else False
        if word in ENDS.values() and opened:
            opened.pop()
        if not is_ours and all(shows for _, shows, _ in opened):
            found.append(match[0])
    return "".join((*found, text[at:]))


def _holds(condition: str, values: Mapping[str, str]) -> bool | None:
    """True or False for a condition on one parameter; None for any other."""
    match = OF_INCLUDE.fullmatch(condition.strip())
    if match is None:
        return None
    told = values.get(match[1].lower(), "")
    if not match[2]:
        return bool(told) and told != "false"
    wanted = next((one for one in match.groups()[2:] if one is not None), "")
    is_same = told == wanted or (not told and wanted in ("nil", "null", "blank", "empty"))
    return is_same == (match[2] == "==")
