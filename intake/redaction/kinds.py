"""The kinds of words that the label files list, and those by which a search starts."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a word of the label files says about the number or word beside it."""

    __hash__ = str.__hash__  # Enum's own is Python code, and every finder asks for kinds

    CARD = "card"  # a payment card
    NOT_CARD = "not_card"  # a card that pays nothing: SIM, library, loyalty
    LABEL = "label"  # an exact label of another number: order, invoice, IMEI
    CVV = "cvv"
    BACK = "back"  # where the CVV is printed; counts beside a card or the word
    FRONT = "front"  # where American Express prints it; counts beside a card word
    THING = "thing"  # what has a back and is no card: box, ticket, router
    CODE = "code"  # says nothing alone
    NOT_CODE = "not_code"  # promo code, postcode, error code; the back of the box
    EXPIRY = "expiry"
    PIN = "pin"
    NOT_PIN = "not_pin"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    NOT_PASSWORD = "not_password"  # noqa: S105 - the name of a kind
    LOGIN = "login"
    OPENING = "opening"  # what is done with a password that is not called one: "opens with", "unzip"
    OTP = "otp"
    SMS = "sms"  # also announces a code that came by it
    WARNING = "warning"  # "never share": what is said of such codes
    OTP_CONTEXT = "otp_context"  # makes "code" a one-time code
    BANK = "bank"  # one by its name: sends such codes, and much else
    NOT_OTP = "not_otp"  # and this unmakes it
    TOKEN = "token"  # noqa: S105 - the name of a kind
    NOT_TOKEN = "not_token"  # noqa: S105 - the name of a kind
    NUMBER = "number"  # a number word; in the files under `digits`
    ATM = "atm"  # where a PIN is typed
    TOLD = "told"  # a verb of sending, reading out, typing in: what it tells is a value
    MONEY = "money"  # a number beside it is a sum
    OTHER = "other"  # a number beside it counts or names something else: room, page, version
    UNIT = "unit"  # a number before it counts: minutes, people


# The longest word wins where two overlap; of one word with two kinds, the one that stands first here.
RANK = {kind: rank for rank, kind in enumerate(Kind)}
STARTING = frozenset(  # finders go from each of these; the other kinds only weigh for or against
    {
        Kind.CARD,
        Kind.CVV,
        Kind.BACK,
        Kind.FRONT,
        Kind.CODE,
        Kind.EXPIRY,
        Kind.PIN,
        Kind.PASSWORD,
        Kind.NOT_PASSWORD,
        Kind.LOGIN,
        Kind.OPENING,
        Kind.OTP,
        Kind.SMS,
        Kind.WARNING,
        Kind.OTP_CONTEXT,
        Kind.BANK,
        Kind.TOKEN,
        Kind.ATM,
    }
)
DEVICES = frozenset({Kind.LABEL, Kind.THING})  # of these, words such as "phone": codes come to it
