"""Secrets in tables: a label heads a column, the values stand below it (CSV, bars, tabs, columns lined up by blanks).

Or it stands in a list of names that lists of values follow, as in an SQL INSERT.
"""

from __future__ import annotations

import re

from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.ranges import LENGTHS
from intake.redaction.scan import WORDS, Scan
from intake.redaction.tables import Cell, aligned, heading, items, lines_below, lists_after, may_head
from intake.redaction.tokens import drawn

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
    Kind.CARD: (SecretType.PAN, re.compile(r"[0-9](?:[ \-]?[0-9]){13,18}")),  # one slip of the pen included
}
_LONE = frozenset({Kind.CVV, Kind.EXPIRY, Kind.PIN, Kind.OTP, Kind.TOKEN})
_OTHERS = (Kind.LABEL, Kind.NOT_CODE, Kind.NOT_OTP, Kind.MONEY, Kind.OTHER, Kind.THING)
_PLAIN = re.compile(r"[0-9+(](?:[ ().\-]{0,2}[0-9]){2,14}")  # a number, a phone
_HEADING = re.compile(r"[^\W\d_]{2,20}(?: [^\W\d_]{1,20}){0,3}")  # nothing made up
_NAME = re.compile(r"[^\W\d_]{2,16}(?:[ \-]?[^\W_]{1,12}){0,2}")
_MAX_HEADER = 400
_LONGEST_HEAD = 40
_INSERT = re.compile(r"\W{0,4}(?:values|rows|data)\W")  # what follows a list of one name
_STRAY = 3  # lines of another width within a table


def find_columns(scan: Scan) -> None:
    """Cut the values in the columns that a heading names."""
    text = scan.folded.lower
    done, opened = -1, set[int]()
    for hit in scan.hits.of(*_VALUES):
        opening = max(text.rfind(sign, max(0, hit.start - _MAX_HEADER), hit.start) for sign in "([")
        if opening >= 0 and opening not in opened:
            opened.add(opening)
            _lists(scan, opening)
        start = text.rfind("\n", max(0, hit.start - _MAX_HEADER), hit.start) + 1
        end = text.find("\n", hit.end, hit.end + _MAX_HEADER)
        if start > done and end >= 0 and may_head(text, (start, end)):
            done = _table(scan, hit, (start, end))


def _lists(scan: Scan, opening: int) -> None:
    """A list of names at `opening`, and lists of as many values after it."""
    text = scan.folded.lower
    names = items(text, opening, opening + 2 * _MAX_HEADER)
    if names is None or (len(names[0]) == 1 and not _INSERT.match(text, names[1])):
        return
    wanted = _wanted(scan, names[0])
    others = _others(scan, names[0], wanted)
    for values in lists_after(text, names[1]) if wanted else ():
        if len(values) == len(names[0]):
            _cut_cells(scan, wanted, values)
            _keep_cells(scan, [values[at] for at in others], _PLAIN)


def _table(scan: Scan, hit: Hit, head: Cell) -> int:
    """Go down the rows under a head; returns where the table ends."""
    text = scan.folded.lower
    below = lines_below(text, head[1])
    line = next(below, None)
    found = heading(text, head, line) if line else None
    if line is None or found is None:
        return _lone_column(scan, hit, head)
    sign, heads = found
    wanted = _wanted(scan, heads)
    others = _others(scan, heads, wanted)
    if Kind.PASSWORD in wanted.values():
        _keep_cells(scan, [heads[at] for at in range(len(heads)) if at not in wanted], _HEADING)
    stray = 0
    end = head[0]
    while wanted and line is not None and sign in text[slice(*line)] and stray < _STRAY:
        cells = aligned(text, heads, line, sign)
        if len(cells) == len(heads):
            _cut_cells(scan, wanted, cells)
            _keep_cells(scan, [cells[at] for at in others], _PLAIN)
            if Kind.PASSWORD in wanted.values():
                _keep_cells(scan, [cells[at] for at in others], _NAME)
            stray = 0
        else:
            stray += 1
        end = line[0]
        line = next(below, None)
    return end


def _lone_column(scan: Scan, hit: Hit, head: Cell) -> int:
    """Values under a label that stands alone, each on a line of its own."""
    text = scan.folded.lower
    if hit.kind not in _LONE or not scan.joins(head[0], hit.start) or not scan.joins(hit.end, head[1]):
        return head[0]
    end = head[0]
    for line in lines_below(text, head[1]):
        if not _cut_cell(scan, hit.kind, *line):
            break
        end = line[0]
    return end


def _wanted(scan: Scan, heads: list[Cell]) -> dict[int, Kind]:
    """What stands in which column, by the headings: short, without a number, and no word on what became of it."""
    text = scan.folded.lower
    wanted = {}
    for at, (first, last) in enumerate(heads):
        found = scan.hits.within(first, last, *_VALUES) if last - first <= _LONGEST_HEAD else []
        label = next((hit for hit in found if hit.kind is not Kind.CARD), found[0] if found else None)
        if label is None or re.search(r"[0-9]{3}", text[first:last]):
            continue
        if scan.lexicon.no_value.isdisjoint(WORDS.findall(scan.folded.words, label.end, last)):
            wanted[at] = label.kind
    return wanted


def _others(scan: Scan, heads: list[Cell], wanted: dict[int, Kind]) -> list[int]:
    """The columns whose headings name something else."""
    return [at for at, cell in enumerate(heads) if at not in wanted and scan.hits.within(*cell, *_OTHERS)]


def _cut_cells(scan: Scan, wanted: dict[int, Kind], cells: list[Cell]) -> None:
    for at, kind in wanted.items():
        _cut_cell(scan, kind, *cells[at])


def _keep_cells(scan: Scan, cells: list[Cell], form: re.Pattern[str]) -> None:
    """Protect cells that are wholly of a form: short numbers, or words that look like the password beside them.

    The label of a column is not that of the cells under headings of their own, nor of the headings.
    """
    for start, end in cells:
        match = form.search(scan.folded.plain, start, end)
        if (
            match
            and match.group() == scan.folded.plain[start:end].strip(" \"'>*")
            and scan.free(*match.span())
        ):
            scan.protect(*match.span())


def _cut_cell(scan: Scan, kind: Kind, start: int, end: int) -> bool:
    """Cut a cell that holds such a value and nothing else."""
    text = scan.folded.plain
    while start < end and text[start] in " \"'*>`\n\t|":
        start += 1
    while end > start and text[end - 1] in " \"'*`\r\n\t|}])":
        end -= 1
    secret, form = _VALUES[kind]
    if not form.fullmatch(text, start, end):
        return False
    value = text[start:end]
    if kind is Kind.CARD:
        digits = re.sub(r"[ \-]", "", value)
        if len(digits) not in LENGTHS.get(digits[:4], ()):
            return False
        if scan.cut(start, end, secret, "pan.column", digits[-4:]):
            scan.add_card(start, end)
        return True
    if kind is Kind.PASSWORD and value.lower() in scan.lexicon.no_value:
        return False
    if kind is Kind.TOKEN and not drawn(value):
        return False
    scan.cut(start, end, secret, f"{secret.value}.column")
    return True
