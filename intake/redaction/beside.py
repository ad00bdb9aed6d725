"""What stands beside a card: expiry and CVV in their usual place, expiries under a label."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.kinds import Kind
from intake.redaction.scan import WORDS, Scan

_MONTH = r"(?:0[1-9]|1[0-2]|[1-9](?![0-9]))"
_YEAR = r"(?:20)?(?:2[0-9]|3[0-9]|4[0-5])"
_NAMES = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|"
    r"mai|okt|dez|märz|janv|févr|mars|avr|juin|juil|août|déc|ene|abr|ago|dic|set|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру)"
)
_EXPIRY = re.compile(
    rf"(?<![0-9])(?:{_MONTH} ?[/.\-|\\:,~*_] ?{_YEAR}|{_MONTH} {_YEAR}|20(?:2[0-9]|3[0-9]) ?[/.\-] ?{_MONTH}|(?:0[1-9]|1[0-2])(?:2[3-9]|3[0-9])"
    rf"|{_NAMES}[^\W\d_]*\.? ?(?:(?:de|del|of|des) )?'?{_YEAR})(?![0-9]|[/.\-] ?[0-9]{{2,}}|[,.:][0-9])"
)
_PLACED = re.compile(  # straight after a card: MM/YY, unlabelled
    rf"[\W_]{{0,8}}?(?:{_MONTH}[\W_]{{1,3}}{_YEAR}|20[23][0-9][/\-](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:2[3-9]|3[0-9]))(?![0-9]|[/.\-][0-9]{{2,}}|[,.:][0-9])"
)
_CVV_PLACED = re.compile(
    r"[\W_]{0,8}?(?<![0-9.,+])([0-9]{3,4}|[0-9](?: [0-9]){2,3})(?![0-9]|[.,/:\-][0-9]|\s[0-9]{4})"
)
UNIT = re.compile(  # what a number before it counts
    r"[ \xa0]?(?:%|€|\$|£|₽|₴|¥|eur|usd|gbp|rub|uah|euros?\b|dollars?|pounds?|руб|р\.|грн|грив|тенге|рублей|times|days?|hours?|минут|дней|раз|kg|km|mb|gb|px|ms\b|°)"
)
_REACH = 60  # characters from a label to its value
_SAME_FORM = 240  # characters between a card and its expiry, other fields of a form between them
_SAYS = 16  # characters from a verb of telling to a date
_SAYS_TILL, _FEW = 32, 3  # characters, and words of them, that say till when a card is good
_NO_EXPIRY = (Kind.MONEY, Kind.LABEL, Kind.NOT_CODE, Kind.NOT_CARD, Kind.THING)


def find_beside_cards(scan: Scan) -> None:
    """Cut expiry and CVV that follow or precede a card without a label, in their usual place."""
    for start, end in sorted(scan.cards):
        at = _placed_expiry(scan, end)
        if at is None:
            at = _cvv_then_expiry(scan, end)
        else:
            _placed_cvv(scan, at)
        _expiry_before(scan, start)
        _listed(scan, end)


_LISTED = re.compile(
    rf"(?<![0-9])({_MONTH}[/.]?{_YEAR})(?!/20[0-9]{{2}}(?![0-9]))[^\S\n]*[/|,;\-][^\S\n]*([0-9]{{3,4}})(?![0-9]|[.,/][0-9])"
    rf"|(?<![0-9])((?:0[1-9]|1[0-2])/{_YEAR})[^\S\n]{{1,3}}([0-9]{{3}})(?=[^\S\n]*(?:[,;.)]\s|\n|\Z))"
)


_ABBREVIATED = (
    re.compile(  # blanks are given to no second part again: a page of them would be split in every place
        rf"[^\S\n]*+[,;|]?[^\S\n]*+[^\W\d_]{{1,6}}[.:]?[^\S\n]?((?:0[1-9]|1[0-2])[/.]?{_YEAR})"
        r"[^\S\n]*+[,;|]?[^\S\n]*+[^\W\d_]{1,6}[.:]?[^\S\n]?([0-9]{3,4})(?![0-9]|[.,/:\-][0-9])"
    )
)


def _listed(scan: Scan, end: int) -> None:
    """Expiry and CVV in a row, further on in the card's line: "4111 … / Jo Sample / 10.29 / 772", "4111 … X 1029 C 772"."""
    line = scan.folded.lower.find("\n", end, end + _REACH)
    match = _LISTED.search(scan.folded.lower, end, line if line >= 0 else end + _REACH)
    short = _ABBREVIATED.match(scan.folded.lower, end)
    if short and not scan.hits.within(*short.span(), Kind.CVV):
        match = short
    if match and not UNIT.match(scan.folded.lower, match.end()):
        expiry, cvv = (1, 2) if match.group(1) else (3, 4)
        scan.cut(*match.span(expiry), SecretType.EXPIRY, "expiry.listed")
        scan.cut(*match.span(cvv), SecretType.CVV, "cvv.listed")


def _placed_expiry(scan: Scan, end: int) -> int | None:
    text = scan.folded.lower
    match = _PLACED.match(text, end, end + 30)
    if match is None:
        return None
    first = _first_digit(text, match.start(), match.end())
    scan.cut(first, match.end(), SecretType.EXPIRY, "expiry.placed")
    return match.end()


def _placed_cvv(scan: Scan, at: int) -> None:
    text = scan.folded.lower
    match = _CVV_PLACED.match(text, at, at + 16)
    if match and not UNIT.match(text, match.end()):
        scan.cut(match.start(1), match.end(1), SecretType.CVV, "cvv.placed")


def _cvv_then_expiry(scan: Scan, end: int) -> int | None:
    text = scan.folded.lower
    code = _CVV_PLACED.match(text, end, end + 16)
    if code is None:
        return None
    match = _PLACED.match(text, code.end(), code.end() + 20)
    if match is None:
        return None
    scan.cut(code.start(1), code.end(1), SecretType.CVV, "cvv.placed")
    scan.cut(_first_digit(text, match.start(), match.end()), match.end(), SecretType.EXPIRY, "expiry.placed")
    return match.end()


def _expiry_before(scan: Scan, start: int) -> None:
    """MM/YY straight before a card, on its line: "09/28 4111 …"."""
    text = scan.folded.lower
    head = text[max(0, start - 12) : start]
    match = re.search(rf"(?<![0-9/.\-])(?:0[1-9]|1[0-2]) ?/ ?{_YEAR}[ ,;|\t]{{1,4}}$", head)
    if match:
        first = max(0, start - 12) + match.start()
        scan.cut(first, first + len(match.group().rstrip(" ,;|\t")), SecretType.EXPIRY, "expiry.placed")


def _first_digit(text: str, start: int, end: int) -> int:
    return next(at for at in range(start, end) if text[at].isdigit())


def find_expiries(scan: Scan) -> None:
    """Cut labelled expiries, and unlabelled MM/YY near a card."""
    text = scan.folded.lower
    for hit, _, ceiling in scan.hits.apart(Kind.EXPIRY):
        match = _EXPIRY.search(text, hit.end, min(hit.end + _REACH, ceiling))
        if match is None or not scan.joins(hit.end, match.start()):
            continue
        if scan.beside_card(hit.start, match.end(), _SAME_FORM) or _card_talk(scan, hit.start, match.end()):
            scan.cut(match.start(), match.end(), SecretType.EXPIRY, "expiry.labelled")
    for cut in scan.earlier:
        if cut.type is SecretType.CVV and (match := _EXPIRY.search(text, cut.end, cut.end + _SAYS_TILL)):
            words = WORDS.findall(text, cut.end, match.start())
            if words and words[-1] in scan.lexicon.until and scan.joins(cut.end, match.start()):
                scan.cut(*match.span(), SecretType.EXPIRY, "expiry.until")
    for start, end in scan.cards:
        for match in _EXPIRY.finditer(text, max(0, start - 40), end + 60):
            labelled = "/" in match.group() and scan.near(
                start, end, 60, 80, Kind.EXPIRY, Kind.CVV, Kind.CODE
            )
            if labelled or _told_of_card(scan, (start, end), match):
                scan.cut(match.start(), match.end(), SecretType.EXPIRY, "expiry.near")


def _told_of_card(scan: Scan, card: tuple[int, int], match: re.Match[str]) -> bool:
    """Whether a month and a year tell till when a card is good: "lasts till June 2028", or nothing says otherwise."""
    text = scan.folded.lower
    gap = (card[1], match.start()) if match.start() >= card[1] else (match.end(), card[0])
    *_, clause = re.split(r"[.!?]\s(?![0-9])|\n\s*\n", text[slice(*gap)])
    apart = len(clause) < gap[1] - gap[0] and not _says(scan, match.start() - len(clause), match.start())
    if apart or scan.hits.within(*gap, *_NO_EXPIRY):
        return False
    words = WORDS.findall(text, max(0, match.start() - _SAYS_TILL), match.start())[-_FEW:]
    if not scan.lexicon.until.isdisjoint(words):
        return True
    dated = bool(words) and words[-1] in scan.lexicon.day
    return (
        "/" in match.group()
        and not dated
        and not scan.hits.within(match.end(), match.end() + _SAYS_TILL, Kind.MONEY)
    )


def _says(scan: Scan, start: int, end: int) -> bool:
    """Whether a sentence begins by telling what stands somewhere: "It says 12/26"."""
    told = scan.last_before(end, min(_SAYS, end - start), Kind.TOLD)
    return (
        told is not None
        and scan.joins(told.end, end)
        and len(WORDS.findall(scan.folded.lower, start, end)) <= _FEW
    )


def _card_talk(scan: Scan, start: int, end: int) -> bool:
    """Whether the words around speak of a card's own data: a card word directly before, or a CVV near."""
    return scan.near(start, end, 40, 0, Kind.CARD) or scan.near(start, end, 60, 60, Kind.CVV)
