"""Whether the mailbox of the account is lost to the customer."""

from __future__ import annotations

from intake.extraction.cues import Hit, is_address
from intake.extraction.frames import apart_from
from intake.extraction.reading import Marked, Reading
from intake.extraction.types import Evidence

_CLOSE = 8  # words behind an address that still speak of it


def lost_mailbox(reading: Reading) -> Evidence | None:
    """The mailbox is gone or shut to the customer, not for an evening; no mail of support's, nor one that was bought."""
    bought = any(
        True
        for part in reading.parts
        for _ in apart_from(
            part, "flag.mail_product", other="flag.house_mail"
        )  # an employer's is no purchase
    )
    for marked in () if bought else reversed(reading.parts):
        passing = marked.sentences_of("flag.for_now")
        for hit in apart_from(marked, "flag.lost_email_access", other="flag.other_mail"):
            if hit.sentence not in passing:
                return marked.evidence(hit)
        mailboxes, unreachable = marked.of("flag.mailbox"), marked.of("flag.unreachable")
        if not (mailboxes and unreachable):
            continue
        others = marked.sentences_of("flag.other_mail") | passing
        named = [hit for hit in mailboxes if hit.sentence not in others]
        for hit in apart_from(marked, "flag.unreachable", other="flag.other_access"):
            if any(_speaks_of(marked, hit, mailbox) for mailbox in named):
                return marked.evidence(hit)
    return None


def _speaks_of(marked: Marked, hit: Hit, mailbox: Hit) -> bool:
    """Whether it is the mailbox that is gone; a bare address may be named for its account, so that stands close.

    And not in brackets behind the account ("(account ann@…) … the contract closed on Monday").
    """
    words, steps = marked.passage.words, marked.passage.steps
    if not is_address(words[mailbox.first]):
        return hit.sentence == mailbox.sentence
    return (
        hit.sentence == mailbox.sentence
        and 0 <= steps[hit.first] - steps[mailbox.last] <= _CLOSE
        and ")" not in words[mailbox.last : hit.first]
    )
