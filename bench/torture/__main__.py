"""Run fault campaigns one after the other: `python -m bench.torture [--minutes N] [NAME …]`.

Each runs in a process of its own; the exit code is 1 when any of them found a fault.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from bench.browser import HEADLESS
from bench.machine import facts
from bench.torture.index.shim import compiler
from bench.torture.report import CAMPAIGNS, Report, module

KILLS_A_MINUTE = 100
"""Double kills of vote writers; about what two cores manage."""

HANDOFFS_A_MINUTE = 50
"""Of four customers, while processes are killed."""

BACKUPS_A_MINUTE = 20
"""Each restored, while hand-offs are written."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*CAMPAIGNS, *APART)))
    parser.add_argument("--minutes", type=float, default=10.0, help="for each; xss does it all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="write what was found to this JSON file")
    arguments = parser.parse_args()
    names = arguments.names or [*CAMPAIGNS, *APART]
    if unknown := set(names) - {*CAMPAIGNS, *APART}:
        parser.error(f"no such campaign: {', '.join(sorted(unknown))}")
    if "nth_failure" in names and compiler() is None:
        parser.error("nth_failure needs a C compiler; name the other campaigns to run without it")
    if "xss" in names and not Path(HEADLESS).exists():
        parser.error(f"xss needs {HEADLESS}; name the other campaigns to run without it")
    reports, is_sound = [], True
    for name in names:
        if name in APART:
            is_sound &= APART[name](arguments.minutes, arguments.seed)
            continue
        report = _run(name, arguments.minutes, arguments.seed)
        is_sound &= not report.failures
        reports.append(report)
        print(report, *report.failures, sep="\n  ", flush=True)
    if arguments.output:
        _write(arguments.output, reports, arguments.seed)
    return 0 if is_sound else 1


def _run(name: str, minutes: float, seed: int) -> Report:
    options = ["--seconds", str(60 * minutes), "--seed", str(seed)]
    command = [sys.executable, "-m", module(name), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    try:
        return Report(**json.loads(done.stdout))
    except ValueError:
        return Report(name, 0, 0.0, {}, (f"the campaign itself ended with {done.returncode}",))


def _run_handoffs(minutes: float, seed: int) -> bool:
    """True when every acknowledged hand-off was delivered; the figures are printed."""
    count = str(max(20, int(HANDOFFS_A_MINUTE * minutes)))
    command = [sys.executable, "-m", "bench.torture.handoffs", "--handoffs", count]
    return subprocess.run([*command, "--seed", str(seed)], check=False).returncode == 0


def _run_backups(minutes: float, _: int) -> bool:
    """True when every backup had all hand-offs acknowledged before it, of either database."""
    count = str(max(1, int(BACKUPS_A_MINUTE * minutes / 2)))
    command = [sys.executable, "-m", "bench.torture.backups", "--backups", count]
    return all(
        subprocess.run([*command, *option], check=False).returncode == 0
        for option in ([], ["--postgres"])
    )


def _run_votes(minutes: float, _: int) -> bool:
    kills = max(1, int(KILLS_A_MINUTE * minutes))
    command = [sys.executable, "-m", "bench.torture.votes", "--kills", str(kills)]
    return subprocess.run(command, check=False).returncode == 0


APART = {"votes": _run_votes, "handoffs": _run_handoffs, "backups": _run_backups}
"""Campaigns that print their own figures; by minutes and seed."""


def _write(path: Path, reports: list[Report], seed: int) -> None:
    content = {"machine": facts(), "seed": seed, "campaigns": [vars(report) for report in reports]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
