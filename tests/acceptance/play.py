"""Many stories over one real server: rounds of mail, and between them what people do on the command line.

All stories share a server, a database and a daemon's engine, so that the whole play takes seconds. The commands
run in this process; the mail goes over IMAP, the letters over IMAP and SMTP.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog
from babel.dates import format_date
from typer.testing import CliRunner

from intake.cli.acting import os_login
from intake.cli.main import app
from intake.config.load import load_config
from intake.daemon.run import poll_once
from intake.engine.engine import Engine, open_engine
from intake.log import configure
from tests.dovecot import PASSWORD, Dovecot
from tests.intake.notify.smtp_server import Mailman, smtp_server

POLICIES = {"support": ("eofferix", "mx.eofferix.com"), "pars": ("pars", "mx.pars.example")}
DAY = date.today() - timedelta(days=3)  # noqa: DTZ011 - mail is dated by the machine's own clock
PAID = format_date(DAY, "d MMMM y", locale="en")
PAID_RU = format_date(DAY, "d MMMM y", locale="ru")
PAID_DE = format_date(DAY, "d. MMMM y", locale="de")
_START = datetime.now(UTC) - timedelta(hours=3)


class Play:
    """The stage: a server with two companies' mailboxes, a config, and hands that work."""

    def __init__(self, folder: Path, server: Dovecot, mailman: Mailman) -> None:
        self.folder = folder
        self.server = server
        self.mailman = mailman
        self.config = folder / "intake.toml"
        self.round = 0
        self.engine: Engine | None = None
        self.log = (folder / "log").open("a", encoding="utf-8")
        configure(form="json", stream=self.log)
        password = folder / "pw"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o600)
        lines = [
            'state_dir = "state"\n[review]\nundo_s = 0\n[letters]\ndrafts = true\nplus_address = true',
            'senders = { pars = "Pars <refunds@pars.example>", support = "Eofferix <support@eofferix.com>" }',
            f'[smtp]\nhost = "127.0.0.1"\nport = {mailman.port}\ntls = "none"',
        ]
        for name, (policy, _) in POLICIES.items():
            lines.append(
                f'[mailbox.{name}]\nhost = "{server.host}"\nport = {server.port}\ntls = "none"\nusername = "{name}"\n'
                f'password_file = "pw"\npolicy = "{policy}"\nstart_from = "all"\nidle = false'
            )
            lines.append('support_addresses = ["refunds@pars.example"]' if name == "pars" else "")
            server.deliver(b"Subject: an old draft\r\n\r\nx\r\n", user=name, folder="Drafts")
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def mail(
        self,
        who: str,
        text: str,
        *,
        to: str = "support",
        subject: str = "Refund",
        answers: str | None = None,
        proven: bool = True,
        ident: str | None = None,
        at: str | None = None,
    ) -> str:
        """Delivers a mail of this round; gives its Message-ID. `proven`: the server vouches for its sender."""
        message = EmailMessage(policy=default)
        policy, authority = POLICIES[to]
        domain = who.rpartition("@")[2]
        if proven:
            verdict = f"dmarc=pass header.from={domain}; spf=pass smtp.mailfrom={domain}"
            message["Authentication-Results"] = f"{authority}; {verdict}"
        # Not `hash`: it differs from run to run, and some of its long numbers pass for a card's.
        told = f"{who}\n{text}\n{self.round}"
        ident = ident or f"<{sha256(told.encode()).hexdigest()[:32]}@mail.example.net>"
        message["From"], message["To"], message["Subject"] = who, at or f"{policy}@example.com", subject
        message["Message-ID"] = ident
        if answers is not None:
            message["In-Reply-To"] = message["References"] = answers
        message["Date"] = _START + timedelta(minutes=self.round)
        message.set_content(text)
        before = set(self._files(to))
        self.server.deliver(message.as_bytes(), user=to)
        (new,) = set(self._files(to)) - before
        moment = (_START + timedelta(minutes=self.round)).timestamp()
        os.utime(new, (moment, moment))  # Dovecot's INTERNALDATE: rounds follow each other by minutes
        return ident

    def bounce(self, who: str) -> None:
        """The letter that was sent to somebody comes back, as Postfix returns it: headers alone, to our envelope."""
        ((envelope, letter),) = [
            (sender, data) for sender, recipient, data in self.mailman.letters if who in recipient
        ]
        back = envelope.partition("<")[2].partition(">")[0]
        head = letter.partition(b"\r\n\r\n")[0].decode("ascii")
        parts = (
            f"From: MAILER-DAEMON@mx.example.net\nTo: {back}\nReturn-Path: <>\nMessage-ID: <{len(head)}@mx.example.net>\n"
            'Subject: Undelivered Mail\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type="delivery-status";'
            ' boundary="b"\n\n--b\nContent-Type: text/plain\n\nNo such user.\n'
            f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
            f"Final-Recipient: rfc822; {who}\nAction: failed\nStatus: 5.1.1\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\n{head}\n\n--b--\n"
        )
        self.server.deliver(parts.replace("\r\n", "\n").replace("\n", "\r\n").encode(), user="support")

    def poll(self) -> dict[str, dict[str, int]]:
        """Ends the round: takes in the mail of both mailboxes."""
        assert self.engine is not None
        self.round += 1
        return {name: poll_once(self.engine, name).to_dict() for name in POLICIES}

    def run(self, *args: str, status: int = 0) -> str:
        """A command, as a person types it."""
        result = CliRunner().invoke(app, ["-c", str(self.config), *args])
        configure(form="json", stream=self.log)  # the runner's own streams are closed now
        code = getattr(result.exception, "exit", result.exit_code)
        assert code == status, (args, result.output, result.exception)
        return result.stdout

    def show(self, case: str) -> dict[str, Any]:
        """A case as JSON."""
        found: dict[str, Any] = json.loads(self.run("queue", "show", case, "--json"))
        return found

    def of(self, who: str) -> list[str]:
        """The labels of the cases that this sender opened."""
        rows = json.loads(self.run("queue", "list", "--json"))
        labels = sorted(row["case"] for row in rows)
        return [label for label in labels if self.show(label)["mail"][0]["from"] == who]

    def letters(self, case: str) -> list[dict[str, Any]]:
        """The letters of a case."""
        found: list[dict[str, Any]] = json.loads(self.run("letter", "show", case, "--made", "--json"))
        return found

    def drafts(self, user: str) -> list[EmailMessage]:
        """The drafts that lie on the server, without the old one."""
        folder = self.server.maildir(user, "Drafts")
        found = [path.read_bytes() for part in ("new", "cur") for path in (folder / part).glob("*")]
        parsed = [message_from_bytes(data, policy=default) for data in found]
        return [message for message in parsed if message["Subject"] != "an old draft"]

    def draft_to(self, user: str, who: str) -> EmailMessage:
        """The one draft that lies there for somebody."""
        (found,) = [one for one in self.drafts(user) if one["To"] == who]
        return found

    def actions(self, case: str) -> list[str]:
        """The history of a case, by its words."""
        return [entry["action"] for entry in self.show(case)["history"]]

    def _files(self, user: str) -> Iterator[Path]:
        top = self.server.maildir(user)
        return (path for part in ("new", "cur") for path in (top / part).glob("*"))


def _silence(stage: Play) -> None:
    structlog.reset_defaults()
    stage.log.close()


@contextmanager
def play(folder: Path) -> Iterator[Play]:
    """A stage with its engine running, and a lead who is whoever runs the tests."""
    with ExitStack() as stack:
        server = stack.enter_context(Dovecot(tuple(POLICIES)))
        mailman = stack.enter_context(smtp_server())
        stage = Play(folder, server, mailman)
        stack.callback(_silence, stage)
        stop = threading.Event()
        with open_engine(load_config(stage.config), stop=stop) as engine:
            stage.engine = engine
            stage.run("--no-input", "user", "add", "lena", "--role", "lead", "--os-user", os_login())
            yield stage
