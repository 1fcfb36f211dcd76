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

TEXT_LANGUAGE = TextLanguage(
    code="en",
    stop_words=frozenset(STOP_WORDS.split()),
    anaphors=frozenset((*ANAPHORS.split(), *ANAPHORIC_PHRASES)),
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
