"""Tells the log what became of each message: ids, counts and words of enums, never a word of the mail."""

from __future__ import annotations

from collections import Counter

from intake.extraction.types import Flag
from intake.log import Event, Label, emit
from intake.mail.redacted import AuthResult
from intake.processed import Processed
from intake.store.decisions import logged
from intake.store.values import Disposition, Failed, Recorded

_RELATIONS = {
    Flag.LOST_EMAIL_ACCESS: "lost_email_access",
    Flag.THIRD_PARTY: "third_party",
    Flag.SENDER_DIFFERS: "different_address",
}


def tell_recorded(item: Processed | Failed, recorded: Recorded) -> None:
    """Logs one committed message, and the case that it opened or joined."""
    where: dict[str, Label] = {
        "mailbox": recorded.key.mailbox,
        "uidvalidity": recorded.key.uidvalidity,
        "uid": recorded.key.uid,
    }
    if isinstance(item, Failed):
        emit(
            Event.MESSAGE_QUARANTINED,
            **where,
            stage=item.stage,
            error_code=item.error_code,
            place=item.place,
            bytes=item.size,
        )
        return
    match recorded.disposition:
        case Disposition.IGNORED:
            emit(Event.MESSAGE_IGNORED, **where, reason=recorded.reason)
        case Disposition.SET_ASIDE:
            emit(Event.MESSAGE_SET_ASIDE, **where, reason=recorded.reason)
        case Disposition.DUPLICATE:
            emit(Event.MESSAGE_DUPLICATE, **where, of_case=recorded.of_case)
        case _:
            _tell_case(item, recorded, where)
    for (kind, part), count in _secrets(item).items():
        emit(Event.REDACTION_APPLIED, **where, kind=kind, count=count, where=part)


def _tell_case(item: Processed, recorded: Recorded, where: dict[str, Label]) -> None:
    attachments = len(item.message.attachments)
    parts = 1 + len(item.message.quotes) + attachments
    emit(
        Event.MESSAGE_STORED,
        **where,
        case_id=recorded.case_id,
        bytes=item.size,
        parts=parts,
        attachments=attachments,
    )
    case: dict[str, Label] = {"case_id": recorded.case_id, "version": recorded.version}
    if recorded.disposition is Disposition.CASE:
        emit(Event.CASE_CREATED, **case, mailbox=recorded.key.mailbox, uid=recorded.key.uid)
    chosen = [field for field in item.extraction.fields.values() if field is not None]
    emit(
        Event.CASE_EXTRACTED,
        **case,
        found=len(chosen),
        missing=len(item.missing),
        ambiguous=sum(1 for field in chosen if field.others),
    )
    check = item.message.sender_check
    emit(
        Event.CASE_IDENTITY,
        **case,
        spf=check.spf,
        dkim=check.dkim,
        dmarc=check.dmarc,
        relation=_relation(item),
    )
    if item.decision is not None:
        emit(Event.CASE_EVALUATED, **case, **logged(item.decision))


def _relation(item: Processed) -> str:
    """How the sender stands to the account, the gravest first; unauthenticated is never a plain match."""
    check, has = item.message.sender_check, item.extraction.has
    if check.dmarc is AuthResult.FAIL:
        return "suspicious"
    for flag, relation in _RELATIONS.items():
        if has(flag):
            return relation
    return "match" if check.from_domain_passed else "match_unauthenticated"


def _secrets(item: Processed) -> Counter[tuple[str, str]]:
    """How many of each type in each part; the parts' own numbers are left out."""
    return Counter((found.type.value, found.part.partition(":")[0]) for found in item.message.findings)
