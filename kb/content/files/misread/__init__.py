"""Lines that YAML reads otherwise than their author, or not at all: told in an author's words.

`lines` explains one line, `parser_faults` finds the line that a parser stumbled over.
"""
