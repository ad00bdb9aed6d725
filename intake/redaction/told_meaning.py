"""What a label means beside a number of some size: a CVV, a PIN, a one-time code, or nothing of the kind."""

from __future__ import annotations

from collections.abc import Mapping

from intake.redaction.codes import of_plug, postal
from intake.redaction.cvvs import of_a_thing
from intake.redaction.findings import SecretType
from intake.redaction.hits import Hit
from intake.redaction.kinds import Kind
from intake.redaction.reading import Reading
from intake.redaction.scan import WORDS, Scan
from intake.redaction.values import Value

CVV, OTP = 3, 6  # digits
_USUAL = (5, 6)  # digits of what came and is called a code
ROW, ROW_WORDS = 40, 7  # characters and words between two codes of one row, and round the back of a card
_SAID, _AT_ONCE = 20, 3  # characters from a back to the number on it, and from the verb to that
DEVICES = (Kind.LABEL, Kind.THING, Kind.LOGIN)  # of the first two, what names a device that codes come to
# Of what type a label speaks …
_TYPES: Mapping[Kind, SecretType] = {
    Kind.CVV: SecretType.CVV,
    Kind.BACK: SecretType.CVV,
    Kind.FRONT: SecretType.CVV,
    Kind.PIN: SecretType.PIN,
    Kind.ATM: SecretType.PIN,
    Kind.OTP: SecretType.OTP,
    Kind.SMS: SecretType.OTP,
    Kind.OTP_CONTEXT: SecretType.OTP,
    Kind.BANK: SecretType.OTP,
    Kind.PASSWORD: SecretType.OTP,
    Kind.WARNING: SecretType.OTP,
    **dict.fromkeys(DEVICES, SecretType.OTP),
}
# … and how well a number of so many digits fits that type.
FIT: Mapping[SecretType, Mapping[int, float]] = {
    SecretType.CVV: {3: 1.0, 4: -0.3},
    SecretType.PIN: {4: 1.0, 5: 0.3, 6: 0.3},
    SecretType.OTP: {6: 1.4, 5: 0.5, 4: 0.2, 7: 0.2, 8: 0.4},
}
_ONLY: Mapping[Kind, int] = {  # what says so little that one size alone is believed
    Kind.BACK: 3,
    Kind.FRONT: 4,
    Kind.ATM: 4,
    Kind.BANK: OTP,
    **dict.fromkeys(DEVICES, OTP),
}


def speaks(scan: Scan, hit: Hit) -> bool:
    """Whether a word may label a secret here: a device to which codes come, the back of a card or of its digits."""
    if hit.kind in {Kind.LABEL, Kind.THING}:
        return scan.folded.lower[hit.start : hit.end] in scan.lexicon.device
    if hit.kind is not Kind.BACK and hit.kind is not Kind.FRONT:
        return True
    if not scan.hits.kinds.isdisjoint((Kind.CARD, Kind.CVV)) and scan.near(
        hit.start, hit.end, ROW, ROW, Kind.CARD, Kind.CVV
    ):
        return True
    around = WORDS.findall(scan.folded.lower, max(0, hit.start - ROW), hit.end + ROW)
    return not scan.lexicon.figures.isdisjoint(around) or _read_out(scan, hit) or _written(scan, hit)


def _written(scan: Scan, hit: Hit) -> bool:
    """Whether a number is all that is said to be written on a back: "on the reverse is written 845"."""
    if not scan.digits_within(hit.end, hit.end + _SAID):
        return False
    told = scan.hits.within(hit.end, hit.end + _SAID, Kind.TOLD)
    if not told or not scan.joins(hit.end, told[0].start):
        return False
    return scan.digits_within(told[0].end, told[0].end + _AT_ONCE)


def _read_out(scan: Scan, hit: Hit) -> bool:
    """Whether the back of something was read aloud: "he read me the back over the phone"."""
    words = WORDS.findall(scan.folded.lower, max(0, hit.start - ROW), hit.start)
    return not scan.lexicon.recited.isdisjoint(words[-ROW_WORDS:])


def meant(reading: Reading, label: Hit, value: Value, theirs: int, own: int) -> SecretType | None:
    """What a label means beside a number of this size: "code" needs words beside it, a box's back is no card's."""
    scan, size = reading.scan, len(value.digits)
    if label.kind is Kind.CODE:
        kind = _code(reading, value, theirs, own)
    elif label.kind in _ONLY and size != _ONLY[label.kind]:
        kind = None
    elif label.kind is Kind.CVV and size >= OTP:
        kind = SecretType.OTP
    elif label.kind in {Kind.OTP, Kind.PIN} and size == CVV:
        kind = SecretType.CVV  # "verification number", "my card's code" are said of both
    else:
        kind = _TYPES[label.kind]
    if kind is None or (size not in FIT[kind]):
        return None
    thing = kind is SecretType.CVV and of_a_thing(scan, label) and not _read_out(scan, label)
    place = label.kind is Kind.PIN and (
        postal(scan, label.end, value.start, value.end) or of_plug(scan, value.end, label)
    )
    return None if thing or place else kind


def _code(reading: Reading, value: Value, theirs: int, own: int) -> SecretType | None:
    """What "code" means by the words round it: SMS, bank, a device, a card."""
    scan, size = reading.scan, len(value.digits)
    kinds = reading.kinds(min(theirs, own), max(theirs, own))
    if not kinds.isdisjoint((Kind.NOT_OTP, Kind.NOT_CODE)):
        return None
    said = reading.said(theirs) | reading.said(own)
    grouped = value.end - value.start > size
    if (
        not kinds.isdisjoint((Kind.OTP, Kind.SMS, Kind.OTP_CONTEXT))
        or not scan.lexicon.device.isdisjoint(said)
        or (size == OTP and (grouped or Kind.BANK in kinds))
        or (size in _USUAL and not scan.lexicon.arrived.isdisjoint(said))
    ):
        return SecretType.OTP
    of_card = Kind.CARD in kinds or not scan.lexicon.asked.isdisjoint(said)
    return SecretType.CVV if size == CVV and of_card else None
