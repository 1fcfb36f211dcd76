"""Tags that the page shows as text: components of JSX, HTML that no article may hold, `import`.

A word in angle brackets that only stands for something, as «введите <Номер>», is none of them: a
tag is taken for one when it is closed, closes itself or has attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.visible_text import VisibleBlock

TAG = re.compile(r"<(?P<slash>/?)(?P<name>[A-Za-z][\w.-]{0,60})(?P<rest>(?:\s[^<>]{0,2000})?)>")
ATTRIBUTE = re.compile(r"""\s[\w:@-]{1,40}=["'{\ufffc]""")
IMPORT = re.compile(
    r"""import\s(?:[^'"]{1,300}\sfrom\s{1,9})?['"][^'"\n]{1,200}['"];?\s*$|import\s\{"""
)
EXPORT = re.compile(r"export\s(?:const|let|var|default|async|function|class)\s[^=({]{0,80}[=({]")
COMMENT = re.compile(r"\{/\*")
OPEN_COMMENT = "<!--"
ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|laquo|raquo|mdash|ndash|hellip|copy|#\d{2,6});")

HTML = frozenset(
    "area audio base body button canvas data datalist dialog embed fieldset form frame frameset "
    "head html iframe input label legend link map meta meter noscript object optgroup option "
    "output param path progress script select slot source style svg template textarea title track "
    "video".split()
)
SURELY_HTML = frozenset("audio embed iframe noscript script svg textarea video".split())
"""Names that stand for nothing else in prose."""
COMPONENT_REMEDY = "Write it in Markdown, or put it into code"
HTML_REMEDY = "Link to it instead, or put it into code"
MACHINE_REMEDY = "Remove it, or put it into code: no article runs scripts or styles"
MACHINE = frozenset("script style noscript".split())


def leftovers(proof: Proof) -> Iterator[Leftover]:
    """Tags once a name, then lines that only a program reads."""
    yield from _tags(proof.blocks)
    for block in proof.blocks:
        for line in block.lines:
            if IMPORT.match(line) or EXPORT.match(line):
                word = line.partition(" ")[0]
                message = "readers see the line `{shown}`"
                yield Leftover(RAW_COMPONENT, line, message, "Remove it", name=word)
            elif comment := COMMENT.search(line):
                remedy = "Write comments as <!-- … -->"
                shown = line[comment.start() :]
                yield Leftover(RAW_COMPONENT, shown, "readers see `{shown}`", remedy, name="{/*")
        yield from _of_html(block)


RAW_COMPONENT = FaultKind.RAW_COMPONENT


def _of_html(block: VisibleBlock) -> Iterator[Leftover]:
    message = "readers see `{shown}` as text"
    for match in ENTITY.finditer(block.text):
        remedy = "Write the character itself: `&` is escaped here already"
        yield Leftover(FaultKind.RAW_HTML, match[0], message, remedy, may_be_escaped=False)
    if OPEN_COMMENT in block.text:
        remedy = "Close the comment with -->"
        yield Leftover(FaultKind.RAW_HTML, OPEN_COMMENT, message, remedy)


def _tags(blocks: tuple[VisibleBlock, ...]) -> Iterator[Leftover]:
    found = [tag for block in blocks for tag in TAG.finditer(block.text)]
    sure = {tag["name"] for tag in found if _is_surely_a_tag(tag)}
    for tag in found:
        name, shown = tag["name"], f"<{tag['name']}"
        html = name.lower() if name.islower() or name.isupper() else ""
        if tag["slash"]:
            continue
        if html in HTML and (name in sure or html in SURELY_HTML):
            message = f"readers see `<{name}>` as text"
            remedy = MACHINE_REMEDY if html in MACHINE else HTML_REMEDY
            yield Leftover(FaultKind.RAW_HTML, shown, message, remedy, name=name)
        elif name in sure and (name[0].isupper() or "." in name):
            message = f"readers see `<{name}>` as text"
            yield Leftover(RAW_COMPONENT, shown, message, COMPONENT_REMEDY, name=name)


def _is_surely_a_tag(tag: re.Match[str]) -> bool:
    rest = tag["rest"]
    return bool(tag["slash"] or rest.rstrip().endswith("/") or ATTRIBUTE.search(rest))
