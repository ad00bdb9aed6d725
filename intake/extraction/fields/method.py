"""The method: how it was paid, not what was merely mentioned, refused, offered or named as a destination."""

from __future__ import annotations

from collections.abc import Iterator

from intake.extraction.fields.page import Mark, Near, Page
from intake.extraction.fields.places import intended, leading
from intake.extraction.fields.unused import denied, offered, replaced, told, unused
from intake.extraction.types import Candidate, FieldName, Method

NAME = FieldName.METHOD

_PAID = 0.93
_NAMED = 0.62  # "Visa, 3 June, EUR 12": named with no word beside it
_VERB = 0.86
_ORDERED = 0.08  # "your order no. 4711, cheque no. 3": buying names a method less surely than paying
_WANTED = 0.3
_BACK = 0.45
_SPENT = 0.8  # a blocked card may have paid before; another method that is named is likelier
_HEAD_START = {"pay": 4, "renew": 3, "buy": 3, "want": 2, "unpaid": 1}
_DEBITED = 6
_BY_A_BANK = frozenset({"card", "bank_transfer", "direct_debit"})
_ITEM_ENDS = frozenset({",", ";", ".", "|", "-"})
_WORDS_TOO = frozenset({"sofort", "ideal"})
_USED_REACH = 11
_CHARGED = 4
_OWN_REACH = 2  # tokens: "I paid in cash"
_DEBIT_REACH = 12
_DRAWN_REACH = 4
_TAKING = frozenset({"taken", "noun"})
_DEBIT_ALONE = 0.43  # "un prélèvement de 47 €": most are a bank account's, some a card's
_MEANT = 0.5
_FADE = 0.012
_TRANSACTION_TOO = "trx"
_BEFORE_NUMBER = frozenset({":", "-", "#", "."})
_TRANSACTION_FIGURES = 7
# A wallet, a service or a system says more than the card or bank behind it.
_SPECIFIC = {Method.CARD: 0.0, Method.BANK_TRANSFER: 0.0, Method.ACCOUNT_BALANCE: 0.0, Method.OTHER: 0.01}
_MORE = 0.02


def read(page: Page) -> Iterator[Candidate]:
    """Candidates for the method of payment in one part."""
    marks = [
        mark
        for mark in page.group("method")
        # "card number", "card details", "TRX 7719 0042 5531": no way of paying
        if mark.kind != "none"
        and not _adverb(page, mark)
        and not _transaction(page, mark)
        and not _of_a_wallet(page, mark)
    ]
    judged = [_judge(page, mark, Method(mark.kind)) for mark in marks]
    banks = [page.beginning("bank", mark.first) is not None for mark in marks]
    said = {
        mark.kind
        for mark, bank, (confidence, _) in zip(marks, banks, judged, strict=True)
        if not bank and confidence >= _NAMED
    }
    for mark, bank, judgement in zip(marks, banks, judged, strict=True):
        confidence, rule = judgement
        method = Method(mark.kind)
        others = said - {mark.kind}
        if (bank and others & _BY_A_BANK) or (others and _numbered_invoice(page, mark)):
            confidence *= _SPENT  # "from Kaspi, by card", «по счёту INV-74410, вебмани»
        if told(page, mark, "spent") or (method is Method.OTHER and _card_of_a_bank(page, mark)):
            confidence *= _SPENT
        if confidence > 0.1:
            start, end = page.tokens.starts[mark.first], page.tokens.ends[mark.last - 1]
            yield page.candidate(method, start, end, confidence + _SPECIFIC.get(method, _MORE), rule)
    yield from _debits(page)
    for mark in intended(page):
        if mark.kind == "wire":  # "she wanted to transfer her rent and picked you from the list"
            start, end = page.tokens.starts[mark.first], page.tokens.ends[mark.last - 1]
            yield page.candidate(Method.BANK_TRANSFER, start, end, _MEANT, "a transfer that was meant")


def _adverb(page: Page, mark: Mark) -> bool:
    """Whether a name is the word of every day: "hat sofort abgebucht", "would be ideal"."""
    written = page.text[page.tokens.starts[mark.first] : page.tokens.ends[mark.last - 1]]
    led = page.ending("src", mark.first)
    return written in _WORDS_TOO and (led is None or led.kind != "by")


def _of_a_wallet(page: Page, mark: Mark) -> bool:
    """Whether the account debited is a wallet's: "prélevés sur mon compte PayPal"."""
    named = page.beginning("method", mark.last) if mark.kind == Method.DIRECT_DEBIT.value else None
    return named is not None and named.kind not in _BY_A_BANK


def _numbered_invoice(page: Page, mark: Mark) -> bool:
    """Whether what could be "on account" leads in an invoice's number: «по счёту INV-74410», "auf Rechnung 59230"."""
    label = page.beginning("id", mark.last - 1)
    if label is None or label.kind != "invoice":
        return False
    return any(any(map(str.isdigit, word)) for word in page.tokens.words[label.last : label.last + 3])


def _transaction(page: Page, mark: Mark) -> bool:
    """Whether the name of Tron's coin stands for "transaction" and leads in its number: "Trx-Nr. 99120045"."""
    words, at = page.tokens.words, mark.last
    if words[mark.first] != _TRANSACTION_TOO:
        return False
    while at < len(words) and words[at] in _BEFORE_NUMBER:
        at += 1
    label = page.beginning("id", at)
    if label is not None and label.kind == "number":
        return True
    figures = 0
    while at < len(words) and words[at].isdecimal():
        figures, at = figures + len(words[at]), at + 1
    return figures >= _TRANSACTION_FIGURES


def _debits(page: Page) -> Iterator[Candidate]:
    """Such as "prélevé 49 € sur mon compte bancaire": a verb of debiting and the bank account, in one clause or so."""
    marks = page.group("debit")
    for bank in marks:
        taken = [
            verb
            for verb in marks
            if verb.kind in _TAKING
            and abs(verb.first - bank.first) <= _DEBIT_REACH
            and page.tokens.sentences[verb.first] == page.tokens.sentences[bank.first]
        ]
        if bank.kind == "noun" and not any(mark.kind != "none" for mark in page.group("method")):
            start, end = page.tokens.starts[bank.first], page.tokens.ends[bank.last - 1]
            yield page.candidate(Method.DIRECT_DEBIT, start, end, _DEBIT_ALONE, "a debit, no other way named")
        if (
            bank.kind == "bank" and taken and page.beginning("method", bank.last) is None
        ):  # "my PayPal account"
            start, end = page.tokens.starts[bank.first], page.tokens.ends[bank.last - 1]
            yield page.candidate(Method.DIRECT_DEBIT, start, end, _NAMED, "taken from a bank account")


def _card_of_a_bank(page: Page, mark: Mark) -> bool:
    """Whether a name only says whose card it was: "with my Wise card", "картой Kaspi"."""
    beside = page.touching(mark.first, mark.last, "method", before=0, after=1)
    return beside is not None and beside.kind == Method.CARD.value


def _judge(page: Page, mark: Mark, method: Method) -> tuple[float, str]:
    best = leading(page, (mark.first, mark.last), _HEAD_START)
    charged = best is not None and best.left and best.mark.kind == "pay" and best.distance <= _CHARGED
    if (
        denied(page, mark)
        or unused(page, mark)
        or replaced(page, mark)
        or (told(page, mark, "failed") and not _went_through_after_all(page, mark))
        or (offered(page, mark) and not charged)
        or (
            not charged and told(page, mark, "kept") and not _drawn(page, mark)
        )  # "my card is on file", but "charged to the card on file"
    ):
        return 0.15, "denied, failed or merely usual"
    verb = page.beginning("cue", mark.first)
    if verb and verb.kind == "pay" and verb.last >= mark.last:
        return _VERB, "a verb of paying"  # "I wired", "j'ai viré"
    used = _used(page, mark) or _paid_with(page, mark)
    if best is not None and best.mark.kind == "want" and not used and _aimed_at(page, best, mark):
        again = _again(page, mark)
        return (_BACK, "back to where it came from") if again else (_WANTED, "where the money should go")
    if method is Method.ACCOUNT_BALANCE:
        return _balance(page, mark, best)
    if best is not None and best.mark.kind in {"pay", "renew", "buy"}:
        # "payment of 1 June, PayPal, order 4711": the order only stands nearer
        ordered = best.mark.kind == "buy" and not _paid_before(page, mark)
        weight = _PAID - _FADE * max(0, best.distance - 4) - _ORDERED * ordered
        return max(_NAMED, weight), f"cue: {best.mark.kind}"
    return (0.8, "used for the payment") if used else (_NAMED, "named")


def _went_through_after_all(page: Page, mark: Mark) -> bool:
    """Whether the only way named was tried twice and charged twice: "PayPal hung, I clicked again, both went through"."""
    kinds = {one.kind for one in page.group("method") if one.kind != "none"}
    return page.doubled and kinds == {mark.kind}


def _paid_with(page: Page, mark: Mark) -> bool:
    """Whether a participle of paying follows at once: "Erstattung der per Kreditkarte entrichteten 58 Euro"."""
    paid = page.beginning("cue", mark.last)
    return (
        paid is not None
        and paid.kind == "pay"
        and page.tokens.clauses[paid.first] == page.tokens.clauses[mark.first]
    )


def _drawn(page: Page, mark: Mark) -> bool:
    """Such as "99 euros from the card on file", "mit dem hinterlegten PayPal gekauft"."""
    clauses = page.tokens.clauses
    ways = (page.ending("src", mark.first - step) for step in range(_DRAWN_REACH))
    return any(
        clauses[led.first] == clauses[mark.first]
        and (led.kind in {"from", "by"} or (led.kind == "used" and led.last - led.first > 1))  # "mit dem"
        for led in ways
        if led is not None
    )


def _used_here(page: Page, mark: Mark) -> bool:
    """Such as "I used store credit", "usé mi saldo": the word itself right before the balance."""
    found = page.touching(mark.first, mark.last, "src", before=2)
    return found is not None and found.kind == "used" and found.last - found.first == 1


def _again(page: Page, mark: Mark) -> bool:
    """Whether the money should go back there, "wieder auf die Kreditkarte": so it came from there."""
    beside = page.touching(mark.first, mark.last, "src", before=5)
    return beside is not None and beside.kind == "again" and mark.kind != Method.ACCOUNT_BALANCE.value


def _balance(page: Page, mark: Mark, best: Near | None) -> tuple[float, str]:
    """A balance is a method only where the money came from it: one can be topped up, shown and asked for as well."""
    led = page.touching(mark.first, mark.last, "src", before=2)
    if led is not None and led.kind in {"from", "by"}:
        return 0.9, "from the balance"
    if led is not None and led.kind == "either":  # "débité sur mon solde", but "à garder sur mon solde"
        taken = best is not None and best.left and best.mark.kind == "pay" and best.distance <= _DEBITED
        return (0.8, "taken from the balance") if taken else (0.3, "where the money should go")
    if _used_here(page, mark):
        return 0.8, "a balance used"
    if _item(page, mark):
        return _NAMED, "an item of a payment"
    told_so = best is not None and best.mark.kind == "pay" and best.distance <= (3 if best.left else 2)
    return (0.7, "cue: pay") if told_so and (led is None or led.kind == "used") else (0.3, "a balance named")


def _item(page: Page, mark: Mark) -> bool:
    """Whether a balance stands by itself among the items of a payment: "480 UAH, 25 October, prepaid balance, …"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    own = sentences[mark.first]
    before = words[mark.first - 1] if mark.first and sentences[mark.first - 1] == own else ","
    after = words[mark.last] if mark.last < len(words) and sentences[mark.last] == own else ","
    return (
        before in _ITEM_ENDS
        and after in _ITEM_ENDS
        and any(sentences[money.first] == own for money in page.group("currency"))
        and not any(sentences[cue.first] == own for cue in page.group("cue") if cue.kind == "want")
    )


def _aimed_at(page: Page, want: Near, mark: Mark) -> bool:
    """Whether a wish for money speaks of this method: in its clause, or with "to", "by" before the method."""
    tokens = page.tokens
    if tokens.sentences[want.mark.first] != tokens.sentences[mark.first]:
        return False
    same = tokens.clauses[want.mark.first] == tokens.clauses[mark.first]
    if not want.left and _paid_before(page, mark):
        return False  # "what I paid, 22 dollars through PayPal, I would like to see again"
    led = page.touching(mark.first, mark.last, "src", before=2)
    if led is not None and led.kind == "by" and not want.left:
        return same  # "it went through PayPal, and there I want it back"
    return same or (
        led is not None
        and led.kind in {"to", "by", "either"}
        and tokens.clauses[led.first] == tokens.clauses[mark.first]
    )


def _paid_before(page: Page, mark: Mark) -> bool:
    """Whether the sentence speaks of paying before it comes to the method, which nothing like "to" leads in."""
    tokens = page.tokens
    led = page.touching(mark.first, mark.last, "src", before=2)
    if led is not None and led.kind == "to":
        return False
    return any(
        near.left
        and near.mark.kind == "pay"
        and tokens.sentences[near.mark.first] == tokens.sentences[mark.first]
        for near in page.near(mark.first, mark.last, "cue")
    )


def _used(page: Page, mark: Mark) -> bool:
    """Such as "the card that I paid with": words that make a destination the source of the payment.

    Not where they name another way of paying: "to my Visa, I paid in cash".
    """
    return any(
        near.mark.kind == "used"
        and near.distance <= _USED_REACH
        and page.tokens.sentences[near.mark.first] == page.tokens.sentences[mark.first]
        and not _of_another_way(page, near.mark, mark)
        for near in page.near(mark.first, mark.last, "src")
    )


def _of_another_way(page: Page, used: Mark, mark: Mark) -> bool:
    led = page.touching(mark.first, mark.last, "src", before=2)
    if led is None or led.kind != "to":
        return False
    return any(
        other.kind not in {"none", mark.kind}
        and other.last >= used.last
        and other.first <= used.last + _OWN_REACH
        for other in page.group("method")
    )
