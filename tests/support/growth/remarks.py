"""Expressions of remarks on the text of articles, by the length of what they are given."""

from __future__ import annotations

OF_LINES = """
    kb.content.remarks.callouts:BLOCK_START kb.content.remarks.callouts:QUOTE_MARK
    kb.content.remarks.callouts:QUOTED kb.content.shared_text.expansion:BLOCK
    kb.content.remarks.callouts:ALERT kb.content.remarks.callouts:DIRECTIVE
    kb.content.remarks.callouts:ENDING kb.content.remarks.callouts:GLUED
    kb.content.remarks.callouts:MARK kb.content.remarks.callouts:OPENING
    kb.content.remarks.components:COMMENT kb.content.remarks.components:EXPORT
    kb.content.remarks.components:IMPORT kb.content.remarks.dialects.boxes:BOX
    kb.content.remarks.dialects.boxes:STATE kb.content.remarks.dialects.boxes:SURE
    kb.content.remarks.dialects.notes:BLOCK_ID kb.content.remarks.dialects.notes:COMMENT
    kb.content.remarks.dialects.notes:FIELD_LINE kb.content.remarks.dialects.notes:TAGS
    kb.content.remarks.dialects.wikis:BLOCK kb.content.remarks.dialects.wikis:DIRECTIVE
    kb.content.remarks.dialects.wikis:HEADING kb.content.remarks.dialects.wikis:LABEL
    kb.content.remarks.indents:BULLET kb.content.remarks.indents:STEP
    kb.content.remarks.links:DEFINITION kb.content.remarks.lists:BULLET
    kb.content.remarks.lists:DASH kb.content.remarks.lists:GLUED_MARK
    kb.content.remarks.lists:GLUED_NUMBER kb.content.remarks.lists:GLUED_STAR
    kb.content.remarks.lists:LOOSE_NUMBER kb.content.remarks.lost_html:ATTRIBUTE
    kb.content.remarks.lost_html:PLACE kb.content.remarks.lost_html:TAG
    kb.content.remarks.marks:HEADING kb.content.remarks.pictures:DEFINITION
    kb.content.remarks.source:CLOSING kb.content.remarks.source:FENCE
    kb.content.remarks.tables:DELIMITERS kb.content.remarks.tables:QUOTE
    kb.content.remarks.templates:INCLUDE kb.content.remarks.templates:NAME_END
    kb.content.remarks.templates:WORDLESS kb.content.remarks.templates:CONTENTS
    kb.content.remarks.tables:OTHER_BLOCK kb.content.remarks.tables:GRID
    kb.content.remarks.lists:SPELLED kb.content.remarks.links:NAMED
    kb.content.remarks.lists:JOINED kb.content.remarks.lists:LONG_DASH
    kb.content.remarks.dialects.revisions:CONFLICT kb.content.remarks.dialects.wikis:CAPTION
"""
OF_ARTICLES = """
    kb.content.remarks.callouts:EMPTY kb.content.remarks.callouts:EMPTY_DETAILS
    kb.content.remarks.components:ATTRIBUTE kb.content.remarks.components:ENTITY
    kb.content.remarks.components:TAG kb.content.remarks.dialects.braces:KRAMDOWN
    kb.content.remarks.dialects.braces:NAMED kb.content.remarks.dialects.notes:FIELD
    kb.content.remarks.dialects.notes:INLINE_NOTE kb.content.remarks.dialects.notes:NESTED_TAG
    kb.content.remarks.dialects.shortcodes:CALL kb.content.remarks.dialects.shortcodes:END
    kb.content.remarks.dialects.shortcodes:MACRO kb.content.remarks.dialects.shortcodes:MEDIA
    kb.content.remarks.dialects.signs:EMOJI kb.content.remarks.dialects.signs:FORMULA
    kb.content.remarks.dialects.signs:PLACE kb.content.remarks.dialects.wikis:PICTURE
    kb.content.remarks.dialects.wikis:PIPE_LINK kb.content.remarks.dialects.wikis:ROLE
    kb.content.remarks.dialects.wikis:SPACE_LINK kb.content.remarks.dialects.wikis:STRONG
    kb.content.remarks.links:FOOTNOTE kb.content.remarks.links:GLUED
    kb.content.remarks.links:REFERENCE kb.content.remarks.links:SPACE
    kb.content.remarks.links:SPACED kb.content.remarks.links:TURNED
    kb.content.remarks.links:UNCLOSED_WORDS kb.content.remarks.links:WIKI
    kb.content.remarks.marks:ALONE kb.content.remarks.marks:FOREIGN kb.content.remarks.marks:SIGNS
    kb.content.remarks.marks:STRAY kb.content.remarks.marks:STRONG kb.content.remarks.marks:STRUCK
    kb.content.remarks.pictures:BY_REFERENCE kb.content.remarks.pictures:INLINE
    kb.content.remarks.pictures:ELSEWHERE
    kb.content.remarks.pictures:TAG kb.content.remarks.source:ATOM
    kb.content.remarks.source:BACKTICKS kb.content.remarks.source:ESCAPED
    kb.content.remarks.source:MARK kb.content.remarks.source:SPACE
    kb.content.remarks.tables:COLUMNS kb.content.remarks.templates:BRACES
    kb.content.remarks.templates:ESCAPED kb.content.remarks.templates:TAG
    kb.content.remarks.templates:VARIABLE kb.content.remarks.links:BRACKETED
    kb.content.remarks.links:SHORTCUT kb.content.remarks.marks:OPEN_CODE
    kb.content.remarks.dialects.revisions:CHANGE kb.content.remarks.dialects.revisions:COMMENT
    kb.content.remarks.dialects.revisions:INSERTED
"""
FORMS_OF_LINES = ("BLOCK", "CAPTION", "DIRECTIVE", "HEADING", "LABEL")
FORMS_OF_TEXTS = (
    *("braces:KRAMDOWN", "braces:NAMED", "notes:FIELD", "notes:INLINE_NOTE"),
    *("notes:NESTED_TAG", "shortcodes:CALL", "shortcodes:MEDIA", "signs:EMOJI", "signs:FORMULA"),
    *("signs:PLACE", "wikis:PICTURE", "wikis:PIPE_LINK", "wikis:ROLE", "wikis:SPACE_LINK"),
    *("wikis:STRONG", "revisions:CHANGE", "revisions:COMMENT", "revisions:INSERTED"),
)
PASSED_ON = {
    "kb.content.remarks.lists:BULLET": "match",
    "kb.content.remarks.lists:DASH": "match",
    "kb.content.remarks.lists:GLUED_MARK": "match",
    "kb.content.remarks.lists:GLUED_STAR": "match",
    "kb.content.remarks.lists:GLUED_NUMBER": "match",
    "kb.content.remarks.lists:LOOSE_NUMBER": "match",
    "kb.content.remarks.pictures:INLINE": "findall",
    "kb.content.remarks.pictures:TAG": "findall",
    **{f"kb.content.remarks.dialects.wikis:{name}": "match" for name in FORMS_OF_LINES},
    **{f"kb.content.remarks.dialects.{name}": "findall" for name in FORMS_OF_TEXTS},
    **{
        f"kb.content.remarks.links:{name}": "findall"
        for name in ("SPACED", "TURNED", "UNCLOSED_WORDS")
    },
}
"""Expressions that are given to others to use → the method by which they are used."""
