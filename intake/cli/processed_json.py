"""A processed message as the JSON object of contract.py."""

from __future__ import annotations

from intake.extraction.types import Candidate, FieldName, Money, json_value
from intake.mail.redacted import RedactedMessage
from intake.processed import Processed
from intake.redaction.redactor import summary
from rules.types import IN_DOUBT, Policy


def processed_json(processed: Processed, policy: Policy) -> dict[str, object]:
    """The object that `intake process --json` prints.

    Args:
        processed: the message.
        policy: the version that judges it; named by `not_applicable` too.
    """
    message, extraction = processed.message, processed.extraction
    decision = processed.decision if extraction.asks else None
    fields = {name: extraction.fields.get(name) for name in FieldName}
    return {
        "source": message.source,
        "message_id": message.message_id.text if message.message_id else None,
        "received_at": message.received_at.isoformat() if message.received_at else None,
        "from": message.sender_email.text if message.sender_email else None,
        "subject": message.subject.text,
        "kind": extraction.kind.value,
        "language": extraction.language,
        "fields": {name.value: _field(field.chosen) if field else None for name, field in fields.items()},
        "missing": list(processed.missing) if decision else [],
        "flags": [seen.flag.value for seen in extraction.flags],
        "redactions": summary(message.findings),
        "body": message.body.text,
        "parts": _parts(message),
        "attachments": [
            {
                "name": attachment.name.text,
                "type": attachment.content_type,
                "size": attachment.size,
                "fingerprint": fingerprint,
                "read": attachment.text is not None,
            }
            for attachment, fingerprint in zip(
                message.attachments, processed.fingerprints.attachments, strict=True
            )
        ],
        "decision": decision.to_dict() if decision else _not_applicable(policy, processed),
    }


def _not_applicable(policy: Policy, processed: Processed) -> dict[str, object]:
    """The decision on a message that asks for no refund: nothing is due, nothing is missing.

    Where that is in doubt its one step says so: the daemon makes it a case for manual review.
    """
    review = processed.decision if processed.extraction.doubtful else None
    return {
        "policy": policy.id,
        "policy_version": policy.version,
        "outcome": "not_applicable",
        "ground": None,
        "refund": {"amount": None, "currency": None, "to": None},
        "clauses": [],
        "missing": [],
        "verify": [],
        "conflicts": [],
        "deadlines": {"claim_by": None, "review_by": None, "refund_by": None, "provisional": []},
        "alternatives": [],
        "policy_digest": policy.digest,
        "steps": [step.to_dict() for step in review.steps if step.rule == IN_DOUBT] if review else [],
    }


def _field(chosen: Candidate) -> dict[str, object]:
    evidence = chosen.evidence
    shown: dict[str, object] = {"value": json_value(chosen.value)}
    if isinstance(chosen.value, Money):
        shown["currency"] = chosen.value.currency
    return shown | {
        "evidence": evidence.text.text,
        "source": chosen.source.value,
        "confidence": round(chosen.confidence, 2),
        "span": {"part": evidence.part, "start": evidence.start, "end": evidence.end},
    }


def _parts(message: RedactedMessage) -> dict[str, str]:
    parts = {"signature": message.signature.text, "structured": message.structured.text}
    parts |= {f"quoted:{index}": quote.text.text for index, quote in enumerate(message.quotes)}
    parts |= {
        f"attachment:{index}": attachment.text.text
        for index, attachment in enumerate(message.attachments)
        if attachment.text is not None
    }
    return {name: text for name, text in parts.items() if text}
