"""Sources of settings besides the environment. Shared: imports `kb.errors` alone."""
