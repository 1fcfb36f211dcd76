"""`kb publish`: whole generations arrive, pointers come last, and servers follow."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.server import reserved_port
from kb.catalog.generation import STAFF_INDEX, LiveGeneration
from kb.cli.main import main
from kb.cli.publish import scripts
from kb.cli.publish.target import PublishTarget
from search.errors import EncoderUnavailable
from search.generation.manifest import MANIFEST
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.patience import wait_until

ARTICLE = """---
id: {id}
title: {title}
summary: {title}, shortly.
status: {status}
---

{title} in many words. {more}
"""
STORES = ("index", STAFF_INDEX)


class Builder:
    """A machine that builds: a shop with one public and one internal article."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("faq/pay", "guides/robot"):
            (root / "articles/en" / folder).mkdir(parents=True)
        (root / "articles/categories.yml").write_text(
            "faq:\n  pay: {en: Pay}\nguides:\n  robot: {en: Robot}\n"
        )
        self.write("internal", id="b2c3d", status="internal")
        self.build("first")

    def write(self, slug: str, *, id: str, status: str = "published", more: str = "") -> None:
        text = ARTICLE.format(id=id, title=f"About {slug}", status=status, more=more)
        (self.root / f"articles/en/faq/pay/{slug}.md").write_text(text)

    def build(self, more: str) -> None:
        self.write("refund", id="k2m7p", more=more)
        done = self.run("build")
        assert done.exit_code == 0, done.output

    def run(self, *arguments: str, **settings: str) -> Result:
        environ = {
            "KB_ARTICLES_DIR": str(self.root / "articles"),
            "KB_DATA_DIR": str(self.root / "var"),
            "KB_ENCODER": "none",
            "KB_LANGUAGES": "en",
        }
        return CliRunner().invoke(main, list(arguments), env=environ | settings)

    def publish(self, target: Path | str, *options: str) -> Result:
        return self.run("publish", str(target), *options)

    def current(self, store: str) -> str | None:
        return Store(self.root / "var" / store).current_name()


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(tmp_path / "builder")


@pytest.fixture
def serving(tmp_path: Path) -> Path:
    """The data folder of a machine that serves."""
    folder = tmp_path / "a serving machine's"
    folder.mkdir()
    return folder


def is_whole(folder: Path) -> bool:
    """True when what the pointer names can be opened, every file of it."""
    current = Store(folder).current_name()
    assert current is not None
    with closing(OpenGeneration(Store(folder).path(current))) as generation:
        return generation.manifest.name == current


def nothing_half(folder: Path) -> bool:
    """True when there is no pointer yet, or it names a whole generation, in both stores."""
    stores = [folder / name for name in STORES]
    return all(Store(one).current_name() is None or is_whole(one) for one in stores)


def test_all_that_serving_needs_arrives(builder: Builder, serving: Path) -> None:
    done = builder.publish(serving)
    assert done.exit_code == 0, done.output
    for name in STORES:
        assert Store(serving / name).current_name() == builder.current(name)
        assert is_whole(serving / name)
        assert (serving / name).stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in serving.iterdir()) == sorted(STORES)


def test_a_machine_that_only_serves_is_well_without_articles(
    builder: Builder, serving: Path
) -> None:
    nowhere = {"KB_ARTICLES_DIR": str(serving / "none"), "KB_DATA_DIR": str(serving)}
    assert "there is no folder of articles" in builder.run("doctor", **nowhere).output
    builder.publish(serving)
    done = builder.run("doctor", **nowhere)
    assert done.exit_code == 0, done.output
    assert "no articles here: this machine serves what `kb publish` brings" in done.output


def test_a_machine_that_only_serves_says_what_building_needs(builder: Builder) -> None:
    program = "import sys; sys.modules['nh3'] = None; from kb.cli.main import main; main()"
    environ = os.environ | {"KB_ARTICLES_DIR": str(builder.root / "articles")}
    done = subprocess.run(
        [sys.executable, "-c", program, "check"],
        env=environ,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "nh3 is not installed here: what builds needs `pip install -r requirements.txt`\n",
    )


def test_what_is_there_already_is_not_sent(builder: Builder, serving: Path) -> None:
    builder.publish(serving)
    again = builder.publish(serving)
    assert "0.0 MB sent" in again.output
    first = Store(serving / "index").path(str(builder.current("index")))
    builder.build("second")
    done = builder.publish(serving)
    assert done.exit_code == 0, done.output
    second = Store(serving / "index").path(str(builder.current("index")))
    shared = [
        path
        for path in first.rglob("*")
        if path.is_file()
        and path.stat().st_nlink > 1
        and (second / path.relative_to(first)).exists()
    ]
    assert shared
    assert first / MANIFEST not in shared
    assert is_whole(serving / "index")


def test_a_damaged_copy_is_replaced(builder: Builder, serving: Path) -> None:
    builder.publish(serving)
    damage(serving)
    done = builder.publish(serving)
    assert done.exit_code == 0, done.output
    assert is_whole(serving / "index")


def test_what_is_damaged_there_is_not_linked(builder: Builder, serving: Path) -> None:
    builder.publish(serving)
    damage(serving)
    builder.build("second")
    done = builder.publish(serving)
    assert done.exit_code == 0, done.output
    assert is_whole(serving / "index")


def damage(serving: Path) -> None:
    """Every file but the manifest is another than it was."""
    store = Store(serving / "index")
    for path in store.path(str(store.current_name())).rglob("*"):
        if path.is_file() and path.name != MANIFEST:
            path.write_bytes(b"x")


def test_old_generations_go_unless_somebody_has_them_open(builder: Builder, serving: Path) -> None:
    store = Store(serving / "index")
    builder.publish(serving)
    held = str(store.current_name())
    with closing(OpenGeneration(store.path(held))):
        for more in ("second", "third", "fourth"):
            builder.build(more)
            assert builder.publish(serving).exit_code == 0
        assert len(store.names()) == 3
        assert held in store.names()
    builder.publish(serving)
    assert len(store.names()) == 2
    assert builder.current("index") in store.names()


def test_a_server_follows_without_a_restart(builder: Builder, serving: Path) -> None:
    def none(_: Path) -> None:
        raise EncoderUnavailable("words only")

    builder.publish(serving)
    live = LiveGeneration(Store(serving / "index"), load_encoder=none)  # type: ignore[arg-type]
    live.start()
    try:
        builder.build("second")
        builder.publish(serving)
        wait_until(lambda: live.require().name == builder.current("index"))
    finally:
        live.close()


def test_dying_at_any_step_leaves_nothing_half(
    builder: Builder, serving: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.publish(serving)
    before = {name: builder.current(name) for name in STORES}
    builder.build("second")
    after = {name: builder.current(name) for name in STORES}
    run, count, last = PublishTarget.run, 0, 0

    def dying(target: PublishTarget, script: str, *arguments: str, **options: object) -> str:
        nonlocal count
        count += 1
        if count >= last:  # killed here: it cannot even sweep up
            raise KeyboardInterrupt
        return run(target, script, *arguments, **options)  # type: ignore[arg-type]

    is_done = False
    while not is_done:
        count, last = 0, last + 1
        copy = shutil.copytree(serving, tmp_path / f"copy-{last}", symlinks=True)
        with monkeypatch.context() as patch:
            patch.setattr(PublishTarget, "run", dying)
            is_done = builder.publish(copy).exit_code == 0
        assert nothing_half(copy)
        for name in STORES:
            assert Store(copy / name).current_name() in (before[name], after[name])
    assert last > 12
    assert builder.publish(tmp_path / "copy-7").exit_code == 0
    for name in STORES:
        assert Store(tmp_path / "copy-7" / name).current_name() == after[name]


def test_a_transfer_cut_short_changes_nothing(
    builder: Builder, serving: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.publish(serving)
    before = Store(serving / "index").current_name()
    builder.build("second")
    monkeypatch.setattr(scripts, "RECEIVE", "head -c 700 > /dev/null")
    done = builder.publish(serving)
    assert done.exit_code == 1
    assert "what arrived differs from what was sent" in done.output
    assert Store(serving / "index").current_name() == before
    assert nothing_half(serving)
    assert not list((serving / "index/generations").glob(".draft-publish-*"))


def test_what_is_damaged_here_goes_nowhere(builder: Builder, serving: Path) -> None:
    damage(builder.root / "var")
    done = builder.publish(serving)
    assert done.exit_code == 2
    assert "differs from its manifest" in done.output
    assert not list(serving.iterdir())


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("-oProxyCommand=x:/data", "write the whole path"),
        ("host:", "is neither a folder nor"),
        (":/data", "is neither a folder nor"),
        ("host:~/data", "write the whole path"),
        ("", "is neither a folder nor"),
    ],
)
def test_what_names_no_folder_is_told(builder: Builder, target: str, sentence: str) -> None:
    done = builder.publish("--", target) if target.startswith("-") else builder.publish(target)
    assert done.exit_code == 2
    assert sentence in done.output


def test_the_folder_must_be_there_and_another_one(builder: Builder, serving: Path) -> None:
    missing = builder.publish(serving / "typo")
    assert missing.exit_code == 1
    assert f"there is no folder {serving}/typo" in missing.output
    own = builder.publish(builder.root / "var")
    assert own.exit_code == 2
    assert "data folder of this site itself" in own.output


def test_targets_are_told_apart_as_scp_does() -> None:
    read = {
        text: (place.host, place.folder)
        for text in ("/data", "data", "./a:b", "host:data", "me@host:/data", "[::1]:/data")
        for place in [PublishTarget.parse(text, ssh="ssh")]
    }
    assert read == {
        "/data": ("", "/data"),
        "data": ("", "data"),
        "./a:b": ("", "./a:b"),
        "host:data": ("host", "data"),
        "me@host:/data": ("me@host", "/data"),
        "[::1]:/data": ("::1", "/data"),
    }


@pytest.fixture
def another_shell(tmp_path: Path) -> str:
    """A stand-in for ssh: as that does, it gives the words it gets to a shell, joined."""
    command = tmp_path / "ssh"
    command.write_text('#!/bin/sh\n[ "$1" = -- ] && shift; shift; cd / && exec sh -c "$*"\n')
    command.chmod(0o755)
    return str(command)


def test_it_goes_over_ssh(builder: Builder, serving: Path, another_shell: str) -> None:
    done = builder.publish(f"otvet@serving:{serving}", "--ssh", shlex.quote(another_shell))
    assert done.exit_code == 0, done.output
    assert is_whole(serving / "index")
    assert is_whole(serving / STAFF_INDEX)


def test_a_host_that_cannot_be_reached_is_told(builder: Builder) -> None:
    done = builder.publish("otvet@serving:/data", "--ssh", "false")
    assert done.exit_code == 1
    assert "otvet@serving:/data: " in done.output
    assert "as it was before" in done.output
    assert builder.publish("host:/data", "--ssh", "/no/such/ssh").exit_code == 1


def test_it_goes_over_a_real_ssh(builder: Builder, serving: Path, tmp_path: Path) -> None:
    """Needs a server of OpenSSH; elsewhere its stand-in above must do."""
    if sshd := shutil.which("sshd", path="/usr/sbin:/usr/local/sbin"):
        with ssh_server(sshd, tmp_path) as ssh:
            done = builder.publish(f"127.0.0.1:{serving}", "--ssh", ssh)
        assert done.exit_code == 0, done.output
        assert is_whole(serving / "index")


@contextmanager
def ssh_server(sshd: str, folder: Path) -> Iterator[str]:
    """An OpenSSH server with keys of its own; gives the command that reaches it."""
    for key in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True
        )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    options = {
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "user.pub",
        "StrictModes": "no",
        "PidFile": "none",
        "PermitRootLogin": "yes",
    }
    with reserved_port() as port:
        given = [f"-o{name}={value}" for name, value in options.items()]
        address = [f"-oListenAddress=127.0.0.1:{port}"]
        server = subprocess.Popen([sshd, "-D", "-e", "-f", "/dev/null", *given, *address])
        ssh = (
            f"ssh -F /dev/null -p {port} -i {folder / 'user'} -oBatchMode=yes"
            " -oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null -oLogLevel=ERROR"
        )
        try:
            wait_until(
                lambda: subprocess.run([*shlex.split(ssh), "127.0.0.1", "true"]).returncode == 0
            )
            yield ssh
        finally:
            server.terminate()
            server.wait()
