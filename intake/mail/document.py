"""An HTML document or fragment, parsed once for all that is read in it: its words, its structured data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

_NESTING = re.compile(
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|dt|dd|option|"
    r"html|head|body|tbody)[\s/>])[a-zA-Z][^<>]*>",
    re.IGNORECASE,
)
_MANY_TAGS = 5_000
_MAX_DEPTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Markup and its tree."""

    markup: str = field(repr=False)
    tree: LexborHTMLParser = field(repr=False)


def document(html: str) -> Document:
    """The document of some markup; never raises on bad markup."""
    return Document(markup=html, tree=LexborHTMLParser(_flattened(html)))


def _flattened(html: str) -> str:
    """Markup without the levels no mail has: the parser's time grows with the square of the depth."""
    if html.count("<") < _MANY_TAGS:
        return html
    depth = 0

    def level(match: re.Match[str]) -> str:
        nonlocal depth
        if match.group(1):
            depth = max(depth - 1, 0)
            return match.group() if depth < _MAX_DEPTH else "<br>"
        depth += 1
        return match.group() if depth <= _MAX_DEPTH else "<br>"

    return _NESTING.sub(level, html)
