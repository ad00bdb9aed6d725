"""Structured data in HTML mail as `key: value` lines: schema.org JSON-LD and microdata, tables of two columns.

Shops put an Order or Invoice (https://schema.org/Order, /Invoice) into their receipts; forwarded receipts keep it.
What stands in a quotation (`blockquote`) is left out: there it is somebody else's mail, and the text has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from intake.mail.document import Document

_WORTH_READING = ("ld+json", "itemprop", "<table", "<dl")
_MAX_LINES = 200
_MAX_ROWS = 500
_MAX_TAGS = 6_000  # beyond, nesting could cost seconds; receipts have a few hundred
_MAX_VALUE = 300  # characters; longer cells are prose
_MAX_JSON_DEPTH = 8


def structured_lines(documents: Iterable[Document]) -> str:
    """The `key: value` lines of all documents, each once; "" where there are none."""
    lines: dict[str, None] = {}
    for html in documents:
        markup = html.markup.lower()
        if not any(sign in markup for sign in _WORTH_READING) or markup.count("<") > _MAX_TAGS:
            continue
        tree = html.tree
        for key, value in (*_json_ld(tree), *_microdata(tree), *_tables(tree)):
            if len(lines) < _MAX_LINES and key and value and len(key) <= 60 and len(value) <= _MAX_VALUE:
                lines[f"{key}: {value}"] = None
    return "\n".join(lines)


def _json_ld(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for script in tree.css('script[type="application/ld+json"]'):
        try:
            data = json.loads(script.text(deep=True) or "")
        except (ValueError, RecursionError):  # RecursionError: brackets without end
            continue
        yield from _flat(data, "", _MAX_JSON_DEPTH)


def _flat(data: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """`{"acceptedOffer": {"price": "29.00"}}` as `acceptedOffer.price: 29.00`; JSON-LD's own @-keys left out."""
    if depth == 0:
        return
    if isinstance(data, dict):
        for key, value in data.items():
            if not str(key).startswith("@"):
                yield from _flat(value, f"{path}.{key}" if path else str(key), depth - 1)
    elif isinstance(data, list):
        for value in data:
            yield from _flat(value, path, depth - 1)
    elif data is not None and path:
        yield _one_line(path), _one_line(str(data))


def _microdata(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Itemprop attributes (HTML Living Standard §5): the content attribute, a link, a time, else the text."""
    for node in tree.css("[itemprop]"):
        attributes = node.attributes
        if "itemscope" in attributes:
            continue
        value = attributes.get("content") or attributes.get("datetime") or node.text(deep=True)
        yield _one_line(attributes.get("itemprop") or ""), _one_line(value or "")


def _tables(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Rows of two cells, and definition lists."""
    for row in tree.css("tr")[:_MAX_ROWS]:
        cells = [child for child in row.iter() if child.tag in {"td", "th"}]
        if (
            len(cells) == 2
            and not _quoted(row)
            and not cells[1].css_first("table")
            and not cells[0].css_first("table")
        ):
            yield _cell(cells[0]), _cell(cells[1])
    for term in tree.css("dt")[:_MAX_ROWS]:
        value = term.next
        while value is not None and value.tag == "-text":
            value = value.next
        if value is not None and value.tag == "dd" and not _quoted(term):
            yield _cell(term), _cell(value)


def _quoted(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "blockquote":
            return True
        parent = parent.parent
    return False


def _cell(node: LexborNode) -> str:
    return _one_line(node.text(deep=True, separator=" ")).rstrip(":").rstrip()


def _one_line(text: str) -> str:
    return " ".join(text.split())
