"""English, as far as the help centre knows it beyond its catalogue."""

from __future__ import annotations

from kb.languages.record import PERSON, Language
from search.text.languages.en import TEXT_LANGUAGE

LANGUAGE = Language(
    text=TEXT_LANGUAGE,
    date_pattern="d MMMM y",
    question_words=(
        "how|what|when|where|why|which|who|whom|whose|can|could|do|does|did|is|are|will|should|may"
    ),
    greetings="""
    hello hi hey hiya greetings good morning afternoon evening day there team everyone all
""",
    negation="not",
    persons="""
    operator human agent person representative manager
""",
    bare_requests="""
    operator human agent person representative someone manager live real need want get call
    connect give urgently
""",
    callouts={"note": "Note", "careful": "Careful", "danger": "Danger"},
    draft=("One sentence that already answers the question", "The first paragraph answers."),
    topics={
        PERSON: (
            "talk to a human",
            "speak to a human",
            "talk to a person",
            "speak to a person",
            "talk to an agent",
            "speak to an agent",
            "speak with an agent",
            "talk to someone",
            "speak to someone",
            "talk to an operator",
            "connect me to a person",
            "connect me to an agent",
            "connect me to an operator",
            "transfer me to an agent",
            "real person",
            "real human",
            "human agent",
            "live agent",
            "need a human",
            "need an operator",
            "customer service representative",
            "not a bot",
        ),
        "chargeback": (
            "chargeback",
            "charge back",
            "dispute the charge",
            "dispute the payment",
            "dispute this transaction",
        ),
        "injury": (
            "injury",
            "injured",
            "got hurt",
            "burned my hand",
            "electric shock",
            "electrocuted",
            "caught fire",
            "on fire",
            "exploded",
            "child swallowed",
            "went to hospital",
        ),
        "legal": (
            "lawsuit",
            "sue you",
            "my lawyer",
            "my attorney",
            "legal action",
            "take you to court",
            "small claims",
            "trading standards",
        ),
        "personal-data": (
            "personal data",
            "delete my data",
            "erase my data",
            "data breach",
            "data leak",
            "gdpr",
        ),
        "fraud": (
            "fraud",
            "scammed",
            "account was hacked",
            "hacked my account",
            "stolen card",
            "card was stolen",
            "unauthorised charge",
            "unauthorized charge",
        ),
        "self-harm": (
            "kill myself",
            "suicide",
            "end my life",
        ),
    },
)
