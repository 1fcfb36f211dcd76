"""A summary from the first paragraph of a text: whole sentences, as many as fit."""

from __future__ import annotations

import re

from kb.content.files.fields import MAX_SUMMARY_CHARS
from kb.imports.dialects.masks import CodeMasks
from kb.imports.formats.titles import plain_words

NO_PROSE = re.compile(
    r"[ \t]{0,9}(?:[#|>]|[-*+][ \t]|\d{1,9}[.)][ \t]|!!!|\?\?\?|!\[|:[ \t]|---|===|\*[^*\n"
    r"]{1,200}\*$|</?[a-z])"
)
END = re.compile(r"(?<=[.!?…])[»”\")]?(?=\s)|(?<=[。！？])")
MIN_CHARS = 20
MAX_PARAGRAPHS = 60


def summary_of(markdown: str, title: str) -> str:
    """At most MAX_SUMMARY_CHARS: whole sentences, or one cut at a word; the title for no prose."""
    masks = CodeMasks()
    paragraphs = masks.mask_fences(markdown[:60_000]).split("\n\n")
    for is_strict in (True, False):
        for paragraph in paragraphs[:MAX_PARAGRAPHS]:
            text = _prose(paragraph, masks, is_strict=is_strict)
            if len(text) >= MIN_CHARS and text != title:
                return fitting(text)
    return title[:MAX_SUMMARY_CHARS]


def _prose(paragraph: str, masks: CodeMasks, *, is_strict: bool) -> str:
    text = paragraph.strip("\n")
    first = text.split("\n", 1)[0]
    if masks.is_fence(first) or (
        is_strict and (NO_PROSE.match(first) or text.rstrip().endswith(":"))
    ):
        return ""
    if not is_strict and first.lstrip().startswith(("#", "|", "![", "---")):
        return ""
    lines = [line.strip().lstrip(">").strip() for line in text.split("\n")]
    kept = [line for line in lines if not line.startswith(("!!!", "???"))]
    joined = " ".join(kept).replace("\\", "").replace("<br>", " ")
    return plain_words(joined.lstrip("-*+ ")).replace("`", "").rstrip(":")


def fitting(text: str) -> str:
    """`text` within the limit: its whole first sentences, or cut at a word."""
    if len(text) <= MAX_SUMMARY_CHARS:
        return text
    ends = [match.end() for match in END.finditer(text[: MAX_SUMMARY_CHARS + 1])]
    whole = [end for end in ends if MIN_CHARS <= end <= MAX_SUMMARY_CHARS]
    if whole:
        return text[: whole[-1]].strip()
    cut = text[: MAX_SUMMARY_CHARS - 1].rpartition(" ")[0].rstrip(",;:—–- ")
    return f"{cut or text[: MAX_SUMMARY_CHARS - 1]}…"
