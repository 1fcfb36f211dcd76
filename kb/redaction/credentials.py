"""Passwords, codes that let in once, keys and tokens. To speak of a password is not to tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.spans import TextSpan

WORD_MASK = "[password]"
CODE_MASK = "[code]"
KEY_MASK = "[secret]"

_KEY = (
    r"(?<![^\W_])(?:парол\w{0,3}|пасс?ворд\w{0,2}|password|passwd|passcode|passphrase|pwd|passw|pw"
    r"|кодов\w{2} слов\w{1,2}|секретн\w{2,3} (?:слов\w{1,2}|ответ\w?)|(?:secret"
    r"|memorable) (?:word|answer)"
    r"|pass(?=[ ]?[:=]|[ ](?=\w{0,20}[^\W\d_])\w{0,20}\d))"
)
_FOR = r"(?:[ ](?:от|к|для|на|в|for|to|of|from)(?:[ ][\w.-]{1,20}){1,3}?)?"
_WORDS = r"(?:[ ](?!это|is|was)[\w-]{1,20}){0,2}"
_VALUE = r"(?:[\"'«“„]\s?([^\"»”\n]{2,64}?)\s?[\"'»”]|\(?([^\s\"«»“”\x00\[(]{3,64}))"
_ASSIGNED = re.compile(rf"{_KEY}{_FOR}{_WORDS}\s{{0,2}}[:=]\s{{0,2}}{_VALUE}", re.IGNORECASE)
_STATED = re.compile(
    rf"{_KEY}{_FOR}{_WORDS}[ ](?:is|was|это|такои|будет|[-])[ ]{{1,2}}{_VALUE}", re.IGNORECASE
)
_KEYWORD = re.compile(_KEY, re.IGNORECASE)
_REVERSED = re.compile(
    r"(?<!\S)([^\s\"«»“”\x00\[(]{6,64})[ ](?:as|is|это|-|как)[ ](?:(?:my|a|the"
    r"|мои)[ ])?(?:password|парол)",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"(?<![^\W_])(?:парол(?:ь|ем|я|и)?(?=[a-z0-9])"
    r"|(?:password|passwd|pwd|passcode|passphrase)(?=(?-i:[A-Z0-9])))([^\s\"«»“”\x00\[(]{4,64})",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"{_KEY}[ \n]{{1,2}}{_VALUE}", re.IGNORECASE)
_ENDS = ".,;:?)…"
_WORD = re.compile(r"[ ]([^\s\"«»“”\x00\[(]{1,64})|[ \"«“(:=\-]{0,3}\x00{1,64}[\"»”).,;:]{0,2}")
_ANOTHER = re.compile(
    r"(?:стар|нов|прежн|прошл|друг|втор|перв)\w{1,3}|был|стал|теперь|или|и|либо|сеичас|а|на|это|is|was"
    r"|old|new|previous|other|second|first|now|or|and|then|to|раньше|before|[-]",
    re.IGNORECASE,
)
_OF_LOGIN = re.compile(r"от|для|к|на|for|of|to|on", re.IGNORECASE)
_MOST_WORDS = 5
_MOST_STEPS = 16
_VERSION = re.compile(r"v?\d+(?:\.\d+)+|[\w.]*-[\w.-]*", re.IGNORECASE)
_SYMBOLS = frozenset("!@#$%^&*+=~_")
_STEMS = re.compile(
    r"забы|потер|утер|сброс|сбрас|слаб|сложн|прост|коротк|длинн|верн|неверн|неправ|правил|истек"
    r"|устар|"
    r"почему|когда|зачем|куда|какои|можно|нужн|обяз|пуст|скрыт|видн|измен|смен|помен|восстан|прихо|"
    r"прише|подход|принят|отклон|заблок|украд|взлом|друг|стар|нов|тоже|опять|снова|всегда|совпад|"
    r"больше|меньше|введ|ввод|временн|отсутств|защищ|"
    r"wrong|incorrect|invalid|expir|weak|strong|short|long|requir|need|never|always|still|forgot|"
    r"lost|empty|unknown|missing|correct|right|okay|change|reset|recover|block|lock|same|different|"
    r"secure|safe|hidden|visible|case|what|where|when|there|here|accept|reject|refus|stol"
    r"|compromis|"
    r"leak|again|only|simple|easy|work|valid|field|link|manager|doesn|cannot|must|should|will|"
    r"protect|optional|generat|encrypt|temporar|disabled|enabled|shown|displayed"
)
_WORDS_OF_TALK = frozenset(
    "нет был есть как где что чего надо тот для или это мои все сам уже еще она они нас вас "
    "not too bad fine saved and but for the my your they yes old new set sent used has have off "
    "how why now out one also very just being been mine".split()
)
_UNIT = (
    r"(?![\w:])(?!\d)(?![.,]\d)(?![ ]?(?:символ|знак|цифр|год|г\b|дн|день|раз|попыт|мин|час|руб"
    r"|р\b|₽|"
    r"character|digit|day|hour|minute|time|attempt|symbol|letter|year|month|week|retries|tries))"
)
_CODE = (
    r"(\d{4,8}|\d{3}[ -]\d{3}(?![ -]?\d)|\d(?:[ -]\d){3,7}(?![ -]?\d)"
    r"|\d\d(?:[ -]\d\d){1,3}(?![ -]?\d))"
)
_ONE_TIME = re.compile(
    r"(?<![^\W_])(?:пин(?:[ -]?код\w{0,2})?|pin(?:[ -]?(?:code|number))?|otp|двухфакторк\w|"
    r"2fa(?:[ -](?:code|код))?|"
    r"(?:одноразов\w{2,3}|проверочн\w{2,3}|sms|смс|one-time|verification|confirmation|login"
    r"|access|authentication)[ -]?(?:код\w{0,2}|code|парол\w{0,2}|password|pin)|"
    r"код\w{0,2} (?:из|с|в) (?:смс|sms|письм\w|пуш\w?|push|приложени\w|сообщени\w)|"
    r"код\w{0,2} (?:подтверждени|доступ|активаци|авторизаци|вход)\w|code (?:from"
    r"|in) (?:the )?(?:sms|text|email|app))"
    r"(?:[ \n:=\-\"«#(]{1,4}(?:is|was|это|от|карт\w|на|номер|code|код|for|my|card|пришел"
    r"|такои)(?!\w)){0,3}"
    rf"[ \n:=\-\"«#(]{{0,4}}(?<!\d){_CODE}{_UNIT}",
    re.IGNORECASE,
)
_ANY_CODE = re.compile(
    rf"(?<![^\W_])(?:код\w{{0,2}}|code)(?:[ \n:=\-\"#(]{{1,4}}(?:is|was"
    rf"|это)(?!\w))?[ \n:=\-\"#(]{{1,4}}{_CODE}{_UNIT}",
    re.IGNORECASE,
)
_TOLD_CODE = re.compile(
    rf"(?<![^\W_])(?:код\w{{0,2}}|code)((?:,?[ ][^\W\d_]{{1,20}}){{1,7}})"
    rf"[ \n:=\-\"#(,]{{1,4}}{_CODE}{_UNIT}",
    re.IGNORECASE,
)
_HAS_COME = re.compile(
    r"прише|прислал|приход|получил|receiv|sent|text(?:ed)?(?!\w)|got|(?:из|в|по) смс|смск|sms"
    r"|e?mailed",
    re.IGNORECASE,
)
_HAS_NOT = re.compile(r"(?<!\w)(?:не|нет|not|no|never|n|t|без|until|через)(?!\w)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_AROUND_CHARS = 40
_AHEAD_CHARS = 12
_SENT = re.compile(
    r"смс|sms|пуш|push|подтвержд|verif|confirm|авториз|прише|прислал|получил|receiv|sent|text|"
    r"воити|вход|log ?in|sign ?in",
    re.IGNORECASE,
)
_OF_THINGS = re.compile(
    r"ошибк|error|discount|voucher|serial|country|postal|zip|индекс|"
    r"товар|промо|promo|exit|stop|артикул|скидк|coupon|купон|ввода|вход(?:а|е) в",
    re.IGNORECASE,
)
_NAMED_KEY = re.compile(
    r"(?<![^\W_])(?:api[ _-]?key|(?:access|secret|auth|api)[ _-]?(?:key|token)|secret|token"
    r"|bearer|токен\w?|"
    r"ключ\w{0,2})(?: api)?\s{0,2}[:=]?\s{0,2}([A-Za-z0-9_.~+/=-]{12,512})",
    re.IGNORECASE,
)
_RUN = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{16,512}(?:\.[A-Za-z0-9_-]{4,2000}){0,2}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:sk|pk|rk)_|gh[pousr]_|github_pat_|xox[abprs]-|eyJ|AKIA|AIza|glpat-|whsec_"
)
_PARTS = re.compile(r"[-_.]")
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")
_LEAST_RANDOM = 16
_CHANGE = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])")
_PHRASE_WORDS = 3
_COUNTED = re.compile(_UNIT, re.IGNORECASE)


def find_passwords(text: str) -> Iterator[TextSpan]:
    """Words after the one for a password that look like one, or that the sentence says are one."""
    forms = (
        (_ASSIGNED, _is_told),
        (_STATED, _is_told),
        (_BESIDE, _is_mixed),
        (_GLUED, _is_mixed),
        (_REVERSED, is_odd),
    )
    for pattern, is_password in forms:
        for match in pattern.finditer(text):
            quoted = (
                match.group(1)
                if match.lastindex == 1 and pattern not in (_REVERSED, _GLUED)
                else None
            )
            start, end = match.span(match.lastindex or 0)
            if quoted is None:
                end -= len(text[start:end]) - len(text[start:end].rstrip(_ENDS))
            is_phrase = quoted is not None and len(quoted.split()) >= _PHRASE_WORDS
            if is_phrase or (
                not _is_talk(text[start:end]) and (quoted or is_password(text, start, end))
            ):
                yield TextSpan(start, end, WORD_MASK)


def find_distant_passwords(text: str) -> Iterator[TextSpan]:
    """A word that is none, a few words after the one for passwords; and another, told after it."""
    for match in _KEYWORD.finditer(text):
        at, left, is_known, before = match.end(), _MOST_WORDS, False, ""
        for _ in range(_MOST_STEPS):
            if not left or not (word := _WORD.match(text, at)):
                break
            start, at = word.start(word.lastindex or 0), word.end()
            end = start + len((word.group(1) or "").rstrip(_ENDS))
            if word.group(1) is None:
                left, is_known = _MOST_WORDS, is_known or not _OF_LOGIN.fullmatch(before)
            elif is_odd(text, start, end) and (not is_known or _ANOTHER.fullmatch(before)):
                yield TextSpan(start, end, WORD_MASK)
                left, is_known = _MOST_WORDS, True
            else:
                left -= 1
            before = text[start:end]


def find_one_time_codes(text: str) -> Iterator[TextSpan]:
    for match in _ONE_TIME.finditer(text):
        yield TextSpan(*match.span(1), CODE_MASK)
    for match in _ANY_CODE.finditer(text):
        around = text[max(0, match.start() - _AROUND_CHARS) : match.end() + _AROUND_CHARS]
        if _SENT.search(around) and not _OF_THINGS.search(around):
            yield TextSpan(*match.span(1), CODE_MASK)


def find_told_codes(text: str) -> Iterator[TextSpan]:
    """Codes some words after the one for codes, when the words say that one has come."""
    for match in _TOLD_CODE.finditer(text):
        between, code = match.groups()
        around = text[max(0, match.start() - _AHEAD_CHARS) : match.end()]
        if _YEAR.fullmatch(code) or _HAS_NOT.search(between) or _OF_THINGS.search(around):
            continue
        if _HAS_COME.search(between):
            yield TextSpan(*match.span(2), CODE_MASK)


def find_keys(text: str) -> Iterator[TextSpan]:
    for match in _NAMED_KEY.finditer(text):
        if len(_CHANGE.findall(match.group(1))) > 1:
            yield TextSpan(*match.span(1), KEY_MASK)
    for match in _RUN.finditer(text):
        if _is_secret(match.group()):
            yield TextSpan(*match.span(), KEY_MASK)


def _is_talk(token: str) -> bool:
    """True for the words by which people speak of a password, as in "it is wrong"."""
    first = token.strip("!").lower().partition(" ")[0]
    return len(first) < 3 or first in _WORDS_OF_TALK or bool(_STEMS.match(first))


def _is_told(text: str, start: int, end: int) -> bool:
    """A word of letters alone is a password only when nothing follows it in its sentence."""
    token = text[start:end]
    if not token.strip("!").replace("-", "").replace("'", "").isalpha():
        return len(token) >= 4 and not _is_counted(text, token, end)
    return not text[end:].strip(" ") or text[end:].lstrip(" ")[0] in ".,;\n"


def _is_mixed(text: str, start: int, end: int) -> bool:
    token = text[start:end]
    if token.isdigit():
        return len(token) >= 4 and not _is_counted(text, token, end)
    has_digit, has_letter = any(map(str.isdigit, token)), any(map(str.isalpha, token))
    return len(token) >= 5 and has_letter and (has_digit or _has_symbol(token))


def is_odd(text: str, start: int, end: int) -> bool:
    """As `_is_mixed`, but a name of a product is none: words stand between."""
    token = text[start:end]
    if _VERSION.fullmatch(token) and not _has_symbol(token):
        return False
    has_digit, has_small = any(map(str.isdigit, token)), any(map(str.islower, token))
    return len(token) >= 6 and has_small and (has_digit or _has_symbol(token))


def _has_symbol(token: str) -> bool:
    return not _SYMBOLS.isdisjoint(token.rstrip("!"))


def _is_counted(text: str, token: str, end: int) -> bool:
    return token.isdigit() and not _COUNTED.match(text, end)


def _is_secret(run: str) -> bool:
    """True for what a machine has made: letters and digits change places often."""
    if _UUID.fullmatch(run) or (_PREFIX.match(run) and any(map(str.isdigit, run))):
        return True
    return any(map(_is_random, _PARTS.split(run)))


def _is_random(part: str) -> bool:
    """Kinds of characters change more often than in names such as Windows10Pro64bit."""
    chars, changes = len(part), len(_CHANGE.findall(part))
    if chars < _LEAST_RANDOM or changes < 2:
        return False
    cases = len(_CASE_CHANGE.findall(part))
    return changes >= 0.3 * chars or changes + cases >= 0.5 * chars or chars >= 32
