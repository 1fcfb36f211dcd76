"""Wide tables, which scroll by themselves."""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections import Counter

from markdown.treeprocessors import Treeprocessor

from kb.content.markdown.inline.escapes import visible_text


class Tables(Treeprocessor):
    """Let a wide table scroll by itself, with a name for those who cannot see it."""

    def run(self, root: etree.Element) -> None:
        seen: Counter[str] = Counter()
        for parent in list(root.iter()):
            for at, table in enumerate(list(parent)):
                if table.tag != "table":
                    continue
                label = ", ".join(filter(None, (visible_text(cell) for cell in table.iter("th"))))
                wrapper = etree.Element(
                    "div", {"class": "table-scroll", "tabindex": "0", "role": "region"}
                )
                name = label[:100] or "…"
                seen[name] += 1
                wrapper.set("aria-label", name if seen[name] == 1 else f"{name} ({seen[name]})")
                wrapper.append(table)
                wrapper.tail, table.tail = table.tail, None
                parent[at] = wrapper
