"""Saves a letter into the IMAP folder for drafts: a person reads it there, and sends it or not."""

from __future__ import annotations

from typing import Final

from intake.config.model import MailboxConfig
from intake.errors import ConfigError, Problem
from intake.mail.imap import ImapSource
from intake.mail.imap_connect import login_secret
from intake.mail.imap_folders import Use
from intake.mail.source import MessageRefusedError, UnreachableError

_FLAGS: Final = (r"\Draft", r"\Seen")


def save_draft(name: str, box: MailboxConfig, data: bytes, own_id: str) -> str:
    """Adds the message to the drafts, unless an earlier try did; gives the folder.

    Raises:
        SourceError: the mail server.
        ConfigError: it has no folder for drafts.
    """
    with ImapSource(name, box, login_secret(name, box)) as source:
        source.open("INBOX")
        folder = source.special_folder(Use.DRAFTS)
        if folder is None:
            remedy = "make a folder Drafts there, or answer by hand"
            raise ConfigError(
                Problem(where=f"mailbox {name}", what="has no folder for drafts", remedy=remedy)
            )
        try:
            source.open(folder)
            if not source.find("Message-ID", own_id, 0):
                source.append(folder, data, _FLAGS, None)
        except MessageRefusedError as error:
            what = "the server does not take the draft"
            raise UnreachableError(error.code, where=f"mailbox {name}", what=what) from None
    return folder
