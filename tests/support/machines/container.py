"""A Dockerfile's steps, in a fresh root instead of an engine."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections import defaultdict
from pathlib import Path

from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.machines.debian import PATH, Machine

_STEP = re.compile(r"^([A-Z]+) (.*)$", re.MULTILINE)


def steps(dockerfile: Path) -> list[tuple[str, str]]:
    """Instructions with what stands behind them, in order; continued lines are joined."""
    return _STEP.findall(re.sub(r"\\\n\s*", " ", dockerfile.read_text("utf-8")))


def read_steps(dockerfile: Path) -> dict[str, list[str]]:
    """Instruction → what stands behind it, each time it is given."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, rest in steps(dockerfile):
        found[name].append(rest)
    return found


class ContainerRoot:
    """A root that is filled as the Dockerfile says; its base has Python as `python` and `pip`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._folder = "/"
        self._user = ""
        self.environ = {"PATH": f"/usr/local/python/bin:{PATH}"}
        machine.run("apt-get update; apt-get install -y python3-venv", online=True)
        machine.run("python3 -m venv /usr/local/python")

    def build(self, dockerfile: Path) -> None:
        for name, rest in steps(dockerfile):
            match name:
                case "ENV":
                    pairs = (pair.partition("=") for pair in shlex.split(rest))
                    self.environ |= {key: value for key, _, value in pairs}
                case "RUN":
                    script = f"mkdir -p {self._folder}; cd {self._folder}; {rest}"
                    self._machine.run(script, online="pip" in rest, env=self.environ)
                case "WORKDIR":
                    self._folder = rest
                case "COPY":
                    self._copy(*rest.split())
                case "USER":
                    self._user = rest

    def start(self, command: list[str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
        """Run a command as the image's user, its root read-only but for /data and /tmp."""
        root = shlex.quote(str(self._machine.root))
        uid, _, gid = self._user.partition(":")
        environ = [f"{name}={value}" for name, value in (self.environ | settings).items()]
        inner = f"cd {self._folder}; exec {shlex.join(command)}"
        entered = shlex.join(["env", "-i", *environ, "sh", "-ec", inner])
        rights = f"--reuid={uid} --regid={gid} --clear-groups --no-new-privs --bounding-set=-all"
        lines = (
            f"mount --bind {root}/data {root}/data",
            f"mount -t tmpfs tmpfs {root}/tmp",
            f"mount -o remount,bind,ro {root}",
            f"exec chroot {root} setpriv {rights} -- {entered}",
        )
        command = ["unshare", "--mount", "sh", "-ec", "\n".join(lines)]
        return subprocess.Popen(self._machine.inside(command), stdin=subprocess.DEVNULL)

    def _copy(self, source: str, target: str) -> None:
        folder = self._machine.root / self._folder.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        options = "-r" if target == "./" else "-rT"
        subprocess.run(["cp", options, REPOSITORY / source, folder / target], check=True)
