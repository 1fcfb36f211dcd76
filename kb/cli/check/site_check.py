"""Problems and remarks of the site's own folder: the same that a start warns of."""

from __future__ import annotations

from kb.branding import site_folder, theme_file, translations
from kb.branding.site_folder import TRANSLATIONS
from kb.config import Config
from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from kb.web.layout import site_templates
from kb.web.layout.locale import in_english


def check(config: Config) -> tuple[Problem, ...]:
    """Read everything in `config.site_dir`, which need not exist."""
    site = config.site_dir
    files = site_folder.read_files(site)
    reading = theme_file.read(site, files.files)
    words = translations.read(site)
    templates = site_templates.read(site)
    missing = {code: words.missing(code) for code in config.languages}
    return (
        *(*files.problems, *reading.problems, *words.problems, *templates.problems),
        *reading.remarks,
        *(_untranslated(site.name, code, texts) for code, texts in missing.items() if texts),
    )


def _untranslated(site: str, code: str, texts: tuple[str, ...]) -> Problem:
    path = f"{site}/{TRANSLATIONS}/{translations.folder_name(code)}/{translations.PLACE}"
    remedy = f"`kb translations {code}` lists them"
    return Problem(path, 1, in_english(code, texts), remedy, FaultKind.UNTRANSLATED)
