"""A site in four languages, two of which its operator added: by settings, catalogues and folders.

Nothing but `KB_LANGUAGES`, `site/translations/<lang>` and `articles/<lang>` tells of German and
Arabic; the words are those of real translations, for they are looked at and searched.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app import create_app
from kb.branding import translations
from kb.branding.translations import PLACE
from kb.build import build
from kb.config import Config
from kb.web.services import EXTENSION, Services

REFUND, RUSSIAN_ONLY = "k2m7p", "b6h3r"

CATEGORIES = """faq:
  returns:
    icon: return
    title: {ru: Возврат, en: Returns}
    description: {ru: Как вернуть товар., en: How to send things back.}
guides:
  vega:
    icon: robot
    title: {ru: Vega R2, en: Vega R2}
    description: {ru: Пылесос., en: The vacuum.}
"""
OWN_CATEGORIES = {
    "de": """faq:
  returns:
    title: Rückgabe
    description: Wie Sie etwas zurückschicken.
guides:
  vega: {title: Vega R2, description: Der Saugroboter.}
""",
    "ar": """faq:
  returns:
    title: الإرجاع
    description: كيف تعيد المنتج.
guides:
  vega: {title: Vega R2, description: المكنسة.}
""",
}
ARTICLES = {
    "ru/faq/returns/refund-timing": (REFUND, "Когда вернутся деньги", "Деньги идут до 10 дней."),
    "en/faq/returns/refund-timing": (REFUND, "When the refund arrives", "It takes ten days."),
    "de/faq/returns/refund-timing": (
        REFUND,
        "Wann die Rückzahlung ankommt",
        "Rücksendungen werden nach der Prüfung binnen zehn Tagen erstattet.",
    ),
    "ar/faq/returns/refund-timing": (
        REFUND,
        "متى يصل المبلغ المسترد",
        "يصل المبلغ إلى البطاقة خلال عشرة أيام.",
    ),
    "ru/guides/vega/first-run": (RUSSIAN_ONLY, "Первая уборка Vega", "Снимите плёнку."),
}
BODIES = {
    "de": "## Auf die Karte\n\nDie Häuser der Banken brauchen `CODE-12` drei Tage.\n\n"
    "1. **Paket** einpacken.\n2. Zum Paketshop bringen.\n\n!!! note\n    Nur Bares ist Wahres.\n",
    "ar": "## إلى البطاقة\n\nتحتاج البنوك إلى ثلاثة أيام بعد استلام الطلبات، والرمز `E-05`.\n\n"
    "1. **غلّف** المنتج.\n2. خذه إلى المكتب.\n\n"
    '!!! warning "انتبه"\n    احتفظ بالإيصال.\n\n'
    "| الطريقة | المدة |\n| --- | --- |\n| بطاقة | ثلاثة أيام |\n| حوالة | عشرة أيام |\n\n"
    "## نقدًا\n\nتدفع في المتجر.\n\n## بالتحويل\n\nيصل خلال أسبوع.\n",
}
WORDS = {
    "de": {
        "Questions and answers": ["Fragen und Antworten"],
        "How can we help?": ["Wie können wir helfen?"],
        "Updated": ["Aktualisiert am"],
        "%(num)d article found": ["%(num)d Artikel gefunden", "%(num)d Artikel gefunden."],
        "%(num)d minute to read": ["%(num)d Minute", "%(num)d Minuten"],
        "%(num)d article": ["%(num)d Artikel", "%(num)d Artikel"],
        "There is no translation yet. Language of this article: %(language)s.": [
            "Noch nicht übersetzt. Sprache: %(language)s."
        ],
        "Changes: %(site)s": ["Änderungen: %(site)s"],
    },
    "ar": {
        "Questions and answers": ["أسئلة وأجوبة"],
        "Help": ["المساعدة"],
        "Contact": ["اتصل بنا"],
        "Home": ["الرئيسية"],
        "How can we help?": ["كيف يمكننا مساعدتك؟"],
        "Before you buy": ["قبل الشراء"],
        "You have bought it": ["بعد الشراء"],
        "Questions and answers about ordering": ["أسئلة وأجوبة عن الطلبات"],
        "Guides to the things you own": ["أدلة لما تملكه"],
        "Guides": ["أدلة"],
        "Your question": ["سؤالك"],
        "Find": ["ابحث"],
        "For example:": ["مثلاً:"],
        "Good places to start": ["ابدأ من هنا"],
        "New and changed": ["جديد ومحدّث"],
        "Still stuck?": ["لم تجد جوابًا؟"],
        "Tell people what happened and what you have tried.": ["أخبرنا بما حدث وبما جرّبت."],
        "How to reach us": ["كيف تصل إلينا"],
        "Updated": ["آخر تحديث"],
        "Permanent link": ["رابط دائم"],
        "On this page": ["في هذه الصفحة"],
        "Was this helpful?": ["هل أفادك هذا؟"],
        "Yes": ["نعم"],
        "No": ["لا"],
        "Read next": ["اقرأ أيضًا"],
        "If it did not help": ["إن لم يساعدك هذا"],
        "%(num)d article": [
            "لا مقالات",
            "مقالة واحدة",
            "مقالتان",
            "%(num)d مقالات",
            "%(num)d مقالة",
            "%(num)d من المقالات",
        ],
        "%(num)d minute to read": [
            "أقل من دقيقة",
            "دقيقة للقراءة",
            "دقيقتان للقراءة",
            "%(num)d دقائق للقراءة",
            "%(num)d دقيقة للقراءة",
            "%(num)d من الدقائق",
        ],
    },
}


def write(root: Path) -> None:
    """The articles and the folder of the site, below `root`."""
    articles = root / "articles"
    for path, (id_, title, summary) in ARTICLES.items():
        file = articles / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        body = BODIES.get(path[:2], "Text.\n")
        file.write_text(f"---\nid: {id_}\ntitle: {title}\nsummary: {summary}\n---\n\n{body}")
    (articles / "categories.yml").write_text(CATEGORIES)
    for lang, text in OWN_CATEGORIES.items():
        (articles / lang / "categories.yml").write_text(text)
    for lang, words in WORDS.items():
        write_catalogue(root / "site", lang, words)


def write_catalogue(site: Path, lang: str, words: dict[str, list[str]]) -> None:
    """Fill some texts into the catalogue that `kb translations` writes."""
    lines = translations.read(site).to_translate(lang).split("\n")
    filled, wanted = [], None
    for line in lines:
        if line.startswith("msgid "):
            wanted = words.get(line.removeprefix("msgid ").strip('"'))
        if wanted and line.startswith("msgstr"):
            number = int(line[7]) if line.startswith("msgstr[") else 0
            line = line.replace('""', f'"{wanted[number]}"')
        filled.append(line)
    path = site / "translations" / lang / PLACE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(filled))


def config(root: Path, **settings: object) -> Config:
    values: dict[str, object] = {
        "languages": ("ru", "en", "de", "ar"),
        "articles_dir": root / "articles",
        "site_dir": root / "site",
        "data_dir": root / "var",
        "encoder": "none",
        "rate_limits": False,
        "site_name": "Nordvolt",
        "public_url": "https://help.example.com",
    } | settings
    return Config(**values)  # type: ignore[arg-type]


def application(root: Path, **settings: object) -> Flask:
    """The application over what `write` wrote; `close` it afterwards."""
    made = config(root, **settings)
    report = build.build(made)
    assert report.problems == ()
    return create_app(made)


def application_without_index(root: Path, **settings: object) -> Flask:
    """For pages that need no articles."""
    return create_app(config(root, **settings))


def close(app: Flask) -> None:
    services: Services = app.extensions[EXTENSION]
    services.close()
