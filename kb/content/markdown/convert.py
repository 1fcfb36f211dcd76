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
from kb.content.markdown.inline.code_spans import CodeSpans
from kb.content.markdown.inline.links import AUTOLINK, Autolinks, Links
from kb.content.markdown.inline.pictures import Figures, Images
from kb.content.markdown.inline.raw_html import ENTITY, RAW_TAG, Entities, RawTags
from kb.content.markdown.inline.targets import ResolveImage, ResolveLink, Targets
from kb.content.markdown.tables import Tables


def convert(
    markdown_text: str,
    *,
    resolve_link: ResolveLink | None,
    resolve_image: ResolveImage | None,
    callout_titles: Mapping[Callout, str],
) -> str:
    """Markdown → HTML that still has to be cleaned. Raises MarkupRefused."""
    targets = Targets(resolve_link, resolve_image)
    blocks = BlockRules(callout_titles, _raw_tag)
    markdown = Markdown(extensions=[blocks, Footnotes(), _Rules(targets)])
    try:
        return markdown.convert(markdown_text)
    except RecursionError as error:
        raise MarkupRefused("is nested too deeply") from error


def _raw_tag(md, source, at):
    if source.startswith("<!--", at) and (end := source.find("-->", at)) >= 0:
        return "", end + 3
    pattern = md.inlinePatterns["html"]
    m = pattern.compiled_re.match(source, at)
    if not m:
        return None
    node = pattern.handleMatch(m, source)[0]
    if node is None:
        return None
    from markdown.serializers import to_xhtml_string

    return (node if isinstance(node, str) else to_xhtml_string(node)), m.end()


class _Rules(Extension):
    def __init__(self, targets: Targets) -> None:
        super().__init__()
        self._targets = targets

    def extendMarkdown(self, md: Markdown) -> None:
        md.ESCAPED_CHARS.extend("~|<")
        self._register_inline(md)
        # Python-Markdown's own inline rules run at 20; escapes are undone at 0.
        md.treeprocessors.register(InlineLimits(md), "limits", 30)
        md.treeprocessors.register(Headings(md), "headings", -10)
        md.treeprocessors.register(Tables(md), "table_scroll", -11)
        md.treeprocessors.register(Figures(md), "figures", -12)

    def _register_inline(self, md: Markdown) -> None:
        rules = md.inlinePatterns
        for name in ("image_reference", "short_reference", "short_image_ref", "reference"):
            rules.deregister(name)
        rules.register(CodeSpans(r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<!\\)`)"), "backtick", 190)
        rules.register(Images(r"!\[", md, self._targets), "image_link", 165)
        rules.register(Links(r"(?<!!)\[", md, self._targets), "link", 160)
        rules.register(Autolinks(AUTOLINK, md, self._targets), "autolink", 120)
        rules.register(RawTags(RAW_TAG, md, self._targets), "html", 90)
        rules.register(Entities(ENTITY, md), "entity", 80)
        delimiters = getattr(md, "delimiters")  # noqa: B009 - the type stubs lack it
        delimiters.add("~", "del", double=True)
