"""Git repositories for tests: a bare remote, a clone of Otvet's, and somebody else's clone."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kb.drafts.model import Author
from kb.drafts.repository.clone import Clone

ARTICLE = "en/guides/returns/refund"
OTHER = "en/guides/returns/exchange"
ANNA = Author("Anna Author", "anna@example.com", "author")
BEN = Author("Ben Author", "ben@example.com", "author")
RITA = Author("Rita Reviewer", "rita@example.com", "reviewer")
LENA = Author("Lena Lead", "lena@example.com", "lead")
CATEGORIES = """\
guides:
  returns:
    icon: box
    order: 10
    title: {en: Returns, ru: Возврат}
"""


def article(id_: str, title: str, *lines: str) -> str:
    """The text of a file."""
    body = "\n\n".join(lines or ("First paragraph.", "Second paragraph.", "Third paragraph."))
    return f"---\nid: {id_}\ntitle: {title}\nsummary: A sentence on {title}.\n---\n\n{body}\n"


REFUND = article("k2m7p", "Refund")
EXCHANGE = article("b2x7n", "Exchange")


@dataclass(frozen=True)
class Workplace:
    """The three repositories of a test."""

    remote: Path
    clone: Clone
    other: Path
    """A clone of somebody who knows git."""

    def push_elsewhere(self, path: str, text: str | None, message: str = "Elsewhere") -> str:
        """Somebody else pushes a file, or its removal; returns the commit."""
        git(self.other, "pull", "-q", "--rebase")
        file = self.other / path
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        git(self.other, "add", "-A")
        git(self.other, "commit", "-q", "-m", message)
        git(self.other, "push", "-q", "origin", "main")
        return git(self.other, "rev-parse", "HEAD")

    def refuse_pushes(self, words: str = "not on Fridays") -> Path:
        """Let a hook of the remote refuse everything."""
        hook = self.remote / "hooks" / "pre-receive"
        hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
        return hook

    def remote_text(self, path: str) -> str:
        return git(self.remote, "show", f"main:{path}")

    def is_clean(self) -> bool:
        return git(self.clone.folder, "status", "--porcelain") == ""


def copy_of(made: Path, folder: Path) -> Workplace:
    """A copy of the three repositories that `workplace` has made in another folder."""
    remote = folder / "remote.git"
    for name in ("remote.git", "clone", "other"):
        shutil.copytree(made / name, folder / name)
        if name != "remote.git":
            config = folder / name / ".git" / "config"
            config.write_text(config.read_text().replace(str(made / "remote.git"), str(remote)))
    clone = Clone(folder / "clone", "articles/", ("en", "ru"), "otvet@example.com")
    return Workplace(remote, clone, folder / "other")


def workplace(folder: Path) -> Workplace:
    """A remote with two articles, and two clones of it."""
    remote, clone, other = (folder / name for name in ("remote.git", "clone", "other"))
    git(folder, "init", "-q", "--bare", "-b", "main", str(remote))
    git(folder, "clone", "-q", str(remote), str(other))
    for path, text in {
        f"articles/{ARTICLE}.md": REFUND,
        f"articles/{OTHER}.md": EXCHANGE,
        "articles/categories.yml": CATEGORIES,
        "README.md": "Our articles\n",
    }.items():
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        (other / path).write_text(text, encoding="utf-8")
    git(other, "checkout", "-q", "-B", "main")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "Begin")
    git(other, "push", "-q", "-u", "origin", "main")
    git(folder, "clone", "-q", str(remote), str(clone))
    return Workplace(remote, Clone(clone, "articles/", ("en", "ru"), "otvet@example.com"), other)


def git(folder: Path, *arguments: str) -> str:
    """Output of git as somebody with a name would run it."""
    done = subprocess.run(
        ("git", *arguments),
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_NAME": "Somebody Else" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "else@example.com" for who in ("AUTHOR", "COMMITTER")},
        },
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8").rstrip("\n")
