"""The rules together: Markdown → HTML that still has to be cleaned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension

from kb.content.markdown.bounds import InlineLimits, MarkupRefused
from kb.content.markdown.callouts import Alerts, Callout, Callouts, Details
from kb.content.markdown.headings import Headings
from kb.content.markdown.inline.pictures import Figures
from kb.content.markdown.inline.rules import InlineRules
from kb.content.markdown.inline.targets import ResolveImage, ResolveLink, Targets
from kb.content.markdown.lines import Lines
from kb.content.markdown.list_indents import ListIndents
from kb.content.markdown.tables import Tables


def convert(
    markdown_text: str,
    *,
    resolve_link: ResolveLink | None,
    resolve_image: ResolveImage | None,
    callout_titles: Mapping[Callout, str],
) -> str:
    """Markdown → HTML that still has to be cleaned. Raises MarkupRefused."""
    rules = _Rules(Targets(resolve_link, resolve_image), callout_titles)
    footnotes = _Footnotes(SEPARATOR=":")
    tables = TableExtension(use_align_attribute=True)
    markdown = Markdown(extensions=[tables, footnotes, DefListExtension(), rules])
    try:
        return markdown.convert(markdown_text)
    except RecursionError as error:
        raise MarkupRefused("is nested too deeply") from error


class _Footnotes(FootnoteExtension):
    """Footnotes with short labels: the patterns of Python-Markdown look ahead without bound."""

    def extendMarkdown(self, md: Markdown) -> None:
        super().extendMarkdown(md)
        md.inlinePatterns["footnote"].compiled_re = re.compile(r"\[\^([^\[\]\n]{1,60})\]")
        block_rule: Any = md.parser.blockprocessors["footnote"]
        block_rule.RE = re.compile(r"^[ ]{0,3}\[\^([^\[\]\n]{1,60})\]:[ ]*(.*)$", re.MULTILINE)


class _Rules(Extension):
    def __init__(self, targets: Targets, callout_titles: Mapping[Callout, str]) -> None:
        super().__init__()
        self._targets = targets
        self._callout_titles = callout_titles

    def extendMarkdown(self, md: Markdown) -> None:
        md.ESCAPED_CHARS.append("|")
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(ListIndents(md), "list_indents", 26)
        md.preprocessors.register(Lines(md), "lines", 25)
        titles = self._callout_titles
        md.parser.blockprocessors.register(Callouts(md.parser, titles), "callout", 105)
        # In place of Python-Markdown's own inline rules, of which that of footnotes stays.
        md.treeprocessors.register(InlineRules(md, self._targets), "inline", 20)
        md.treeprocessors.register(InlineLimits(md), "limits", 30)
        md.treeprocessors.register(Alerts(md, titles), "alerts", 29)
        md.treeprocessors.register(Details(md), "details", 28)
        md.treeprocessors.register(Headings(md), "headings", -10)
        md.treeprocessors.register(Tables(md), "table_scroll", -11)
        md.treeprocessors.register(Figures(md), "figures", -12)
