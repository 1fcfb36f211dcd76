"""The table of `kb test` for people: ranks, decisions and words shown, before and now."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from kb.build.trial.comparison import Comparison
from kb.relevance.reply import SiteReply
from kb.relevance.verdict import CaseVerdict, State, described
from kb.texts import counted

HEADS: Mapping[State, str] = {
    "failed": "TESTS THAT FAIL",
    "lost": "LOST: found or answered before, and no longer",
    "missing": "NOT FOUND by their own question, nor before",
    "worse": "FURTHER DOWN, or no longer answered",
    "better": "BETTER",
    "changed": "OTHER WORDS or another decision",
    "same": "AS BEFORE",
}
"""In the order in which they are told."""
NAMES: Mapping[State, str] = {
    "failed": "failed",
    "lost": "lost",
    "missing": "not found",
    "worse": "further down",
    "better": "better",
    "changed": "with other words",
    "same": "as before",
}
MOST: Mapping[State, int] = {"failed": 100, "lost": 100}
MOST_ROWS = 10
"""Of the other groups, unless all are asked for."""
SHOWN_LINES = 2
"""Lines of the words shown."""
LEAST_WIDTH = 60


def lines(found: Comparison, *, width: int, is_whole: bool) -> Iterator[str]:
    """The table; what is as before only when it `is_whole`."""
    width = max(width, LEAST_WIDTH)
    for state, head in HEADS.items():
        rows = [verdict for verdict in found.verdicts if verdict.state == state]
        rows.sort(key=lambda verdict: (verdict.case.path, verdict.case.line))
        if not rows or (state == "same" and not is_whole):
            continue
        shown = rows if is_whole else rows[: MOST.get(state, MOST_ROWS)]
        yield f"{head} ({len(rows)})"
        path = ""
        for verdict in shown:
            if verdict.case.path != path:
                path = verdict.case.path
                yield from ("", f"  {path}{_title(found, verdict)}")
            yield from _row(found, verdict, width)
        if len(shown) < len(rows):
            yield f"  and {len(rows) - len(shown)} more (`--all`)"
        yield ""


def summary(found: Comparison) -> Iterator[str]:
    """Counts, what was compared with, and whatever else an author should know."""
    tests = sum(verdict.case.kind == "test" for verdict in found.verdicts)
    questions = len(found.verdicts) - tests
    told = [f"{found.counts[state]} {name}" for state, name in NAMES.items() if found.counts[state]]
    if not found.against:
        told = [it.replace("as before", "fine") for it in told]
    asked = f"{counted(questions, 'question')} of articles, {counted(tests, 'test')}"
    yield f"{asked}: {', '.join(told) or 'none'}"
    if found.against:
        yield f"compared with {found.against}"
    else:
        yield "compared with nothing: nothing is served yet (`--against` names a revision)"
    if found.gone:
        more = f" and {len(found.gone) - 3} more" if len(found.gone) > 3 else ""
        yield f"no longer published: {'; '.join(found.gone[:3])}{more}"
    if found.broken:
        yield f"{counted(found.broken, 'problem')} of the articles: `kb check` tells more"


def _title(found: Comparison, verdict: CaseVerdict) -> str:
    titles = {it.path: it.title for it in found.library.articles}
    title = titles.get(verdict.case.path)
    return f"  “{title}”" if title else ""


def _row(found: Comparison, verdict: CaseVerdict, width: int) -> Iterator[str]:
    case = verdict.case
    former = " (no longer among its questions)" if case.kind == "former" else ""
    yield f"    {case.line}: “{case.query}”{former}"
    yield f"      {_ranks(verdict)}, {_decisions(verdict)}"
    now, before = verdict.now, verdict.before
    if before and (before.shown, before.shown_article) != (now.shown, now.shown_article):
        yield from _words("was", before, found, verdict, width)
    yield from _words("now", now, found, verdict, width)
    for reason in verdict.reasons:
        yield from _filled("why", reason, width)


def _ranks(verdict: CaseVerdict) -> str:
    """Places of the article before and now; without one, how many are found."""
    if not verdict.case.article:
        return f"{len(verdict.now.ranking)} found"
    now = _place(verdict.rank)
    if verdict.before is None or verdict.rank_before == verdict.rank:
        return f"place {now}"
    return f"place {_place(verdict.rank_before)} → {now}"


def _decisions(verdict: CaseVerdict) -> str:
    now = described(verdict.now)
    before = described(verdict.before) if verdict.before else now
    return now if before == now else f"{before} → {now}"


def _place(rank: int | None) -> str:
    return "—" if rank is None else str(rank)


def _words(
    name: str, reply: SiteReply, found: Comparison, verdict: CaseVerdict, width: int
) -> Iterator[str]:
    """The words shown, with the article they are from where that is another than the case's."""
    source = ""
    if reply.shown_article and reply.shown_article != verdict.case.article:
        source = f" [{reply.shown_article} {_title_of(found, reply.shown_article, verdict)}]"
    text = " ".join(reply.shown.split())
    yield from _filled(name, f"{text}{source}" if text else "nothing is shown", width)


def _title_of(found: Comparison, article: str, verdict: CaseVerdict) -> str:
    titles = {it.lang: it.title for it in found.library.articles if it.id == article}
    return titles.get(verdict.case.lang) or next(iter(titles.values()), "no longer published")


def _filled(name: str, text: str, width: int) -> list[str]:
    first, rest = f"      {name:<4}", " " * 10
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        max_lines=SHOWN_LINES,
        placeholder=" …",
    )
