"""Weights of the ranking: the numbers that decide an order, each with its origin.

What only bounds work (numbers of candidates, of passages read) stands beside the code it bounds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """Weight of each retriever. Origin: `bench/relevance/tune.py` on the dev queries of both
    corpora.

    The first three are shares of standardised scores; `coverage` is added in full when a passage
    holds every word of the query: a rare name typed exactly is what the reader wants, whatever
    resembles it in meaning. `category` is the weight of what the best documents of the same
    category have in common with the query: where they are near, the subject is right.
    """

    passage: float = 0.48
    lexical: float = 0.4
    label: float = 0.12
    coverage: float = 1.5
    category: float = 0.4


NAME_BONUS = 10.0
"""For a document whose whole title or id was typed: above anything that is merely like it."""
PHRASE_BONUS = 4.0
"""For a document that holds a phrase typed in quotes, word for word."""
OTHER_LANGUAGE_PENALTY = 0.25
"""Taken from the fused score of a document the reader's language lacks: own language first, but
a plain match in the other one stays above what merely resembles."""
SECTION_PREFERENCE = 0.5
"""Added to the fused score of documents in the section a reader came for: half the spread of the
retrievers, so that it decides between equals and hides no better answer. Not tuned: the judged
libraries have one section."""
