"""Secrets in tables: a label heads a column, the values stand below it (CSV, tab or bar between the cells)."""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.kinds import Kind
from intake.redaction.scan import Scan

_SEPARATORS = ("\t", "|", ";", ",")
_VALUES: dict[Kind, tuple[SecretType, re.Pattern[str]]] = {
    Kind.CVV: (SecretType.CVV, re.compile(r"[0-9]{3,4}")),
    Kind.EXPIRY: (
        SecretType.EXPIRY,
        re.compile(r"(?:0?[1-9]|1[0-2])[/.\- ]?(?:20)?[2-4][0-9]|20[2-4][0-9][/.\-](?:0?[1-9]|1[0-2])"),
    ),
    Kind.PIN: (SecretType.PIN, re.compile(r"[0-9]{4,6}")),
    Kind.OTP: (SecretType.OTP, re.compile(r"[0-9]{4,8}|[0-9]{3} [0-9]{3}")),
    Kind.PASSWORD: (SecretType.PASSWORD, re.compile(r"\S{4,64}")),
    Kind.TOKEN: (SecretType.TOKEN, re.compile(r"[A-Za-z0-9_\-.+/=]{12,512}")),
}
_MAX_HEADER = 400


def find_columns(scan: Scan) -> None:
    """Cut the values in the columns that a heading names."""
    text = scan.folded.lower
    done = -1
    for hit in scan.hits.of(*_VALUES):
        start = text.rfind("\n", max(0, hit.start - _MAX_HEADER), hit.start) + 1
        end = text.find("\n", hit.end, hit.end + _MAX_HEADER)
        if start <= done or end < 0:
            continue
        separator = next((sign for sign in _SEPARATORS if sign in text[start:end]), None)
        if separator:
            done = _table(scan, start, end, separator)


def _table(scan: Scan, start: int, end: int, separator: str) -> int:
    """Go down the rows under the header line `start:end`; returns where the table ends."""
    text = scan.folded.lower
    heads = _cells(text, start, end, separator)
    wanted = {
        at: found[0].kind
        for at, (first, last) in enumerate(heads)
        if (found := scan.hits.within(first, last, *_VALUES)) and _is_head(text, first, last)
    }
    if not wanted:
        return start
    while True:
        row = end + 1
        end = text.find("\n", row)
        end = len(text) if end < 0 else end
        cells = _cells(text, row, end, separator)
        if row >= len(text) or len(cells) != len(heads):
            return min(row, len(text))
        for at, kind in wanted.items():
            _cut_cell(scan, kind, *cells[at])


def _is_head(text: str, first: int, last: int) -> bool:
    """A heading is short and holds no number of its own."""
    return last - first <= 40 and not re.search(r"[0-9]{3}", text[first:last])


def _cells(text: str, start: int, end: int, separator: str) -> list[tuple[int, int]]:
    cells = []
    at = start
    while True:
        stop = text.find(separator, at, end)
        cells.append((at, stop if stop >= 0 else end))
        if stop < 0:
            return cells
        at = stop + 1


def _cut_cell(scan: Scan, kind: Kind, start: int, end: int) -> None:
    text = scan.folded.lower
    while start < end and text[start] in " \"'*>":
        start += 1
    while end > start and text[end - 1] in " \"'*\r":
        end -= 1
    secret, value = _VALUES[kind]
    if value.fullmatch(scan.folded.plain, start, end) and not (
        secret is SecretType.PASSWORD and text[start:end] in scan.lexicon.no_value
    ):
        scan.cut(start, end, secret, f"{secret.value}.column")
