"""Names of link references: they mean the same in any case, whatever space is in them."""

from __future__ import annotations


def normal_label(label: str) -> str:
    """`label` as references are kept and looked up under; "" for one that is only space."""
    return " ".join(label.split()).casefold()
