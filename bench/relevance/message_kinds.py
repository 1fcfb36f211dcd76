"""Trains what tells dangers, delicate matters, asking for a person and thanks by their meaning:
`python -m bench.relevance.message_kinds`.

Learns from messages of known kinds (`tests/data/messages`) and from those of the invented companies
(`bench/relevance/reader_library`), which are ordinary but for the few that are listed. Says how
many of the set that nothing is trained on are recognised, by the lists, by meaning and by both, and
writes `RELEASE_FILE` of `kb/suggestions/message_kinds.py`. Takes six minutes.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.neural_network import MLPClassifier

from bench.relevance.reader_material import LIBRARY
from kb.content.topics import Topics
from kb.suggestions.message_kinds import KINDS, MATTERS, RELEASE_FILE, MeaningModel, MessageKind
from kb.suggestions.precedence import reason_without_search
from kb.suggestions.reasons import DecisionReason
from search.semantic.encoder import load_query_encoder
from search.semantic.encoder_build.export import export_query_encoder
from search.semantic.encoder_build.sources import BUNDLED
from search.text.analysis import clean

MESSAGES = Path("tests/data/messages")
CACHE = Path("var/cache")
UNSEEN = "f"
"""The set that nothing is trained on."""
MATTER_ALARMS = 0.02
"""Share of the companies' messages that may be taken for a matter for a person."""
THANKS_ALARMS = 0.003
LONGEST_FRAGMENT = 3
"""Words of the fragments that are learnt as ordinary: people type single words, too."""
NETWORKS, UNITS, DECAY, EPOCHS = 3, 64, 2.0, 60
"""Several small networks of other seeds, put side by side, vary less than one."""

FloatArray = npt.NDArray[np.float32]
REASONS: Mapping[DecisionReason, MessageKind] = {
    **{reason: kind for kind, reason in MATTERS.items()},
    "thanks": "thanks",
}


@dataclass(frozen=True)
class KnownMessage:
    """A message of a known kind."""

    set: str
    lang: str
    kind: MessageKind
    text: str


def known() -> Iterator[KnownMessage]:
    """Messages whose kind somebody wrote down."""
    for name in ("strangers.jsonl", "kinds.jsonl"):
        for line in (MESSAGES / name).read_text("utf-8").splitlines():
            yield KnownMessage(**json.loads(line))


def companies(others: set[str]) -> list[KnownMessage]:
    """The invented companies' messages but for `others` and known alarms: ordinary ones."""
    rows = map(json.loads, (MESSAGES / "ordinary.jsonl").read_text("utf-8").splitlines())
    alarms = {row["text"] for row in rows if row.get("alarm") == "right"} | others
    found = {}
    for path in sorted(LIBRARY.glob("*.messages.jsonl")):
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            if row["query"] not in alarms:
                found[row["query"]] = KnownMessage(path.stem, row["lang"], "ordinary", row["query"])
    return list(found.values())


def fragments(messages: Sequence[KnownMessage], chance: random.Random) -> list[KnownMessage]:
    """A few words in a row of every second message, of which the lists know nothing."""
    topics = Topics()
    found = {}
    for message in messages[::2]:
        words = message.text.split()
        length = chance.randint(1, min(LONGEST_FRAGMENT, len(words)))
        start = chance.randint(0, len(words) - length)
        text = " ".join(words[start : start + length])
        if reason_without_search(topics, text, ()) in (None, "too_short"):
            found[text] = KnownMessage("fragment", message.lang, "ordinary", text)
    return list(found.values())


def trained(
    messages: Sequence[KnownMessage], vectors: Mapping[str, FloatArray], encoder: str
) -> MeaningModel:
    """The networks of all seeds as one, whose logits are the mean of theirs; limits are open."""
    rows = np.stack([vectors[message.text] for message in messages])
    mean = rows.mean(axis=0)
    scale = float(np.sqrt(((rows - mean) ** 2).mean()))
    kinds = [message.kind for message in messages]
    hidden, output = [], []
    for seed in range(NETWORKS):
        network = MLPClassifier((UNITS,), alpha=DECAY, max_iter=EPOCHS, random_state=seed)
        network.fit((rows - mean) / scale, kinds)
        order = [list(network.classes_).index(kind) for kind in KINDS]
        inner = network.coefs_[0].T / scale
        hidden.append(np.column_stack([inner, network.intercepts_[0] - inner @ mean]))
        output.append((network.coefs_[1].T[order], network.intercepts_[1][order]))
    weights = np.hstack([weight for weight, _ in output]) / NETWORKS
    bias = np.mean([bias for _, bias in output], axis=0)
    return MeaningModel(
        encoder,
        np.vstack(hidden).astype(np.float32),
        np.column_stack([weights, bias]).astype(np.float32),
        matter_from=1.0,
        thanks_from=1.0,
    )


def limits(
    messages: Sequence[KnownMessage],
    ordinary: Sequence[KnownMessage],
    vectors: Mapping[str, FloatArray],
) -> tuple[float, float]:
    """Probabilities that so few ordinary messages reach which the model has not seen."""
    matters, thanks = [], []
    for part in (0, 1):
        model = trained([*messages, *ordinary[part::2]], vectors, "")
        unseen = np.stack([vectors[one.text] for one in ordinary[1 - part :: 2]])
        shares = model.probabilities(unseen)
        matters += shares[:, : len(MATTERS)].sum(axis=1).tolist()
        thanks += shares[:, KINDS.index("thanks")].tolist()
    return (
        float(np.quantile(matters, 1 - MATTER_ALARMS)),
        float(np.quantile(thanks, 1 - THANKS_ALARMS)),
    )


def report(
    model: MeaningModel, unseen: Sequence[KnownMessage], vectors: Mapping[str, FloatArray]
) -> None:
    """Print the share of each kind that is recognised."""
    topics = Topics()
    ways: dict[str, Callable[[str], DecisionReason | None]] = {
        "lists": lambda text: reason_without_search(topics, text, ()),
        "meaning": lambda text: model.reason(vectors[text]),
        "both": lambda text: reason_without_search(
            topics, text, (), meant=model.reason(vectors[text])
        ),
    }
    for lang in ("en", "ru"):
        for kind in KINDS:
            texts = [one.text for one in unseen if one.lang == lang and one.kind == kind]
            shares = {
                way: np.mean([_is_recognised(kind, tell(text)) for text in texts])
                for way, tell in ways.items()
            }
            told = ", ".join(f"{way} {share:.3f}" for way, share in shares.items())
            print(f"{lang} {kind} (n = {len(texts)}): {told}", flush=True)


def _is_recognised(kind: MessageKind, reason: DecisionReason | None) -> bool:
    """A person asked for or a delicate matter may go to a person for any reason."""
    if kind in ("person", "sensitive"):
        return reason in MATTERS.values()
    return REASONS.get(reason, "ordinary") == kind if reason else kind == "ordinary"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance.message_kinds", description=__doc__
    )
    parser.add_argument("--keep", action="store_true", help="write the file of the release")
    options = parser.parse_args()
    encoder = load_query_encoder(export_query_encoder(BUNDLED, CACHE))
    messages = list(known())
    ordinary = companies({one.text for one in messages})
    chance = random.Random(0)
    ordinary += fragments(ordinary, chance)
    chance.shuffle(ordinary)
    texts = {one.text for one in (*messages, *ordinary)}
    vectors = {text: encoder.encode_query(clean(text)) for text in sorted(texts)}
    seen = [one for one in messages if one.set != UNSEEN]
    matter_from, thanks_from = limits(seen, ordinary, vectors)
    open_model = trained([*seen, *ordinary], vectors, encoder.fingerprint)
    model = MeaningModel(
        encoder.fingerprint, open_model.hidden, open_model.output, matter_from, thanks_from
    )
    print(f"a person from {matter_from:.3f}, thanks from {thanks_from:.3f}")
    report(model, [one for one in messages if one.set == UNSEEN], vectors)
    if options.keep:
        model.save(RELEASE_FILE)


if __name__ == "__main__":
    main()
