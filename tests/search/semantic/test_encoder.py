"""The query encoder: the same meaning as the original, none of its weight, loud about damage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from search.errors import EncoderUnavailable
from search.semantic.encoder import (
    MODEL_FILE,
    PIECES_FILE,
    SETTINGS_FILE,
    WEIGHTS_FILE,
    HashEncoder,
    OnnxQueryEncoder,
    QuerySettings,
    Unigram,
    load_query_encoder,
)
from search.semantic.encoder_build.export import QUANTISED_COSINE

if TYPE_CHECKING:
    from search.semantic.encoder_build.passage_encoder import PassageEncoder

REPOSITORY = Path(__file__).parents[3]

QUERIES = (
    "доставка",
    "оплата",
    "где мой заказ",
    "как вернуть деньги за бракованный товар",
    "Здравствуйте! Подскажите, пожалуйста, почему не приходит код подтверждения на телефон?",
    "не могу войти в личный кабинет, пишет неверный пароль",
    "сколько хранится посылка в пункте выдачи",
    "можно ли поменять размер, если бирка уже срезана",
    "ошибка 500 при оформлении заказа с телефона",
    "ёлка искусственная 180 см, не хватает подставки",
    "чек для бухгалтерии",
    "отменить подписку и удалить данные карты",
    "password",
    "reset my password",
    "where is my parcel",
    "The refund has not arrived after ten days, what should I do?",
    "board not recognised on COM port after driver update",
    "how do I change the delivery address of an order that is already paid",
    "invoice with VAT number",
    "C++ vs Python for microcontrollers",
    "cancel order",
    "is there a student discount?",
    "я заказал blue jeans size 32, пришли black",
    "ghbdtn rfr dthnenm ltymub",
)


def test_hash_encoder_gives_unit_vectors_for_any_text() -> None:
    for text in ("", " ", "возврат", "🙂", "\ud800", "a" * 10_000):
        assert np.linalg.norm(HashEncoder().encode_query(text)) == pytest.approx(1.0)


def test_hash_encoder_puts_similar_words_closer() -> None:
    encoder = HashEncoder()
    word, similar, other = (encoder.encode_query(text) for text in ("возврат", "возврата", "чай"))
    assert word @ similar > 0.5 > word @ other


def test_hash_encoder_encodes_passages_as_queries_and_reports() -> None:
    done: list[int] = []
    rows = HashEncoder(dim=32).encode_passages(["один", "два"], progress=done.append)
    assert rows.shape == (2, 32)
    assert np.array_equal(rows[1], HashEncoder(dim=32).encode_query("два"))
    assert done == [2]


def test_settings_survive_writing_and_reading(tmp_path: Path) -> None:
    settings = QuerySettings(
        fingerprint="f",
        dim=3,
        query_prompt="query: ",
        passage_prompt="",
        max_tokens=9,
        unigram=Unigram(unknown_id=3, prefix=(0,), suffix=(2,), longest_piece=16),
        sha256={"a": "b"},
    )
    (tmp_path / SETTINGS_FILE).write_text(settings.to_json(), encoding="utf-8")
    read = QuerySettings.from_folder(tmp_path)
    assert read.to_json() == settings.to_json()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1, "a": 1}'])
def test_damaged_settings_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(EncoderUnavailable):
        OnnxQueryEncoder.from_folder(tmp_path)


def test_folder_of_the_test_encoder_needs_no_model(tmp_path: Path) -> None:
    settings = QuerySettings("hash-64", 64, "", "", 512, None, {})
    (tmp_path / SETTINGS_FILE).write_text(settings.to_json(), encoding="utf-8")
    assert load_query_encoder(tmp_path) == HashEncoder(64)


def test_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable):
        load_query_encoder(tmp_path / "nowhere")


@pytest.mark.encoder
def test_queries_agree_with_sentence_transformers(
    query_encoder: OnnxQueryEncoder, passage_encoder: PassageEncoder
) -> None:
    original = passage_encoder.model.encode(list(QUERIES), prompt="query: ")
    for text, expected in zip(QUERIES, original, strict=True):
        assert query_encoder.encode_query(text) @ expected >= QUANTISED_COSINE - 0.005, text


@pytest.mark.encoder
def test_meaning_crosses_languages(
    query_encoder: OnnxQueryEncoder, passage_encoder: PassageEncoder
) -> None:
    passages = [
        "Refunds reach your card within ten working days.",
        "Чтобы сменить пароль, откройте настройки безопасности.",
        "The board needs a data cable; many cables only carry power.",
    ]
    rows = passage_encoder.encode_passages(passages)
    for text, best in (("когда вернут деньги на карту", 0), ("how do I change my password", 1)):
        assert int((rows @ query_encoder.encode_query(text)).argmax()) == best, text


@pytest.mark.encoder
@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "\ud800", "🙂" * 300, "слово " * 3000, "a" * 20_000, "<s></s><mask>"],
    ids=["empty", "space", "nul", "surrogate", "emoji", "words", "endless", "special"],
)
def test_any_text_is_a_valid_query(query_encoder: OnnxQueryEncoder, text: str) -> None:
    vector = query_encoder.encode_query(text)
    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.encoder
def test_serving_imports_neither_torch_nor_its_friends(query_folder: Path) -> None:
    program = (
        "import sys\n"
        "import search.semantic.encoder_guard\n"
        "from pathlib import Path\n"
        "from search.semantic.encoder import load_query_encoder\n"
        "load_query_encoder(Path(sys.argv[1])).encode_query('возврат')\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'onnx', 'tokenizers'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(query_folder)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture
def own_folder(query_folder: Path, tmp_path: Path) -> Path:
    """A copy of the query encoder that a test may damage."""
    return Path(shutil.copytree(query_folder, tmp_path / "encoder"))


@pytest.mark.encoder
@pytest.mark.parametrize("name", [MODEL_FILE, WEIGHTS_FILE, PIECES_FILE, SETTINGS_FILE])
def test_missing_and_truncated_files_are_found(own_folder: Path, name: str) -> None:
    path = own_folder / name
    for size in (path.stat().st_size - 2, path.stat().st_size // 2, 0):
        os.truncate(path, size)
        with pytest.raises(EncoderUnavailable, match=name.replace(".", r"\.")):
            load_query_encoder(own_folder)
    path.unlink()
    with pytest.raises(EncoderUnavailable, match=name.replace(".", r"\.")):
        load_query_encoder(own_folder)


@pytest.mark.encoder
def test_one_flipped_bit_is_found(own_folder: Path) -> None:
    with (own_folder / WEIGHTS_FILE).open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)[0]
        file.seek(50_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(EncoderUnavailable, match="damaged"):
        load_query_encoder(own_folder)


@pytest.mark.encoder
def test_file_that_is_no_graph_is_unavailable_even_if_its_hash_fits(own_folder: Path) -> None:
    path = own_folder / SETTINGS_FILE
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings["sha256"] = {}
    path.write_text(json.dumps(settings), encoding="utf-8")
    (own_folder / MODEL_FILE).write_bytes(b"no graph")
    with pytest.raises(EncoderUnavailable, match="cannot be opened"):
        load_query_encoder(own_folder)
