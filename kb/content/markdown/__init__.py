"""The Markdown that authors may write: Python-Markdown with our own, bounded rules.

Python-Markdown renders; what Markdown means is CommonMark 0.31 with GitHub's additions and our
callouts, footnotes, definitions and details. `blocks` reads what stands in lines, `inline` what
stands within a text, `convert` joins both. The result is NOT safe HTML: only `kb.content.sanitize`
calls `convert`, and cleans it. No other package imports `markdown`.

Python-Markdown's own rules read some Markdown otherwise and take quadratic time or worse on hostile
text. Ours take time in proportion to it, within limits far above any real article (`bounds`);
`tests/kb/content/markdown` holds both.
"""
