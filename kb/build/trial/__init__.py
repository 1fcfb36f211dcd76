"""Generations built aside and asked: to see what a change does before anybody is served it.

`trees` builds them, `opened` opens them with all that was read before, `outcomes` asks many
questions, `findability` tells what is not found first by its own words.
"""
