"""An independent reader of Markdown: markdown-it-py, as GitHub reads it, with its own callouts."""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.gfm import gfm_plugin

from kb.content.markdown.inline.raw_html import RAW_TAGS

OWN_ANCHOR = re.compile(r"\s*\{#[^{}\s]+\}(?=</h\d>)")
NO_HOST = re.compile(r'<a href="https?://">(https?://)</a>')
"""A link that GitHub does not make: it asks for a letter or figure behind the slashes."""
PICTURE = re.compile(r"<img\s[^<>]*>")
CALLOUT = re.compile(r"\s*([a-z]+)(?:\[(.*)\]|\s+(.*?)|)\s*$")
TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>|<!--.*?-->|<[?!][^>]*>", re.DOTALL)


def commonmark_html(markdown_text: str) -> str:
    """HTML of the text as CommonMark says."""
    return str(_commonmark().render(markdown_text))


def github_html(markdown_text: str) -> str:
    """HTML of the text as GitHub shows it, with callouts, notes, definitions and named anchors.

    Of raw tags those that we let nobody use are text.
    """
    return NO_HOST.sub(r"\1", OWN_ANCHOR.sub("", str(_github().render(markdown_text))))


@cache
def _commonmark() -> MarkdownIt:
    return MarkdownIt("commonmark")


@cache
def _github() -> MarkdownIt:
    parser = MarkdownIt("commonmark").use(gfm_plugin).use(deflist_plugin).use(admon_plugin)
    for name in ("note", "tip", "info", "warning", "danger", "caution"):
        parser.use(container_plugin, name, validate=partial(_is_named, name), render=_callout)
    parser.add_render_rule("html_inline", _raw)
    parser.add_render_rule("html_block", _raw_block)
    return parser


def _raw(self: Any, tokens: Sequence[Token], at: int, *rest: object) -> str:
    return TAG.sub(_known, tokens[at].content)


def _raw_block(self: Any, tokens: Sequence[Token], at: int, *rest: object) -> str:
    """Pictures alone are a paragraph, as if they were Markdown, and so is what nobody may use."""
    html = _raw(self, tokens, at)
    return html if "<" in PICTURE.sub("", html) else f"<p>{html}</p>"


def _known(match: re.Match[str]) -> str:
    if match[0].startswith("<!--"):
        return ""
    is_known = match[1] and match[1].lower() in RAW_TAGS
    return match[0] if is_known else html_entities.escape(match[0])


def _callout(self: Any, tokens: Sequence[Token], at: int, *rest: object) -> str:
    if tokens[at].nesting < 0:
        return "</div>"
    found = CALLOUT.match(tokens[at].info)
    kind, title = (found[1], found[2] or found[3]) if found else ("note", "")
    words = _commonmark().renderInline(title) if title else kind.capitalize()
    return f'<div class="admonition {kind}"><p>{words}</p>'


def _is_named(name: str, info: str, *rest: object) -> bool:
    found = CALLOUT.match(info)
    return found is not None and found[1] == name
