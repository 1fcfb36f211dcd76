"""Values that cross module borders in search: frozen dataclasses. Imports nothing of ours.

No behaviour lives here beyond trivial properties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["hybrid", "lexical", "semantic"]
RepairKind = Literal["layout", "transliteration", "spelling", "spacing"]
Stage = Literal["reader", "hybrid", "lexical", "none"]
"""How far the looking for an answer got: units read, or chosen by meaning, or by words alone."""
LayoutKind = Literal["paragraph", "steps", "list", "table", "callout", "definition", "code"]
Tone = Literal["", "note", "careful", "danger"]
QuotationKind = Literal["text", "steps"]


@dataclass(frozen=True)
class Document:
    """An article as search sees it: one language version of it.

    `id` is unique within a corpus; `group` is shared by translations of one article (the
    article's id). `section` and `category` are opaque filter values.
    """

    id: str
    group: str
    lang: str
    title: str
    html: str
    """Safe HTML of the body with heading ids, as the page shows it
    (`kb.content.sanitize.to_html`)."""
    section: str = ""
    category: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """The part of a document that is retrieved: some paragraphs under one heading.

    `headings` is the path below the title, outermost first, empty for the lead; `anchor` is the
    id of the innermost heading in the rendered page ("" for the lead). `text` is visible text
    only, blocks separated by newlines.
    """

    document_id: str
    ordinal: int
    """Position in the document, from 0."""
    anchor: str
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class LayoutBlock:
    """A part of a page that is laid out in one way.

    `parts` are what may be quoted by itself: the paragraph, items, rows (cells joined by a tab),
    lines of a callout's body, a definition's description; never empty. An item or a row that holds
    several lines has them on lines of their own, with a tab before those of a list inside. `lead`
    stands above the parts and belongs to them: the sentence that introduces a list, table or code
    ("" for none).
    """

    kind: LayoutKind
    anchor: str
    """Id of the heading above, "" before the first."""
    headings: tuple[str, ...]
    """Path of headings, outermost first; the summary of folded details counts as one."""
    parts: tuple[str, ...]
    lead: str = ""
    title: str = ""
    """Title of a callout, term of a definition (several on lines of their own)."""
    head: tuple[str, ...] = ()
    """Column heads of a table."""
    start: int = 1
    """Number of the first step."""
    tone: Tone = ""
    """Of a callout: how much it matters."""
    left_out: int = 0
    """Rows of a table or items of a list that a quotation does not show."""


@dataclass(frozen=True)
class Quotation:
    """Blocks of one document with the parts that are shown, in page order; never empty."""

    blocks: tuple[LayoutBlock, ...]

    @property
    def text(self) -> str:
        """A line for each exact span, or for each line of it."""
        return "\n".join(block_text(block) for block in self.blocks)

    @property
    def kind(self) -> QuotationKind:
        """ "steps" where there are any, else "text"."""
        return "steps" if any(block.kind == "steps" for block in self.blocks) else "text"

    @property
    def anchor(self) -> str:
        """Id of the heading above the first block."""
        return self.blocks[0].anchor

    @property
    def heading(self) -> str:
        """Innermost heading above the first block; "" before the first heading."""
        headings = self.blocks[0].headings
        return headings[-1] if headings else ""


@dataclass(frozen=True)
class Segment:
    """A run of text; `is_match` says that it is one of the reader's words."""

    text: str
    is_match: bool


@dataclass(frozen=True)
class Filters:
    """Restrictions of a search; None or an empty tuple does not restrict."""

    lang: str | None = None
    section: str | None = None
    categories: tuple[str, ...] = ()
    """Each "section/category"."""
    tags: tuple[str, ...] = ()
    exclude_groups: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    """Only these, where there are any."""


@dataclass(frozen=True)
class Signals:
    """Signals of the retrievers for one hit; raw, comparable only within one ranking."""

    cosine: float | None
    """Best passage's cosine to the query in [-1, 1]; None without an encoder."""
    label_cosine: float | None
    """Best cosine of the title and the questions alone."""
    nearness: float | None
    """The document's: mean of its two best passages, or of title and questions where that is
    higher."""
    bm25: float
    """BM25F score of the document; 0 when no term matches."""
    matched_share: float
    """Share of the query's idf weight found in the passage, in [0, 1]."""
    fused: float
    """Score that orders hits: weighted sum of standardised scores."""
    margin: float = 0.0
    """Lead over the next hit in `fused`; 0 for the last."""
    lead: float = 0.0
    """Lead over the hit nine places below, or over the last."""
    unknown_share: float = 0.0
    """Share of the query's idf weight in terms that the whole index lacks; of the query, not of
    the hit, as is the next."""
    terms: int = 0
    """Number of the query's terms."""
    logit: float | None = None
    """Log-odds, by the reader, that its best unit answers; None when none was read."""
    is_bare: bool = False
    """True when the document has no text that says more than its title."""
    near_share: float = 0.0
    """Share, in [0, 1], of the nearness of all documents in its language: a softmax over them; 0
    without an encoder."""
    card_logit: float = 0.0
    """The same that one of the units quoted answers; 0 when none was read."""


@dataclass(frozen=True)
class TermScore:
    """One query term's share in the BM25F score of a document."""

    term: str
    score: float
    fields: tuple[str, ...]
    """Those of `search.lexical.postings.FIELDS` that hold it; none when the document does not."""
    idf: float
    is_synonym: bool = False


@dataclass(frozen=True)
class Explanation:
    """Reasons for a hit's place.

    `parts` sum to `Signals.fused`: words, meaning (of passages), labels (meaning of the title and
    questions), coverage, category, section (the reader's own), name (title or id typed exactly),
    phrase (in quotes), language (the other version of the document is better, or is the
    reader's).
    """

    parts: Mapping[str, float]
    terms: tuple[TermScore, ...]


@dataclass(frozen=True)
class Hit:
    """One document group in a ranking, with the passage that answers best.

    `score` is in [0, 1] relative to the other hits of the same ranking.
    """

    document_id: str
    group: str
    lang: str
    section: str
    category: str
    score: float
    title: tuple[Segment, ...]
    passage: Passage
    snippet: tuple[Segment, ...]
    signals: Signals
    explanation: Explanation | None = None
    heading: tuple[Segment, ...] = ()
    """The innermost heading of the passage; empty for the lead."""
    others: tuple[Passage, ...] = ()
    """Further passages of the document that match, under other headings; best first."""
    unit: Passage | None = None
    """The unit that answers best, where units were looked at."""
    quotation: Quotation | None = None
    """The words of the document that answer best, where units were looked at; None as well where
    they are too long to be shown."""

    @property
    def leads_to(self) -> Passage:
        """The part that readers are led to."""
        return self.unit or self.passage


@dataclass(frozen=True)
class Synonym:
    """A phrase of readers, and what it also means: typing `phrase` looks for `meaning` too."""

    phrase: str
    meaning: str


@dataclass(frozen=True)
class Repair:
    """A text searched for instead of the one typed, and what was wrong with that."""

    text: str
    kinds: tuple[RepairKind, ...]


@dataclass(frozen=True)
class Results:
    """The answer to one query: hits best first, already cut to the asked window."""

    query: str
    """As typed, cleaned."""
    mode: Mode
    hits: tuple[Hit, ...]
    total: int
    """Number of groups that the ranking holds, before offset and limit."""
    generation: str
    is_degraded: bool = False
    """True when semantic ranking was asked for and could not be had."""
    encode_ms: float = 0.0
    took_ms: float = 0.0
    ranking: tuple[str, ...] = ()
    """Groups of the whole ranking, best first."""
    repair: Repair | None = None
    """The text searched for instead of `query`."""
    section_counts: Mapping[str, int] = field(default_factory=dict)
    stage: Stage = "none"
    is_guess: bool = False
    """The last word was being typed, and might well become another one than was searched for."""


@dataclass(frozen=True)
class Completion:
    """Offered while typing: a title, heading or question that leads to a section of a page."""

    text: tuple[Segment, ...]
    document_id: str
    anchor: str
    kind: Literal["title", "heading", "question"]


def block_text(block: LayoutBlock) -> str:
    """Visible text of a block as it is shown, a line for each of its spans."""
    joined = (" " if block.kind == "paragraph" else "\n").join(block.parts)
    if block.kind == "table":
        joined = "\n".join(_in_one(line.split("\t")) for line in joined.split("\n"))
    elif block.kind != "code":
        joined = joined.replace("\t", "")
    above = (block.lead, block.title, _in_one(block.head))
    return "\n".join((*filter(None, above), joined))


def _in_one(cells: Sequence[str]) -> str:
    return " ".join(filter(None, cells))
