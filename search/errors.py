"""Exceptions of the search layer, named for what failed. Shared: imports nothing of ours."""


class IndexMissing(Exception):
    """No generation has been built yet; the message names the command that builds one."""


class IndexCorrupt(Exception):
    """A generation's file differs from its manifest, or the manifest cannot be read."""


class IndexOutdated(Exception):
    """A generation was written by another format version; the message names the rebuild command."""


class BuildInProgress(Exception):
    """Another process holds the build lock; the message names its pid and start time."""


class EncoderUnavailable(Exception):
    """No query vector can be had now: missing, broken, overloaded or too slow."""


class ReaderUnavailable(Exception):
    """Units cannot be read with a query now: no reader, a broken one, overloaded or too slow."""
