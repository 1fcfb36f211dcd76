"""Makes an exported encoder small and quick: 8-bit weights, in a file of their own.

The weights go to an external file because ONNX Runtime maps such a file into memory: processes
share its pages, and of the word embeddings only those rows are read that queries use.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

MIN_TABLE_ROWS = 1000
"""Smaller tables (positions, token types) stay as they are: they weigh nothing."""
MIN_EXTERNAL_BYTES = 1024


def quantise(source: Path, target: Path, weights_name: str) -> None:
    """Write `source` with 8-bit matrices and word embeddings to `target`, weights beside it.

    Matrices get one scale per output channel and are multiplied as integers; embedding tables
    get one scale per row.
    """
    draft = target.with_suffix(".draft")
    # It advises a pre-processing step that changes nothing here and logs so as a warning.
    logging.disable(logging.WARNING)
    try:
        quantize_dynamic(
            source,
            draft,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    finally:
        logging.disable(logging.NOTSET)
    model = onnx.load(draft)
    draft.unlink()
    quantise_tables(model)
    save(model, target, weights_name)


def save(model: onnx.ModelProto, target: Path, weights_name: str) -> None:
    """Write `model` to `target` with its weights in the file `weights_name` beside it."""
    onnx.save_model(
        model,
        target,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=weights_name,
        size_threshold=MIN_EXTERNAL_BYTES,
    )


def quantise_tables(model: onnx.ModelProto) -> None:
    """Replace each look-up in a big float32 table by one in an 8-bit table times a row scale."""
    graph = model.graph
    tables = {
        tensor.name: tensor
        for tensor in graph.initializer
        if tensor.data_type == onnx.TensorProto.FLOAT
        and len(tensor.dims) == 2
        and tensor.dims[0] >= MIN_TABLE_ROWS
    }
    nodes: list[onnx.NodeProto] = []
    done: set[str] = set()
    for node in graph.node:
        if node.op_type == "Gather" and node.input[0] in tables:
            nodes.extend(_scaled_lookup(node))
            done.add(node.input[0])
        else:
            nodes.append(node)
    for name in sorted(done):
        codes, scales = quantise_rows(numpy_helper.to_array(tables[name]))
        graph.initializer.remove(tables[name])
        graph.initializer.append(numpy_helper.from_array(codes, f"{name}_codes"))
        graph.initializer.append(numpy_helper.from_array(scales, f"{name}_scales"))
    del graph.node[:]
    graph.node.extend(nodes)


def quantise_rows(
    table: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """(n, dim) int8 and (n, 1) float32 whose product is `table` within half a step per value."""
    scales = np.abs(table).max(axis=1, keepdims=True).astype(np.float32) / np.float32(127)
    scales[scales == 0] = 1
    return np.rint(table / scales).astype(np.int8), scales


def _scaled_lookup(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    table, ids = node.input
    (output,) = node.output
    return [
        helper.make_node("Gather", [f"{table}_codes", ids], [f"{output}_codes"]),
        helper.make_node("Gather", [f"{table}_scales", ids], [f"{output}_scales"]),
        helper.make_node(
            "Cast", [f"{output}_codes"], [f"{output}_values"], to=onnx.TensorProto.FLOAT
        ),
        helper.make_node("Mul", [f"{output}_values", f"{output}_scales"], [output]),
    ]
