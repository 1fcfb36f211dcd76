"""Makes an articles folder out of a JSONL corpus, to measure the whole product on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
CATEGORIES = 12
MAX_TITLE_CHARS = 90
QUESTION_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


def write_library(corpus: Path, folder: Path, *, lang: str, questions: int = 0) -> int:
    """Write one article for each line of `corpus`; returns their number.

    Each has so many `questions`: headings and beginnings of sentences of its own text.
    """
    rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    for number, row in enumerate(rows):
        path = folder / lang / "guides" / f"part-{number % CATEGORIES}" / f"article-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_article(number, row, questions), encoding="utf-8")
    (folder / "categories.yml").write_text(_categories(lang), encoding="utf-8")
    return len(rows)


def article_id(number: int) -> str:
    """A valid id for the article `number`."""
    digits = []
    for _ in range(5):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def _article(number: int, row: dict[str, str], questions: int) -> str:
    title = " ".join(row["title"].split())[:MAX_TITLE_CHARS]
    front = {
        "id": article_id(number),
        "title": title,
        "summary": title,
        "status": "published",
    }
    # JSON strings are YAML strings.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items()]
    asked = _questions(title, row["body"])[:questions]
    lines += ["questions:", *(f"  - {json.dumps(it, ensure_ascii=False)}" for it in asked)] * bool(
        asked
    )
    return "\n".join(["---", *lines, "---", row["body"].replace("\x00", "")])


def _questions(title: str, body: str) -> list[str]:
    """Phrases of a text as a reader might type them, the same for the same text."""
    lines = [" ".join(_WORD.findall(line)[:QUESTION_WORDS]).lower() for line in body.splitlines()]
    found = [line for line in lines if line.count(" ") >= 2]
    whole = " ".join(_WORD.findall(title)).lower()
    return list(dict.fromkeys([*found, whole, f"{whole} ?", f"{whole} ??"]))


def _categories(lang: str) -> str:
    lines = ["guides:"]
    for number in range(CATEGORIES):
        lines += [
            f"  part-{number}:",
            "    icon: book",
            f"    order: {number}",
            f"    title: {{{lang}: Part {number}}}",
            f"    description: {{{lang}: Part {number}}}",
        ]
    return "\n".join(lines) + "\n"
