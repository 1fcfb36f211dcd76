"""The commands `kb test` and `kb explain`: what a change of the articles does to search."""
