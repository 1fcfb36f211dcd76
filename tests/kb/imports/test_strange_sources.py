"""Sources as other systems and older machines write them: names, encodings, bundles, cells."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from kb.imports import importer
from kb.imports.html.page import read_page
from kb.imports.model import ImportOptions
from tests.support.effort import effort
from tests.support.imports import LANGUAGES, Importing, kinds, png, zipped

OPTIONS = ImportOptions(languages=LANGUAGES)
PAGE = "# Refunds\n\nMoney comes back. See [fees](fees.md).\n"
FEES = "# Fees\n\nThere are none.\n"


def test_backslashes_of_windows_part_folders(tmp_path: Path) -> None:
    old = zipped(tmp_path / "old.zip", {"Help\\pay\\refunds.md": PAGE, "Help\\pay\\fees.md": FEES})
    importer.run(old, tmp_path / "articles", OPTIONS)
    text = (tmp_path / "articles/en/guides/pay/refunds.md").read_text("utf-8")
    assert "[fees](fees.md)" in text


def test_names_in_the_letters_of_dos(tmp_path: Path) -> None:
    name = "возврат.md".encode("cp866")
    old = tmp_path / "old.zip"
    with zipfile.ZipFile(old, "w") as archive:
        archive.writestr("a" * len(name), "# Возврат\n\nЧетырнадцать дней.\n")
        archive.writestr("oplata.md", "# Оплата\n\nСм. [возврат](возврат.md).\n")
    old.write_bytes(old.read_bytes().replace(b"a" * len(name), name))
    importer.run(old, tmp_path / "articles", OPTIONS)
    text = (tmp_path / "articles/ru/guides/general/oplata.md").read_text("utf-8")
    assert "[возврат](vozvrat.md)" in text


def test_pages_are_read_in_the_encoding_they_declare(importing: Importing) -> None:
    page = '<html lang="ru"><meta charset="windows-1251"><h1>Оплата</h1><p>Картой.<br>Сразу.</p>'
    importing.run({"pay.html": page.encode("cp1251"), "bad.html": "<p>Оплата".encode("cp1251")})
    assert importing.text("ru/guides/general/pay.md") == "Картой.\\\nСразу.\n"
    assert importing.paths == ["ru/guides/general/pay.md"]


def test_halves_of_pairs_become_question_marks(importing: Importing) -> None:
    article = {"id": 1, "title": "Re\ud800set", "body": "<p>Hold \udc00 it 😀.</p>", "locale": "en"}
    url = "https://a.zendesk.com/hc/en/articles/1"
    importing.run({"articles.json": json.dumps({"articles": [{**article, "html_url": url}]})})
    (path,) = importing.paths
    assert 'title: "Re?set"' in importing.article(path)
    assert importing.text(path) == "Hold ? it 😀.\n"


def test_halves_of_pairs_in_front_matter(importing: Importing) -> None:
    importing.run({"a.md": '{"title": "A\\ud800B", "tags": ["\\udfff"]}\n\nText.\n'})
    assert 'title: "A?B"' in importing.article("en/guides/general/a.md")


def test_bundles_of_hugo_have_a_page_in_each_language(importing: Importing) -> None:
    importing.run(
        {
            "hugo.toml": 'defaultContentLanguage = "en"\n[languages.en]\n[languages.ru]\n',
            "content/pay/card/index.md": "---\ntitle: Card\n---\nCards are taken.\n",
            "content/pay/card/index.ru.md": "---\ntitle: Карта\n---\nКарты принимаются.\n",
            "content/pay/cash/index.ru.md": "---\ntitle: Наличные\n---\nКурьеру.\n",
            "content/pay/cash/part.ru.md": "Часть.\n",
        }
    )
    assert importing.paths == [
        "en/guides/pay/card.md",
        "ru/guides/pay/card.md",
        "ru/guides/pay/cash.md",
    ]
    assert importing.redirected("/ru/pay/card/").endswith("/ru")


def test_code_by_indent_stays_behind_a_callout(importing: Importing) -> None:
    importing.run(
        {"a.md": "# A\n\nText.\n\n:::tip\nGood.\n:::\n\n    # comment\n\n    ls `x`\n\nEnd.\n"}
    )
    assert importing.text("en/guides/general/a.md") == (
        'Text.\n\n!!! note "Tip"\n    Good.\n\n```\n# comment\n\nls `x`\n```\n\nEnd.\n'
    )


def test_lists_in_the_cells_of_a_table(importing: Importing) -> None:
    row = "| R |<ul><li>10 s</li><li>`a \\| b`</li></ul>| <ol><li>x<li>y</ol> end |\n"
    importing.run({"a.md": f"# A\n\n| M | T | S |\n|---|---|---|\n{row}"})
    assert importing.text("en/guides/general/a.md").endswith(
        "\n| R | • 10 s<br>• `a \\| b` | 1. x<br>2. y end |\n"
    )


def test_a_vault_means_the_nearest_of_pictures_with_one_name(importing: Importing) -> None:
    importing.run(
        {
            ".obsidian/app.json": "{}",
            "Start.md": "# Start\n\nSee ![[key.png]] here.\n",
            "deep/net/Net.md": "# Net\n\nSee ![[key.png]] here.\n",
            "files/key.png": png("red"),
            "deep/net/img/key.png": png("blue"),
        }
    )
    assert "media/files-key.png" in importing.text("en/guides/general/start.md")
    paths = [path for path in importing.paths if path.endswith("/net.md")]
    assert "media/deep-net-img-key.png" in importing.text(paths[0])


def test_signs_of_annotations_in_code(importing: Importing) -> None:
    code = "```yaml\nkey: 1 # (1)!\nurl: (2)! x\n```\n\n1.  An annotation.\n"
    importing.run({"mkdocs.yml": "site_name: H\n", "docs/a.md": f"# A\n\nText.\n\n{code}"})
    text = importing.text("en/guides/general/a.md")
    assert "key: 1 # (1)\nurl: (2)! x\n" in text


def test_a_page_nested_without_end_takes_no_longer_than_a_long_one() -> None:
    deep = "<h1>A</h1>" + "<div><ul><li>" * 10_000 + "words" + "</ul></div>" * 5_000
    assert effort(lambda: read_page(deep), budget=120) < 120
    assert "words" in read_page(deep).words


def test_a_source_of_another_kind_is_told(importing: Importing) -> None:
    result = importing.run({"a.md": "# A\n\nText.\n", "b.md": "# Оплата\n".encode("cp1251")})
    assert "Files that could not be read" in kinds(result)
