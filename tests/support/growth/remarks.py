"""Expressions of remarks on marks of other programs, by the length of what they are given."""

from __future__ import annotations

OF_LINES = """
    kb.content.remarks.callouts:GLUED kb.content.remarks.dialects.boxes:BOX
    kb.content.remarks.dialects.boxes:STATE kb.content.remarks.dialects.boxes:SURE
    kb.content.remarks.dialects.notes:BLOCK_ID kb.content.remarks.dialects.notes:COMMENT
    kb.content.remarks.dialects.notes:FIELD_LINE kb.content.remarks.dialects.notes:TAGS
    kb.content.remarks.dialects.wikis:BLOCK kb.content.remarks.dialects.wikis:DIRECTIVE
    kb.content.remarks.dialects.wikis:HEADING kb.content.remarks.dialects.wikis:LABEL
    kb.content.remarks.links:DEFINITION kb.content.remarks.templates:WORDLESS
"""
OF_ARTICLES = """
    kb.content.remarks.components:ENTITY kb.content.remarks.dialects.attributes:KRAMDOWN
    kb.content.remarks.dialects.attributes:NAMED kb.content.remarks.dialects.notes:FIELD
    kb.content.remarks.dialects.notes:INLINE_NOTE kb.content.remarks.dialects.notes:NESTED_TAG
    kb.content.remarks.dialects.shortcodes:CALL kb.content.remarks.dialects.shortcodes:END
    kb.content.remarks.dialects.shortcodes:MACRO kb.content.remarks.dialects.shortcodes:MEDIA
    kb.content.remarks.dialects.signs:EMOJI kb.content.remarks.dialects.signs:FORMULA
    kb.content.remarks.dialects.signs:PLACE kb.content.remarks.dialects.wikis:PICTURE
    kb.content.remarks.dialects.wikis:PIPE_LINK kb.content.remarks.dialects.wikis:ROLE
    kb.content.remarks.dialects.wikis:SPACE_LINK kb.content.remarks.dialects.wikis:STRONG
    kb.content.remarks.links:GLUED kb.content.remarks.links:SPACE kb.content.remarks.links:SPACED
    kb.content.remarks.links:TURNED kb.content.remarks.links:UNCLOSED_WORDS
    kb.content.remarks.marks:ALONE kb.content.remarks.marks:SIGNS
    kb.content.remarks.marks:STRUCK kb.content.remarks.source:ESCAPED
    kb.content.remarks.source:MARK kb.content.remarks.source:SPACE
"""
FORMS_OF_LINES = ("BLOCK", "DIRECTIVE", "HEADING", "LABEL")
FORMS_OF_TEXTS = (
    *("attributes:KRAMDOWN", "attributes:NAMED", "notes:FIELD", "notes:INLINE_NOTE"),
    *("notes:NESTED_TAG", "shortcodes:CALL", "shortcodes:MEDIA", "signs:EMOJI", "signs:FORMULA"),
    *("signs:PLACE", "wikis:PICTURE", "wikis:PIPE_LINK", "wikis:ROLE", "wikis:SPACE_LINK"),
    "wikis:STRONG",
)
PASSED_ON = {
    **{f"kb.content.remarks.dialects.wikis:{name}": "match" for name in FORMS_OF_LINES},
    **{f"kb.content.remarks.dialects.{name}": "findall" for name in FORMS_OF_TEXTS},
    **{
        f"kb.content.remarks.links:{name}": "findall"
        for name in ("SPACED", "TURNED", "UNCLOSED_WORDS")
    },
}
"""Expressions that are given to others to use → the method by which they are used."""
