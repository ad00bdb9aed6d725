"""HTML mail as text: what a reader sees, and apart from it what the markup hides.

Quoted replies keep `> ` before each line, so that quoted words stay recognisable; table cells are parted by a tab.
Parsed by lexbor as browsers do (WHATWG HTML), walked without recursion: linear on hostile markup.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from intake.mail.document import Document, document

_SKIPPED = frozenset(
    {
        "script",
        "style",
        "meta",
        "link",
        "base",
        "object",
        "embed",
        "iframe",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
    }
)
_HIDDEN_TAGS = frozenset({"head", "title", "template", "noscript", "datalist", "noframes"})
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
        address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure
        footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p pre section select
        summary table tbody textarea tfoot thead tr ul
        """,
    )
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})  # a blank line round them, as browsers show it
_PRE = frozenset({"pre", "textarea"})
_CELLS = frozenset({"td", "th"})
_LAID_OUT = _BLOCKS | _CELLS | {"br"}  # the others run on in their line
_QUOTES = re.compile(r"(?:^|[\s_-])(?:yahoo_quoted|zmail_extra|tutanota_quote|moz-cite|cite)(?:$|\s)")
_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])|"
    r"opacity\s*:\s*0(?![.\d])|max-height\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_ATTRIBUTES = ("alt", "title", "aria-label", "value", "placeholder", "summary", "content", "label")
_SAYING = frozenset(_ATTRIBUTES)
_NAMES = ("name", "id", "aria-label", "placeholder", "title")
_SPACES = re.compile(r"[ \t\r\n\f\xa0\u2000-\u200a\u202f\u205f\u3000]+")
_WIDE = re.compile("[\u2000-\u200a\u202f\u205f\u3000]")
_NOTHING = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u034f\u180e]")
_TWICE = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|nbsp|amp|quot|apos|shy|zwnj|zwj|ndash|mdash|hyphen);"
)
_Element = tuple[str, bool, bool]  # name, whether it quotes, whether it hides
# of those without attributes
_BARE: dict[str, _Element] = {
    tag: (tag, tag == "blockquote", tag in _HIDDEN_TAGS) for tag in _LAID_OUT | _HIDDEN_TAGS
}
_EMPTY = -1  # a row without text so far
_MAX_QUOTES = 8  # deeper quotes are flattened: the prefix must not grow with the markup


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlText:
    """The two texts of an HTML part, both as typed by the sender: `Sensitive` until redacted."""

    visible: str  # lines parted by "\n", table cells by a tab, quoted lines after "> "
    hidden: str  # hidden elements, comments, alternative texts and titles, one a line


def html_to_text(html: str) -> HtmlText:
    """The visible and the hidden text of an HTML document or fragment."""
    return document_text(document(html))


def document_text(html: Document) -> HtmlText:
    """The visible and the hidden text of a document."""
    writer = _Writer()
    root = html.tree.root
    if root is not None:
        _walk(root.parent or root, writer)  # the document: comments may stand before its root
    return HtmlText(visible=writer.text(), hidden="\n".join(writer.hidden))


def _walk(root: LexborNode, writer: _Writer) -> None:
    node = root
    opened: list[_Element | None] = []
    while True:
        tag = node.tag or ""
        if tag == "-text":
            writer.add(node.text_content or "")
        elif tag == "-comment":
            writer.hide(node.comment_content or "")
        elif tag not in _SKIPPED:
            element = _element(tag, node.attributes, writer)
            _open(element, writer)
            down = node.child
            if down is None:
                _close(element, writer)
            else:
                opened.append(element)
                node = down
                continue
        while (following := node.next) is None:
            parent = node.parent
            if parent is None or not opened:
                return
            _close(opened.pop(), writer)
            node = parent
        if not opened:
            return
        node = following


def _element(tag: str, attributes: Mapping[str, str | None], writer: _Writer) -> _Element | None:
    """An element, what its attributes say told apart; None: it runs on in its line."""
    if not attributes:
        return _BARE.get(tag)
    if not _SAYING.isdisjoint(attributes):
        for name in _ATTRIBUTES:
            if value := attributes.get(name):
                writer.hide(_named(attributes, value) if name == "value" else value)
    style, kind = attributes.get("style"), attributes.get("class")
    hides = tag in _HIDDEN_TAGS or "hidden" in attributes or bool(style and _INVISIBLE.search(style))
    quotes = tag == "blockquote" or bool(kind and _QUOTES.search(kind))
    return (tag, quotes, hides) if hides or quotes or tag in _LAID_OUT else None


def _named(attributes: Mapping[str, str | None], value: str) -> str:
    """The value of a form's field beside the field's name, without which nobody could tell what it is."""
    name = next(filter(None, map(attributes.get, _NAMES)), "")
    return f"{name}: {value}" if name else value


def _open(element: _Element | None, writer: _Writer) -> None:
    if element is None:
        return
    tag, quotes, hides = element
    if tag in _CELLS:
        writer.cell()
    elif tag == "tr":
        writer.row()
    elif tag == "br":
        writer.line_break()
    elif tag in _BLOCKS or quotes:
        writer.block(blank=tag in _SPACED)
    writer.hiding += hides
    writer.quotes += quotes
    writer.pre += tag in _PRE


def _close(element: _Element | None, writer: _Writer) -> None:
    if element is None:
        return
    tag, quotes, hides = element
    if tag in _CELLS:
        writer.end_cell()
    if tag in _BLOCKS or quotes:
        writer.block(blank=tag in _SPACED)
    writer.hiding -= hides
    writer.quotes -= quotes
    writer.pre -= tag in _PRE


class _Writer:
    """Collects lines; collapses blanks as browsers do. Breaks wait until text follows, so none is doubled."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.hidden: list[str] = []
        self.quotes = self.hiding = self.pre = 0
        self._line_quotes = 0
        self._pending = ""  # what comes before the next text: "", "\t", "\n" or "\n\n"
        self._row_at: int | None = None  # lines written when the row's first text began

    def add(self, raw: str) -> None:
        """A piece of text in its place."""
        text = _clean(raw)
        if self.hiding:
            self.hide(text)
        elif self.pre:
            first, *more = text.split("\n")
            self._put(first)
            for line in more:
                self.end_line()
                self._put(line)
        else:
            self._put(_collapsed(text))

    def _put(self, text: str) -> None:
        if not text or (text == " " and (self._pending or not self.line)):
            return
        if self._pending == "\t":
            self.line[-1] = self.line[-1].rstrip(" ")
            self.line.append("\t")
        elif self._pending:
            if self.line:
                self.end_line()
            if self._pending == "\n\n" and self.lines and self.lines[-1].strip("> "):
                self.lines.append("> " * min(self.quotes, self._line_quotes, _MAX_QUOTES))
        self._pending = ""
        if self._row_at == _EMPTY:
            self._row_at = len(self.lines)
        if not self.line:
            self._line_quotes = self.quotes
        if not self.pre and (not self.line or self.line[-1][-1] in " \t"):
            text = text.lstrip(" ")
        if text:
            self.line.append(text)

    def hide(self, raw: str) -> None:
        """A piece of text that a reader does not see."""
        text = _collapsed(_clean(raw)).strip()
        if text:
            self.hidden.append(text)

    def block(self, *, blank: bool = False) -> None:
        """A block starts or ends: the next text stands on a line of its own, or apart by a blank line.

        The first block in a cell breaks nothing: label and value stay side by side.
        """
        if self._pending not in {"\n\n", "\t"} and (self.line or self.lines):
            self._pending = "\n\n" if blank else "\n"

    def end_cell(self) -> None:
        """A cell ends; an empty one leaves no tab behind."""
        if self._pending == "\t":
            self._pending = "\n"

    def row(self) -> None:
        """A table row starts."""
        self.block()
        self._row_at = None

    def cell(self) -> None:
        """A cell starts: a tab parts it from the one before, unless that one has several lines."""
        if self._row_at is None:
            self._row_at = _EMPTY
        if self._row_at == len(self.lines) and self.line:
            self._pending = "\t"
        else:
            self.block()

    def end_line(self) -> None:
        """The line is done; an empty one counts."""
        text = "".join(self.line)
        if quotes := self._line_quotes if self.line else self.quotes:
            text = "> " * min(quotes, _MAX_QUOTES) + text
        self.lines.append(text)
        self.line = []

    def line_break(self) -> None:
        """A `<br>`: ends the line, or the break that waits."""
        if self._pending and self._pending != "\t" and self.line:
            self.end_line()
        self._pending = ""
        self.end_line()

    def text(self) -> str:
        """All lines, no more than one blank line in a row."""
        if self.line:
            self.end_line()
        kept: list[str] = []
        for line in self.lines:
            bare = line.rstrip(" ")
            if bare.strip("> ") or (kept and kept[-1].strip("> ")):
                kept.append(bare)
        while kept and not kept[-1].strip("> "):
            kept.pop()
        return "\n".join(kept)


def _collapsed(text: str) -> str:
    """Every run of blanks one blank."""
    odd = False
    if not text.isascii():
        text = text.replace("\xa0", " ")  # the one that is common: most texts have no other
        odd = not text.isascii() and _WIDE.search(text) is not None
    if odd or "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        return _SPACES.sub(" ", text)
    return text


def _clean(text: str) -> str:
    if "&" in text:  # an entity that was escaped once more
        text = _TWICE.sub(lambda match: entities.unescape(match.group()), text)
    return text if text.replace("\xa0", "").isascii() else _NOTHING.sub("", text)
