"""Our few exceptions outside search. Shared: imports nothing of ours."""


class BadConfig(Exception):
    """A setting is wrong; the message names the variable, its value's fault and the remedy."""


class DatabaseUnavailable(Exception):
    """The database did not answer in time; reading and search go on without it."""


class CannotCopy(Exception):
    """A backup, a restore or a copy cannot be done; the message says why and what to do."""


class HoldsData(CannotCopy):
    """The database to be filled is not empty."""
