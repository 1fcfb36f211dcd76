"""Opens a generation to search it where nobody waits: for commands, evaluation, calibration."""

from __future__ import annotations

import os
from dataclasses import replace

from search.answers.answer_searcher import AnswerSearcher
from search.answers.unit_reader import UNHURRIED, UnitReader
from search.errors import ReaderUnavailable
from search.generation.files import ENCODER, READER
from search.generation.open_generation import OpenGeneration
from search.ranking.query_vector import UNHURRIED_S
from search.ranking.searcher import Searcher
from search.semantic.encoder import load_query_encoder
from search.semantic.reader import OnnxReader

LOADING_S = 60.0


def open_answers(generation: OpenGeneration) -> AnswerSearcher:
    """Search a verified generation with its encoder and reader, if it has them.

    Results do not depend on how quick the machine is. Raises IndexCorrupt, EncoderUnavailable and
    ReaderUnavailable.
    """
    fingerprints = generation.manifest.fingerprints
    if fingerprints["encoder"] == "none":
        return AnswerSearcher(Searcher(generation, None), None)
    encoder = load_query_encoder(generation.path(ENCODER), is_checked=True)
    searcher = Searcher(generation, encoder, more_readings_s=UNHURRIED_S)
    if fingerprints["reader"] == "none":
        return AnswerSearcher(searcher, None)
    onnx = OnnxReader.from_folder(generation.path(READER), is_checked=True)
    limits = replace(UNHURRIED, threads=os.cpu_count() or 1)
    reader = UnitReader(lambda: onnx, limits, fingerprint=onnx.fingerprint)
    if not reader.wait_until_ready(LOADING_S):
        raise ReaderUnavailable(reader.state.last_error)
    return AnswerSearcher(searcher, reader)
