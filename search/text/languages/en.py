"""English, as far as search knows it."""

from __future__ import annotations

from search.text.languages.record import TextLanguage

STOP_WORDS = """
    a an the and or but if of to in on at by for from with as is are was were be been am it
    its this that these those i me my we our you your he she they them his her their do does
    did can could would should will shall may might have has had what which who whom how
    when where why there here so than then just also please not no
"""

ANAPHORS = """
    it its this that these those they them their he she then otherwise also however instead
    so but and such both either neither afterwards thereafter therefore
"""

ANAPHORIC_PHRASES = ("after that", "after this", "in this case", "in that case", "if so", "if not")

POINTS_AHEAD = (
    r"\b(below(?=[.,:;!)]|$)|following\b|as follows\b"
    r"|these (\w+ )?(steps|ways|checks|things|options)\b)"
)

# This article, and what it holds; "it is possible to"; "these are some of"; "both … and"
STANDS_ALONE = (
    r"(this|these)( \w+){0,3} (articles?|guides?|sections?|pages?|tutorials?|documents?|chapters?"
    r"|faq|walkthrough|bulletins?|overview|instructions|guidelines)\b"
    r"|it('s|’s| is| was| can be| may be| might be) (\w+ ){0,2}\w+ (to|that|if|when|whether)\b"
    r"|(these|those) are (some|all|the)\b|those (who|with|of)\b"
    r"|both\b.{1,150}? and\b|either\b.{1,150}? or\b|neither\b.{1,150}? nor\b"
    r"|so far\b|such as\b|instead of\b"
)

TEXT_LANGUAGE = TextLanguage(
    code="en",
    stop_words=frozenset(STOP_WORDS.split()),
    anaphors=frozenset((*ANAPHORS.split(), *ANAPHORIC_PHRASES)),
    stands_alone=STANDS_ALONE,
    points_ahead=POINTS_AHEAD,
    keys="`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>",
    has_dictionary=True,
    messages=(
        "hi, {} thanks",
        "hello, could you help me? {}",
        "I have a problem: {}",
        "i can't figure it out, {}, what should i do?",
        "{} please help",
    ),
)
