"""A text of one article as readers would see it, with everything that is wrong with it.

Rendered and cleaned as a build does. The rest of the library is that of the folder of articles;
pictures are those of the article's change.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kb.config import Config
from kb.content import media, products
from kb.content.addresses import redirects
from kb.content.files.article_file import (
    NEVER,
    ArticleReading,
    Place,
    place_of,
    read_article,
)
from kb.content.library import ArticleCache
from kb.content.library import load as load_library
from kb.content.media import BadPicture, Media, MediaFile
from kb.content.model import Article, ArticleHead, Library, Problem
from kb.drafts import pictures
from kb.drafts.model import Author, ChangeId
from kb.drafts.repository.clone import Clone
from kb.drafts.texts.head_edit import body_of, values_of

if TYPE_CHECKING:
    from kb.content.checks import LinkTargets

FRESH_S = 2.0
"""Time for which the rest of the library counts as unchanged."""
MAX_PROOF_CHARS = 300_000
"""Of a text that is tried while it is written; a longer one is tried when it is saved."""


@dataclass(frozen=True)
class TextProof:
    """`html` is None where the text cannot be rendered; then a problem says why."""

    html: str | None
    title: str
    summary: str
    problems: tuple[Problem, ...]
    body_line: int
    """Line of the file, from 1, in which the text that a form shows begins."""


@dataclass(frozen=True)
class _DraftPicture(MediaFile):
    """A picture at the address where the editor shows it."""

    address: str = ""

    @property
    def url(self) -> str:
        return self.address


class _ChangePictures(Mapping[str, MediaFile]):
    """The pictures that an article can show, read when it does."""

    def __init__(self, clone: Clone, change_id: ChangeId, author: Author, address: str) -> None:
        self._clone, self._change_id, self._author = clone, change_id, author
        self._address = address

    def __getitem__(self, name: str) -> MediaFile:
        data = pictures.content(self._clone, self._change_id, name, author=self._author)
        if data is None:
            raise KeyError(name)
        try:
            found = media.picture(name, data)
        except BadPicture as error:
            raise KeyError(name) from error
        return _DraftPicture(name, data, found.width, found.height, f"{self._address}{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass
class LibraryDesk:
    """The library beside the text, read again when it may have changed. Thread-safe."""

    config: Config
    _cache: ArticleCache = field(default_factory=ArticleCache)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: tuple[Library, LinkTargets] | None = None
    _read_at: float = float("-inf")

    def read(self) -> tuple[Library, LinkTargets]:
        with self._lock:
            if self._known is None or time.monotonic() - self._read_at > FRESH_S:
                self._known = self._read()
                self._read_at = time.monotonic()
            return self._known

    def _read(self) -> tuple[Library, LinkTargets]:
        from kb.content.checks import LinkTargets  # with the reader of Markdown

        root, languages = self.config.articles_dir, self.config.languages
        library = load_library(root, languages=languages, cache=self._cache)
        goods, _ = products.read(root, languages)
        listed = redirects.read(root, library, goods.entries, languages)
        return library, LinkTargets(goods.entries, listed.entries, languages)


def proof(
    desk: LibraryDesk,
    clone: Clone,
    change_id: ChangeId,
    *,
    path: str,
    text: str,
    author: Author,
    picture_address: str,
) -> TextProof:
    """Try `text` as the file `path`. `picture_address` stands before the names of pictures."""
    # Only now: what serves readers starts, and goes on, without the reader of Markdown.
    from kb.content.checks import check_one

    place = place_of(path, desk.config.languages)
    assert isinstance(place, Place)  # noqa: S101 – the path of an article that was opened
    reading = reading_of(place, text)
    article, is_whole = reading.article or _guessed(place, text), reading.article is not None
    library, around = desk.read()
    others = tuple(one for one in library.articles if one.path != path)
    library = replace(library, articles=(*others, article), problems=(), remarks=())
    shown = Media(_ChangePictures(clone, change_id, author, picture_address), ())
    page, found = check_one(library, article, shown, around)
    of_text = found if is_whole else _of_text(found, article)
    return TextProof(
        html=page.html if page else None,
        title=article.title,
        summary=article.summary,
        problems=tuple(sorted({*reading.problems, *of_text})),
        body_line=article.body_line + article.body.startswith("\n"),
    )


def _of_text(problems: tuple[Problem, ...], article: Article) -> Iterator[Problem]:
    """Without those of keys that were guessed."""
    return (one for one in problems if one.line >= article.body_line)


def reading_of(place: Place, text: str) -> ArticleReading:
    """The article that a text is, or what is wrong with it, as of a file at that place."""
    with tempfile.TemporaryDirectory(prefix="otvet-proof-") as folder:
        file = Path(folder, place.path)
        file.parent.mkdir(parents=True)
        file.write_bytes(text.encode("utf-8", "replace"))
        return read_article(Path(folder), place)


def _guessed(place: Place, text: str) -> Article:
    """An article to look at, of a file that is at fault."""
    values = values_of(text) or {}
    body = body_of(text)
    title, summary = (values.get(key, "") for key in ("title", "summary"))
    head = ArticleHead(
        id="",
        lang=place.lang,
        section=place.section,
        category=place.category,
        slug=place.slug,
        title=title if isinstance(title, str) else "",
        summary=summary if isinstance(summary, str) else "",
        tags=(),
        questions=(),
        order=0,
        aliases=(),
        related=(),
        updated_at=NEVER,
    )
    body_line = text.count("\n", 0, len(text) - len(body)) + 1
    return Article(head, status="draft", body=body, body_line=body_line, path=place.path)
