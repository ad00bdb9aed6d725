"""API keys and tokens: by the form their issuers give them, or random words under a label."""

from __future__ import annotations

import re
from itertools import pairwise

from intake.redaction.findings import SecretType
from intake.redaction.kinds import Kind
from intake.redaction.scan import Scan

_KNOWN = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"[A-Za-z][A-Za-z0-9]{1,15}_(?:live|test|prod|secret|key|sk|pk|pat|api|token|sandbox)_[A-Za-z0-9_\-]{8,}"  # Stripe's manner, widely copied
    r"|(?:sk|pk|rk)[-_](?:live|test|proj|ant|or|svcacct)?[-_]?[A-Za-z0-9_\-]{16,}"
    r"|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}"  # Amazon
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|gl(?:pat|dt|ft)-[A-Za-z0-9_\-]{12,}"
    r"|xox[abeprs]-[A-Za-z0-9\-]{10,}|xapp-[A-Za-z0-9\-]{10,}"
    r"|AIza[A-Za-z0-9_\-]{20,}|ya29\.[A-Za-z0-9_\-]{16,}"
    r"|SG\.[A-Za-z0-9_\-]{12,}\.[A-Za-z0-9_\-]{12,}|key-[a-f0-9]{24,}"
    r"|hf_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{16,}|pypi-[A-Za-z0-9_\-]{16,}|dop_v1_[a-f0-9]{16,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{16,}|sq0[a-z]{3}-[A-Za-z0-9_\-]{16,}|whsec_[A-Za-z0-9+/=]{12,}"
    r"|eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*)?"  # JSON Web Token (RFC 7519)
    r"|[0-9]{8,10}:AA[A-Za-z0-9_\-]{30,}"  # Telegram bot
    r")"
)
_PRIVATE = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]{0,8192})(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
)
_PARAMETER = re.compile(
    r"[?&;](?:access_?token|auth_?token|refresh_?token|token|api_?key|apikey|client_?secret|secret|jwt|session_?id|sid|passwd|password|pwd|pass|otp|signature|sig)=([^\s&#\"'<>\x1a]{4,512})"
)
_VALUE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9_\-.+/~]{8,512}={0,2}")
_REACH = 70  # characters from a label to its value
_LONGEST = 512  # characters of a token
_ASIDE = re.compile(r"\s\([^()\n]{1,40}\)\s\Z")
_SURE = 16  # of one that is hardly anything else
_ALSO = re.compile(r"[A-Za-z0-9_\-]{12,}")  # of another one in the same row
_ORDER = re.compile(
    r"[A-Za-z]{1,6}-?[0-9-]+|[0-9./:\-]+|\S+@\S+|[\w\-]+\.(?:pdf|png|jpe?g|txt|csv|zip)|https?:.*|www\..*"
)

# "req":"f3b0-77ae" below a line with a token: a number of theirs, by its own key
_ITS_KEY = re.compile(
    r"[\"'](?:req(?:uest)?|trace|span|(?:req(?:uest)?|trace|span|job|run|order|invoice|error)[_\-]?(?:id|ref|no))[\"']"
    r"\s?:\s?[\"']?$",
    re.IGNORECASE,
)


def find_known_tokens(scan: Scan) -> None:
    """Cut keys that show by their form what they are."""
    text = scan.folded.plain
    for start, end in scan.runs:
        for match in _KNOWN.finditer(text, start, end):
            scan.cut(*_trim(text, *match.span()), SecretType.TOKEN, "token.form")
    if "PRIVATE KEY" in text:
        for match in _PRIVATE.finditer(text):
            scan.cut(*match.span(), SecretType.TOKEN, "token.private_key")
    if "=" in text:
        for match in _PARAMETER.finditer(scan.folded.lower):
            scan.cut(*_trim(text, *match.span(1)), SecretType.TOKEN, "token.parameter")


def find_labelled_tokens(scan: Scan) -> None:
    """Cut random words that follow "API key", "token", "secret" in their sentence."""
    text = scan.folded.plain
    for hit, floor, ceiling in scan.hits.apart(Kind.TOKEN, Kind.PIN):  # "clave secreta" is said of both
        if _tag(text, hit.start, hit.end) and text[floor : hit.start] != "</":
            continue  # <key>anything</key>
        last = min(hit.end + _REACH, ceiling)
        row = hit.end  # where the label ends, or the token before
        for match in _VALUE.finditer(text, hit.end, last + _LONGEST):
            if match.start() >= last:
                break
            gap = text[row : match.start()]
            below = not gap.strip(" \t\r\n>:*|-=")
            if not below and re.search(r"(?<!\.)[.!?]\s|\n\s*\n|\x1a", gap):
                break
            start, end = _trim(text, *match.span())
            if not (below or _linked(scan, row, start, end)) and not re.search(r"[:=][\s\"'`(*]{0,4}$", gap):
                continue
            if hit.kind is Kind.PIN and end - start < _SURE:
                continue
            if row > hit.end and not (_ALSO.fullmatch(text, start, end) and not _ITS_KEY.search(gap)):
                continue  # the token itself is cut already
            if drawn(text[start:end]) and scan.cut(start, end, SecretType.TOKEN, "token.label"):
                row, last = end, min(end + _REACH, ceiling)


def _linked(scan: Scan, label: int, start: int, end: int) -> bool:
    """Whether a word belongs to a label or to the token before it; a long one may have a strange word before it."""
    if end - start < _SURE:
        return scan.joins(label, start)
    if aside := _ASIDE.search(scan.folded.lower, label, start):
        start = aside.start()
    return scan.joins(label, start, strangers=1) and not scan.hits.within(
        label, start, Kind.LABEL, Kind.NOT_TOKEN
    )


def _tag(text: str, start: int, end: int) -> bool:
    """Whether "key" is a tag's name, which says nothing of what stands in it."""
    return text[start - 1 : start] in {"<", "/"} and text[start : end + 1] == "key>"


def drawn(value: str) -> bool:
    """Whether a word is drawn, not written: digits among letters, and no order, date or link."""
    if _ORDER.fullmatch(value):
        return False
    digits = sum(c.isdigit() for c in value)
    letters = sum(c.isalpha() for c in value)
    if digits and letters:
        return len(value) >= 8
    humps = sum(a.islower() and b.isupper() for a, b in pairwise(value))
    return len(value) >= 16 and (humps >= 2 or digits >= 16)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] in ".,;:!?)'\"":
        end -= 1
    return start, end
