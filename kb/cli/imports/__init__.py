"""The command that brings another help centre in."""
