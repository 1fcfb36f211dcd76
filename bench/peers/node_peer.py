"""Orama and MiniSearch, each in a Node process of its own: the scripts are in `node/`.

Their times are taken inside Node: a site that uses them has no pipe between.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.peers.model import Answer, Peer, PeerPassage, PeerUnavailable
from bench.peers.ranking import best_documents, whole_documents
from bench.peers.text import SNOWBALL
from search.lexical.bm25 import FloatArray

SCRIPTS = Path(__file__).with_name("node")


def peers(lang: str) -> list[Peer]:
    return [
        NodePeer(
            "Orama full text",
            "documents, OR, stop words, stems; words are prefixes, as always there",
            ("orama", lang, "fulltext"),
            whole_documents,
        ),
        NodePeer(
            "Orama hybrid",
            "the same over passages, scores .8 vector",
            ("orama", lang, "hybrid"),
            list,
        ),
        NodePeer(
            "MiniSearch",
            "documents, OR, stop words, stems",
            ("minisearch", lang),
            whole_documents,
        ),
    ]


class NodePeer:
    """One script with its arguments, of which the first is the language."""

    def __init__(
        self,
        name: str,
        setting: str,
        command: tuple[str, ...],
        prepare: Callable[[Sequence[PeerPassage]], list[PeerPassage]],
    ) -> None:
        self.name, self.setting = name, setting
        script, lang, *arguments = command
        self._command = ("node", f"{script}.js", SNOWBALL[lang], *arguments)
        self._prepare = prepare

    def build(self, passages: Sequence[PeerPassage]) -> None:
        if not shutil.which("node"):
            raise PeerUnavailable("there is no node on this machine")
        if not (SCRIPTS / "node_modules").is_dir():
            raise PeerUnavailable("its packages are missing: `npm ci` in bench/peers/node")
        self._passages = self._prepare(passages)
        self._process = subprocess.Popen(
            self._command, cwd=SCRIPTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for it in self._passages:
            self._write(
                {"passage": {"title": it.title, "text": it.text, "vector": it.vector.tolist()}}
            )
        self._ask({"build": True})

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        reply = self._ask({"search": text, "vector": vector.tolist(), "limit": limit})
        return Answer(best_documents(reply["numbers"], self._passages), reply["took_ms"])

    def close(self) -> None:
        self._process.communicate()  # which ends what it reads, and so the script

    def _ask(self, message: Mapping[str, object]) -> dict[str, Any]:
        self._write(message)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self._command)} ended")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _write(self, message: Mapping[str, object]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
