"""Translates texts without a page: for what workers send, which no request's language decides.

Pages translate by `kb.web.layout.locale`, from the same catalogues.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kb.branding import translations
from kb.texts import Text, Translate


@dataclass(frozen=True)
class Translator:
    """The words of every language, those of the site's folder over ours; read when first asked."""

    site_dir: Path | None = None

    def into(self, lang: str) -> Translate:
        """The texts of `lang`, such as `ru` or `pt-br`; any other code speaks English.

        A language that lacks a text has it in English too.
        """
        catalogue = self._catalogue(lang)

        def translate(text: Text) -> str:
            if text.context:
                return catalogue.pgettext(text.context, text.english)
            return catalogue.gettext(text.english)

        return translate

    def _catalogue(self, lang: str) -> gettext.NullTranslations:
        for code in (lang, lang.replace("_", "-").partition("-")[0]):
            try:
                name = translations.folder_name(code)
            except ValueError:
                continue
            if name in self._by_name:
                return self._by_name[name]
        return self._by_name["en"]

    @cached_property
    def _by_name(self) -> Mapping[str, gettext.NullTranslations]:
        """Catalogues by the names of their folders."""
        read = translations.read(self.site_dir) if self.site_dir else translations.ours()
        return {name: translations.loaded(one) for name, one in read.by_name.items()}
