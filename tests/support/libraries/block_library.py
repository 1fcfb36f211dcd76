"""A library whose one article holds a block of every kind, and questions that each answers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.content.model import Category
from tests.support.libraries import api_library
from tests.support.libraries.site_library import page

GUIDE = "b2k5s"
ADDRESS = "/en/guides/vega-r2/guide"
TOO_MANY_STEPS = "Turn the brush by a quarter and listen to it. " * 3

HTML = (
    "<p>All about the robot.</p>"
    '<h2 id="restore">Restore factory settings</h2><p>On the robot:</p>'
    '<ol start="2"><li>Hold &lt;Home&gt; &amp; wait.</li><li><p>Type:</p><pre>yes</pre>'
    "<ul><li>or no</li></ul></li></ol>"
    '<h2 id="box">Box contents</h2><p>Inside lie:</p><ul><li>Robot</li><li>Dock</li></ul>'
    '<h2 id="lights">Lights</h2><div class="table-scroll"><table><thead><tr><th>Colour</th>'
    "<th>Meaning</th></tr></thead><tbody><tr><td>amber</td><td>charging</td></tr><tr><td>violet"
    "</td><td>lost</td></tr><tr><td>white</td><td>ready</td></tr><tr><td>green</td><td>full</td>"
    "</tr></tbody></table></div>"
    '<h2 id="carpets">Carpets</h2><div class="callout callout-careful">'
    '<p class="callout-title">Long fringes</p><p>They get caught.</p><p>Roll them up.</p></div>'
    '<h2 id="modes">Modes</h2><dl><dt>Turbo</dt><dd>Full suction.</dd></dl>'
    '<h2 id="console">Console</h2><p>Send this command:</p><pre><code>vega\n  --all</code></pre>'
    '<h2 id="winter">Winter storage</h2><p>Keep it dry and cool.</p>'
    f'<h2 id="tuning">Tuning</h2><ol>{f"<li>{TOO_MANY_STEPS}</li>" * 15}</ol>'
)
QUESTIONS = {
    "steps": "restore factory settings",
    "list": "box contents inside",
    "table": "violet lost",
    "callout": "carpets with long fringes",
    "definition": "turbo suction",
    "code": "console command",
    "paragraph": "winter storage",
}
TOO_LONG = "tuning the brush by a quarter"
"""A question that only too many steps answer."""
PLACE = {
    "steps": ("Restore factory settings", "restore"),
    "list": ("Box contents", "box"),
    "table": ("Lights", "lights"),
    "callout": ("Carpets", "carpets"),
    "definition": ("Modes", "modes"),
    "code": ("Console", "console"),
    "paragraph": ("Winter storage", "winter"),
}
"""Heading and anchor of each."""


def guide() -> ArticleVersion:
    return page(GUIDE, "en", "guides/vega-r2/guide", "Handbook", html=HTML)


def build(root: Path) -> None:
    """Build a generation of the one article below `root`."""
    name = {"ru": "Vega R2", "en": "Vega R2"}
    category = Category("guides", "vega-r2", "tag", 10, name, name)
    api_library.build(root, Catalog([guide()], [category], ("en", "ru")), with_encoder=False)


def application(root: Path) -> Flask:
    """The application over it; close it as those of `api_library`."""
    build(root)
    return api_library.application(root)
