"""A means of payment that is named and did not pay: denied, failed, only offered."""

from __future__ import annotations

from intake.extraction.fields.page import Mark, Page

_UNUSED_REACH = 4


def denied(page: Page, mark: Mark) -> bool:
    """Such as "not PayPal", "не с карты": a negation up to three words before, in the same clause."""
    found = page.touching(mark.first, mark.last, "neg", before=3)
    if found and found.kind == "without" and mark.first - found.last > 1:
        return False  # "without asking she paid by card"
    if found and found.kind == "instead" and mark.first - found.last > 1:
        return False  # "500 instead of 50 by transfer"
    return found is not None and page.tokens.clauses[found.first] == page.tokens.clauses[mark.last - 1]


def unused(page: Page, mark: Mark) -> bool:
    """Such as "cash I did not pay", «наличных я вам не платил»: a negated word of paying behind it, in its clause."""
    clauses = page.tokens.clauses
    negations = (page.beginning("neg", mark.last + step) for step in range(_UNUSED_REACH))
    found = next((one for one in negations if one is not None and one.kind == "not"), None)
    if found is None or clauses[found.first] != clauses[mark.last - 1]:
        return False
    paid, unpaid = page.beginning("cue", found.last), page.beginning("cue", found.first)
    return (paid is not None and paid.kind == "pay") or (unpaid is not None and unpaid.kind == "unpaid")


def replaced(page: Page, mark: Mark) -> bool:
    """Such as "Klarna said no, so Mastercard": a no behind it, then a word of consequence and another way of paying."""
    sentences = page.tokens.sentences
    at = mark.last
    for group, kinds in (("neg", {"not"}), ("fail", {"then"})):
        ends = (one.last for one in page.group(group) if one.first >= at and one.kind in kinds)
        at = next(ends, -1)
        if at < 0 or sentences[at - 1] != sentences[mark.first]:
            return False
    return any(
        other.first >= at
        and other.first - at < _UNUSED_REACH
        and sentences[other.first] == sentences[mark.first]
        and other.kind not in {"none", mark.kind}
        for other in page.group("method")
    )


def offered(page: Page, mark: Mark) -> bool:
    """Whether its sentence tells what would suit ("by SBP, if that is easier") or, of no paying, what can be chosen."""
    sentences = page.tokens.sentences
    own = sentences[mark.first]
    told = {
        near.mark.kind
        for near in page.near(mark.first, mark.last, "fail")
        if sentences[near.mark.first] == own
    }
    return "offered" in told or (
        "listed" in told
        and not any(
            cue.kind in {"pay", "buy"}
            and sentences[cue.first] == own
            and page.beginning("method", cue.first) is None
            for cue in page.group("cue")
        )
    )


def told(page: Page, mark: Mark, kind: str) -> bool:
    """Whether a word of the table `fail` stands near in the same clause: "PayPal didn't work", "my card was blocked"."""
    clauses = page.tokens.clauses
    return any(
        near.mark.kind == kind and near.distance <= 5 and clauses[near.mark.first] == clauses[mark.first]
        for near in page.near(mark.first, mark.last, "fail")
    )
