"""Mail that came back: which letter of ours a delivery report is about, and what became of it (RFC 3464).

Read before redaction, in memory; what is kept is a keyed fingerprint, a case's number and two words. A report is no
customer's word: it changes nothing of what is known, so a forged one can do no more than have a person look.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from intake.keys import Keys
from intake.mail.message import ParsedMessage
from intake.processed import Returned
from intake.threads import named_case

# our own Message-IDs (letters.mail.new_mail_id): nobody else makes such, nor can guess one
_OURS: Final = re.compile(rb"<(r-\d{4,15}\.[a-z2-7]{16}@[\x21-\x3b\x3d\x3f-\x7e]{1,255})>")
STATUS_TYPES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
HEADS: Final = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
_ACTION: Final = re.compile(
    r"^action:\s*(failed|delayed|delivered|relayed|expanded)\b", re.IGNORECASE | re.MULTILINE
)  # §2.3.3
# RFC 3463 §2
_STATUS: Final = re.compile(r"^status:\s*([245]\.\d{1,3}\.\d{1,3})\b", re.IGNORECASE | re.MULTILINE)
_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Words:
    """Of a message, in memory before redaction; never kept."""

    sender: str  # the address, lower case
    status: str  # its parts of `STATUS_TYPES`
    heads: tuple[str, ...]  # its parts of `HEADS`


def returned(parsed: ParsedMessage, words: Words, keys: Keys, *, addressed: int | None) -> Returned | None:
    """What a message tells of a letter of ours; None: it names none, or is no report.

    Args:
        parsed: the message.
        words: what stands in it, revealed.
        keys: of the house.
        addressed: the case that its own address or subject names: the envelope of a letter bears our token.
    """
    kind = next(iter(parsed.headers.get("content-type", ())), "").lower()
    if "disposition-notification" in kind:  # somebody read it (RFC 8098)
        return None
    if not (words.status or kind.startswith("multipart/report") or _from_a_mail_system(parsed, words.sender)):
        return None
    letters = tuple(dict.fromkeys(_OURS.findall(parsed.raw.data)))[:_MOST]
    case = named_case(words.heads, keys) or addressed
    if not letters and case is None:
        return None
    actions = {action.lower() for action in _ACTION.findall(words.status)}
    status = _STATUS.search(words.status)
    return Returned(
        letters=tuple(keys.message_id(ident.decode("ascii")) for ident in letters),
        case=case,
        # of several recipients the gravest word; where none is said, a mail system writes because it failed
        action="failed" if not actions or "failed" in actions else min(actions),
        status=status[1] if status else None,
    )


def _from_a_mail_system(parsed: ParsedMessage, sender: str) -> bool:
    """Reports of servers that know no RFC 3464."""
    nobody = next(iter(parsed.headers.get("return-path", ())), "").strip() == "<>"
    return (
        "x-failed-recipients" in parsed.headers
        or sender.startswith("mailer-daemon")
        or (nobody and sender.startswith("postmaster"))
    )
