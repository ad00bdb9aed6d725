"""Reading one message: kind, reason, fields, flags, problem, each with the words that show it."""

from __future__ import annotations

from intake.extraction.classify import classify
from intake.extraction.fields import default_account, read_fields
from intake.extraction.flags import read_flags
from intake.extraction.lexicon import data_version
from intake.extraction.nlp import model_version
from intake.extraction.problem import read_problem
from intake.extraction.reading import marked
from intake.extraction.reason import read_reason
from intake.extraction.types import ASKING, Extraction, Field, FieldName, Kind
from intake.mail.redacted import RedactedMessage
from intake.mail.settings import ReadingSettings


def extract(message: RedactedMessage, settings: ReadingSettings) -> Extraction:
    """All that can be read out of one message; never raises, whatever the text."""
    reading = marked(message)
    seen = classify(message, reading)
    fields: dict[FieldName, Field | None] = dict.fromkeys(FieldName)
    if seen.kind in ASKING or seen.doubtful:
        fields |= read_fields(message, reading.language, settings)
        if seen.kind is not Kind.REPLY and fields[FieldName.ACCOUNT_EMAIL] is None:
            # whoever says that there is none is not to be given one
            account = None if reading.body.of("flag.no_account") else default_account(message, settings)
            fields[FieldName.ACCOUNT_EMAIL] = Field(chosen=account) if account else None
        fields[FieldName.REASON] = read_reason(reading, seen.kind)
        fields[FieldName.PROBLEM] = read_problem(reading)
    flags = read_flags(message, reading, fields, settings, asks=seen.kind in ASKING or seen.doubtful)
    return Extraction(
        kind=seen.kind,
        kind_confidence=seen.confidence,
        kind_evidence=seen.evidence,
        doubtful=seen.doubtful,
        language=reading.language,
        fields=fields,
        flags=flags.flags,
        declines_waiting=flags.declines_waiting,
        declines_alternative=flags.declines_alternative,
        destination=flags.destination,
        reader_version=reader_version(),
    )


def reader_version() -> str:
    """Which cue data read the message: stands in every decision's record."""
    return f"cues-{data_version()} model-{model_version()}"
