"""Whose address it is: a machine's, a desk's at which people write too, or somebody's."""

from __future__ import annotations

import re

from intake.mail.notices import notices

_NO_REPLY = re.compile(
    r"(?:do[._-]?)?no[t]?[._-]?(?:reply|responder|response|answer)|ne[._-]?pas[._-]?repondre|nepasrepondre|"
    r"nicht[._-]?antworten|noresponder|mailer-daemon|mailerdaemon|(?:no|ne)[._-]?otvech\w*",
    re.IGNORECASE,
)
_FIRM = 4  # letters that a firm's name has at least
_BOUNCES = re.compile(r"bounces?(?:[._+-].*)?", re.IGNORECASE)
_ROBOT_NAME = re.compile(
    r"\b(?:no[ -]?reply|do not reply|robot|notifications?|newsletter|alerts?|mail delivery|ne pas répondre|"
    r"nicht antworten|не отвечать|рассылка|уведомления|робот|дайджест|no responder|розсилка|сповіщення)\b",
    re.IGNORECASE,
)


def is_machine(address: str) -> bool:
    """Whether nobody reads what is sent there, by the address's own word."""
    local = address.partition("@")[0]
    last = _dotted(local.partition("+")[0].rstrip("0123456789")).rpartition(".")[2]
    return last in notices().robots or says_no_reply(address) or _BOUNCES.fullmatch(local) is not None


def says_no_reply(address: str) -> bool:
    """Whether the address says that it wants no answer, in some language."""
    return _NO_REPLY.search(address.partition("@")[0]) is not None


def is_robot_name(name: str) -> bool:
    """Whether a display name says the same."""
    return _ROBOT_NAME.search(name) is not None


def is_role(address: str) -> bool:
    """Whether several people, or machines, write from the address: "info", "billing"."""
    return _dotted(address.partition("@")[0]) in notices().roles


def is_monitor(address: str) -> bool:
    """Whether a machine that watches others writes."""
    return is_machine(address) or _dotted(address.partition("@")[0]) in notices().monitors


def is_desk(address: str, name: str) -> bool:
    """Whether a service or a firm writes rather than somebody by name."""
    local = _dotted(address.partition("@")[0].partition("+")[0])
    known = local in notices().roles or local in notices().desks or is_monitor(address)
    return known or is_robot_name(name) or _is_named_after_domain(address, name)


def _is_named_after_domain(address: str, name: str) -> bool:
    """A firm writes under its own name: "PayLane Desk <x@paylane.example>"; persons give theirs."""
    local, _, domain = address.partition("@")
    firm, plain = domain.partition(".")[0].replace("-", ""), "".join(name.casefold().split())
    return len(firm) >= _FIRM and plain.startswith(firm) and not firm.startswith(local)


def _dotted(local: str) -> str:
    """The words of a local part with one mark between them."""
    return local.replace("-", ".").replace("_", ".")
