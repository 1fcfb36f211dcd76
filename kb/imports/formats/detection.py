"""The system a source comes from, known by its files, and its pages."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from kb.imports.formats import docusaurus, hugo, jekyll, markdown_pages, mkdocs, plain_trees
from kb.imports.formats.exports import helpscout, html_pages, intercom, json_files, zendesk
from kb.imports.formats.layout import TreeLayout
from kb.imports.model import CannotImport, ImportOptions, SourceTree
from kb.imports.sources.files import SourceFiles

FORMATS = (
    *("markdown", "docusaurus", "mkdocs", "jekyll", "hugo", "obsidian", "starlight", "vitepress"),
    *("zendesk", "intercom", "helpscout", "html"),
)
SHARE_OF_PAGES = 0.6
"""Share of the pages that must lie below a generator's settings for the whole to be its tree."""
FEW_PAGES = 3
"""Pages of Markdown beside an export: a README and its like."""


def read(files: SourceFiles, options: ImportOptions) -> SourceTree:
    """The pages of a source, by its own format or that of `options`. Raises CannotImport."""
    name, folder = options.format, ""
    if not name:
        name, folder = _detected(files)
    elif name in _SIGNS:
        folder = next(iter(_SIGNS[name](files)), "")
    if name in ("zendesk", "intercom", "helpscout"):
        found = json_files.objects(files)
        reader = {"zendesk": zendesk.read, "intercom": intercom.read, "helpscout": helpscout.read}[
            name
        ]
        tree = reader(found, options)
    elif name == "html":
        tree = html_pages.read(files, options)
    else:
        tree = markdown_pages.read(files, _layout(name, files, folder, options), options)
    if not tree.pages:
        raise CannotImport(f"{files.label}: holds no pages as {tree.format} has them")
    return tree


def _layout(name: str, files: SourceFiles, folder: str, options: ImportOptions) -> TreeLayout:
    generators = {
        "docusaurus": docusaurus.layout,
        "mkdocs": mkdocs.layout,
        "jekyll": jekyll.layout,
        "hugo": hugo.layout,
    }
    try:
        if name in generators:
            return generators[name](files, folder)
    except StopIteration as error:
        raise CannotImport(f"{files.label}: holds no settings of {name}") from error
    if name == "starlight":
        return plain_trees.starlight(files, folder)
    if name == "vitepress":
        return plain_trees.vitepress(files, folder)
    if name == "obsidian":
        return plain_trees.obsidian()
    return plain_trees.markdown(files, options)


def _detected(files: SourceFiles) -> tuple[str, str]:
    """Name of the format, and the folder in which its settings lie."""
    pages = [path for path in files.paths if path.lower().endswith(markdown_pages.SUFFIXES)]
    for name, sign in _SIGNS.items():
        for folder in sign(files):
            around = _around(files, name, folder)
            prefix = f"{around}/" if around else ""
            below = sum(path.startswith(prefix) for path in pages)
            if pages and below >= SHARE_OF_PAGES * len(pages):
                return name, folder
    has_json = any(path.lower().endswith((".json", ".jsonl", ".ndjson")) for path in files.paths)
    if has_json and len(pages) <= FEW_PAGES and (export := _export(files, is_alone=not pages)):
        return export, ""
    if not pages:
        if any(path.lower().endswith(html_pages.SUFFIXES) for path in files.paths):
            return "html", ""
        raise CannotImport(f"{files.label}: holds neither Markdown nor HTML nor an export we know")
    return "markdown", ""


def _around(files: SourceFiles, name: str, folder: str) -> str:
    """The folder that holds the settings and the pages, which may lie beside each other."""
    if name != "docusaurus":
        return folder
    docs = docusaurus.docs_folder(docusaurus.settings(files, folder), folder)
    return folder if docs.startswith(f"{folder}/") else posixpath.dirname(folder)


def _export(files: SourceFiles, *, is_alone: bool) -> str:
    try:
        found = json_files.objects(files)
    except CannotImport:
        if is_alone:
            raise
        return ""
    for name, is_it in (
        ("helpscout", helpscout.is_helpscout),
        ("zendesk", zendesk.is_zendesk),
        ("intercom", intercom.is_intercom),
    ):
        if is_it(found):
            return name
    return ""


def _with_file(*names: str) -> Callable[[SourceFiles], list[str]]:
    """Folders that hold one of the files, the outermost first."""

    def sign(files: SourceFiles) -> list[str]:
        found = {
            path[: -len(name)].rstrip("/")
            for path in files.paths
            for name in names
            if path == name or path.endswith(f"/{name}")
        }
        return sorted(found, key=lambda it: (it.count("/"), it))

    return sign


def _jekyll(files: SourceFiles) -> list[str]:
    return [
        folder
        for folder in _with_file(*jekyll.CONFIGS)(files)
        if any(
            path.startswith(tuple(posixpath.join(folder, one) for one in jekyll.SIGNS))
            for path in files.paths
        )
        or jekyll.is_config(files, folder)
    ]


def _hugo(files: SourceFiles) -> list[str]:
    return [
        folder
        for folder in _with_file(*hugo.CONFIGS, "content/_index.md")(files)
        if any(path.startswith(posixpath.join(folder, "content/")) for path in files.paths)
    ]


def _below(*folders: str) -> Callable[[SourceFiles], list[str]]:
    """Folders above one of `folders`."""

    def sign(files: SourceFiles) -> list[str]:
        found = set()
        for path in files.paths:
            for folder in folders:
                before, middle, _ = f"/{path}".partition(f"/{folder}/")
                if middle:
                    found.add(before.strip("/"))
        return sorted(found, key=lambda it: (it.count("/"), it))

    return sign


_SIGNS: Mapping[str, Callable[[SourceFiles], list[str]]] = {
    "docusaurus": _with_file(*docusaurus.CONFIGS),
    "mkdocs": _with_file(*mkdocs.CONFIGS),
    "starlight": _below(plain_trees.STARLIGHT),
    "vitepress": _below(*plain_trees.VITEPRESS),
    "obsidian": _below(".obsidian"),
    "hugo": _hugo,
    "jekyll": _jekyll,
}
