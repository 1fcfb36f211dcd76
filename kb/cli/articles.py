"""Commands for authors: `kb check`, `kb new`, `kb translations`."""

from __future__ import annotations

import sys

import click

from kb.cli.exits import EXIT_PROBLEMS, EXIT_UNUSABLE, articles_dir, stop
from kb.config import Config

EXAMPLE_ADDRESS = "en/faq/delivery/track-a-parcel"

commands = click.Group()


@commands.command()
@click.pass_obj
def check(config: Config) -> None:
    """Report every problem of articles and look with file, line and remedy. Exit code 1 if any."""
    from kb.cli import site_check
    from kb.content import checks, products, synonyms, topics_file
    from kb.content.addresses import redirects
    from kb.content.library import load as load_library

    root = articles_dir(config)
    library = load_library(root, languages=config.languages)
    _, of_synonyms = synonyms.read(root, config.languages)
    _, of_topics = topics_file.read(root, config.languages)
    goods, of_products = products.read(root, config.languages)
    library, misnamed = products.assigned(library, goods)
    listed = redirects.read(root, library, goods.entries, config.languages)
    of_site = site_check.check(config)
    of_files = {*of_synonyms, *of_topics, *of_products, *listed.problems, *of_site.problems}
    problems = sorted({*checks.check(library, root), *of_files, *misnamed})
    for problem in problems:
        click.echo(str(problem))
    remarks = (*checks.remarks(library, config.default_language), *of_site.remarks)
    for remark in remarks:
        click.echo(f"remark: {remark}")
    told = f", {len(remarks)} remarks" if remarks else ""
    click.echo(f"{len(library.articles)} articles, {len(problems)} problems{told}", err=True)
    if problems:
        sys.exit(EXIT_PROBLEMS)


@commands.command()
@click.argument("lang")
@click.pass_obj
def translations(config: Config, lang: str) -> None:
    """Write the catalogue of a language, to fill in: every text of the pages.

    Example: kb translations de > site/translations/de/LC_MESSAGES/messages.po
    """
    from kb.branding import translations as site_translations

    words = site_translations.read(config.site_dir)
    try:
        click.echo(words.to_translate(lang), nl=False)
        missing = words.missing(lang)
    except ValueError as error:
        stop(f"{error}; use one such as `de` or `pt-br`", EXIT_UNUSABLE)
    for problem in words.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(missing)} texts are not translated", err=True)


@commands.command()
@click.argument("address", metavar="LANG/SECTION/CATEGORY/SLUG")
@click.option("--title", prompt=True, help="The reader's question or task.")
@click.pass_obj
def new(config: Config, address: str, title: str) -> None:
    """Start an article as a draft, with a fresh id or that of the same address's translation.

    Example: kb new en/faq/delivery/track-a-parcel --title "Where is my parcel"
    """
    from kb.content import new_article
    from kb.content.library import load as load_library

    root = articles_dir(config)
    parts = address.removesuffix(".md").split("/")
    if len(parts) != 4:
        stop(f"{address}: use LANG/SECTION/CATEGORY/SLUG, e.g. {EXAMPLE_ADDRESS}", EXIT_UNUSABLE)
    lang, section, category, slug = parts
    library = load_library(root, languages=config.languages)
    try:
        path = new_article.new_article(
            root,
            library,
            languages=config.languages,
            lang=lang,
            section=section,
            category=category,
            slug=slug,
            title=title,
        )
    except new_article.CannotStart as error:
        stop(str(error), EXIT_UNUSABLE)
    click.echo(str(path))
