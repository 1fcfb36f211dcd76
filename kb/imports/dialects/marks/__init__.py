"""Small marks of other dialects: attributes, contents, comments, callouts in quotes, emoji, wiki
links. Each module is about one of them; `kb.imports.dialects.translation` calls them in order."""
