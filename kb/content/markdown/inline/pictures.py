"""Pictures that stand alone become figures."""

from __future__ import annotations

import xml.etree.ElementTree as etree

from markdown.treeprocessors import Treeprocessor

ZOOM = "zoom"
"""Class of a link from a picture to its file."""


class Figures(Treeprocessor):
    """Pictures that are a paragraph of their own become figures that lead to them in full size."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            if any(_holds_only_pictures(child) for child in parent):
                parent[:] = [
                    part
                    for child in parent
                    for part in (_figures(child) if _holds_only_pictures(child) else [child])
                ]


def _holds_only_pictures(element: etree.Element) -> bool:
    if element.tag != "p" or (element.text or "").strip():
        return False
    has_only = all(part.tag == "img" and not (part.tail or "").strip() for part in element)
    return len(element) > 0 and has_only


def _figures(paragraph: etree.Element) -> list[etree.Element]:
    found = []
    for picture in paragraph:
        figure = etree.Element("figure")
        caption = picture.attrib.pop("title", "")
        link = etree.SubElement(figure, "a", {"class": ZOOM, "href": picture.get("src", "")})
        picture.tail, figure.tail = None, paragraph.tail
        link.append(picture)
        if caption:
            etree.SubElement(figure, "figcaption").text = caption
        found.append(figure)
    return found
