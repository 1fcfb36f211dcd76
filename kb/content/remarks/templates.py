"""Tags of template languages and of other documentation programs that the page shows as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover, Proof

TAG = re.compile(
    r"\{%[^\n{}]{0,300}%\}|\{\{[<%][^\n{}]{0,300}[%>]\}\}|<%[^\n<>]{0,300}%>|\{#[^{}]{0,300}#\}"
)
WORDLESS = re.compile(r"\{:?[ ]?#[\w-]{1,100}[ ]?\}")
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
VARIABLE = re.compile(r"(?<!\{)\{\{(?![<%{])(?P<name>[^{}\n]{0,200})\}\}(?!\})")
# Of Diplodoc, Writerside, kramdown and the like: `{note:info}`, `{/tabs}`, `{var(x)}`, `{.class}`
BRACES = re.compile(
    r"\{(?:/[a-z][\w-]{0,30}|[a-z][\w-]{0,30}\([^(){}\n]{0,100}\)|"
    r":?\s?[.#][A-Za-z][\w-]{0,40}(?:\s[^{}\n]{0,100})?|:\s[^{}\n]{1,100}|"
    r"tabs|(?:cut|icon|include|list|note|tab|tabs|video):[^{}\n]{0,60})\}"
)
INCLUDE = re.compile(r"-{1,2}8<-{1,2}\s|===\s?[+!]?\s?\"|!!?include\b", re.IGNORECASE)
CONTENTS = re.compile(r"\[{1,2}_?toc_?\]{1,2}$|@\[toc\]", re.IGNORECASE)
"""Lists of a page's headings, as many programs make them."""
ESCAPED = re.compile(r"(?:\\\{|&#123;)(?:\\?\{[^{}\n]{0,200}\}\\?\}|%[^{}\n]{0,300}%\\?\})")
BRACE = "&#123;"
NAME_END = re.compile(r"[(:\s]")
WORDS_REMEDY = "Write its words before the brace"
REMEDY = "Write out what it stands for, or put it into code"
CONTENTS_REMEDY = "Remove it: a page lists its headings by itself"
SNIPPET_REMEDY = "Mend the name, or write _snippets/<language>/<name>.md"
VARIABLE_REMEDY = "Write out the value, mend the name, or put it into code"


def leftovers(proof: Proof) -> Iterator[Leftover]:
    """Each tag once by the word it begins with, each variable once."""
    meant = _meant(proof)
    for block in proof.blocks:
        for match in TAG.finditer(block.text):
            word = " ".join(match[0].strip("{}%<> /").split()[:1])
            if _inner(match[0]) not in meant:
                yield _raw(match[0], word)
        for match in VARIABLE.finditer(block.text):
            name = match["name"].strip()
            if name in meant:
                continue
            message = f"readers see `{{{{ {name[:40]} }}}}`, which nothing fills in"
            kind = FaultKind.UNKNOWN_VARIABLE
            remedy = SNIPPET_REMEDY if name.startswith("snippet:") else VARIABLE_REMEDY
            yield Leftover(kind, match[0], message, remedy, name=name)
        if block.tag in HEADINGS and WORDLESS.fullmatch(block.text):
            message = "a heading has no words but `{shown}`"
            yield Leftover(FaultKind.RAW_MARK, block.text, message, WORDS_REMEDY)
            continue
        for match in BRACES.finditer(block.text):
            yield _raw(match[0], NAME_END.split(match[0].strip("{}/"))[0])
        for line in block.lines:
            if INCLUDE.match(line):
                yield _raw(line, line.split()[0])
            elif CONTENTS.match(line):
                kind, message = FaultKind.RAW_TEMPLATE, "readers see `{shown}` as text"
                yield Leftover(kind, line, message, CONTENTS_REMEDY, name="toc")


def _meant(proof: Proof) -> frozenset[str]:
    """Insides of braces that the author has escaped, and nowhere left plain: text about braces."""
    text = "\n".join(proof.source.prose)
    if "\\{" not in text and BRACE not in text:
        return frozenset()
    escaped = {_inner(match[0]) for match in ESCAPED.finditer(text)}
    rest = ESCAPED.sub("", text)
    return frozenset(
        escaped - {_inner(it[0]) for one in (TAG, VARIABLE) for it in one.finditer(rest)}
    )


def _inner(tag: str) -> str:
    return tag.removeprefix(BRACE).replace("\\", "").strip("{}%<> \t")


def _raw(shown: str, name: str) -> Leftover:
    return Leftover(
        FaultKind.RAW_TEMPLATE, shown, "readers see `{shown}` as text", REMEDY, name=name
    )
