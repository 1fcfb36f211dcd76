"""A small library with products."""

from __future__ import annotations

from pathlib import Path

LANGUAGES = ("ru", "en")
PRODUCTS = """\
vega:
  icon: robot
  order: 10
  title: {ru: Вега, en: Vega}
  description: {ru: Робот-пылесос, en: Robot vacuum}
  aliases: [VR-2000]
  former: [vega-one, vega-two]
router:
  icon: router
  order: 20
  title: {ru: 'Роутер <b>', en: 'Router <b>'}
phantom:
  order: 5
  title: {ru: Призрак, en: zyxphantom}
  former: [ghost]
  aliases: [spectre]
lonely:
  title: {ru: Одинокий, en: zyxlonely}
"""
CATEGORIES = """\
faq:
  choosing: {icon: tag, order: 1, title: {ru: Выбор, en: Choosing}, description: {ru: а, en: b}}
guides:
  care: {icon: robot, order: 2, title: {ru: Уход, en: Care}, description: {ru: а, en: b}}
  start: {icon: book, order: 1, title: {ru: Начало, en: Start}, description: {ru: а, en: b}}
  other: {icon: book, order: 3, title: {ru: Прочее, en: Other}, description: {ru: а, en: b}}
"""
VEGA_START, VEGA_CARE, BOTH, PLAIN = "a3k8t", "b6h3r", "c4r8t", "d5n7w"
ROUTER, CHOOSING, DRAFT, INTERNAL = "e6p8x", "f7q9y", "g8r2z", "h9s3a"
ARTICLES = (
    (f"ru/guides/start/vega {VEGA_START}", "Начало с Вегой", "[vega]", "published"),
    # Its original names the product; that is enough.
    (f"en/guides/start/vega {VEGA_START}", "Starting the Vega", "[]", "published"),
    (f"ru/guides/care/clean {VEGA_CARE}", "Чистка щёток", "[vega]", "published"),
    (f"en/guides/care/both {BOTH}", "Vega and router", "[router, vega-two]", "published"),
    (f"en/guides/other/plain {PLAIN}", "Batteries", "[]", "published"),
    (f"en/guides/care/router {ROUTER}", "Router care", "[router]", "published"),
    (f"en/faq/choosing/which {CHOOSING}", "Which vacuum", "[vega]", "published"),
    (f"en/guides/care/draft {DRAFT}", "zyxdraft", "[phantom]", "draft"),
    (f"en/guides/care/internal {INTERNAL}", "zyxinternal", "[phantom]", "internal"),
)


def write(root: Path, *, text: str = PRODUCTS) -> Path:
    (root / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    (root / "products.yml").write_text(text, encoding="utf-8")
    for address, title, named, status in ARTICLES:
        place, article_id = address.split()
        path = root / f"{place}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\nid: {article_id}\ntitle: {title}\nsummary: In short\n"
            f"products: {named}\nstatus: {status}\n---\n\nHow to care for the thing.\n",
            encoding="utf-8",
        )
    return root
