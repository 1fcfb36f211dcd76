"""Finding what authors and customers spell differently, by words alone and with an encoder."""

from __future__ import annotations

import pytest

from search.model import Mode
from search.ranking.options import SearchOptions
from search.ranking.searcher import Searcher
from tests.support.libraries.corpus import build_index, document, open_searcher

TEXTS = {
    "ru/volts": "Блок питания работает от сети 220 В, лампа от 12V.",
    "ru/wifi": "Роутер раздаёт сети 2,4 ГГц и 5 ГГц, по кабелю 100 Мбит/с.",
    "ru/bowl": "Чаша вмещает 1,5 л воды и 100 г кофе.",
    "en/volts": "The adapter takes 220 V, the lamp 12 volts.",
    "en/wifi": "The router has networks of 2.4 GHz and 5 GHz.",
    "en/work": "Send your résumé; the spare part is AB12-CD34.",
}
FOUND = [
    ("ru", "220В", "ru/volts"),
    ("ru", "220V", "ru/volts"),
    ("ru", "12 вольт", "ru/volts"),
    ("ru", "5ГГц", "ru/wifi"),
    ("ru", "2.4GHz", "ru/wifi"),
    ("ru", "100мбит", "ru/wifi"),
    ("ru", "100г", "ru/bowl"),
    ("ru", "1.5 литра", "ru/bowl"),
    ("ru", "1.5L", "ru/bowl"),
    ("en", "220В", "en/volts"),
    ("en", "12V", "en/volts"),
    ("en", "2,4 ГГц", "en/wifi"),
    ("en", "5ghz", "en/wifi"),
    ("en", "resume", "en/work"),
    ("en", "ab12cd34", "en/work"),
    ("en", "AB12 CD34", "en/work"),
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    root = tmp_path_factory.mktemp("spellings")
    pages = [document(key[3:], lang=key[:2], html=f"<p>{text}</p>") for key, text in TEXTS.items()]
    build_index(root, pages)
    return open_searcher(root)


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
@pytest.mark.parametrize(("lang", "typed", "found"), FOUND)
def test_spellings_meet(searcher: Searcher, mode: Mode, lang: str, typed: str, found: str) -> None:
    results = searcher.search(typed, SearchOptions(lang=lang, mode=mode))
    first = results.hits[0]
    assert first.document_id == found
    assert results.repair is None
    assert any(segment.is_match for segment in first.snippet)
