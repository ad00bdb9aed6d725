"""Tables and lists in a text: what parts the cells of a row, where they stand, which line heads the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

GAP = "  "  # columns that are lined up by blanks
_SIGNS = ("\t", "|", ";", ",", GAP)
_CELLS = {  # one cell; a quoted one may hold the sign
    sign: re.compile(
        rf'[^\S\t\n]*+"(?:[^"\n]|"")*+"[^\S\t\n]*+(?={re.escape(sign)}|$)|[^{re.escape(sign)}\n]*+'
    )
    for sign in _SIGNS
    if sign != GAP
}
_LINED_UP = re.compile(r"\S+(?: \S+)*")
_WORD = re.compile(r"\S+")
_RULE = re.compile(r"[\s>+|:=\-]*")  # a line drawn between head and rows
_CENTS = re.compile(r"[^\S\n]*[0-9]{1,2}[^\S\n]*(?:eur|usd|gbp|rub|uah|[€$£₽₴])?[^\S\n]*")
_ITEM = re.compile(r"""\s*+(?:'(?:[^'\\]|\\.|'')*+'|"(?:[^"\\]|\\.|"")*+"|`[^`]*+`|[^,()\[\]'"`]*+)\s*+""")
_NEXT = re.compile(r"[^()\[\]]{0,40}+[(\[]{1,2}")
_WORDS = 4  # of a heading on average

Cell = tuple[int, int]


def line_at(text: str, at: int) -> Cell:
    """The line that holds `at`, without its break."""
    end = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, len(text) if end < 0 else end


def lines_below(text: str, end: int) -> Iterator[Cell]:
    """The lines below one that ends at `end`, but for empty ones and those that only draw a line."""
    while end < len(text):
        start = end + 1
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if not _RULE.fullmatch(text, start, end):
            yield start, end


def row(text: str, line: Cell, sign: str) -> list[Cell]:
    """The cells of a line."""
    start, end = line
    if sign == GAP:
        return [match.span() for match in _LINED_UP.finditer(text, start, end)]
    cells: list[Cell] = []
    while start <= end and (match := _CELLS[sign].match(text, start, end)):
        cells.append(match.span())
        start = match.end() + 1
    return cells


def may_head(text: str, line: Cell) -> bool:
    """Whether a line may head a table or a column: no prose, in which commas part many words."""
    written = text[slice(*line)]
    return any(sign in written for sign in _SIGNS if sign != ",") or written.count(" ") <= _WORDS * (
        written.count(",") + 1
    )


def heading(text: str, head: Cell, below: Cell) -> tuple[str, list[Cell]] | None:
    """The sign that parts the columns of a table by its first two lines, and the cells of its head."""
    for sign in _SIGNS:
        parted = text.count(sign, *head)
        if not parted or (sign != GAP and parted > text.count(sign, *below)):
            continue
        heads = row(text, head, sign)
        if len(heads) > 1 and len(aligned(text, heads, below, sign)) == len(heads):
            return sign, heads
    return None


def aligned(text: str, heads: list[Cell], line: Cell, sign: str) -> list[Cell]:
    """The cells of a line below a head, one a column; others in number where the line is no row of the table."""
    cells = row(text, line, sign)
    if len(cells) == len(heads):
        return cells
    if sign == "," and len(cells) > len(heads):
        return _whole(text, cells, len(cells) - len(heads))
    if sign == GAP and len(cells) > 1:
        return _below(text, heads, line)
    return cells


def _whole(text: str, cells: list[Cell], spare: int) -> list[Cell]:
    """The cells where a comma before cents is no edge, of so many that are too many: "2026-09-09,1 490,00"."""
    whole = cells[-1:]
    for start, end in reversed(cells[:-1]):
        cents = whole[0]
        if spare and text[end - 1 : end].isdigit() and _CENTS.fullmatch(text, *cents):
            whole[0] = start, cents[1]
            spare -= 1
        else:
            whole.insert(0, (start, end))
    return whole


def _below(text: str, heads: list[Cell], line: Cell) -> list[Cell]:
    """The words that stand below each heading, where columns are lined up and a cell is empty or full to its edge."""
    start, end = line
    zero = line_at(text, heads[0][0])[0]
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    found: list[Cell] = []
    for first, last in heads:
        under = [word for word in words if word[0] - start < last - zero and word[1] - start > first - zero]
        found.append((under[0][0], under[-1][1]) if under else (end, end))
    return found


def items(text: str, at: int, limit: int) -> tuple[list[Cell], int] | None:
    """The items of the list in brackets that opens at `at`, and where it ends; `None` where it does not close."""
    found: list[Cell] = []
    sign = ","
    while sign == "," and (match := _ITEM.match(text, at + 1, limit)):
        found.append(match.span())
        at = match.end()
        sign = text[at : at + 1]
    return (found, at + 1) if sign in {")", "]"} else None


def lists_after(text: str, at: int) -> Iterator[list[Cell]]:
    """The lists in brackets that follow one another from `at` on."""
    while opening := _NEXT.match(text, at):
        found = items(text, opening.end() - 1, len(text))
        if found is None:
            return
        yield found[0]
        at = found[1]
