"""Parts of pages take the parameters they are given: properties in MDX, arguments in Jekyll."""

from __future__ import annotations

import pytest

from tests.support.imports import Importing, kinds, png

CONFIG = "module.exports = {url: 'https://x.example', i18n: {defaultLocale: 'en'}};"
WARN = ":::warning\nNever open {props.what} for {props.minutes} minutes.\n:::\n"
MDX = {
    "properties": (
        "import Warn from './_part.mdx';\n\n<Warn what=\"it\" minutes={5}/>\n",
        WARN,
        "!!! warning\n    Never open it for 5 minutes.\n",
    ),
    "over lines, in a step": (
        "import Warn from './_part.mdx';\n\n1. One.\n\n   <Warn\n     what={'it'}\n"
        "     minutes='5'\n   />\n\n2. Two.\n",
        WARN,
        "1. One.\n\n   !!! warning\n       Never open it for 5 minutes.\n\n2. Two.\n",
    ),
    "children": (
        "import Box from './_part.mdx';\n\n<Box name='A'>Read **it**.</Box>\n",
        "> **{props.name}**: {props.children}\n",
        "> **A**: Read **it**.\n",
    ),
    "within words": (
        "import Days from './_part.mdx';\n\nIt takes <Days n={5} />, surely.\n",
        "{ props.n } days",
        "It takes 5 days, surely.\n",
    ),
    "named as a component of ours": (
        "import Alert, {toc} from '@site/docs/_part.mdx';\n\n<Alert text='A.'/>\n",
        "Mind: {props.text}\n",
        "Mind: A.\n",
    ),
    "in links and tags": (
        "import Go from './_part.mdx';\n\n<Go to='https://y.example/' />\n",
        "Go [there]({props.to}) or <a href={props.to}>here</a>.\n",
        "Go [there](https://y.example/) or [here](https://y.example/).\n",
    ),
    "not given": (
        "import Max from './_part.mdx';\n\n<Max soon />\n",
        "Up to {props.max || '9'} GB{props.soon && ', soon more'}{props.none ? ' a' : ' b'}.\n",
        "Up to 9 GB, soon more b.\n",
    ),
    "code": (
        "import Max from './_part.mdx';\n\n<Max a='1' />\n",
        "It is `{props.a}`, {props.a}.\n",
        "It is `{props.a}`, 1.\n",
    ),
    "expressions": (
        "export const plan = 'Pro';\nimport X from './_part.mdx';\n\n"
        "The {plan} plan,{' '}{10} GB.\n",
        "",
        "The Pro plan, 10 GB.\n",
    ),
}


@pytest.mark.parametrize("name", MDX)
def test_properties_of_parts(name: str, importing: Importing) -> None:
    page, part, expected = MDX[name]
    result = importing.run(
        {
            "docusaurus.config.js": CONFIG,
            "docs/page.mdx": f"---\ntitle: Page\n---\n{page}",
            "docs/_part.mdx": part,
        }
    )
    assert importing.text("en/guides/general/page.md") == expected
    assert not {one for one in kinds(result) if "Variables" in one or "Expressions" in one}


PICTURES = {
    "imported": ("import pic from './a.png';\n\n<img src={pic} alt='A' />\n", "![A]({media}a.png)"),
    "in a step": (
        "import pic from './a.png';\n\n1. One:\n   <Image src={pic.src} alt='A' />\n",
        "1. One:\n   ![A]({media}a.png)",
    ),
    "of the site": (
        "import pic from '@site/static/img/b.png';\n\n<img alt='B' src={ pic }/>\n",
        "![B]({media}img-b.png)",
    ),
    "for two surroundings": (
        "import pic from './a.png';\n\n<ThemedImage alt='A' sources={{light: pic, dark: pic}} />\n",
        "![A]({media}a.png)",
    ),
    "by a function": ("<img src={useBaseUrl('/img/b.png')} alt='B' />\n", "![B]({media}img-b.png)"),
    "of a part": ("import X from './part/_x.mdx';\n\n<X />\n", "![C]({media}part-c.png)"),
    "code": (
        "import pic from './a.png';\n\nWrite `<img src={pic} />`.\n",
        "Write `<img src={pic} />`.",
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_that_a_page_imports(name: str, importing: Importing) -> None:
    page, expected = PICTURES[name]
    part = "import c from './c.png';\n\n<img src={c} alt='C' />\n"
    importing.run(
        {
            "docusaurus.config.js": CONFIG,
            "docs/page.mdx": f"---\ntitle: Page\n---\n{page}",
            "docs/part/_x.mdx": part,
            **dict.fromkeys(("docs/a.png", "docs/part/c.png", "static/img/b.png"), png()),
        }
    )
    text = importing.text("en/guides/general/page.md")
    assert text.strip() == expected.replace("{media}", "../../../media/")


def test_labels_of_tabs_that_the_component_around_them_lists(importing: Importing) -> None:
    page = (
        "# Page\n\n<Tabs values={[\n  {label: 'Apple pie', value: 'a'},\n"
        '  { "value": "b", "label": "Banana" },\n]}>\n'
        "<TabItem value='a'>Hot.</TabItem>\n<TabItem value='b'>Cold.</TabItem>\n</Tabs>\n"
    )
    importing.run({"docusaurus.config.js": CONFIG, "docs/page.mdx": page})
    text = importing.text("en/guides/general/page.md")
    assert text == "## Apple pie\n\nHot.\n\n## Banana\n\nCold.\n"


def test_expressions_of_a_program_are_told(importing: Importing) -> None:
    result = importing.run(
        {"docusaurus.config.js": CONFIG, "docs/a.mdx": "# A\n\nIt is {now()} in `{x}`, \\{y}.\n"}
    )
    told = [it for it in result.findings if it.kind.startswith("Expressions")]
    assert [(it.line, it.message) for it in told] == [(3, "{now()}")]


JEKYLL = {
    "arguments": (
        '{% include part.html what="the lock" %}\n',
        "<p>Never break {{ include.what }}.</p>\n",
        "Never break the lock.\n",
    ),
    "over lines": (
        '{% include part.html\n   what="the lock"\n   most="50%" %}\n',
        "Never break {{ include.what }} by {{ include.most }}.\n",
        "Never break the lock by 50%.\n",
    ),
    "within a line": (
        'It takes {% include part.html n="5" %}, surely.\n',
        "{{ include.n }} days\n",
        "It takes 5 days, surely.\n",
    ),
    "conditions": (
        '{% include part.html a="1" %}\n',
        "{% if include.a %}A{% else %}B{% endif %}{% unless include.b %}C{% endunless %}"
        '{% if include.a == "2" %}D{% elsif include.a == "1" %}E{% endif %}'
        '{{ include.c | default: "F" }}\n',
        "ACEF\n",
    ),
    "variables": (
        "{% include part.html a=page.title b=site.phone %}\n",
        "{{ include.a }}: {{ include.b }}\n",
        "Page: 8-800\n",
    ),
}


@pytest.mark.parametrize("name", JEKYLL)
def test_arguments_of_includes(name: str, importing: Importing) -> None:
    page, part, expected = JEKYLL[name]
    result = importing.run(
        {
            "_config.yml": "url: https://x.example\nphone: 8-800\n",
            "_includes/part.html": part,
            "page.md": f"---\ntitle: Page\n---\n{page}",
        }
    )
    assert importing.text("en/guides/general/page.md") == expected
    assert not {one for one in kinds(result) if "Variables" in one or "Components" in one}
