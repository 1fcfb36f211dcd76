"""Reading of author files: the tree and its bytes, YAML with lines, forms of what each kind holds.

Everything that is wrong becomes a `kb.content.model.Problem`; nothing here raises for content
except `BadFile`, for a file that cannot be used at all.
"""
