"""Commands of `kb`, one module a group."""
