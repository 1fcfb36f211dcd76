"""Measurements and torture runs; nothing here is part of the program."""
