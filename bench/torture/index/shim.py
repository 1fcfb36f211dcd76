"""The C shim that makes a chosen change to files fail, compiled when it is needed."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
KILL = 0
"""Instead of an error number: the process dies there."""


def compiler() -> str | None:
    """A C compiler, if this machine has one."""
    return shutil.which("gcc") or shutil.which("cc") or shutil.which("clang")


def compile_shim(folder: Path) -> Path:
    """Compile into `folder`; needs `compiler`."""
    target = folder / "shim.so"
    command = [compiler() or "cc", "-O1", "-shared", "-fPIC", "-o", str(target), str(SOURCE)]
    subprocess.run([*command, "-ldl"], check=True)
    return target


class Shim:
    """The shim of this process. Raises RuntimeError unless it was started with it loaded."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        try:
            self._library.fault_fired.restype = ctypes.c_char_p
            self._library.fault_hits.restype = ctypes.c_long
        except AttributeError as error:
            raise RuntimeError("start this process with LD_PRELOAD naming the shim") from error

    def arm(self, root: Path, *, at: int, error: int) -> None:
        """Let the `at`-th change below `root` fail from now on, counted from 1."""
        self._library.fault_arm(os.fsencode(root), ctypes.c_long(at), ctypes.c_int(error))

    def disarm(self) -> None:
        self._library.fault_disarm()

    def fired(self) -> str:
        """The call that failed, as "write name"; empty while nothing has."""
        return os.fsdecode(self._library.fault_fired())

    @property
    def hits(self) -> int:
        return int(self._library.fault_hits())


def restart_with_shim() -> None:
    """Start this program again with the shim loaded, unless it is; returns only if it is."""
    if hasattr(ctypes.CDLL(None), "fault_arm"):
        return
    with tempfile.TemporaryDirectory(prefix="otvet-shim-") as folder:
        environ = {**os.environ, "LD_PRELOAD": str(compile_shim(Path(folder)))}
        command = [sys.executable, *sys.orig_argv[1:]]
        done = subprocess.run(command, env=environ, check=False)
    sys.exit(done.returncode)
