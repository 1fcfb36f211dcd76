"""Problems of the site's own folder, for `kb check`: the same that a start warns of."""

from __future__ import annotations

from dataclasses import dataclass

from kb.branding import site_folder, theme_file, translations
from kb.config import Config
from kb.content.model import Problem
from kb.web.layout import site_templates
from kb.web.layout.locale import in_english


@dataclass(frozen=True)
class SiteReport:
    """Problems are left out of the site, remarks tell what its operator may want to know."""

    problems: tuple[Problem, ...]
    remarks: tuple[str, ...]


def check(config: Config) -> SiteReport:
    """Read everything in `config.site_dir`, which need not exist."""
    site = config.site_dir
    files = site_folder.read_files(site)
    reading = theme_file.read(site, files.files)
    words = translations.read(site)
    templates = site_templates.read(site)
    missing = {code: words.missing(code) for code in config.languages}
    return SiteReport(
        (*files.problems, *reading.problems, *words.problems, *templates.problems),
        (
            *map(str, reading.remarks),
            *(
                f"{in_english(code, texts)}; `kb translations {code}` lists them"
                for code, texts in missing.items()
                if texts
            ),
        ),
    )
