"""Draws the packages and their imports: `python docs/draw_map.py` (or `make map`) writes the SVG.

The rows are the layers of the import contracts in pyproject.toml, the arrows what the code imports,
inside functions too. An arrow is left out where others lead the same way. The same tree gives the
same picture, byte for byte: `tests/project/test_map.py` holds the committed one current.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "map.svg"
WIDTH, ROW_HEIGHT, BOX_HEIGHT, GAP, MARGIN = 1000, 78, 40, 18, 24
SHARED = "shared"
"""Stands for the modules of `kb` at the bottom, which lie in no folder."""
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1c2b33; text-anchor: middle }
  .count { font-size: 10px; fill: #5a6b75 }
  .box { fill: #ffffff; stroke: #0b6072 }
  .group { fill: #eef5f6; stroke: none }
  .arrow { fill: none; stroke: #0b6072; stroke-opacity: .45 }
  .tip { fill: #0b6072; fill-opacity: .7 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6eef0 } .count { fill: #9fb2ba }
    .box { fill: #16242a; stroke: #6fc3d4 } .group { fill: #101a1f }
    .arrow { stroke: #6fc3d4 } .tip { fill: #6fc3d4 }
  }
"""

Rows = Sequence[Sequence[str]]
Edges = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Box:
    """A package in the picture: place of its upper left corner and size, in pixels."""

    name: str
    x: float
    y: float
    width: float
    modules: int

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(draw(), encoding="utf-8")


def draw() -> str:
    """Make the SVG of the tree as it is now."""
    sys.path.insert(0, str(ROOT))  # this tree, wherever another one is installed
    graph = grimp.build_graph("kb", "search", cache_dir=None)
    rows = read_rows()
    packages = {name for row in rows for name in row}
    boxes = {box.name: box for box in _placed(rows, _counts(graph, packages))}
    edges = reduced(_edges(graph, packages))
    return _svg(boxes, edges)


def read_rows() -> Rows:
    """Read the layers, top first, with those of `kb.web` and `search` in the place of the two."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = {contract["id"]: contract.get("layers", []) for contract in contracts["contracts"]}
    rows: list[list[str]] = [["app"]]
    for layer in layers["layers"]:
        if layer == "web":
            rows += _below("kb.web", layers["surfaces"])
        elif layer != "__main__":
            names = _below("kb", [layer])[0]
            rows.append(names if all(map(_is_folder, names)) else [SHARED])
    return [*rows, *_below("search", layers["subjects"])]


def shared() -> list[str]:
    """Name the modules and folders that share one box, those of the lowest row of `kb`."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(one["layers"] for one in contracts["contracts"] if one["id"] == "layers")
    return _below("kb", layers[-1:])[0]


def reduced(edges: Edges) -> Edges:
    """Leave out every edge for which a longer way leads from its start to its end."""
    following: dict[str, set[str]] = {}
    for start, end in edges:
        following.setdefault(start, set()).add(end)

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            new = following.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    beyond = {name: reached(name) for name in following}
    return frozenset(
        (start, end)
        for start, end in edges
        if not any(end in beyond.get(other, ()) for other in following[start] - {end})
    )


def _below(package: str, layers: Sequence[str]) -> list[list[str]]:
    """Read layers as import-linter writes them, `a | b : c`."""
    rows = [layer.replace("|", ":").replace(" ", "").split(":") for layer in layers]
    return [[f"{package}.{name}" for name in row] for row in rows]


def _is_folder(name: str) -> bool:
    return (ROOT / name.replace(".", "/")).is_dir()


def _package(module: str, packages: set[str]) -> str:
    """Name the innermost of `packages` that holds `module`; SHARED where there is none."""
    if module == "kb.__main__":
        return "kb.cli"
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        if (name := ".".join(parts[:end])) in packages:
            return name
    return SHARED


def _counts(graph: grimp.ImportGraph, packages: set[str]) -> Mapping[str, int]:
    folders = {module for module in graph.modules if graph.find_children(module)}
    counts = dict.fromkeys(packages, 0)
    for module in graph.modules - folders:
        counts[_package(module, packages)] += 1
    return counts | {"app": 1}


def _edges(graph: grimp.ImportGraph, packages: set[str]) -> Edges:
    found = set()
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            start, end = _package(module, packages), _package(other, packages)
            if start != end:
                found.add((start, end))
    tops = packages - {end for _, end in found} - {"app", SHARED}
    return frozenset(found | {("app", top) for top in tops if top.startswith("kb.web.")})


def _placed(rows: Rows, counts: Mapping[str, int]) -> Iterator[Box]:
    for number, row in enumerate(rows):
        room = (WIDTH - 2 * MARGIN + GAP) / len(row)
        width = min(room - GAP, 190)
        for place, name in enumerate(row):
            x = MARGIN + room * place + (room - GAP - width) / 2
            yield Box(name, round(x, 1), MARGIN + ROW_HEIGHT * number, width, counts[name])


def _svg(boxes: Mapping[str, Box], edges: Edges) -> str:
    height = max(box.y for box in boxes.values()) + BOX_HEIGHT + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Packages of Otvet and what they import, top to bottom</title>",
        f"<style>{STYLE}</style>",
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker>',
        *(_group(prefix, boxes) for prefix in ("kb.web.", "search.")),
        *(_arrow(boxes[start], boxes[end]) for start, end in sorted(edges)),
        *(line for box in boxes.values() for line in _box(box)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _group(prefix: str, boxes: Mapping[str, Box]) -> str:
    tops = [box.y for box in boxes.values() if box.name.startswith(prefix)]
    y, height = min(tops) - 14, max(tops) - min(tops) + BOX_HEIGHT + 28
    return f'<rect class="group" x="6" y="{y}" width="{WIDTH - 12}" height="{height}" rx="12"/>'


def _arrow(start: Box, end: Box) -> str:
    top, bottom = start.y + BOX_HEIGHT, end.y
    bend = max(24, (bottom - top) / 3)
    return (
        f'<path class="arrow" marker-end="url(#tip)" d="M{start.middle:.1f} {top}'
        f" C{start.middle:.1f} {top + bend:.1f} {end.middle:.1f} {bottom - bend:.1f}"
        f' {end.middle:.1f} {bottom}"/>'
    )


def _box(box: Box) -> Iterator[str]:
    count = f"{box.modules} module{'s' if box.modules != 1 else ''}"
    yield f'<rect class="box" x="{box.x}" y="{box.y}" width="{box.width:.1f}"' + (
        f' height="{BOX_HEIGHT}" rx="7"/>'
    )
    yield f'<text x="{box.middle:.1f}" y="{box.y + 17}">{escape(box.name)}</text>'
    yield f'<text class="count" x="{box.middle:.1f}" y="{box.y + 32}">{count}</text>'


if __name__ == "__main__":
    main()
