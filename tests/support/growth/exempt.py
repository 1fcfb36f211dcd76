"""Expressions that need no measuring, and the reason of each."""

from __future__ import annotations

OF_ONE_CHARACTER = {
    "kb.branding.previews:_spaced",
    "kb.web.help.results.params:_page_number",
    "kb.web.staff.handoff_list:list_params",
    "kb.web.staff.routes:_asked",
}
"""They look at one character, or at four digits, at a time."""
OUR_OWN = {
    "kb.branding.theme_file:_toml_line": "a message of Python's TOML reader",
    "kb.exports.links:ATTRIBUTE": "tags of our pages",
    "kb.exports.links:ICON": "our templates",
    "kb.exports.links:Linker.absolute": "our pages",
    "kb.exports.links:SHEET_URL": "our style sheets",
    "kb.exports.links:STRUCTURED": "data that our pages hold once",
    "kb.exports.links:SYMBOL": "our drawings",
    "kb.exports.links:TAG": "our pages, in which no text holds a bare <",
    "kb.content.sanitize:plain_html": "corpora that are measured",
    "kb.languages.lists:_HEAD": "lists that come with the program",
    "kb.setting_types:HSTS": "settings",
    "kb.setting_types:LANGUAGE": "settings",
    "kb.settings.settings_file:_LINE": "settings",
    "kb.settings.settings_file:_SINGLE_QUOTED": "settings",
    "kb.settings.settings_file:_DOUBLE_QUOTED": "settings",
    "kb.settings.settings_file:_PLAIN": "settings",
    "kb.settings.settings_file:_COMMENT_BEHIND": "settings",
    "kb.web.api.openapi.parameters:path_parameters": "our routes",
    "kb.web.widget.loader:ASIDES": "our script",
    "search.evaluation.evidence:_WORD": "judged queries",
    "search.generation.store:_NAME": "names of folders we made",
}
"""Expressions that read nothing of strangers or authors, and what they read."""
