"""From `ParsedMessage` to `RedactedMessage`: every part goes through the redactor, then the words are told apart.

The body is redacted whole, before it is cut into new words, signature and quotes: a card may be announced in a
quoted question and given in the answer. Other renderings and hidden text are redacted only to be counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from intake.mail.automatic import Look, automatic_reason
from intake.mail.lines import Span
from intake.mail.media_types import known_media_type
from intake.mail.message import Address, Attachment, ParsedMessage
from intake.mail.phrases import phrases
from intake.mail.redacted import Quote, RedactedAttachment, RedactedMessage
from intake.mail.sender import check_sender
from intake.mail.settings import ReadingSettings
from intake.mail.text import Passage, QuotedPassage, Who, split_words
from intake.redaction.findings import Finding, Redaction
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted, Sensitive
from intake.threads import without_tokens

_LONE = re.compile(
    r"^[^\S\n]*+(?=[^\n]{0,63}[0-9])([^\s\[]\S{2,63}|[0-9][0-9 \-]{2,18})[^\S\n]*+$", re.MULTILINE
)
_OPENING = 300  # characters of a body in which such a line answers the subject


def redact_message(parsed: ParsedMessage, redactor: Redactor, settings: ReadingSettings) -> RedactedMessage:
    """Everything of a message that may be stored and shown.

    Raises:
        RedactionError: the redactor failed on a part; nothing of the message may be stored.
    """
    run = _Run(redactor=redactor)
    subject = run.redact(parsed.subject, "subject")
    body = run.body(parsed.body, _who(parsed, settings), parsed.subject)
    attachments = tuple(run.attachment(item, index) for index, item in enumerate(parsed.attachments))
    structured = run.redact(parsed.structured, "structured", repeats=True)
    for index, other in enumerate(parsed.other_bodies):
        run.redact(other, f"other:{index}", repeats=True)
    return RedactedMessage(
        source=parsed.raw.source,
        message_id=run.redact(Sensitive(parsed.message_id), "message_id") if parsed.message_id else None,
        received_at=parsed.received_at,
        date=parsed.date,
        sender_email=run.address(parsed.sender, "header"),
        sender_name=run.redact(parsed.sender.name, "sender_name")
        if parsed.sender and parsed.sender.name
        else None,
        reply_to=run.address(parsed.reply_to, "reply_to"),
        recipients=tuple(
            found
            for index, item in enumerate(parsed.recipients)
            if (found := run.address(item, f"recipient:{index}", named=True))
        ),
        subject=subject,
        body=body.new,
        signature=body.signature,
        quotes=body.quotes,
        structured=structured,
        attachments=attachments,
        findings=tuple(run.findings),
        sender_check=check_sender(
            parsed.headers.get("authentication-results", ()), _email(parsed.sender), settings.authserv_ids
        ),
        automatic=automatic_reason(_look(parsed, subject, body, settings)),
        is_reply=bool(parsed.references),
        unread=_unread(attachments, body.new.text),
        truncated=parsed.raw.truncated,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    new: Redacted
    signature: Redacted
    quotes: tuple[Quote, ...]


@dataclass(slots=True, kw_only=True)
class _Run:
    """The redactor at work on one message; keeps what it finds."""

    redactor: Redactor
    findings: list[Finding] = field(default_factory=list)

    def redact(self, text: Sensitive, part: str, *, repeats: bool = False) -> Redacted:
        """One part redacted. `repeats`: it says the body again, so only what is new in it is counted."""
        found = self.redactor.redact(_ours_cut(text), part)
        self.findings += _unseen(found.findings, self.findings) if repeats else found.findings
        return found.text

    def address(self, address: Address | None, part: str, *, named: bool = False) -> Redacted | None:
        """The addr-spec, with its display name where asked; None where there is none."""
        if address is None or not address.email:
            return None
        text = address.email
        if named and address.name:
            text = Sensitive(f"{address.name.reveal()} <{address.email.reveal()}>")
        return self.redact(text, part)

    def attachment(self, item: Attachment, index: int) -> RedactedAttachment:
        """An attachment without its bytes."""
        return RedactedAttachment(
            name=self.redact(item.name, f"attachment_name:{index}"),
            content_type=known_media_type(item.content_type),
            size=item.size,
            text=None if item.text is None else self.redact(item.text, f"attachment:{index}"),
            is_logo=item.is_logo,
            forwarded=item.forwarded,
        )

    def body(self, text: Sensitive, who: Who, subject: Sensitive) -> _Body:
        """The body redacted whole, then taken apart."""
        whole = self._below(subject, self.redactor.redact(_ours_cut(text), "body"))
        words = split_words(whole.text.text, who)
        pending = list(whole.findings)

        def part(passage: Passage, name: str) -> Redacted:
            return self._piece(whole.text, passage, name, pending)

        body = _Body(
            new=part(words.new, "body"),
            signature=part(words.signature, "signature"),
            quotes=tuple(
                Quote(
                    text=part(passage, f"quoted:{index}"),
                    author=passage.author,
                    forwarded=passage.forwarded,
                    heading=_heading(whole.text, passage),
                )
                for index, passage in enumerate(words.quotes)
            ),
        )
        self.findings += [replace(finding, part="heading") for finding in pending]
        return body

    def _below(self, subject: Sensitive, whole: Redaction) -> Redaction:
        """A body whose first value, alone on its line, is cut where only the subject says what it is.

        Not where the line before it has a label of its own ("Order number:").
        """
        text = whole.text.text
        lone = _LONE.search(text, 0, _OPENING)
        if lone is None or text[: lone.start()].rstrip().endswith(":"):
            return whole
        joined = self.redactor.redact(Sensitive(f"{subject.reveal()}\n{lone.group(1)}"), "body")
        head, newline, value = joined.text.text.rpartition("\n")
        if not newline or "\n" in head:
            return whole  # what was cut goes across both
        found = [finding for finding in joined.findings if finding.start > len(head)]
        if not found:
            return whole
        start, end = lone.span(1)
        shift, grown = start - len(head) - 1, len(value) - (end - start)
        moved = [
            replace(finding, start=finding.start + by, end=finding.end + by)
            for finding, by in (
                *((finding, shift) for finding in found),
                *((finding, grown if finding.start > start else 0) for finding in whole.findings),
            )
        ]
        again = self.redactor.redact(Sensitive(text[:start] + value + text[end:]), "body")
        findings = sorted((*moved, *again.findings), key=lambda finding: finding.start)
        return Redaction(text=again.text, findings=tuple(findings))

    def _piece(self, whole: Redacted, passage: Passage, name: str, pending: list[Finding]) -> Redacted:
        """The lines of a passage as one text; the findings in it are moved to it from `pending`."""
        if not passage.spans:
            return whole.slice(0, 0)
        first, last = passage.spans[0][0], passage.spans[-1][1]
        if passage.contiguous:
            self._move(pending, name, [(first, last)], [0])
            return whole.slice(first, last)
        text, starts = _join(whole.text, passage.spans)
        self._move(pending, name, passage.spans, starts)
        joined = self.redactor.redact(Sensitive(text), name)  # the joint may have made a card whole
        self.findings += joined.findings
        return joined.text

    def _move(self, pending: list[Finding], name: str, spans: Sequence[Span], starts: Sequence[int]) -> None:
        """Takes the findings in `spans` out of `pending`, to the part where these begin at `starts`."""
        left: list[Finding] = []
        for finding in pending:
            index = bisect_right(spans, finding.start, key=lambda span: span[0]) - 1
            if index >= 0 and finding.start < spans[index][1]:
                by = starts[index] - spans[index][0]
                moved = replace(finding, part=name, start=finding.start + by, end=finding.end + by)
                self.findings.append(moved)
            else:
                left.append(finding)
        pending[:] = left


def _ours_cut(text: Sensitive) -> Sensitive:
    """Without thread tokens of ours: they let whoever knows one change a case, so none is kept."""
    words = text.reveal()
    cut = without_tokens(words)
    return text if cut == words else Sensitive(cut)


def _join(text: str, spans: Sequence[Span]) -> tuple[str, list[int]]:
    """The lines as one text, and where each begins in it; words before and after a quote are two paragraphs."""
    pieces: list[str] = []
    starts: list[int] = []
    length, last = 0, len(text)
    for start, end in spans:
        if text.find("\n", last + 1, start) >= 0 and pieces[-1].strip():  # other lines stand between
            pieces.append("")
            length += 1
        last = end
        starts.append(length)
        if start == end and pieces and not pieces[-1]:
            continue
        pieces.append(text[start:end])
        length += end - start + 1
    return "\n".join(pieces), starts


def _heading(whole: Redacted, passage: QuotedPassage) -> Redacted | None:
    return whole.slice(passage.heading[0][0], passage.heading[-1][1]) if passage.heading else None


def _unseen(found: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """The findings that are not there already, by type and last four."""
    seen = Counter((finding.type, finding.last_four) for finding in before)
    new = []
    for finding in found:
        what = (finding.type, finding.last_four)
        if seen[what]:
            seen[what] -= 1
        else:
            new.append(finding)
    return new


def _email(address: Address | None) -> str:
    return address.email.reveal().lower() if address else ""


def _domains(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.rpartition("@")[2].rstrip("> ").lower() for name in names)


def _who(parsed: ParsedMessage, settings: ReadingSettings) -> Who:
    own = {_email(parsed.sender), _email(parsed.reply_to)} - settings.support_addresses - {""}
    return Who(
        customer=frozenset(own),
        customer_name=parsed.sender.name.reveal().casefold() if parsed.sender else "",
        support=settings.support_addresses,
        forwards=phrases().forward_subject.match(parsed.subject.reveal()) is not None,
        replies=bool(parsed.references),
        answers_support=_domains(parsed.references) & _domains(settings.support_addresses) != frozenset(),
    )


def _look(parsed: ParsedMessage, subject: Redacted, body: _Body, settings: ReadingSettings) -> Look:
    """What tells whether a machine wrote."""
    return Look(
        headers=parsed.headers,
        sender=_email(parsed.sender),
        sender_name=parsed.sender.name.reveal() if parsed.sender else "",
        reply_to=_email(parsed.reply_to),
        subject=subject.text,
        text=body.new.text or body.signature.text,
        support=settings.support_addresses,
    )


def _unread(attachments: Sequence[RedactedAttachment], words: str) -> bool:
    """Whether something could not be checked: an attachment without text, a picture that the words point at."""
    if any(item.text is None and not item.is_logo for item in attachments):
        return True
    pictures = sum(item.content_type.startswith("image/") for item in attachments)
    if not pictures:
        return False
    told = phrases()
    alone = pictures == len(attachments)
    return told.picture.search(words) is not None or (alone and told.attached.search(words) is not None)
