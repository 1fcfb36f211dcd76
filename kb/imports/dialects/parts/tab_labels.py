"""Labels of tabs that the component around them lists by their values."""

from __future__ import annotations

import re

OPTION = re.compile(r"\{([^{}]{1,400})\}")
PART = re.compile(r"\b(label|value)[\"']?[ ]{0,4}:[ ]{0,4}([\"'`])([^\"'`\n]{1,200})\2")


def labels_by_value(written: str) -> dict[str, str]:
    """Values and labels of `values={[{label: 'Mac', value: 'mac'}]}`."""
    options = ({it[0]: it[2] for it in PART.findall(one)} for one in OPTION.findall(written))
    return {it["value"]: it["label"] for it in options if "value" in it and "label" in it}
