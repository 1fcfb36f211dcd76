"""Old addresses are those at which the source's generator showed its pages."""

from __future__ import annotations

import pytest
import yaml

from tests.support.imports import Importing, SourceTexts

PAGE = "---\ntitle: {title}\n{front}---\nText.\n"


def addresses(importing: Importing, files: SourceTexts) -> dict[str, str]:
    """Old path → title of the article here, or the address elsewhere."""
    importing.run(files)
    titles = {}
    for path in importing.paths:
        head = yaml.safe_load(importing.article(path).split("---\n")[1])
        titles[f"{head['id']}/{path[:2]}"] = head["title"]
    found = yaml.safe_load((importing.root / "redirects.yml").read_text())
    return {
        old: titles.get(target.partition("#")[0], target) + "".join(target.partition("#")[1:])
        for old, target in found.items()
    }


def page(title: str, front: str = "") -> str:
    return PAGE.format(title=title, front=front)


REDIRECTS = """
site_url: {site}
{more}
plugins:
  - redirects:
      redirect_maps:
        'begin.md': 'start/index.md'
        'old/index.md': 'start/index.md#set-up'
        'shop.md': 'https://shop.example.com/malt'
"""


def test_redirects_of_mkdocs_lie_below_its_site(importing: Importing) -> None:
    config = REDIRECTS.format(site="!ENV [URL, 'https://x.example/help/']", more="")
    text = "# Start\n\n## Set up\n\nText.\n"
    assert addresses(importing, {"mkdocs.yml": config, "docs/start/index.md": text}) == {
        "/help/start/": "Start",
        "/help/begin/": "Start",
        "/help/old/": "Start#set-up",
        "/help/shop/": "https://shop.example.com/malt",
    }


def test_flat_addresses_of_mkdocs(importing: Importing) -> None:
    config = REDIRECTS.format(site="https://x.example/", more="use_directory_urls: false")
    found = addresses(importing, {"mkdocs.yml": config, "docs/start/index.md": "# Start\n\nA.\n"})
    of_folders = {"/start/", "/start/index.html", "/old/", "/old/index.html"}
    assert set(found) == {*of_folders, "/begin.html", "/shop.html"}


def test_redirects_of_docusaurus(importing: Importing) -> None:
    config = """
    export default { url: 'https://x.example', baseUrl: '/kb/', plugins: [
      ['@docusaurus/plugin-client-redirects', { redirects: [
        { from: '/begin', to: '/docs/start' },
        { to: '/docs/start', from: ['/a', "/b/c"] },
        { from: '/shop', to: 'https://shop.example.com/' },
      ] }]] };
    """
    files = {"docusaurus.config.ts": config, "docs/start.md": "# Start\n\nText.\n"}
    assert addresses(importing, files) == {
        "/kb/docs/start": "Start",
        "/kb/begin": "Start",
        "/kb/a": "Start",
        "/kb/b/c": "Start",
        "/kb/shop": "https://shop.example.com/",
    }


JEKYLL = {
    "date": "/news/big/2024/02/03/tyres.html",
    "pretty": "/news/big/2024/02/03/tyres/",
    "ordinal": "/news/big/2024/034/tyres.html",
    "weekdate": "/news/big/2024/W05/Sat/tyres.html",
    "none": "/news/big/tyres.html",
    "/blog/:year/:i_month/:title": "/blog/2024/2/tyres",
    "/:categories/:short_year-:title:output_ext": "/news/big/24-tyres.html",
    "/:slugified_categories/:slug/": "/news/big/tyres/",
}


@pytest.mark.parametrize("style", JEKYLL)
def test_posts_of_jekyll(style: str, importing: Importing) -> None:
    files = {
        "_config.yml": f"permalink: '{style}'\n",
        "_posts/2024-02-03-tyres.md": page("Tyres", "categories: [News, big]\n"),
    }
    assert addresses(importing, files) == {JEKYLL[style]: "Tyres"}


def test_pages_and_collections_of_jekyll(importing: Importing) -> None:
    config = (
        "baseurl: /kb\npermalink: pretty\ncollections:\n  guides: {output: true}\n"
        "  tips: {output: true, permalink: '/t/:name/'}\n"
        "defaults:\n  - scope: {path: special}\n    values: {permalink: '/s/:title/'}\n"
    )
    files = {
        "_config.yml": config,
        "a/page.md": page("Page"),
        "special/one.md": page("Special"),
        "own.md": page("Own", "permalink: /mine/\nredirect_from: /old\n"),
        "_guides/deep/brakes.md": page("Brakes"),
        "_tips/Big_Tip.md": page("Tip"),
        "cat/_posts/2024-02-03-x.md": page("Post", "date: 2024-03-04 10:00:00 +0300\nslug: y\n"),
    }
    assert addresses(importing, files) == {
        "/kb/a/page/": "Page",
        "/kb/s/one/": "Special",
        "/kb/mine/": "Own",
        "/kb/old": "Own",
        "/kb/guides/deep/brakes/": "Brakes",
        "/kb/t/big-tip/": "Tip",
        "/kb/cat/2024/03/04/y/": "Post",
    }


def test_permalinks_of_hugo(importing: Importing) -> None:
    config = """
baseURL = 'https://x.example/help/'
[permalinks.page]
posts = '/articles/:year/:month/:slug/'
docs = '/manual/:sections[1:]/:slugorcontentbasename/'
faq = '/q/:title/'
[permalinks.section]
posts = '/articles/'
"""
    files = {
        "hugo.toml": config,
        "content/posts/_index.md": page("All posts"),
        "content/posts/first.md": page("First post!", "date: 2024-05-06\n"),
        "content/docs/setup/wifi.md": page("Wi-Fi"),
        "content/docs/setup/reset.md": page("Reset", "slug: hard-reset\n"),
        "content/docs/setup/lamp/index.md": page("Lamp"),
        "content/faq/a.md": page('"How long, please?"'),
        "content/other/b.md": page("Other"),
        "content/other/c.md": page("Moved", "url: /c.html\naliases: [/was/]\n"),
    }
    found = addresses(importing, files)
    assert found["/help/articles/"] == "All posts"
    assert found["/help/articles/2024/05/first-post/"] == "First post!"
    assert found["/help/manual/setup/wifi/"] == "Wi-Fi"
    assert found["/help/manual/setup/hard-reset/"] == "Reset"
    assert found["/help/manual/setup/lamp/"] == "Lamp"
    assert found["/help/q/how-long-please/"] == "How long, please?"
    assert found["/help/other/b/"] == "Other"
    assert found["/help/c.html"] == found["/help/was/"] == "Moved"


def test_permalinks_of_hugo_in_a_file_of_their_own(importing: Importing) -> None:
    files = {
        "config/_default/hugo.yaml": "baseURL: https://x.example/\n",
        "config/_default/permalinks.yaml": "blog: /:year-:month-:day-:contentbasename/\n",
        "config/_default/params.toml": "phone = '8-800'\n",
        "content/blog/one.md": page("One", "date: 2023-12-31T10:00:00Z\n")
        + '{{< param "phone" >}}\n',
    }
    assert addresses(importing, files) == {"/2023-12-31-one/": "One"}
    assert "8-800" in importing.text(importing.paths[0])


LINKS = {
    "link": "{% link a/page.md %}",
    "base and link": "{{ site.baseurl }}{% link a/page.md %}",
    "url, base and link": "{{ site.url }}{{ site.baseurl }}{% link a/page.md %}",
    "base": "{{ site.baseurl }}/a/page.html",
    "filter": '{{ "/a/page" | relative_url }}',
}


@pytest.mark.parametrize("name", LINKS)
def test_links_of_jekyll(name: str, importing: Importing) -> None:
    files = {
        "_config.yml": "baseurl: /kb\nurl: https://x.example\n",
        "a/page.md": page("Page"),
        "b/other.md": f"---\ntitle: Other\n---\nSee [it]({LINKS[name]}).\n",
    }
    importing.run(files)
    assert importing.text("en/guides/b/other.md") == "See [it](../a/page.md).\n"


def test_post_url_of_jekyll(importing: Importing) -> None:
    link = "{% post_url 2024-02-03-tyres %}"
    text = f"[1]({link}) [2]({{{{ site.baseurl }}}}{link})"
    importing.run(
        {
            "_config.yml": "baseurl: /kb\n",
            "_posts/2024-02-03-tyres.md": page("Tyres"),
            "a/b.md": f"---\ntitle: Other\n---\n{text}\n",
        }
    )
    assert importing.text("en/guides/a/b.md").count("(../general/tyres.md)") == 2


LIQUID = {
    "assign": ('{% assign fee = "5" %}\nIt is {{ fee }}.\n', "It is 5.\n"),
    "capture": ("{% capture x %}five{% endcapture %}\nIt is {{ x }}.\n", "It is five.\n"),
    "raw": ("It is {% raw %}{{ x }}{% endraw %}.\n", "It is `{{ x }}`.\n"),
    "raw in code": ("It is `{% raw %}{{ x }}{% endraw %}`.\n", "It is `{{ x }}`.\n"),
    "raw around a fence": (
        "{% raw %}\n```\n{{ x }}\n```\n{% endraw %}\n",
        "```\n{{ x }}\n```\n",
    ),
    "raw in a fence": (
        "```\n{% raw %}\n{{ x }}\n{% endraw %}\n```\n",
        "```\n{{ x }}\n```\n",
    ),
}


@pytest.mark.parametrize("name", LIQUID)
def test_liquid(name: str, importing: Importing) -> None:
    written, expected = LIQUID[name]
    importing.run({"_config.yml": "baseurl: /kb\n", "a.md": f"---\ntitle: A\n---\n{written}"})
    assert importing.text("en/guides/general/a.md") == expected


def test_docs_beside_the_site_of_docusaurus(importing: Importing) -> None:
    config = "module.exports = {url: 'https://x.example', docs: {path: '../docs'}};"
    files = {"website/docusaurus.config.js": config, "docs/a.md": "# A\n\nText.\n"}
    assert addresses(importing, files) == {"/docs/a": "A"}


def test_resources_of_a_bundle_are_no_pages(importing: Importing) -> None:
    files = {
        "hugo.toml": "baseURL = 'https://x.example/'\n",
        "content/docs/other/index.md": page("Other"),
        "content/docs/other/part.md": "Part.\n",
    }
    assert addresses(importing, files) == {"/docs/other/": "Other"}
