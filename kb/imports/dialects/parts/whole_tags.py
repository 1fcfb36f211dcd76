"""Components that say all in their attributes: pictures and cards, as Markdown."""

from __future__ import annotations

from kb.imports.html.inline import destination
from kb.imports.html.tags import FoundTag


def picture(tag: FoundTag) -> str:
    """The picture that a component shows, of several the one for light surroundings."""
    src = tag.get("src", "light", "sources")
    alt = " ".join(tag.get("alt", "title").split()).replace("[", "\\[").replace("]", "\\]")
    return f"![{alt}]({destination(src.strip().replace(' ', '%20'))})"


def card(tag: FoundTag) -> str:
    """A card as an item of a list."""
    title, href = tag.get("title", "name", "text"), tag.get("href", "link", "to")
    if tag.is_end or not title:
        return ""
    words = f"[{title}]({destination(href)})" if href else f"**{title}**"
    about = tag.get("description")
    return f"\n- {words}: {about}\n" if about else f"\n- {words}\n"
