"""Articles as their authors keep them: Markdown files with front matter, read and checked.

Here: Article, Category, Library and `load`, which reports every problem at once and leaves out what
is broken. Problems that need rendering or links live in `kb.content.checks`. No HTML, no Flask.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kb.content import front_matter, git_history
from kb.content.front_matter import BadYaml, Fault, Node
from kb.content.model import (
    SECTIONS,
    STATUSES,
    Article,
    ArticleHead,
    Category,
    Library,
    Problem,
    SectionName,
    alias_address,
)

CATEGORIES_FILE = "categories.yml"
RETIRED_FILE = "retired.txt"
MEDIA_DIR = "media"
MAX_BYTES = 1_000_000
MAX_TITLE_CHARS = 90
MAX_SUMMARY_CHARS = 200
MAX_CATEGORY_CHARS = 60
MAX_LIST_ITEMS = 30
MAX_ITEM_CHARS = 200
DEFAULT_ORDER = 1000

ID = re.compile(r"[0-9a-hjkmnp-tv-z]{5}")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG_CHARS = 80
ORDER = re.compile(r"-?\d{1,6}")
KEYS = frozenset(
    "id title summary tags questions status order aliases related products next source".split()
)
REQUIRED = ("id", "title", "summary")


@dataclass
class ArticleCache:
    """What a process remembers between two loads of the same folder."""

    files: dict[str, tuple[_Stamp, _Read]] = field(default_factory=dict)
    dates: git_history.DateCache = field(default_factory=git_history.DateCache)


_Stamp = tuple[int, int, int]
"""Size, modification time in ns, inode."""


@dataclass(frozen=True)
class _File:
    path: str
    stamp: _Stamp

    @property
    def mtime(self) -> datetime:
        return datetime.fromtimestamp(self.stamp[1] // 10**9, tz=UTC)


@dataclass(frozen=True)
class _Read:
    article: Article | None
    problems: tuple[Problem, ...]


NEVER = datetime.fromtimestamp(0, tz=UTC)


def load(root: Path, *, languages: Sequence[str], cache: ArticleCache | None = None) -> Library:
    """Read every article, category and retired id under `root`. Never raises for content.

    A file with a problem that could mislead readers is left out; all problems are listed. With a
    `cache`, files whose size, time and inode have not changed are not read again.
    """
    cache = ArticleCache() if cache is None else cache
    problems: list[Problem] = []
    files = _article_files(root, languages, problems)
    categories = _read_categories(root, languages, problems)
    retired = _read_retired(root, problems)
    reads = _read_all(root, files, cache)
    for read in reads:
        problems += read.problems
    articles = [read.article for read in reads if read.article]
    articles = _keep(_with_category(articles, categories), problems)
    articles = _keep(_not_retired(articles, retired), problems)
    articles = _keep(_unique_ids(articles), problems)
    articles = _without_bad_aliases(articles, problems)
    return Library(
        articles=_dated(root, articles, files, cache),
        categories=tuple(categories.values()),
        problems=tuple(sorted(set(problems))),
        retired=frozenset(retired),
    )


# --- files ---------------------------------------------------------------------------------------


def _article_files(root: Path, languages: Sequence[str], problems: list[Problem]) -> list[_File]:
    """Regular Markdown files in place, by path. Never opens or follows anything else."""
    found: list[_File] = []
    names = walk(root, "", problems)
    _report_twins(names, problems)
    for path, status in names:
        if not path.lower().endswith((".md", ".markdown")):
            continue
        problem = _misplaced(path, languages)
        if problem is None:
            found.append(_File(path, (status.st_size, status.st_mtime_ns, status.st_ino)))
        elif "/" in path:  # a README beside the folders is nobody's article
            problems.append(problem)
    return found


def walk(
    root: Path, folder: str, problems: list[Problem], depth: int = 0
) -> list[tuple[str, os.stat_result]]:
    """Regular files below `folder`, by path; links that leave `root` and odd files are reported."""
    found: list[tuple[str, os.stat_result]] = []
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        reason = error.strerror or "unreadable"
        problems.append(Problem(folder or ".", 1, f"cannot be read: {reason}", "Check its rights"))
        return []
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name.startswith("."):
            continue
        if not _is_printable(path):
            shown = path.encode("utf-8", "backslashreplace").decode()
            problems.append(Problem(shown, 1, "has a name that is not valid text", "Rename it"))
        elif entry.is_symlink() and (problem := _bad_link(root, path)):
            problems.append(problem)
        elif entry.is_dir():
            if depth == MAX_FOLDERS:
                problems.append(Problem(path, 1, "lies too deep to be read", PLACE_REMEDY))
            else:
                found += walk(root, path, problems, depth + 1)
        elif entry.is_file():
            found.append((path, entry.stat()))
        else:
            remedy = "Remove it; only regular files are read"
            problems.append(Problem(path, 1, "is not a regular file", remedy))
    return found


MAX_FOLDERS = 6


def _is_printable(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return not any(unicodedata.category(char) == "Cc" for char in path)


def _bad_link(root: Path, path: str) -> Problem | None:
    target = os.path.realpath(root / path)
    real_root = os.path.realpath(root)
    if not target.startswith(real_root + os.sep):
        return Problem(path, 1, "is a link that leaves its folder", "Copy the file here")
    if not os.path.isfile(target):
        return Problem(path, 1, "is a link to a folder or to nothing", "Put the file itself here")
    return None


def _report_twins(names: Sequence[tuple[str, os.stat_result]], problems: list[Problem]) -> None:
    """Report names that only some file systems tell apart: by case, or by Unicode form."""
    first: dict[str, str] = {}
    for path, _ in names:
        twin = first.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if twin != path:
            message = f"differs from {twin} only by case or Unicode form"
            problems.append(Problem(path, 1, message, "Rename one of them"))


def _misplaced(path: str, languages: Sequence[str]) -> Problem | None:
    """The problem of a Markdown file that lies or is named where no article can be."""
    parts = path.split("/")
    if len(parts) != 4:
        return Problem(path, 1, "does not lie in a category folder", PLACE_REMEDY)
    lang, section, category, name = parts
    if lang not in languages:
        known = ", ".join(languages)
        return Problem(lang, 1, f"`{lang}` is not a language of the site ({known})", LANG_REMEDY)
    if section not in SECTIONS:
        return Problem(f"{lang}/{section}", 1, f"`{section}` is not a section", SECTION_REMEDY)
    stem, dot, suffix = name.partition(".")
    if dot + suffix != ".md":
        return Problem(path, 1, "does not end in .md", "Rename it to <slug>.md")
    for slug in (category, stem):
        if not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG_CHARS:
            return Problem(path, 1, f"`{slug}` is not a slug", SLUG_REMEDY)
    return None


PLACE_REMEDY = "Move it to <language>/<faq or guides>/<category>/<slug>.md"
LANG_REMEDY = "Move it, or add the language to KB_LANGUAGES"
SECTION_REMEDY = "Use faq or guides"
SLUG_REMEDY = f"Use a-z, 0-9 and single hyphens, at most {MAX_SLUG_CHARS} characters"


def read_bytes(root: Path, path: str) -> bytes:
    """Text of a file, line ends as \\n, without a byte order mark. Raises BadFile."""
    try:
        # O_NONBLOCK: a FIFO put in the file's place since the walk must not hang a build
        handle = os.open(root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadFile(f"cannot be read: {error.strerror}", "Check its rights") from error
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise BadFile("is not a regular file", "Remove it; only regular files are read")
        if status.st_size > MAX_BYTES:
            raise BadFile(f"is larger than {MAX_BYTES:,} bytes", "Split it into several articles")
        return file.read(MAX_BYTES + 1)


def read_text(root: Path, path: str) -> str:
    """Text of a file, line ends as \\n, without a byte order mark. Raises BadFile."""
    return _decode(read_bytes(root, path))


class BadFile(Exception):
    """A file that cannot be used: message, remedy and line."""

    def __init__(self, message: str, remedy: str, line: int = 1) -> None:
        super().__init__(message)
        self.fault = Fault(line, message, remedy)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile("is UTF-16", "Save it as UTF-8")
    if (at := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise BadFile(f"holds a NUL byte at offset {at}", "Save it as UTF-8 text", line)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Offsets count from the start of the file, a byte order mark included
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, at) + 1
        raise BadFile(f"is not valid UTF-8 at offset {at}", "Save it as UTF-8", line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- one article ---------------------------------------------------------------------------------


def _read_all(root: Path, files: Sequence[_File], cache: ArticleCache) -> list[_Read]:
    reads: list[_Read] = []
    for file in files:
        known = cache.files.get(file.path)
        if known is None or known[0] != file.stamp:
            known = file.stamp, _read_article(root, file.path)
            cache.files[file.path] = known
        reads.append(known[1])
    gone = cache.files.keys() - {file.path for file in files}
    for path in gone:
        del cache.files[path]
    return reads


def _read_article(root: Path, path: str) -> _Read:
    try:
        parts = front_matter.split(read_text(root, path))
        keys, faults = front_matter.read_mapping(parts.front, first_line=parts.front_line)
    except (BadFile, BadYaml) as error:
        return _Read(None, (_problem(path, error.fault),))
    form = Form(keys, list(faults))
    article = _fill(form, path, parts)
    problems = tuple(_problem(path, fault) for fault in form.faults)
    return _Read(None if problems else article, problems)


def _problem(path: str, fault: Fault) -> Problem:
    return Problem(path, fault.line, fault.message, fault.remedy)


def _fill(form: Form, path: str, parts: front_matter.Parts) -> Article:
    """The article that the keys describe; what is wrong is noted in `form.faults`."""
    lang, section, category, name = path.split("/")
    form.require_known(KEYS, REQUIRED)
    status = form.text("status") or "published"
    if status not in STATUSES:
        form.fault("status", f"has the unknown status `{status}`", f"Use {', '.join(STATUSES)}")
    return Article(
        head=ArticleHead(
            id=form.matching("id", ID, ID_REMEDY),
            lang=lang,
            section=section,  # type: ignore[arg-type]  # checked by _misplaced
            category=category,
            slug=name.removesuffix(".md"),
            title=form.text("title", max_chars=MAX_TITLE_CHARS),
            summary=form.text("summary", max_chars=MAX_SUMMARY_CHARS),
            tags=form.texts("tags"),
            questions=form.texts("questions"),
            order=form.number("order", DEFAULT_ORDER),
            aliases=form.texts_matching("aliases", ALIAS, SLUG_REMEDY),
            related=form.texts("related"),
            updated_at=NEVER,
            next=form.texts_matching("next", ID, ID_REMEDY),
            source=form.text("source"),
            products=form.texts_matching("products", SLUG, SLUG_REMEDY),
        ),
        status=status,  # type: ignore[arg-type]
        body=parts.body,
        body_line=parts.body_line,
        path=path,
        key_lines={key: node.line for key, node in form.keys.items()},
    )


ID_REMEDY = "`kb new` gives a fresh id: five of 0-9 and a-z without i, l, o, u"
ALIAS = re.compile(rf"(?:(?:{'|'.join(SECTIONS)})/{SLUG.pattern}/)?{SLUG.pattern}")


@dataclass
class Form:
    """Reads typed values from a mapping and notes what is wrong with them."""

    keys: Mapping[str, Node]
    faults: list[Fault]
    line: int = 2

    def fault(self, key: str, message: str, remedy: str) -> None:
        node = self.keys.get(key)
        self.faults.append(Fault(node.line if node else self.line, message, remedy))

    def require_known(self, known: frozenset[str], required: Sequence[str]) -> None:
        for key in self.keys:
            if key not in known:
                remedy = f"Use {', '.join(sorted(known))}"
                self.fault(key, f"has the unknown key `{key}`", remedy)
        for key in required:
            node = self.keys.get(key)
            if node is None or (isinstance(node.value, str) and not node.value.strip()):
                self.fault(key, f"has no `{key}`", f"Add a line `{key}: …`")

    def text(self, key: str, *, max_chars: int = MAX_ITEM_CHARS) -> str:
        """Text on one line; "" when missing."""
        node = self.keys.get(key)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.fault(key, f"`{key}` is not text", "Write one line of text")
            return ""
        return self._line(key, node.value, max_chars)

    def _line(self, key: str, value: str, max_chars: int) -> str:
        text = " ".join(value[: MAX_BYTES // 10].split())
        if len(text) > max_chars:
            message = f"`{key}` has {len(text)} characters, at most {max_chars} fit"
            self.fault(key, message, "Shorten it")
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        """Distinct texts of a list, empty ones left out; () when missing."""
        node = self.keys.get(key)
        if node is None or node.value == "":
            return ()
        if isinstance(node.value, (str, Mapping)):
            self.fault(key, f"`{key}` is not a list", f"Write `{key}: [one, two]`")
            return ()
        if len(node.value) > MAX_LIST_ITEMS:
            self.fault(key, f"`{key}` has more than {MAX_LIST_ITEMS} items", "Keep the best")
        texts = []
        for item in node.value[:MAX_LIST_ITEMS]:
            if isinstance(item.value, str):
                texts.append(self._line(key, item.value, MAX_ITEM_CHARS))
            else:
                self.fault(key, f"`{key}` has an item that is not text", "Put it into quotes")
        return tuple(dict.fromkeys(filter(None, texts)))

    def texts_matching(self, key: str, form: re.Pattern[str], remedy: str) -> tuple[str, ...]:
        texts = self.texts(key)
        for text in texts:
            if not form.fullmatch(text):
                self.fault(key, f"`{key}` has `{text}`, which cannot be", remedy)
        return texts

    def matching(self, key: str, form: re.Pattern[str], remedy: str) -> str:
        text = self.text(key)
        if text and not form.fullmatch(text):
            self.fault(key, f"`{key}` is `{text}`, which cannot be", remedy)
        return text

    def number(self, key: str, default: int) -> int:
        text = self.text(key)
        if text and not ORDER.fullmatch(text):
            self.fault(key, f"`{key}` is not a whole number", "Write a number such as 10")
            return default
        return int(text) if text else default

    def by_language(
        self, key: str, languages: Sequence[str], *, max_chars: int
    ) -> Mapping[str, str]:
        """Text for each language; what is missing is noted and taken from another language."""
        node = self.keys.get(key)
        values = node.value if node else None
        if not isinstance(values, Mapping):
            self.fault(key, f"`{key}` has no texts by language", f"Write `{key}: {{ru: …, en: …}}`")
            return dict.fromkeys(languages, "")
        inner = Form(values, self.faults, node.line if node else self.line)
        texts = {lang: inner.text(lang, max_chars=max_chars) for lang in languages}
        fallback = next(filter(None, texts.values()), "")
        for lang, text in texts.items():
            if not text:
                self.fault(key, f"`{key}` has no text for `{lang}`", f"Add `{lang}: …`")
        return {lang: text or fallback for lang, text in texts.items()}


# --- categories and retired ids ------------------------------------------------------------------


def _read_categories(
    root: Path, languages: Sequence[str], problems: list[Problem]
) -> dict[tuple[str, str], Category]:
    """Categories by (section, slug), in the order in which pages show them."""
    try:
        sections, faults = front_matter.read_mapping(read_text(root, CATEGORIES_FILE))
    except (BadFile, BadYaml) as error:
        problems.append(_problem(CATEGORIES_FILE, error.fault))
        return {}
    found = list(faults)
    categories: list[Category] = []
    translations = {lang: _translated_titles(root, lang, problems) for lang in languages}
    for name, node in sections.items():
        if name not in SECTIONS or not isinstance(node.value, Mapping):
            message = f"`{name}` is not a section with categories"
            found.append(Fault(node.line, message, "Use faq and guides, categories indented below"))
            continue
        for slug, inner in node.value.items():
            if isinstance(inner.value, Mapping):
                keys = _with_translations(name, slug, inner.value, translations)
                inner = Node(keys, inner.line)
            category = _category(name, slug, inner, languages, found)
            if category:
                categories.append(category)
    problems += (_problem(CATEGORIES_FILE, fault) for fault in found)
    categories.sort(key=lambda it: (SECTIONS.index(it.section), it.order, it.slug))
    return {(category.section, category.slug): category for category in categories}


Titles = Mapping[tuple[str, str], Mapping[str, Node]]
"""(section, slug) → `title` and `description` in one language."""


def _translated_titles(root: Path, lang: str, problems: list[Problem]) -> Titles:
    """What `<lang>/categories.yml` says, so that a language can be added by its folder alone."""
    path = f"{lang}/{CATEGORIES_FILE}"
    if (root / lang).is_symlink() or not (root / path).exists():
        return {}
    try:
        sections, unread = front_matter.read_mapping(read_text(root, path))
    except (BadFile, BadYaml) as error:
        problems.append(_problem(path, error.fault))
        return {}
    found: dict[tuple[str, str], Mapping[str, Node]] = {}
    faults = list(unread)
    for name, node in sections.items():
        for slug, inner in node.value.items() if isinstance(node.value, Mapping) else ():
            if not isinstance(inner.value, Mapping):
                faults.append(Fault(inner.line, f"`{slug}` has no title", TRANSLATED_REMEDY))
                continue
            form = Form(inner.value, [], inner.line)
            form.require_known(TRANSLATED_KEYS, ("title",))
            form.text("title", max_chars=MAX_CATEGORY_CHARS)
            form.text("description", max_chars=MAX_SUMMARY_CHARS)
            faults += form.faults
            if not form.faults:
                found[name, slug] = inner.value
    problems += (_problem(path, fault) for fault in faults)
    return found


TRANSLATED_KEYS = frozenset({"title", "description"})
TRANSLATED_REMEDY = "Write `title: …` and `description: …` indented below it"


def _with_translations(
    section: str, slug: str, keys: Mapping[str, Node], translations: Mapping[str, Titles]
) -> Mapping[str, Node]:
    """`keys` of a category with the texts that the languages' own files have for it."""
    joined = dict(keys)
    for lang, titles in translations.items():
        for key, node in titles.get((section, slug), {}).items():
            known = joined.get(key)
            texts = known.value if known and isinstance(known.value, Mapping) else {}
            line = known.line if known else node.line
            joined[key] = Node({**texts, lang: node}, line)
    return joined


def _category(
    section: SectionName, slug: str, node: Node, languages: Sequence[str], faults: list[Fault]
) -> Category | None:
    if not SLUG.fullmatch(slug) or not isinstance(node.value, Mapping):
        faults.append(Fault(node.line, f"`{slug}` is not a category", SLUG_REMEDY))
        return None
    form = Form(node.value, faults, node.line)
    form.require_known(frozenset({"icon", "order", "title", "description"}), ("title",))
    return Category(
        section=section,
        slug=slug,
        icon=form.matching("icon", SLUG, "Use the name of an icon, such as truck"),
        order=form.number("order", DEFAULT_ORDER),
        titles=form.by_language("title", languages, max_chars=MAX_CATEGORY_CHARS),
        descriptions=form.by_language("description", languages, max_chars=MAX_SUMMARY_CHARS),
    )


def _read_retired(root: Path, problems: list[Problem]) -> dict[str, int]:
    """Retired ids and their lines; a missing file retires nothing."""
    if not (root / RETIRED_FILE).exists():
        return {}
    try:
        text = read_text(root, RETIRED_FILE)
    except BadFile as error:
        problems.append(_problem(RETIRED_FILE, error.fault))
        return {}
    retired: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        retired_id = line.partition("#")[0].strip()
        if not retired_id:
            continue
        if ID.fullmatch(retired_id):
            retired.setdefault(retired_id, number)
        else:
            message = f"`{retired_id}` is not an id"
            problems.append(Problem(RETIRED_FILE, number, message, "One id a line, # comments"))
    return retired


# --- the whole library ---------------------------------------------------------------------------

FRESH_ID_REMEDY = "Take a fresh id, `kb new` gives one"


def _line(article: Article, key: str) -> int:
    return article.key_lines.get(key, 1)


_Judged = Iterator[tuple[Article, Problem | None]]


def _keep(judged: _Judged, problems: list[Problem]) -> list[Article]:
    """The articles without a problem; the problems of the others are noted."""
    kept = []
    for article, problem in judged:
        if problem is None:
            kept.append(article)
        else:
            problems.append(problem)
    return kept


def _with_category(
    articles: Sequence[Article], categories: Mapping[tuple[str, str], Category]
) -> _Judged:
    for article in articles:
        name = f"{article.section}/{article.category}"
        is_known = (article.section, article.category) in categories
        remedy = f"Add it to {CATEGORIES_FILE}, or move the file"
        problem = Problem(article.path, 1, f"the category {name} is unknown", remedy)
        yield article, None if is_known else problem


def _not_retired(articles: Sequence[Article], retired: Mapping[str, int]) -> _Judged:
    for article in articles:
        line = retired.get(article.id)
        message = f"the id {article.id} was retired ({RETIRED_FILE}:{line})"
        problem = Problem(article.path, _line(article, "id"), message, FRESH_ID_REMEDY)
        yield article, None if line is None else problem


def _unique_ids(articles: Sequence[Article]) -> _Judged:
    """Within a language the first by path keeps a disputed id."""
    owners: dict[tuple[str, str], str] = {}
    for article in articles:
        owner = owners.setdefault((article.lang, article.id), article.path)
        message = f"the id {article.id} belongs to {owner}"
        problem = Problem(article.path, _line(article, "id"), message, FRESH_ID_REMEDY)
        yield article, None if owner == article.path else problem


def _without_bad_aliases(articles: Sequence[Article], problems: list[Problem]) -> list[Article]:
    """Drop, and note, aliases that another article's address or alias claims too."""
    taken = {(article.lang, article.address): article.path for article in articles}
    cleaned = []
    for article in articles:
        good = []
        for alias in article.aliases:
            address = alias_address(alias, article.section, article.category)
            owner = taken.setdefault((article.lang, address), f"{article.path} alias")
            if owner == f"{article.path} alias":
                good.append(alias)
            else:
                message = f"the alias `{alias}` is claimed by {owner.removesuffix(' alias')}"
                line = _line(article, "aliases")
                problems.append(Problem(article.path, line, message, "Remove the alias from one"))
        cleaned.append(article.with_head(aliases=tuple(good)) if article.aliases else article)
    return cleaned


def _dated(
    root: Path, articles: Sequence[Article], files: Sequence[_File], cache: ArticleCache
) -> tuple[Article, ...]:
    dates = git_history.change_dates(root, cache=cache.dates)
    mtimes = {file.path: (file.mtime,) for file in files}
    return tuple(
        article.with_head(
            updated_at=(dates.get(article.path) or mtimes[article.path])[0],
            created_at=cache.dates.first.get(article.path),
            changes=dates.get(article.path, ()),
        )
        for article in articles
    )
