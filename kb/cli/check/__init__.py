"""The command `kb check`: everything that is wrong, gathered and told, to people or to machines."""
