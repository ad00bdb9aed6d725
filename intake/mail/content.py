"""What a part of a message says, and what is left of the limits while parts are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from intake.mail.attachments import Leaf, read_attachment
from intake.mail.document import Document
from intake.mail.limits import ParseLimits
from intake.mail.message import Attachment
from intake.redaction.text import Sensitive

_STUB = re.compile(
    r"html|browser|client|viewer|браузер|почтов\w+ (?:клиент|программ)|navigateur|messagerie|navegador|"
    r"Mailprogramm|переглядач",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a part, or several, say."""

    text: str = ""
    # other renderings of the text, hidden text: redacted, counted, never read for fields
    others: tuple[str, ...] = ()
    html: tuple[Document, ...] = ()  # of the body, for structured data
    attachments: tuple[Attachment, ...] = ()
    # has a body in a form that we do not read; matters where no other part has text
    unread_text: bool = False


@dataclass(slots=True, kw_only=True)
class Budget:
    """What is left for one message; `overrun` says that parts were left out."""

    limits: ParseLimits
    parts: int = field(init=False)
    text_chars: int = field(init=False)
    overrun: bool = False

    def __post_init__(self) -> None:
        self.parts = self.limits.parts
        self.text_chars = self.limits.text_chars

    def take_part(self) -> bool:
        """Whether one more part may be looked at."""
        self.parts -= 1
        self.overrun = self.overrun or self.parts < 0
        return self.parts >= 0

    def cut(self, text: str) -> str:
        """`text` as far as a body may go."""
        self.overrun = self.overrun or len(text) > self.limits.body_chars
        return text[: self.limits.body_chars]

    def read(self, leaf: Leaf) -> Attachment:
        """The attachment of a part, as far as the limits allow."""
        return self.take_text(read_attachment(leaf, self.limits))

    def take_text(self, attachment: Attachment) -> Attachment:
        """The attachment, without its text where all texts together have become too long."""
        if attachment.text is None:
            return attachment
        self.text_chars -= len(attachment.text)
        return attachment if self.text_chars >= 0 else replace(attachment, text=None)


def joined(contents: Iterable[Content]) -> Content:
    """Several parts as one, in order."""
    contents = list(contents)
    return Content(
        text="\n".join(content.text for content in contents if content.text),
        others=tuple(text for content in contents for text in content.others),
        html=tuple(html for content in contents for html in content.html),
        attachments=tuple(item for content in contents for item in content.attachments),
        unread_text=any(content.unread_text for content in contents),
    )


def alternative(kinds: Sequence[str], contents: Sequence[Content]) -> Content:
    """Plain text where it says as much as the HTML, else the richest that we can read; the others are kept apart."""
    best = 0
    for index, content in enumerate(contents[1:], 1):
        better = _says_more(content.text, contents[best].text, plain=kinds[best] == "text/plain")
        if kinds[index] != "text/calendar" and better:
            best = index
    whole = joined(contents)
    rest = tuple(content.text for index, content in enumerate(contents) if index != best and content.text)
    return Content(
        text=contents[best].text,
        others=whole.others + rest,
        html=whole.html,
        attachments=whole.attachments,
    )


def _says_more(text: str, than: str, *, plain: bool) -> bool:
    """Whether `text` should be read instead of `than`: that one is empty, or a stub ("your client shows no HTML")."""
    words, have = len(text.split()), len(than.split())
    if not words or not have:
        return words > have
    stub = have < 60 and words > have and _STUB.search(than) is not None and not _shared(than, text)
    return stub or (have * 5 < words if plain else have * 2 < words)


def _shared(short: str, long: str) -> bool:
    """Whether most of the shorter text's words stand in the longer one, so that it is no stub but a summary."""
    words = set(short.casefold().split())
    return len(words & set(long.casefold().split())) * 2 > len(words)


def unread_part(kind: str) -> Attachment:
    """Stands for something that could not be read or was left out."""
    return Attachment(name=Sensitive(""), content_type=kind, size=0, data=b"", text=None)
