"""Help of free programs as articles to train on: `python -m bench.relevance.help_libraries FOLDER
OUT.jsonl`.

FOLDER holds Debian packages, each unpacked with `dpkg-deb -x` into `ex-NAME`: LibreOffice's help
(`libreoffice-help-ru`, `libreoffice-help-en-us`, MPL-2.0) and whatever has pages of GNOME's help
format under `usr/share/help` (`gnome-user-docs`, `evolution-common`, `shotwell-common`, ...; mostly
CC BY-SA 3.0). The sample articles of this repository are added. Nothing of it is tuned on, and
nothing of it is in the libraries that ranking is measured on.
"""

from __future__ import annotations

import argparse
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree

from kb.build import build
from kb.config import Config
from search.semantic.training_pairs import LibraryArticle, LibraryPassage, library_article
from search.text.passages import windows

MIN_WORDS = 8
MIN_WORDS_OFFICE = 15
"""LibreOffice's help has many entries of a line, which anything or nothing could be about."""
MIN_SUBJECT = 40
"""Smaller programs are one subject together, so that batches are full."""
REFERENCE = ("sbasic", "smath")
"""Parts of LibreOffice's help that are no help articles but references of a language."""
OFFICE = {
    "ru": "libreoffice-help-ru/usr/share/libreoffice/help/ru/text",
    "en": "libreoffice-help-en-us/usr/share/libreoffice/help/en-US/text",
}
LANGUAGES = {"ru": "ru", "C": "en", "de": "de", "es": "es", "fr": "fr", "uk": "uk"}
MALLARD = "{http://projectmallard.org/1.0/}"

_HOW_TO_GET = re.compile(r'<div class="howtoget">.*?</div>\s*</div>\s*</div>', re.DOTALL)
_OTHER_SYSTEM = re.compile(
    r'<span hidden="true"[^>]*class="(?:MAC|UNIX)"[^>]*>.*?</span>', re.DOTALL
)
_BLOCK = re.compile(
    r"<(h[1-6])[^>]*>(.*?)</\1>"
    r'|<p[^>]*class="(?:paragraph|listitem|tablecontent|note|tip|warning)"[^>]*>(.*?)</p>'
    r"|<pre[^>]*>(.*?)</pre>",
    re.DOTALL,
)
Sections = list[tuple[tuple[str, ...], list[str]]]


def office(root: Path) -> Iterator[LibraryArticle]:
    """Articles of LibreOffice's help in both languages."""
    for lang, folder in OFFICE.items():
        base = root / f"ex-{folder}"
        for path in sorted(base.rglob("*.html")):
            where = path.relative_to(base)
            if where.parts[0] in REFERENCE:
                continue
            title, lead, found = _office_page(path.read_text("utf-8", errors="replace"))
            found = [one for one in found if len(one.text.split()) >= MIN_WORDS_OFFICE]
            if found and len(title.split()) > 1 and _is_written_in(lang, title, found):
                questions = (lead,) if 4 <= len(lead.split()) <= 25 else ()
                yield LibraryArticle(
                    f"lo/{where}", lang, f"lo/{where.parts[0]}", title, questions, tuple(found)
                )


def mallard(root: Path) -> Iterator[LibraryArticle]:
    """Articles in GNOME's help format, in LANGUAGES."""
    for code, lang in LANGUAGES.items():
        for path in sorted(root.glob(f"ex-*/usr/share/help/{code}/*/*.page")):
            try:
                page = ElementTree.parse(path).getroot()
            except ElementTree.ParseError:
                continue
            title = _text(page.find(f"{MALLARD}title"))
            lead = _text(page.find(f"{MALLARD}info/{MALLARD}desc"))
            sections: Sections = []
            _walk(page, (), sections)
            found = _passages(sections)
            if found and title and _is_written_in(lang, title, found):
                book = path.parent.name
                questions = (lead,) if 3 <= len(lead.split()) <= 25 else ()
                yield LibraryArticle(
                    f"gnome/{book}/{path.name}",
                    lang,
                    f"gnome/{book}",
                    title,
                    questions,
                    tuple(found),
                )


def samples() -> Iterator[LibraryArticle]:
    """The articles that come with this repository."""
    for document in build.documents(Config()):
        article = library_article(document, subject="sample")
        yield replace(article, group=f"sample/{article.group}")


def joined(articles: list[LibraryArticle]) -> list[LibraryArticle]:
    """The same with small subjects made one."""
    sizes = Counter(subject for subject, _ in {(one.subject, one.group) for one in articles})
    return [
        replace(one, subject="gnome/misc") if sizes[one.subject] < MIN_SUBJECT else one
        for one in articles
    ]


def _office_page(text: str) -> tuple[str, str, list[LibraryPassage]]:
    """Title, first description and passages."""
    text = _HOW_TO_GET.sub("", text[text.find('id="DisplayArea"') :])
    text = _OTHER_SYSTEM.sub("", text).split("<footer")[0].split('class="relatedtopics"')[0]
    title = lead = ""
    sections: Sections = [((), [])]
    for level, heading, paragraph, code in _BLOCK.findall(text):
        if level == "h1":
            title = title or _visible(heading)
        elif level:
            sections.append(((_visible(heading),), []))
        elif shown := _visible(paragraph or code):
            if 'class="avis"' in paragraph and not lead:
                lead = shown
            sections[-1][1].append(shown)
    return title, lead, _passages(sections)


def _walk(element: ElementTree.Element, headings: tuple[str, ...], sections: Sections) -> None:
    """Collect the blocks below `element`; a section opens another entry."""
    blocks: list[str] = []
    sections.append((headings, blocks))

    def visit(child: ElementTree.Element) -> None:
        tag = child.tag.replace(MALLARD, "")
        if tag in ("info", "title", "links", "credit", "figure", "media"):
            return
        if tag == "section":
            _walk(child, (*headings, _text(child.find(f"{MALLARD}title"))), sections)
        elif tag in ("p", "code", "screen", "item"):
            if shown := _text(child):
                blocks.append(shown)
        else:
            for grandchild in child:
                visit(grandchild)

    for child in element:
        visit(child)


def _passages(sections: Sections) -> list[LibraryPassage]:
    return [
        LibraryPassage(headings, text)
        for headings, blocks in sections
        for text in windows(blocks)
        if len(text.split()) >= MIN_WORDS
    ]


def _is_written_in(lang: str, title: str, passages: list[LibraryPassage]) -> bool:
    """True when a page is translated at all: untranslated ones are kept in English."""
    text = f"{title} {' '.join(one.text for one in passages)}".lower()
    if lang in ("ru", "uk"):
        return 2 * len(re.findall("[а-яёіїє]", text)) >= len(re.findall(r"\w", text))
    return lang == "en" or len(re.findall(r" (?:the|and|you|your) ", text)) <= 2


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _visible(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance.help_libraries", description=__doc__
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("to", type=Path)
    options = parser.parse_args()
    articles = joined([*office(options.folder), *mallard(options.folder)])
    articles += samples()
    with options.to.open("w", encoding="utf-8") as file:
        for article in articles:
            row = asdict(article)
            row["passages"] = [[one.headings, one.text] for one in article.passages]
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(len(articles), Counter((one.subject, one.lang) for one in articles).most_common())


if __name__ == "__main__":
    main()
