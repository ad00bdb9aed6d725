"""A mailbox on a real server, a database and the real pipeline, in this process: what crash tests kill."""

from __future__ import annotations

import threading
from email import message_from_bytes
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from intake.assembly import mailbox_pipeline
from intake.config.model import Config, MailboxConfig
from intake.keys import Keys
from intake.mail.imap import ImapSource
from intake.mail.message import RawMessage
from intake.pipeline import Pipeline
from intake.poll.hold import Holder
from intake.poll.poller import Poller
from intake.poll.replace import Copier
from intake.poll.work import Workshop
from intake.store.store import Store
from tests.dovecot import PASSWORD, Dovecot

SECRET = bytes(range(32))
KEYS = Keys(SECRET)
MAILBOX = "support"
CARD = "4111 1111 1111 1111"  # a public test number, as everybody's
ATTACHED = "5555-5555-5555-4444"
TARGET = "Taken/ün"
TARGET_ON_DISK = "Taken.&APw-n"


def settings(server: Dovecot, user: str, after: str, **others: object) -> MailboxConfig:
    base: dict[str, object] = {"host": server.host, "port": server.port, "tls": "none", "username": user}
    base |= {"policy": "eofferix", "start_from": "all", "after": after, "batch_messages": 2}
    base |= {"move_to": TARGET} if after == "move" else {}
    return MailboxConfig.model_validate(base | others)


@cache
def pipeline() -> Pipeline:
    """The pipeline, made once and warm: what is forked from this process has it."""
    box = MailboxConfig(host="127.0.0.1", tls="none", username="u", policy="eofferix", start_from="all")
    config = Config.model_validate({"state_dir": Path("state"), "mailbox": {MAILBOX: box}})
    made = mailbox_pipeline(config, MAILBOX, KEYS)
    for message in letters():
        made.process(RawMessage(data=message, source="warm"))
    return made


def make_poller(box: MailboxConfig, store: Store, state_dir: Path, *, owner: str = "here") -> Poller:
    """A poller as the engine makes it, with messages worked on in this process."""
    made = pipeline()
    return Poller(
        name=MAILBOX,
        box=box,
        source=ImapSource(MAILBOX, box, lambda: SecretStr(PASSWORD)),
        store=store,
        holder=Holder(store=store, state_dir=state_dir, owner=owner),
        workshop=Workshop(processor=made, fingerprint=KEYS.fingerprint, stop=threading.Event()),
        copier=Copier(redactor=made.redactor, limits=made.limits, keys=KEYS),
    )


def letter(number: int, text: str = "", *, subject: str = "", attach: bool = False, **headers: str) -> bytes:
    """A request with a card in its text, and with another in an attachment."""
    message = EmailMessage()
    message["From"] = f"Änne Example <ann{number}@example.org>"
    message["To"] = "Support <support@example.com>"
    message["Subject"] = subject or f"Refund for order A-{70000 + number}"
    message["Date"] = "Mon, 01 Jun 2026 09:00:00 +0200"
    message["Message-ID"] = f"<letter{number}@mail.example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    body = text or f"Please refund 49.00 EUR, order A-{70000 + number}, I was charged twice. Card {CARD}.\n"
    message.set_content(body)
    if attach:
        message.add_attachment(f"card {ATTACHED}\n", subtype="csv", filename="card.csv")
    return message.as_bytes()


def letters() -> list[bytes]:
    """One of each kind: with a card, with an attachment, automatic, no request, and one mail twice."""
    away = letter(3, "I am away until Monday.\n", Auto_Submitted="auto-replied")
    thanks = letter(4, "When do you open on Sundays?\n", subject="Opening hours")
    return [letter(1), letter(2, attach=True), away, thanks, letter(1)]


def on_disk(server: Dovecot, user: str, folder: str = "") -> list[bytes]:
    """Every message of a folder as the server keeps it."""
    top = server.maildir(user, folder)
    return [path.read_bytes() for part in ("new", "cur") for path in sorted((top / part).glob("*"))]


def texts(raw: bytes) -> str:
    """Everything that can be read in a message: as it lies there, and every part decoded."""
    parts = [part.get_payload(decode=True) for part in message_from_bytes(raw).walk()]
    decoded = [part for part in parts if isinstance(part, bytes)]
    return "\n".join(data.decode("utf-8", "replace") for data in (raw, *decoded))


def is_unredacted(raw: bytes) -> bool:
    """Whether one of the planted cards can be read in it."""
    digits = "".join(character for character in texts(raw) if character.isdigit())
    return any("".join(filter(str.isdigit, card)) in digits for card in (CARD, ATTACHED))
