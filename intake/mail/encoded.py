"""What stands in a plain text encoded, as in the raw copy that a bounce shows: decoded, or told apart as a file.

A scanner sees nothing in base64, and whoever wants to reads it all.
"""

from __future__ import annotations

import binascii
import re

from intake.mail.attachments import is_text
from intake.mail.charsets import decode_bytes, decode_header, lenient_base64
from intake.mail.parts import normal_lines

_LINE = 56  # characters: base64 is written in lines of 60 to 76 (RFC 2045 §6.8), no word is as long
_BASE64 = re.compile(rf"(?m)(?:^[A-Za-z0-9+/]{{{_LINE},76}}\n){{2,}}(?:[A-Za-z0-9+/]{{1,76}}={{0,2}}$)?")
_FULL_LINE = re.compile(rf"\n[A-Za-z0-9+/]{{{_LINE},76}}\n")  # most texts have none, and it is soon told
_UUENCODED = re.compile(r"(?m)^begin [0-7]{3,4} (\S[^\n]{0,254})\n((?:[ -`]{2,62}\n)+)(?:[` ]?\n)?end$")
_ARMOUR = re.compile(r"-----BEGIN [A-Z ]+-----\n(?:[^\n]{0,99}\n){0,4}\Z")  # of a key, which says nothing
_HEAD = 500  # characters before a block in which its armour begins


def decoded_text(text: str) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """A text with the words encoded in it decoded (RFC 2047, base64), and the files, by name, taken out of it.

    A damaged file has no name and is given as it stands there: its type tells nobody to read it, so it counts as unread.
    """
    if "=?" in text:
        text = decode_header(text)
    files: list[tuple[str, bytes]] = []

    def file(match: re.Match[str]) -> str:
        data = _uudecoded(match[2])
        files.append((match[1], data) if data is not None else ("", match[0].encode("utf-8", "replace")))
        return ""

    def block(match: re.Match[str]) -> str:
        if _ARMOUR.search(text[max(0, match.start() - _HEAD) : match.start()]):
            return match[0]
        data = lenient_base64(match[0].encode("ascii"))
        if is_text(data) and not data.startswith(b"%PDF-"):
            return normal_lines(decode_bytes(data, None)) + "\n"
        files.append(("", data))
        return ""

    if "\nend" in text:
        text = _UUENCODED.sub(file, text)
    if _FULL_LINE.search(text):
        text = _BASE64.sub(block, text)
    return text, tuple(files)


def _uudecoded(lines: str) -> bytes | None:
    """The bytes of a file; None of one that is damaged."""
    try:
        return b"".join(map(binascii.a2b_uu, lines.splitlines()))
    except binascii.Error:
        return None
