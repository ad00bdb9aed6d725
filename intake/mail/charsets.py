"""Bytes to text, whatever the mail claims about its charset; never raises.

Labels lie: of real mail 5 % has raw 8-bit headers and 3 % a wrong or unknown charset. So the label is
believed only as far as the bytes bear it out, in the spirit of the WHATWG Encoding Standard: "ascii" and
"iso-8859-1" mean windows-1252, gb2312 means gb18030, and valid UTF-8 is UTF-8 under any single-byte label.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from itertools import groupby

# Codecs that are no charset of mail, and UTF-7, which hides text from every scanner (removed from browsers).
_REFUSED = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,75})\?([bBqQ])\?([^?]*)\?=")
_GAP = re.compile(r"\s+")
_CONTROLS = bytes([*range(9), 0xB, 0xC, *range(0xE, 0x20), 0x7F])
_UNWANTED = dict.fromkeys([*_CONTROLS, *range(0xD800, 0xE000)])


def decode_bytes(data: bytes, declared: str | None) -> str:
    """The text of `data`: by its declared charset where that works, else by what the bytes look like.

    NUL, other control characters (TAB, LF and CR stay) and lone surrogates are dropped.
    """
    if data.isascii() and (declared is None or not _is_shifted(declared)):
        text = data.decode("ascii")
    else:
        text = _decode_high(data, declared)
    return clean(text)


def clean(text: str) -> str:
    """`text` without control characters and lone surrogates, which no store and no reader can use."""
    try:
        # as bytes it costs a twentieth: in UTF-8 no part of a character looks like a control
        data = text.encode()
    except UnicodeEncodeError:
        return text.translate(_UNWANTED)
    kept = data.translate(None, _CONTROLS)
    return text if len(kept) == len(data) else kept.decode()


def decode_header(value: str) -> str:
    """A header value as people read it: encoded words (RFC 2047) decoded, broken ones as far as possible.

    Adjacent words of one charset are joined as bytes first, because clients split inside a character.
    """
    if "=?" not in value:
        return clean(value)
    pieces: list[tuple[str | None, bytes | str]] = []
    end = 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[end : match.start()]
        if between and not (pieces and pieces[-1][0] is not None and _GAP.fullmatch(between)):
            pieces.append((None, between))
        charset = match[1].partition("*")[0].lower()  # RFC 2231 §5: a language may follow
        pieces.append((charset, _word_bytes(match[2], match[3])))
        end = match.end()
    pieces.append((None, value[end:]))
    out: list[str] = []
    for charset, group in groupby(pieces, key=lambda piece: piece[0]):
        values = [piece for _, piece in group]
        if charset is None:
            out.extend(piece for piece in values if isinstance(piece, str))
        else:
            out.append(decode_bytes(b"".join(p for p in values if isinstance(p, bytes)), charset))
    return clean("".join(out))


def raw_header(value: str) -> str:
    """A header value from the stdlib's parser, with its raw 8-bit octets decoded (RFC 6532: UTF-8, else guessed)."""
    if value.isascii():
        return value
    return decode_bytes(value.encode("utf-8", "surrogateescape"), None)


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(text.encode("ascii", "ignore"), header=True)
    return lenient_base64(text.encode("ascii", "ignore"))


def lenient_base64(data: bytes) -> bytes:
    """Base64 with damage: foreign characters dropped, padding mended, a stray last character cut."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def _is_shifted(declared: str) -> bool:
    """ASCII bytes that are not ASCII text: ISO-2022, HZ and the two- and four-byte forms of Unicode."""
    return declared.lower().startswith(
        ("iso-2022", "csiso2022", "hz", "utf-16", "utf16", "utf-32", "utf32", "ucs")
    )


def _decode_high(data: bytes, declared: str | None) -> str:
    codec = _codec(declared)
    if codec is None or _is_single_byte(codec):
        as_utf8 = _plausible_utf8(data, codec)
        if as_utf8 is not None:
            return as_utf8
    if codec is None or (codec == "cp1252" and _looks_cyrillic(data, certain=True)):
        codec = _guess(data)
    text = data.decode(codec, "replace")
    if codec == "utf-8" and text.count("�") > len(text) // 20:  # not UTF-8 at all, whatever it says
        text = data.decode(_guess(data), "replace")
    return text


def _codec(declared: str | None) -> str | None:
    """The canonical name of a charset that Python knows and mail may use, else None."""
    if not declared or not declared.isascii():
        return None
    label = declared.strip("\"' ").lower().replace("cp-", "cp").replace("windows-cp", "cp")
    for name in (
        label,
        label.removeprefix("x-"),
        label.replace("windows", "windows-"),
        label.replace("win-", "cp"),
    ):
        try:
            info = codecs.lookup(name)
            "".encode(info.name)  # LookupError for codecs that are not text
        except (LookupError, ValueError, UnicodeError):
            continue
        return None if info.name in _REFUSED else _WIDER.get(info.name, info.name)
    return None


def _is_single_byte(codec: str) -> bool:
    return codec.startswith(("cp125", "iso8859", "koi8", "cp866", "mac", "cp437", "cp85"))


def _plausible_utf8(data: bytes, codec: str | None) -> str | None:
    """UTF-8 that a person would write.

    Under another label only common letters count ("É»" is no U+027B), and in a Cyrillic charset two letters may
    happen to be one of UTF-8, several in a row hardly.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if codec is None:
        return text
    high = [c for c in text if not c.isascii()]
    common = all("\xa0" <= c <= "\u024f" or "\u0400" <= c <= "\u04ff" or c > "\u1e00" for c in high)
    return text if common and (codec == "cp1252" or len(high) >= 3) else None


def _looks_cyrillic(data: bytes, *, certain: bool = False) -> bool:
    """Words made of high bytes: in Western text they come one or two at a time. `certain` wants more of it."""
    shortest, least = (4, 6) if certain else (3, 3)
    runs = _HIGH_RUN.findall(data[:20_000])
    total = sum(map(len, runs))
    return total >= least and sum(len(run) for run in runs if len(run) >= shortest) > total * 0.6


def _guess(data: bytes) -> str:
    """A charset for undeclared 8-bit text: Russian and Ukrainian tell themselves apart by where small letters lie."""
    if not _looks_cyrillic(data):
        return "cp1252"
    sample = data[:20_000]
    lower_cp1251 = sum(0xE0 <= byte <= 0xFF for byte in sample)  # а-я
    lower_koi8 = sum(0xC0 <= byte <= 0xDF for byte in sample)
    lower_cp866 = sum(0xA0 <= byte <= 0xAF for byte in sample) + sum(0xE0 <= byte <= 0xEF for byte in sample)
    if (
        lower_cp866 > lower_koi8
        and any(0xA0 <= byte <= 0xAF for byte in sample)
        and lower_cp866 > lower_cp1251
    ):
        return "cp866"
    return "koi8-u" if lower_koi8 > lower_cp1251 else "cp1251"
