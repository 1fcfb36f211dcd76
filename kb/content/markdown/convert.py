"""The rules together: Markdown → HTML that still has to be cleaned."""

from __future__ import annotations

from collections.abc import Mapping

from markdown import Markdown
from markdown.extensions import Extension

from kb.content.markdown.blocks.callouts import Callout
from kb.content.markdown.blocks.footnotes import Footnotes
from kb.content.markdown.blocks.parser import BlockRules
from kb.content.markdown.bounds import InlineLimits, MarkupRefused
from kb.content.markdown.headings import Headings
from kb.content.markdown.inline.pictures import Figures
from kb.content.markdown.inline.rules import InlineRules
from kb.content.markdown.inline.targets import Refused, ResolveImage, ResolveLink, Targets
from kb.content.markdown.tables import Tables


def convert(
    markdown_text: str,
    *,
    resolve_link: ResolveLink | None,
    resolve_image: ResolveImage | None,
    refused: Refused | None,
    callout_titles: Mapping[Callout, str],
) -> str:
    """Markdown → HTML that still has to be cleaned. Raises MarkupRefused."""
    targets = Targets(resolve_link, resolve_image, refused)
    blocks = BlockRules(targets, callout_titles)
    markdown = Markdown(extensions=[blocks, Footnotes(), _Rules(targets)])
    try:
        return markdown.convert(markdown_text)
    except RecursionError as error:
        raise MarkupRefused("is nested too deeply") from error


class _Rules(Extension):
    def __init__(self, targets: Targets) -> None:
        super().__init__()
        self._targets = targets

    def extendMarkdown(self, md: Markdown) -> None:
        # In place of Python-Markdown's own inline rules, of which that of footnotes stays.
        md.treeprocessors.register(InlineRules(md, self._targets), "inline", 20)
        md.treeprocessors.register(InlineLimits(md), "limits", 30)
        md.treeprocessors.register(Headings(md), "headings", -10)
        md.treeprocessors.register(Tables(md), "table_scroll", -11)
        md.treeprocessors.register(Figures(md), "figures", -12)
