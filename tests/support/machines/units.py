"""systemd's part, played: units of a machine started as their files say.

User, environment, working directory, and of the hardening what namespaces and flags can do without
systemd: the file system read-only but for ReadWritePaths, /tmp of its own, no new privileges, no
capabilities, no memory that is written and run. Not played: the filter of system calls.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.machines.debian import PATH, Machine

_NO_WRITTEN_CODE = "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0);"
"""PR_SET_MDWE: what MemoryDenyWriteExecute= asks for; older kernels do not know it."""


@dataclass(frozen=True)
class Unit:
    """A file of systemd: (section, key) → values in their order."""

    values: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Unit:
        values: dict[tuple[str, str], list[str]] = {}
        section = ""
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif "=" in line and not line.startswith(("#", ";")):
                name, _, value = line.partition("=")
                values.setdefault((section, name), []).append(value)
        return cls(values)

    def all(self, name: str, section: str = "Service") -> list[str]:
        return self.values.get((section, name), [])

    def one(self, name: str, default: str = "") -> str:
        return self.all(name)[-1] if self.all(name) else default

    def commands(self) -> Iterator[tuple[list[str], bool]]:
        """Every command that starting it runs, and whether it may fail."""
        for line in (*self.all("ExecStartPre"), *self.all("ExecStart"), *self.all("ExecStartPost")):
            own = line.lstrip("-@+!:").replace("%%", "%")
            yield shlex.split(own), line.startswith("-")


class Units:
    """Services of one machine. `systemctl` takes what a shell would give that command."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def systemctl(self, words: list[str]) -> None:
        verb, *names = [word for word in words if not word.startswith("--")]
        for name in names:
            self._act(verb, name.removesuffix(".service"))

    def log(self, name: str) -> str:
        path = self._machine.root / f"var/log/{name}.test.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def stop_all(self) -> None:
        for name in list(self._running):
            self.stop(name)

    def stop(self, name: str) -> None:
        """As systemd does: SIGTERM, and patience; a service that does not heed it is a fault."""
        code = stop(self._running.pop(name))
        assert code in (0, 143), self.log(name)[-3000:]

    def _act(self, verb: str, name: str) -> None:
        own = self._machine.root / f"etc/systemd/system/{name}.service"
        if name.endswith(".timer"):
            return  # its service has been started, and is again by whoever tests it
        if not own.exists():
            self._package(verb, name)
        elif verb == "reload":
            send(self._running[name], signal.SIGHUP)
        elif verb == "stop":
            self.stop(name)
        else:
            if verb == "restart":
                self.stop(name)
            self._start(name, Unit.read(own))

    def _package(self, verb: str, name: str) -> None:
        """Services that packages of Debian bring."""
        if name == "nginx":
            self._machine.run("nginx -s reload" if verb == "reload" else "nginx")
        elif name == "postgresql":
            self._machine.run("pg_ctlcluster $(ls /etc/postgresql) main start")
        else:
            raise AssertionError(f"no unit {name}")

    def _start(self, name: str, unit: Unit) -> None:
        for command, may_fail in unit.commands():
            if unit.one("Type") == "oneshot":
                process = self._launch(name, unit, command)
                allowed = {0, *map(int, unit.one("SuccessExitStatus").split())}
                assert process.wait() in allowed or may_fail, self.log(name)[-3000:]
            else:
                self._running[name] = self._launch(name, unit, command)

    def _launch(self, name: str, unit: Unit, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._machine.root / f"var/log/{name}.test.log").open("ab") as log:
            return subprocess.Popen(
                self._machine.inside(
                    ["unshare", "--mount", "sh", "-ec", self._script(unit, command)]
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _script(self, unit: Unit, command: list[str]) -> str:
        """Mounts, then the root and the rights of the service, then its command."""
        root = shlex.quote(str(self._machine.root))
        lines = []
        if unit.one("ProtectSystem") == "strict":
            writable = " ".join(unit.all("ReadWritePaths")).split()
            lines = [f"mount --bind {root}{path} {root}{path}" for path in writable]
            lines += [f"mount -t tmpfs tmpfs {root}/tmp", f"mount -o remount,bind,ro {root}"]
        user, group = unit.one("User", "root"), unit.one("Group", "root")
        rights = f"--reuid={user} --regid={group} --init-groups"
        if unit.one("NoNewPrivileges") == "yes":
            rights += " --no-new-privs"
        if unit.values.get(("Service", "CapabilityBoundingSet")) == [""]:
            rights += " --bounding-set=-all --inh-caps=-all"
        environ = [f"PATH={PATH}", f"HOME=/var/lib/{user}", *unit.all("Environment")]
        if unit.one("MemoryDenyWriteExecute") == "yes":
            guard = f"{_NO_WRITTEN_CODE} os.execvp(sys.argv[1], sys.argv[1:])"
            command = ["python3", "-c", guard, *command]
        folder = unit.one("WorkingDirectory", "/")
        inner = f"umask {unit.one('UMask', '0022')}; cd {folder}; exec {shlex.join(command)}"
        entered = shlex.join(["env", "-i", *environ, "sh", "-ec", inner])
        return "\n".join((*lines, f"exec chroot {root} setpriv {rights} -- {entered}"))


def stop(process: subprocess.Popen[bytes]) -> int:
    """As systemd does: SIGTERM, and patience; returns the exit code."""
    send(process, signal.SIGTERM)
    return process.wait(60)


def send(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal what runs in the machine: nsenter waits outside and passes nothing on."""
    for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(pid), number)
