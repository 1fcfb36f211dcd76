"""docs/production.md as it stands, in a fresh Debian: every command but `systemctl`, which a test
plays, and the public certificate authority. It ends with a letter that came over TLS.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.machines import debian, page
from tests.support.machines.container import ContainerRoot, read_steps
from tests.support.machines.debian import Machine
from tests.support.machines.units import Units, stop
from tests.support.patience import wait_until
from tests.support.web.contact_form import form_of

HOSTS = ("help.example.com", "mail.example.com", "serve1.example.com")
DOCKERFILE = REPOSITORY / "deploy/container/Dockerfile"
SITE = "https://help.example.com"
DIRECT = "http://127.0.0.1:8000"
CURL = "curl -sS --cacert /etc/otvet/tls/certificate.pem"
MESSAGE = "My order 48213 came with a broken lid, whom may I call?"
BUILDS_ONLY = "requirements.txt"
"""In the one line that a machine which only serves leaves out."""
KEY = re.compile(r"^ssh-ed25519 \S+ \S+$", re.MULTILINE)


class Operator:
    """Types the sections of the page, with names of the test's own."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.units = Units(machine)
        self.exports: list[str] = ["export SOURCE=/root/otvet.git"]

    def follow(
        self, section: str, *, without: str = "\0", elsewhere: Operator | None = None
    ) -> str:
        """Type a section; returns what was printed last."""
        printed = ""
        for step in page.sections()[section]:
            if not step.is_public:
                who = elsewhere if step.is_elsewhere and elsewhere else self
                printed = who.type(step, without=without) or printed
        return printed

    def type(self, step: page.Step, *, without: str = "\0") -> str:
        if step.systemctl:
            self.units.systemctl(list(step.systemctl))
            return ""
        lines = [line for line in step.script.splitlines() if without not in line]
        known = {one.partition("=")[0] for one in self.exports}
        new = [one for one in lines if one.startswith("export ")]
        self.exports += [one for one in new if one.partition("=")[0] not in known]
        typed = [one for one in lines if one not in new]
        return self.machine.run("\n".join((*self.exports, *typed)), online=step.is_online)


@pytest.fixture(scope="module")
def fresh() -> None:
    """A machine that can make a fresh one; elsewhere the run says what to install."""
    if lacking := debian.missing():
        pytest.skip(lacking)


@pytest.fixture
def operator(fresh: None, tmp_path: Path, encoder_cache: Path) -> Iterator[Operator]:
    with debian.running(tmp_path / "debian", encoder_cache, HOSTS) as machine:
        give_source(machine)
        operator = Operator(machine)
        yield operator
        operator.units.stop_all()


def give_source(machine: Machine) -> None:
    """A repository to clone from, with what is committed here."""
    subprocess.run(
        ["git", "clone", "--quiet", "--bare", REPOSITORY, machine.root / "root/otvet.git"],
        check=True,
    )


@contextmanager
def mail_server(machine: Machine, folder: Path) -> Iterator[Path]:
    """mail.example.com, whose certificate the machine trusts; gives the file of its letters."""
    own = "/usr/local/share/ca-certificates/mail.crt"
    machine.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9"
        " -subj /CN=mail.example.com -addext subjectAltName=DNS:mail.example.com"
        f" -keyout /root/mail.key -out {own}; update-ca-certificates"
    )
    command = [sys.executable, str(REPOSITORY / "tests/support/machines/mail.py")]
    command += [f"{machine.root}{own}", f"{machine.root}/root/mail.key", "587"]
    letters = folder / "letters"
    with letters.open("wb") as file:
        process = subprocess.Popen(machine.inside(command), stdout=file)
        try:
            yield letters
        finally:
            process.kill()
            process.wait()


def send_message(machine: Machine, text: str) -> None:
    """Fill in the contact page and send it, as a browser without script does."""
    form = form_of(machine.run(f"{CURL} -f {SITE}/en/contact"))
    filled = form | {"message": text, "email": "anna@example.org", "consent": "1"}
    for step in ("look", "send"):
        fields = [(name, value) for name, value in filled.items() if isinstance(value, str)]
        fields += [("shown", one) for one in filled["shown"]] + [("step", step)]
        given = " ".join(
            f"--form-string {shlex.quote(f'{name}={value}')}" for name, value in fields
        )
        reply = machine.run(f"{CURL} -i -H 'Sec-Fetch-Site: same-origin' {given} {SITE}/en/contact")
        if " 303 " in reply.splitlines()[0]:
            return
        filled = form_of(reply)
    raise AssertionError(reply)


@pytest.mark.campaign(cases=0)
def test_the_page_leads_from_nothing_to_a_letter_over_tls(
    operator: Operator, tmp_path: Path, encoder_cache: Path
) -> None:
    machine = operator.machine
    operator.follow("Names of yours")
    operator.follow("Program")
    with mail_server(machine, tmp_path) as letters:
        operator.follow("User, folders, settings")
        found = operator.follow("Build and serve")
        assert "good  settings: 11 of them from /etc/otvet/otvet.env" in found
        assert "BAD" not in found
        assert '"status": ' in operator.follow("TLS")
        wait_until(lambda: is_ready(machine))
        send_message(machine, MESSAGE)
        wait_until(lambda: MESSAGE in letters.read_text())
        assert "anna@example.org" in letters.read_text()
        assert f"{SITE}/widget/v1.js" in operator.follow("See it work")
        check_what_readers_get(machine)
        operator.follow("PostgreSQL instead of SQLite")
        wait_until(lambda: is_ready(machine))
        send_message(machine, f"{MESSAGE} Again.")
        wait_until(lambda: f"{MESSAGE} Again." in letters.read_text())
        assert "nightly-" in operator.follow("Backup")
        operator.follow("Upgrade")
        wait_until(lambda: is_ready(machine))
        serve_elsewhere(operator, tmp_path, encoder_cache)


def is_ready(machine: Machine, site: str = SITE) -> bool:
    """True once the encoder has been loaded too."""
    return '"status": "ready"' in machine.run(f"curl -sk {site}/readyz || true")


def check_what_readers_get(machine: Machine) -> None:
    """TLS from the first page on, no metrics, no port and no address of a stranger's choosing."""
    head = machine.run(f"{CURL} -i {SITE}/en/").lower()
    assert "strict-transport-security: max-age=31536000" in head
    assert f'rel="canonical" href="{SITE}/en/"' in head
    assert "location: /en/\n" in machine.run(f"{CURL} -i {SITE}/en").lower()
    forged = "-H 'X-Forwarded-Host: shop.example:9999' -H 'X-Forwarded-For: 10.9.9.9'"
    assert "9999" not in machine.run(f"{CURL} -i {forged} {SITE}/en/ {SITE}/sitemap.xml")
    assert " 404" in machine.run(f"{CURL} -I {SITE}/metrics").splitlines()[0]
    assert f"Location: {SITE}/en/" in machine.run("curl -sSI http://help.example.com/en/")
    machine.run(f"{CURL} '{SITE}/en/search?q=zanzibar'")
    assert "zanzibar" not in machine.run("cat /var/log/nginx/*.log /var/log/otvet-*.test.log")
    owned = machine.run("find /var/lib/otvet ! -user otvet; stat -c %A /var/lib/otvet")
    assert owned == "drwx------\n"


def serve_elsewhere(builder: Operator, tmp_path: Path, encoder_cache: Path) -> None:
    """A second machine gets the program without what builds, and what to serve by `kb publish`."""
    with debian.another(tmp_path / "serving", encoder_cache, builder.machine) as machine:
        give_source(machine)
        serving = Operator(machine)
        serving.follow("Names of yours")
        serving.follow("Program", without=BUILDS_ONLY)
        serving.follow("User, folders, settings")
        machine.run("rm -r /srv/otvet/articles; apt-get install -y openssh-server", online=True)
        machine.run("mkdir -p /run/sshd; /usr/sbin/sshd")
        public_key = told = ""
        for step in page.sections()["A machine that only serves"]:
            if step.is_elsewhere:
                serving.exports = [f"export KEY={shlex.quote(public_key)}"]
                if told:  # all is there; both machines have one network, and one port
                    builder.units.stop_all()
                serving.type(step)
            elif "kb publish" in step.script:
                builder.machine.run(
                    "ssh-keyscan serve1.example.com > /var/lib/otvet/.ssh/known_hosts"
                )
                told = builder.type(step)
            else:
                public_key = "".join(KEY.findall(builder.type(step))) or public_key
        assert "staff-index: 2" in told.replace("/var/lib/otvet/", "")
        wait_until(lambda: is_ready(machine, DIRECT))
        # It ends with 1: this machine does not trust the certificate of the mail server.
        assert "no articles here" in machine.run("kb doctor || true")
        assert "torch" not in machine.run("/opt/otvet/.venv/bin/pip list")
        serving.units.stop_all()


@pytest.mark.campaign(cases=0)
def test_the_container_file_makes_what_serves(
    fresh: None, tmp_path: Path, encoder_cache: Path, sample_settings: dict[str, str]
) -> None:
    """Its steps in a fresh root, then its command, over a generation published there."""
    with debian.running(tmp_path / "image", encoder_cache) as machine:
        image = ContainerRoot(machine)
        image.build(DOCKERFILE)
        data = machine.root / "data"
        command = [sys.executable, "-m", "kb", "publish", str(data)]
        subprocess.run(command, env=os.environ | sample_settings, cwd=REPOSITORY, check=True)
        machine.run("apt-get install -y --no-install-recommends curl", online=True)
        [command_line] = read_steps(DOCKERFILE)["CMD"]
        serving = image.start(json.loads(command_line), {"KB_PUBLIC_URL": SITE})
        try:
            wait_until(lambda: is_ready(machine, DIRECT))
            found = machine.run(f"curl -fsS '{DIRECT}/api/v1/search?q=refund&locale=en'")
            assert json.loads(found)["data"][0]["url"].startswith(f"{SITE}/en/")
            assert {path.lstat().st_uid for path in data.rglob("*")} == {10001}
        finally:
            assert stop(serving) == 0
