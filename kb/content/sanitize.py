"""Safe HTML: made of Markdown, or of plain text, and cleaned.

The only importer of `nh3`; the rules of Markdown are `kb.content.markdown`'s. The cleaner runs
last, over everything, whatever the rules let through.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Mapping

import nh3

from kb.content.anchors import with_single_places
from kb.content.markdown.blocks.callouts import CALLOUT_TITLES, Callout
from kb.content.markdown.bounds import MAX_AMPERSANDS, MarkupRefused
from kb.content.markdown.convert import convert
from kb.content.markdown.headings import slugify
from kb.content.markdown.inline.pictures import ZOOM
from kb.content.markdown.inline.targets import (
    INVISIBLE,
    SITE_PATH,
    ImageSource,
    Refused,
    ResolveImage,
    ResolveLink,
    is_external,
)
from search.text.html_text import Block, Heading, Section, headings, sections

__all__ = [
    "CALLOUT_TITLES",
    "Block",
    "Callout",
    "Heading",
    "ImageSource",
    "MarkupRefused",
    "Section",
    "headings",
    "is_external",
    "plain_html",
    "sections",
    "slugify",
    "to_html",
    "well_formed",
]

MAX_CHARS = 1_000_000
MAX_PASSES = 8

SCHEMES = {"http", "https", "mailto", "tel"}
TAGS = set(
    "a abbr b bdi blockquote br caption code dd del details div dl dt em figcaption figure "
    "h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p pre q s samp small strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var".split()
)
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href", "class", "id"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class", "aria-label"},
    "img": {"src", "alt", "title", "width", "height"},
    "input": {"checked", "disabled"},
    "li": {"id"},
    "ol": {"start"},
    "p": {"class"},
    "sup": {"id"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    **{level: {"id"} for level in ("h2", "h3", "h4", "h5", "h6")},
}
ATTRIBUTE_VALUES = {
    "a": {"rel": {"noopener noreferrer nofollow"}},
    "div": {"tabindex": {"0"}, "role": {"region"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "input": {"type": {"checkbox"}},
    "td": {"align": {"left", "center", "right"}},
    "th": {"align": {"left", "center", "right"}},
}
FORCED_VALUES = {"input": {"disabled": ""}}
"""Nothing that can be filled in ever reaches a page; the boxes of tasks are only shown."""
CALLOUT_CLASSES = {f"callout callout-{kind}" for kind in CALLOUT_TITLES}
CLASSES = {
    "a": {"footnote-ref", "footnote-backref", ZOOM},
    "div": {"footnote", "table-scroll", *CALLOUT_CLASSES},
    "p": {"callout-title"},
}
LANGUAGE_CLASS = re.compile(r"language-[\w+#-]{1,30}")
FOOTNOTE_ID = re.compile(r"fn(?:ref\d*)?:[\w.-]{1,60}")
ANCHOR = re.compile(r"[\w-]{1,120}")
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
NUMBER = re.compile(r"\d{1,9}")


def to_html(
    markdown_text: str,
    *,
    resolve_link: ResolveLink | None = None,
    resolve_image: ResolveImage | None = None,
    refused: Refused | None = None,
    callout_titles: Mapping[Callout, str] = CALLOUT_TITLES,
) -> str:
    """Markdown → clean HTML with heading anchors; cleaning it again changes nothing.

    `resolve_link` gets every link without scheme that does not start with `#`; `resolve_image`
    every picture (pictures of other sites are never shown). A resolver's None turns the link into
    its text, the picture into its alternative text. `refused` hears of addresses that no page may
    hold (`javascript:`, `file:`, pictures of other sites). Raises MarkupRefused for text that is
    too large or too intricate to render in bounded time.
    """
    if len(markdown_text) > MAX_CHARS:
        raise MarkupRefused(f"has more than {MAX_CHARS:,} characters")
    html = convert(
        markdown_text,
        resolve_link=resolve_link,
        resolve_image=resolve_image,
        refused=refused,
        callout_titles=callout_titles,
    )
    if html.count("&amp;") > MAX_AMPERSANDS:
        raise MarkupRefused(f"has more than {MAX_AMPERSANDS:,} of the character &")
    cleaned = with_single_places(clean(html))
    # Raw block tags inside a paragraph leave empty ones behind
    return clean(cleaned.replace("<p></p>", "")) if "<p></p>" in cleaned else cleaned


def plain_html(text: str) -> str:
    """`text` as clean HTML without reading any Markdown: one paragraph a blank-line run."""
    paragraphs = (part.strip() for part in re.split(r"\n[ \t]*\n", text))
    return clean("".join(f"<p>{html_entities.escape(part)}</p>\n" for part in paragraphs if part))


def clean(html: str) -> str:
    """The allowlist: what is not named here does not reach a page. Idempotent.

    A tag that is dropped may have changed how the tags around it nest, so the result is cleaned
    until nothing changes: what a browser builds of it is then what was judged.
    """
    for _ in range(MAX_PASSES):
        cleaned = _clean_once(html)
        if cleaned == html:
            return html
        html = cleaned
    return html_entities.escape(html)  # never seen; as text it is harmless


def well_formed(html: str, *, tags: set[str], attributes: set[str], dropped: set[str]) -> str:
    """HTML as a browser nests it, with these tags and attributes only, to be read by a program.

    Nothing to show: it may load and link to anything. `dropped` tags go with what they hold.
    """
    return nh3.clean(
        html,
        tags=tags,
        clean_content_tags=dropped,
        attributes={"*": attributes},
        url_schemes=SCHEMES | {"data", "ftp", "file"},
        link_rel=None,
    )


def _clean_once(html: str) -> str:
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        tag_attribute_values=ATTRIBUTE_VALUES,
        set_tag_attribute_values=FORCED_VALUES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return cleaned.replace("\r", "\n")  # as any reader of HTML does


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value when it is one that our own rules write, else None, which drops the attribute.

    Called for attributes of tags that are dropped, too; must never raise.
    """
    if name == "class":
        is_language = tag == "code" and LANGUAGE_CLASS.fullmatch(value)
        is_fine = bool(is_language) or value in CLASSES.get(tag, ())
    elif name == "href":
        scheme = SCHEME.match(INVISIBLE.sub("", value))
        is_fine = scheme is None or scheme[1].lower() in SCHEMES
    elif name == "id":
        is_fine = bool((FOOTNOTE_ID if tag in ("li", "sup") else ANCHOR).fullmatch(value))
    elif name == "src":
        is_fine = bool(SITE_PATH.fullmatch(value))
    elif name in ("checked", "disabled"):
        is_fine = value == ""
    elif name in ("width", "height", "colspan", "rowspan", "start"):
        is_fine = bool(NUMBER.fullmatch(value))
    else:
        return value
    return value if is_fine else None
