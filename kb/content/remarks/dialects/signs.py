"""Names of signs, formulas and places to fill in, which other programs put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.dialects.raw import RawForm, within_blocks
from kb.content.remarks.leftover import Leftover, Proof

EMOJI = re.compile(r"(?<![\w:/.@\\-]):(?:[a-z][a-z0-9_-]{1,50}|[+-]1):(?![\w:/\ufffc-])")
FORMULA = re.compile(
    r"(?<!\$)\$\$(?!\$)(?=[^$]{0,500}[\\=^_+*/<>-])[^$]{1,500}\$\$(?!\$)"
    r"|(?<![\w$])\$(?=[^$\n]{0,200}\\[a-zA-Z])[^$\n]{1,200}\$(?![\w$])"
    r"|\\(?:begin|frac|sqrt|mathbf|mathrm|overline)\{"
)
PLACE = re.compile(
    r"\$\{[A-Za-z_][\w.:-]{0,60}\}|%\{[a-z_][a-z0-9_.]{0,60}\}|(?<!\w)#\{[a-z_][a-z0-9_.]{0,60}\}"
    r"|\{\$[a-z_][\w.>-]{0,60}\}|\{\{\{[^{}\n]{1,200}\}\}\}"
)
PLACE_REMEDY = "Write out what it stands for, `{{ name }}` of variables.yml, or put it into code"
FORMS = (
    RawForm(EMOJI, "", "Put the sign itself there, or put it into code"),
    RawForm(FORMULA, "$", "Write it in words, or show a picture: nothing reads formulas here"),
    RawForm(PLACE, "", PLACE_REMEDY, FaultKind.RAW_TEMPLATE),
)


def leftovers(proof: Proof) -> Iterator[Leftover]:
    return within_blocks(proof, FORMS)
