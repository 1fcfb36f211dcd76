"""A fresh Debian in a folder (debootstrap), entered by namespaces of its own.

Nothing of it touches this machine: mounts, processes and sockets end with it. Only what installs
packages uses this machine's network, with this machine's settings of pip.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SUITE = "bookworm"
TOOLS = ("debootstrap", "unshare", "nsenter", "chroot")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NO_SERVICES = "#!/bin/sh\nexit 101\n"
"""Packages start nothing by themselves, as in a chroot there is no systemd to do it."""
_LOOPBACK_UP = """
import fcntl, socket, struct
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH", b"lo", 0x41))
"""


def missing() -> str:
    """Sentence on what this machine lacks to make one; "" for nothing."""
    if os.getuid() != 0:
        return "a fresh Debian is made by root alone: run `make campaigns` as root"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"a fresh Debian needs {lacking[0]}: `apt-get install {lacking[0]}`" if lacking else ""


def base(cache: Path) -> Path:
    """The smallest Debian, made once and copied from then on."""
    made = cache / "debian" / SUITE
    made.parent.mkdir(parents=True, exist_ok=True)
    with (made.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            part = made.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            command = ["debootstrap", "--variant=minbase", SUITE, str(part)]
            done = subprocess.run(command, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout[-2000:]
            part.rename(made)
    return made


class CommandFailed(AssertionError):
    """A command ended badly; holds what it printed."""


class Machine:
    """One Debian, running: commands are typed by root in it."""

    def __init__(self, root: Path, holder: int) -> None:
        self.root = root
        self._holder = str(holder)
        self._pip, self._shared = _pip_settings(root)

    def run(
        self, script: str, *, online: bool = False, env: Mapping[str, str] | None = None
    ) -> str:
        """Run a bash script to its end; returns what it printed. Raises CommandFailed."""
        settings = {"PATH": PATH, "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
        settings |= self._pip | dict(env or {})
        words = [f"{name}={value}" for name, value in settings.items()]
        command = ["chroot", str(self.root), "/usr/bin/env", "-i", *words]
        command += ["bash", "-euo", "pipefail", "-c", f"cd /root; {script}"]
        done = subprocess.run(
            self.inside(command, online=online),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise CommandFailed(f"{script}\n{done.stdout[-4000:]}\nended with {done.returncode}")
        return done.stdout

    def inside(self, command: Sequence[str], *, online: bool = False) -> list[str]:
        """`command` in the machine's namespaces, before its root is entered."""
        network = [] if online else ["--net"]
        return ["nsenter", "--target", self._holder, "--mount", "--pid", *network, "--", *command]

    def prepare(self) -> None:
        """Mount what every Debian has, bring up the loopback, and let in what pip needs."""
        root = shlex.quote(str(self.root))
        lines = [
            f"mount --bind {root} {root}",
            f"mount -t proc proc {root}/proc",
            f"mkdir -p {root}/dev/shm && mount -t tmpfs tmpfs {root}/dev/shm",
        ]
        for path in self._shared:
            there = shlex.quote(f"{self.root}{path}")
            lines.append(f"mkdir -p {there} && mount --bind {shlex.quote(path)} {there}")
        subprocess.run(self.inside(["sh", "-ec", "\n".join(lines)]), check=True)
        subprocess.run(self.inside([sys.executable, "-c", _LOOPBACK_UP]), check=True)


@contextmanager
def running(root: Path, cache: Path, hosts: Sequence[str] = ()) -> Iterator[Machine]:
    """A fresh machine in the new folder `root`, on which `hosts` are its own names."""
    subprocess.run(["cp", "-a", "--reflink=auto", base(cache), root], check=True)
    services = root / "usr/sbin/policy-rc.d"
    services.write_text(_NO_SERVICES)
    services.chmod(0o755)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost {' '.join(hosts)}\n::1 localhost\n")
    spaces = ["--mount", "--net", "--pid", "--propagation=private", "--fork", "--kill-child"]
    with subprocess.Popen(["unshare", *spaces, "sleep", "infinity"]) as process:
        try:
            machine = Machine(root, _child_of(process.pid))
            machine.prepare()
            yield machine
        finally:
            process.kill()  # and with it all that runs in there
    shutil.rmtree(root, ignore_errors=True)


@contextmanager
def another(root: Path, cache: Path, beside: Machine) -> Iterator[Machine]:
    """A second machine in the namespaces of the first, which reaches it by its loopback."""
    subprocess.run(["cp", "-a", "--reflink=auto", base(cache), root], check=True)
    for name in ("usr/sbin/policy-rc.d", "etc/resolv.conf", "etc/hosts"):
        shutil.copy(beside.root / name, root / name)
    machine = Machine(root, int(beside._holder))
    machine.prepare()
    yield machine


def _child_of(pid: int) -> int:
    """The first process in the new namespace of processes."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while not (found := children.read_text().split()):
        os.sched_yield()
    return int(found[0])


def _pip_settings(root: Path) -> tuple[dict[str, str], list[str]]:
    """Settings of pip on this machine as variables, and the folders that they name."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    settings: dict[str, str] = {}
    for line in done.stdout.splitlines():
        name, _, value = line.partition("=")
        settings[f"PIP_{name.rpartition('.')[2].replace('-', '_').upper()}"] = value.strip("'\"")
    folders: set[str] = set()
    for name, value in settings.items():
        places = [Path(one.removeprefix("file://")) for one in value.split() if "/" in one]
        if name in ("PIP_CERT", "PIP_CONSTRAINT") and places:
            copy = Path("/root") / f"pip-{places[0].name}"
            shutil.copy(places[0], root / copy.relative_to("/"))
            settings[name] = str(copy)
        elif name.endswith("INDEX_URL"):  # the files of a mirror lie beside its lists
            folders.update(str(one.parent) for one in places if one.is_dir())
        else:
            folders.update(str(one) for one in places if one.is_dir())
    return settings, sorted(folders)
