"""Variables in texts: `{{ site.name }}`, `{{< param x >}}`, `{var(x)}`, `[%key%]`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

VARIABLE = re.compile(
    r"\{\{-?[ \t]{0,9}(?P<name>[$.A-Za-z_][\w.\[\]\"'-]{0,100})(?P<filters>(?:[ \t]{0,4}\|"
    r"[^{}\n]{0,200})?)[ \t]{0,9}-?\}\}"
    r"|\{\{[<%][ \t]{0,4}(?:param|var)[ \t]{1,4}\"?(?P<param>[\w.-]{1,100})\"?[ \t]{0,4}/?[>%]\}\}"
    r"|\{var\((?P<var>[\w.-]{1,100})\)\}"
    r"|\{(?P<jsx>(?:frontMatter|props|metadata|site)\.[\w.]{1,100})\}"
)
ADDRESS = re.compile(r"\{\{-?[ \t]{0,9}([\"'])([^\"'{}\n]{1,500})\1[ \t]{0,9}\|[^{}\n]{0,200}\}\}")
"""An address in quotes that a filter completes: `{{ "/guide" | relative_url }}`."""
ROOTS = frozenset(
    {
        "site.baseurl",
        "site.url",
        "base_path",
        "site.github.url",
        "relative_root",
        "$frontmatter.base",
    }
)
"""Variables that stand for the root of the site."""


def replaced(text: str, known: Mapping[str, str], unknown: Counter[str]) -> str:
    """`text` with values; a name without one stays as a bare word and is counted."""
    if "{" not in text:
        return text
    text = ADDRESS.sub(lambda match: match[2], text)
    return VARIABLE.sub(lambda match: _value(match, known, unknown), text)


def known_only(text: str, known: Mapping[str, str], unknown: Counter[str]) -> str:
    """`text` with the values that are known; a name in `{{ }}` without one stays, and is counted.

    Of HTML, in which braces are text unless the importer knows better.
    """

    def value(match: re.Match[str]) -> str:
        name = match["name"]
        if name and name not in known:
            unknown[name] += 1
        return known.get(name or "", match[0])

    return VARIABLE.sub(value, text) if "{{" in text else text


def _value(match: re.Match[str], known: Mapping[str, str], unknown: Counter[str]) -> str:
    name = next(one for one in (match["name"], match["param"], match["var"], match["jsx"]) if one)
    for one in (
        name,
        name.lstrip("."),
        name.lower(),
        name.rpartition(".")[2] if match["jsx"] else name,
    ):
        if one in known:
            return known[one]
    if name in ROOTS:
        return ""
    unknown[name] += 1
    return name.rpartition(".")[2]
