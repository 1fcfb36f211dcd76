"""Menus of other systems: labels of folders in further languages, and pages that list a folder."""
