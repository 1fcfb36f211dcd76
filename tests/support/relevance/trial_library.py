"""A small folder of articles with questions, built aside with the toy encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb.build.build import Memory
from kb.build.trial.trees import TreeKind, TrialBuilder
from kb.config import Config
from tests.support.libraries.corpus import HashSource

PARCEL, REFUND, VACUUM = "w2d8k", "k2m7p", "b2x7n"
OTHERS = {
    "c3c3d": ("Where a parcel goes astray", "Couriers bring every parcel to the order's address."),
    "d4d4d": ("Where is my invoice", "Every order has an invoice in the account."),
    "f5f5f": ("Is my order paid", "Cards are charged when the order leaves."),
}
"""Articles without questions."""
ARTICLES: dict[str, tuple[str, tuple[str, ...], str]] = {
    PARCEL: (
        "Track a parcel",
        ("where is my parcel", "tracking number of the order"),
        "The tracking number stands in the letter about your order. Type it at the carrier's site.",
    ),
    REFUND: (
        "When the money comes back",
        ("how long does a refund take",),
        "A refund takes ten days after the goods have arrived in our warehouse.",
    ),
    VACUUM: (
        "Clean the brushes of the vacuum",
        ("hair round the brush",),
        "Turn the vacuum over and lift the frame. Cut the hair and pull it out of the bristles.",
    ),
    **{id: (title, (), body) for id, (title, body) in OTHERS.items()},
}


@dataclass(frozen=True)
class Written:
    """The text of an article; what is not given is that of ARTICLES."""

    title: str = ""
    questions: tuple[str, ...] | None = None
    body: str = ""
    status: str = "published"


def write(root: Path, id: str, text: Written = Written(), *, lang: str = "en") -> Path:
    """Write one article."""
    title, questions, body = ARTICLES.get(id, (id, (), "Nothing yet."))
    asked = questions if text.questions is None else text.questions
    path = root / lang / "faq" / "orders" / f"article-{id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["---", f"id: {id}", f"title: {text.title or title}", "summary: In short."]
    lines += [f"status: {text.status}", *(["questions:"] if asked else [])]
    lines += [*(f"  - {it}" for it in asked), "---", text.body or body, ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def write_library(folder: Path) -> Config:
    """Write all of them; returns settings that name the folder, with data beside it."""
    root = folder / "articles"
    for id in ARTICLES:
        write(root, id)
    (root / "categories.yml").write_text(
        "faq:\n  orders:\n    icon: box\n    title: {en: Orders}\n    description: {en: Orders}\n",
        encoding="utf-8",
    )
    return Config(articles_dir=root, data_dir=folder / "var", languages=("en",))


def memory(folder: Path) -> Memory:
    """Memory of a process that builds with the toy encoder."""
    return Memory(source=HashSource(folder))


def builder(config: Config, place: TreeKind = "tree") -> TrialBuilder:
    return TrialBuilder(config, place, memory=memory(config.data_dir.parent))
