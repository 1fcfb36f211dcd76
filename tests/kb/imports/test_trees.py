"""Trees of Markdown of each system land with titles, links, pictures and old addresses."""

from __future__ import annotations

import os
import subprocess

import yaml

from tests.support.imports import Importing, SourceTexts, kinds, png, write_tree

DOCUSAURUS: SourceTexts = {
    "docusaurus.config.js": (
        "module.exports = {url: 'https://help.example.com', baseUrl: '/kb/',\n"
        "  i18n: {defaultLocale: 'en', locales: ['en', 'ru']}};"
    ),
    "docs/intro.md": (
        "---\nslug: /\ntitle: Start here\n---\nSee [paying](./01-pay/02-refunds.mdx#how-long).\n"
    ),
    "docs/01-pay/_category_.json": '{"label": "Paying", "position": 3}',
    "docs/01-pay/02-refunds.mdx": (
        "---\nid: refund\ndescription: When the money comes back.\ntags: [money, 'back']\n"
        "sidebar_position: 7\nlast_update:\n  date: 2025-03-01\n---\n"
        "import Note from './_note.mdx';\nimport Tabs from '@theme/Tabs';\n\n"
        "# Refunds\n\n<Note />\n\n## How long?\n\n"
        ":::tip[Good to know]\nTen days.\n:::\n\n"
        '<Tabs>\n<TabItem value="a" label="Card">\n\nFive days.\n\n</TabItem>\n'
        '<TabItem value="b" label="Cash">At once.</TabItem>\n</Tabs>\n\n'
        "![Receipt](/img/receipt.png)\n\n"
        "Back to [start](/kb/docs/) or [here](https://help.example.com/kb/docs/pay/refund).\n"
    ),
    "docs/01-pay/_note.mdx": ":::warning\nKeep the **receipt**.\n:::\n",
    "static/img/receipt.png": png(),
    "i18n/ru/docusaurus-plugin-content-docs/current/01-pay/02-refunds.mdx": (
        "---\nid: refund\n---\n# Возврат денег\n\n"
        "Деньги вернутся за десять дней. [Начало](../intro.md)\n"
    ),
    "i18n/ru/docusaurus-plugin-content-docs/current/01-pay/_category_.json": '{"label": "Оплата"}',
    "README.md": "# The repository\n",
}


def test_docusaurus(importing: Importing) -> None:
    result = importing.run(DOCUSAURUS)
    assert result.format == "docusaurus"
    assert importing.paths == [
        "en/guides/general/intro.md",
        "en/guides/pay/refunds.md",
        "ru/guides/pay/refunds.md",
    ]
    text = importing.article("en/guides/pay/refunds.md")
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["title"] == "Refunds"
    assert head["summary"] == "When the money comes back."
    assert head["tags"] == ["money", "back"]
    assert (head["order"], str(head["updated"])) == (7, "2025-03-01")
    assert importing.text("en/guides/pay/refunds.md") == (
        "!!! warning\n    Keep the **receipt**.\n\n## How long?\n\n"
        '!!! note "Good to know"\n    Ten days.\n\n'
        "### Card\n\nFive days.\n\n### Cash\n\nAt once.\n\n"
        "![Receipt](../../../media/img-receipt.png)\n\n"
        "Back to [start](../general/intro.md) or [here](refunds.md).\n"
    )
    assert "[paying](../pay/refunds.md#how-long)" in importing.text("en/guides/general/intro.md")
    ru = importing.article("ru/guides/pay/refunds.md")
    assert f"id: {head['id']}" in ru or f'id: "{head["id"]}"' in ru
    assert "[Начало](../general/intro.md)" in ru
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert redirects["/kb/docs/pay/refund"] == f"{head['id']}/en"
    assert redirects["/kb/ru/docs/pay/refund"] == f"{head['id']}/ru"
    categories = yaml.safe_load((importing.root / "categories.yml").read_text())
    assert categories["guides"]["pay"]["title"] == {"ru": "Оплата", "en": "Paying"}


MKDOCS = {
    "mkdocs.yml": (
        "site_url: https://docs.example.com/help/\nextra:\n  days: '14'\n"
        "markdown_extensions:\n  - pymdownx.emoji:\n      emoji_index: !!python/name:material.x\n"
        "plugins:\n  - search\n  - redirects:\n      redirect_maps:\n"
        "        'old.md': 'returns/how.md'\n"
        "nav:\n  - Home: index.md\n  - Returns:\n      - How to return: returns/how.md\n"
    ),
    "docs/index.md": "# Welcome\n\nHow to [return](returns/how.md#within-14-days) goods.\n",
    "docs/returns/how.md": (
        "Bring it back within {{ days }} days.\n\n## Within 14 days\n\n"
        '!!! warning inline end "Mind"\n    Keep the box.\n\n'
        '=== "Shop"\n\n    Come to us.\n\n    ```sh title="go.sh"\n'
        '    {{ days }} --8<-- "x"\n    ```\n\n'
        '=== "Post"\n\n    Send it.\n\n'
        '--8<-- "address.md"\n\n- one ++ctrl+c++\n\n[Button](../index.md){ .md-button }\n'
    ),
    "snippets/address.md": "Mill Street 1, [map](../docs/index.md).\n",
}


def test_mkdocs(importing: Importing) -> None:
    result = importing.run(MKDOCS)
    assert result.format == "mkdocs"
    assert importing.text("en/guides/returns/how.md") == (
        "Bring it back within 14 days.\n\n## Within 14 days\n\n"
        '!!! warning "Mind"\n    Keep the box.\n\n'
        '### Shop\n\nCome to us.\n\n`go.sh`:\n\n```sh\n{{ days }} --8<-- "x"\n```\n\n'
        "### Post\n\nSend it.\n\nMill Street 1, [map](../general/index.md).\n\n"
        "- one <kbd>Ctrl</kbd>+<kbd>C</kbd>\n\n[Button](../general/index.md)\n"
    )
    categories = yaml.safe_load((importing.root / "categories.yml").read_text())
    assert categories["guides"]["returns"]["title"]["en"] == "Returns"
    assert "title: How to return" in importing.article("en/guides/returns/how.md")
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert redirects["/help/returns/how/"] == redirects["/help/old/"]


JEKYLL = {
    "_config.yml": (
        "title: Help\nbaseurl: /help\nproduct: Vega\ncollections:\n  docs:\n    output: true\n"
    ),
    "_docs/setup.md": (
        "---\ntitle: Setting up\nredirect_from:\n  - /old/setup\n---\n"
        "Unpack the {{ site.product }}.\n\n{: .warning }\nNever use water.\n\n"
        '{% include note.html content="Charge it first." %}\n\n'
        "{% include parts/charge.md %}\n\n{% highlight sh %}\nrun {{ x }}\n{% endhighlight %}\n\n"
        "See [news]({% post_url 2024-05-06-new %}) and [home]({{ '/index.html' | "
        "relative_url }}).\n"
    ),
    "_includes/parts/charge.md": "It takes two hours.\n",
    "_posts/2024-05-06-new.md": (
        "---\ntitle: New colours\nlayout: post\n---\nRed and blue are here.\n"
    ),
    "_drafts/later.md": "---\ntitle: Later\n---\nNot yet, but soon to be told.\n",
    "index.md": "---\ntitle: Home\n---\nWelcome to the help.\n",
    "_layouts/post.html": "<html></html>",
}


def test_jekyll(importing: Importing) -> None:
    result = importing.run(JEKYLL)
    assert result.format == "jekyll"
    assert importing.text("en/guides/general/setup.md") == (
        "Unpack the Vega.\n\n!!! warning\n    Never use water.\n\n"
        "!!! note\n    Charge it first.\n\nIt takes two hours.\n\n"
        "```sh\nrun {{ x }}\n```\n\nSee [news](new.md) and [home](index.md).\n"
    )
    assert "status: draft" in importing.article("en/guides/general/later.md")
    assert "updated: 2024-05-06" in importing.article("en/guides/general/new.md")
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert {
        "/help/old/setup",
        "/help/docs/setup.html",
        "/help/2024/05/06/new.html",
    } <= redirects.keys()


HUGO: SourceTexts = {
    "hugo.toml": (
        'baseURL = "https://help.example.com/"\ndefaultContentLanguage = "ru"\n[params]\n'
        'phone = "8-800"\n'
    ),
    "content/pay/_index.md": "---\ntitle: Оплата\nweight: 4\n---\n",
    "content/pay/_index.en.md": "---\ntitle: Payment\n---\n",
    "content/pay/card.md": (
        '+++\ntitle = "Оплата картой"\nweight = 20\naliases = ["/old/card/"]\ndraft = false\n'
        "date = 2024-02-03T10:00:00Z\n+++\n"
        'Звоните {{< param phone >}}.\n\n{{% notice warning "Важно" %}}\n'
        "Не сообщайте код.\n{{% /notice %}}\n\n"
        '{{< tabs >}}\n{{% tab name="Сайт" %}}\nНажмите «Оплатить».\n{{% /tab %}}\n'
        "{{< /tabs >}}\n\n"
        '{{< figure src="card.png" alt="Карта" >}}\n\n'
        'См. [возврат]({{< ref "refund.md#сроки" >}}).\n'
    ),
    "content/pay/card.en.md": (
        "---\ntitle: Paying by card\n---\nPay at the till, [refunds](../refund/).\n"
    ),
    "content/pay/refund.md": (
        "---\ntitle: Возврат\n---\nВернём деньги.\n\n## Сроки\n\nДесять дней.\n"
    ),
    "content/pay/card.png": png(),
}


def test_hugo(importing: Importing) -> None:
    result = importing.run(HUGO)
    assert result.format == "hugo"
    assert importing.text("ru/guides/pay/card.md") == (
        'Звоните 8-800.\n\n!!! warning "Важно"\n    Не сообщайте код.\n\n'
        "## Сайт\n\nНажмите «Оплатить».\n\n"
        "![Карта](../../../media/pay-card.png)\n\nСм. [возврат](refund.md#сроки).\n"
    )
    assert "(refund.md)" in importing.text("en/guides/pay/card.md")
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert {"/pay/card/", "/en/pay/card/", "/old/card/"} <= redirects.keys()
    categories = yaml.safe_load((importing.root / "categories.yml").read_text())
    assert categories["guides"]["pay"]["title"] == {"ru": "Оплата", "en": "Payment"}
    assert categories["guides"]["pay"]["order"] == 4


OBSIDIAN: SourceTexts = {
    ".obsidian/app.json": "{}",
    "Доставка/Сроки доставки.md": (
        "---\naliases: [Когда привезут]\ntags:\n  - доставка\n---\n"
        "Привезём за три дня. %%проверить%% ==Точно==. ^block1\n\n"
        "> [!info]- Подробнее\n> По [[Оплата#Картой|оплате]].\n> > [!danger]\n> > Не ждите.\n\n"
        "![[Курьер.png|300]]\n\n![[Оплата#Наличными]]\n\n[[Нет такой]]\n"
    ),
    "Оплата.md": (
        "Платить можно так.\n\n## Картой\n\nНа сайте.\n\n## Наличными\n\nКурьеру.\n\n"
        "[[Когда привезут]]\n"
    ),
    "files/Курьер.png": png(),
}


def test_obsidian(importing: Importing) -> None:
    result = importing.run(OBSIDIAN)
    assert result.format == "obsidian"
    assert importing.text("ru/guides/dostavka/sroki-dostavki.md") == (
        "Привезём за три дня.  <mark>Точно</mark>.\n\n"
        '??? note "Подробнее"\n    По [оплате](../general/oplata.md#картой).\n\n'
        "    !!! danger\n        Не ждите.\n\n"
        "![](../../../media/files-kurer.png)\n\nКурьеру.\n\n"
        "[Когда привезут](sroki-dostavki.md)\n\nНет такой\n"
    )
    assert "(../dostavka/sroki-dostavki.md)" in importing.text("ru/guides/general/oplata.md")
    assert "Links that lead nowhere, now plain words" in kinds(result)


STARLIGHT = {
    "astro.config.mjs": (
        "export default defineConfig({ site: 'https://docs.example.com', base: '/d' })"
    ),
    "src/content/docs/ru/guides/start.mdx": (
        "---\ntitle: Начало\nsidebar:\n  order: 2\n---\n"
        "import { Aside, Steps } from '@astrojs/starlight/components';\n\n"
        '<Aside type="caution" title="Осторожно">\n  Горячо.\n</Aside>\n\n<Steps>\n1. Раз\n'
        "2. Два\n</Steps>\n\n"
        '<Since v="1" />\n\n[Далее](/d/ru/guides/next/)\n'
    ),
    "src/content/docs/ru/guides/next.md": "---\ntitle: Далее\n---\nИдём дальше вместе.\n",
    "src/content/docs/en/guides/start.mdx": "---\ntitle: Start\n---\nHello, reader.\n",
}


def test_starlight(importing: Importing) -> None:
    result = importing.run(STARLIGHT)
    assert result.format == "starlight"
    assert importing.text("ru/guides/guides/start.md") == (
        '!!! warning "Осторожно"\n    Горячо.\n\n1. Раз\n2. Два\n\n[Далее](next.md)\n'
    )
    assert "Components taken out, their text kept" in kinds(result)


def test_plain_folders_in_two_languages(importing: Importing) -> None:
    importing.run(
        {
            "help/ru/Оплата/Как платить.md": "# Как платить\n\nКартой или наличными курьеру.\n",
            "help/en/Оплата/Как платить.md": "# How to pay\n\nBy card or in cash.\n",
            "help/ru/Оплата/Чек.md": "Чек придёт на почту. [Как платить](Как платить.md)\n",
        }
    )
    assert importing.paths == [
        "en/guides/oplata/kak-platit.md",
        "ru/guides/oplata/chek.md",
        "ru/guides/oplata/kak-platit.md",
    ]
    assert "(kak-platit.md)" in importing.text("ru/guides/oplata/chek.md")


def test_languages_by_suffix_share_an_article(importing: Importing) -> None:
    importing.run(
        {
            "a/pay.md": "# Pay\n\nBy card.\n",
            "a/pay.ru.md": "# Оплата\n\nКартой.\n",
            "b.md": "# B\n\nText of it.\n",
        }
    )
    ids = [importing.article(f"{lang}/guides/a/pay.md").split("\n")[1] for lang in ("ru", "en")]
    assert ids[0] == ids[1]


def test_pages_of_zendesk_kept_as_markdown(importing: Importing) -> None:
    importing.run(
        {
            "Orders/Track.md": (
                "---\ntitle: Track\nid: 360001234567\n---\n"
                "[Cancel](https://help.example.com/hc/en-us/articles/360007654321-Cancel-it)\n\n"
                "[Other](https://help.example.com/hc/en-us/articles/360000000000)\n"
            ),
            "Orders/Cancel.md": (
                "---\ntitle: Cancel\nid: 360007654321\n---\nCancel before it is sent.\n"
            ),
        }
    )
    text = importing.text("en/guides/orders/track.md")
    assert "[Cancel](cancel.md)" in text
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert {
        "/hc/en-us/articles/360001234567",
        "/hc/en-us/articles/360001234567-Track",
        "/Orders/Track",
    } <= redirects.keys()


def test_sections_titles_and_categories_follow_options(importing: Importing) -> None:
    importing.run(
        {
            "Billing/Cards/a.md": "# A\n\nAbout cards.\n",
            "Guides/Setup/b.md": "# B\n\nAbout setup.\n",
        },
        faq=("bill*",),
        depth=1,
    )
    assert importing.paths == ["en/faq/billing/a.md", "en/guides/guides/b.md"]


def test_no_category_tells_the_titles_of_what_is_not_public(importing: Importing) -> None:
    importing.run(
        {
            "returns/a.md": "---\ntitle: Where is my parcel?\n---\n\nOn its way.\n",
            "returns/b.md": "---\ntitle: Above the limit\ndraft: true\n---\n\nFor us only.\n",
            "secret/c.md": "---\ntitle: The next product\ndraft: true\n---\n\nFor us only.\n",
        }
    )
    told = (importing.root / "categories.yml").read_text("utf-8")
    assert "Where is my parcel?" in told
    assert "parcel?." not in told
    assert "Above the limit" not in told
    assert "next product" not in told


def test_links_beside_the_path_of_the_site_stay(importing: Importing) -> None:
    links = (
        "<https://d.org>, [home](https://d.org/), [price](https://d.org/pricing/),"
        " https://d.org/docsets/, [a](https://d.org/docs/), [b](https://d.org/docs/b/#two)\n"
    )
    importing.run(
        {
            "mkdocs.yml": "site_url: https://d.org/docs/\n",
            "docs/index.md": f"# Index\n\n{links}",
            "docs/b.md": "# B\n\n## Two\n\nText.\n",
        }
    )
    assert importing.text("en/guides/general/index.md") == (
        "<https://d.org>, [home](https://d.org/), [price](https://d.org/pricing/),"
        " https://d.org/docsets/, [a](index.md), [b](b.md#two)\n"
    )


def test_a_clone_tells_the_days_of_its_pages(importing: Importing) -> None:
    files: SourceTexts = {
        "help/en/pay/cash.md": "# Cash\n\nThe courier takes cash.\n",
        "help/en/pay/card.md": "---\nlastmod: 2023-04-05\n---\n# Card\n\nBy card online.\n",
    }
    write_tree(importing.source, files)
    day = {"GIT_AUTHOR_DATE": "2024-02-03T12:00:00Z", "GIT_COMMITTER_DATE": "2024-02-03T12:00:00Z"}
    known = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "Begin")):
        subprocess.run(
            ("git", *known, *words), cwd=importing.source, env={**os.environ, **day}, check=True
        )
    importing.run()
    assert "\nupdated: 2024-02-03\n" in importing.article("en/guides/pay/cash.md")
    assert "\nupdated: 2023-04-05\n" in importing.article("en/guides/pay/card.md")
    assert not importing.run().is_changed
