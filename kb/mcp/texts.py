"""Replies of the tools to AI agents, as text that says the same as the data. Pure.

English, as the protocol is; what is quoted is in the language of the article.
"""

from __future__ import annotations

from kb.mcp.schemas import ArticleReply, SearchReply, SuggestReply
from kb.suggestions.reasons import DecisionReason
from search.ranking.confidence import Action

RELATIVE = "Addresses are paths on the help site; its public address is not configured."
DEGRADED = "Only words were compared, not meaning; try again later or in other words."


def search(reply: SearchReply) -> str:
    lines = [_search_title(reply), ""]
    for number, one in enumerate(reply.results, start=1):
        lines += [
            f"{number}. {_place(one.title, one.heading)} ({one.language}, id {one.id})",
            f"   {one.address}",
            f"   {one.excerpt}",
            "",
        ]
    lines += [DEGRADED] if reply.is_degraded else []
    lines += [RELATIVE] if reply.addresses_are_relative and reply.results else []
    return "\n".join(lines).strip()


def _search_title(reply: SearchReply) -> str:
    if not reply.results:
        return "No article was found. Try other words, or another language or section."
    instead = f"Searched for “{reply.searched_instead}” instead. " if reply.searched_instead else ""
    own = f"Searched in the query's own language, {reply.language}. "
    detected = own if reply.language_detected else ""
    return f"{detected}{instead}{len(reply.results)} of {reply.total} articles found, best first:"


def article(reply: ArticleReply) -> str:
    """The Markdown copy."""
    facts = [
        f"Address: {reply.address}",
        *([f"Updated: {reply.updated_at.date().isoformat()}"] if reply.updated_at else []),
        f"Language: {reply.language} (exists in: {', '.join(reply.languages)})",
        *([RELATIVE] if reply.addresses_are_relative else []),
    ]
    about = "\n".join(f"- {fact}" for fact in facts)
    return f"# {reply.title}\n\n{about}\n\n{reply.summary}\n\n{reply.markdown}"


WHAT_TO_DO: dict[Action, str] = {
    "answer": "Give the customer this answer as it stands, with its link.",
    "offer": "Show the customer these articles; none is sure to answer.",
    "handoff": "No article is likely to answer: give the customer the contact below.",
}
WHAT_TO_DO_FOR: dict[DecisionReason, str] = {
    "safety": "A danger: first tell the customer how to stay safe, in the words of `notice`, and "
    "give the contact. The articles are further reading, never the answer.",
    "sensitive_topic": "A person must handle this. Do not answer from articles; give the contact.",
    "user_requested": "The customer asks for a person: give the contact.",
    "greeting": "The message only says hello: greet back and ask what is wanted.",
    "thanks": "The customer is content: nothing more is needed.",
    "not_solved": "What was shown did not help: give the contact, do not show it again.",
    "too_short": "The message says too little to search for: ask what it is about.",
    "unavailable": "There was no time to search: try again, or give the contact.",
}
"""Reasons for a hand-off that call for something else."""


def suggestion(reply: SuggestReply) -> str:
    todo = WHAT_TO_DO_FOR.get(reply.reason, WHAT_TO_DO[reply.decision])
    lines = [f"Decision: {reply.decision} ({reply.reason}). {todo}", ""]
    lines += [f"Notice: {reply.notice}", ""] if reply.notice else []
    if reply.answer:
        quoted = "\n".join(f"> {line}".rstrip() for line in reply.answer.markdown.splitlines())
        place = _place(reply.answer.title, reply.answer.heading)
        lines += [f"Answer ({reply.confidence:.0%} sure), from {place}, {reply.answer.address}:"]
        lines += ["", quoted, ""]
    if reply.articles:
        lines += ["Articles:", ""]
    for number, one in enumerate(reply.articles, start=1):
        lines += [
            f"{number}. {_place(one.title, one.heading)} "
            f"({one.language}, id {one.id}, {one.confidence:.0%} sure)",
            f"   {one.address}",
            *(f"   > {line}" for line in one.quotation.splitlines()),
            "",
        ]
    email = f", {reply.contact.email}" if reply.contact.email else ""
    lines += [f"Contact: {reply.contact.page}{email}"]
    lines += [DEGRADED] if reply.is_degraded else []
    lines += [RELATIVE] if reply.addresses_are_relative else []
    return "\n".join(lines).strip()


def _place(title: str, heading: str) -> str:
    return f"{title} › {heading}" if heading else title
