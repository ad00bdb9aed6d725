"""The one secret of an installation, and the keys derived from it (HKDF-SHA-256, RFC 5869).

Kept outside the database and its backups: beside redacted text a bare hash would let missing digits be
guessed, so every fingerprint is an HMAC under a key that the database does not hold.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from base64 import b32encode
from pathlib import Path
from typing import Final, NoReturn, Self, final

from intake.errors import ConfigError, Problem

_BYTES: Final = 32
_HASH: Final = hashlib.sha256


def hkdf(secret: bytes, *, info: bytes, length: int = _BYTES, salt: bytes = b"") -> bytes:
    """Key material of `length` bytes for the use named by `info` (RFC 5869 §2, SHA-256).

    Raises:
        ValueError: more than 255 blocks are asked for (RFC 5869 §2.3).
    """
    size = _HASH().digest_size
    if length > 255 * size:
        raise ValueError("HKDF gives at most 255 blocks")
    extracted = hmac.digest(salt or bytes(size), secret, _HASH)
    block, out = b"", b""
    for counter in range(1, -(-length // size) + 1):
        block = hmac.digest(extracted, block + info + bytes([counter]), _HASH)
        out += block
    return out[:length]


@final
class Keys:
    """Derived keys, each for one use; prints and pickles as nothing."""

    __slots__ = ("_fingerprint", "_message_id", "_sender", "audit", "csrf", "id", "thread")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _BYTES:
            raise ValueError("the secret has 32 bytes")
        self._fingerprint = hkdf(secret, info=b"refund-intake fingerprint 1")
        self._message_id = hkdf(secret, info=b"refund-intake message-id 1")
        self._sender = hkdf(secret, info=b"refund-intake sender 1")
        self.audit = hkdf(secret, info=b"refund-intake audit 1")
        self.thread = hkdf(secret, info=b"refund-intake thread-token 1")
        self.csrf = hkdf(secret, info=b"refund-intake csrf 1")
        self.id = hkdf(secret, info=b"refund-intake id 1", length=16).hex()

    @classmethod
    def random(cls) -> Self:
        """Keys for one run: where nothing is stored."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new secret, written to `path` with mode 0600; never over a file that is there.

        Raises:
            ConfigError: the file exists, or cannot be written.
        """
        secret = secrets.token_bytes(_BYTES)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            raise _wrong(path, "is there already", "remove it only if no database depends on it") from None
        except OSError as error:
            raise _wrong(
                path, f"cannot be created ({_name(error)})", "create its folder, mode 0700"
            ) from None
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())  # a database that names this key must never outlive it
        return cls(secret)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys of the secret in `path`.

        Raises:
            ConfigError: no such file, other users may read it, or it holds no secret.
        """
        try:
            with path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                content = file.read(4096)
        except OSError as error:
            raise _wrong(
                path, f"cannot be read ({_name(error)})", "restore it from where you keep it"
            ) from None
        # systemd grants its credentials by an access list, which shows as a group's right
        credential = os.environ.get("CREDENTIALS_DIRECTORY") == str(path.parent)
        if mode & (0o007 if credential else 0o077):
            raise _wrong(path, f"other users may read it (mode {mode:04o})", f"chmod 600 {path}")
        try:
            secret = bytes.fromhex(content.decode("ascii").strip())
            return cls(secret)
        except ValueError:  # UnicodeDecodeError is one
            raise _wrong(path, "holds no secret of 64 hex digits", "restore it from your backup") from None

    def fingerprint(self, data: bytes) -> str:
        """HMAC of the bytes of a message, a part or an attachment, in hex."""
        return hmac.digest(self._fingerprint, data, _HASH).hex()

    def message_id(self, text: str) -> str:
        """HMAC of a Message-ID, with or without its angle brackets (RFC 5322 §3.6.4)."""
        bare = text.strip().removeprefix("<").removesuffix(">").strip()
        return hmac.digest(self._message_id, bare.encode("utf-8", "surrogatepass"), _HASH).hex()

    def sender(self, text: str) -> str:
        """HMAC of a sender's address; case does not count."""
        return hmac.digest(
            self._sender, text.strip().casefold().encode("utf-8", "surrogatepass"), _HASH
        ).hex()

    def thread_token(self, case_id: int) -> str:
        """What nobody can guess and who had a letter of the case knows: 80 bits in lower-case base32 (RFC 4648 §6)."""
        return b32encode(hmac.digest(self.thread, b"case %d" % case_id, _HASH)[:10]).decode().lower()

    def __repr__(self) -> str:
        return f"Keys(id={self.id})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")


def _wrong(path: Path, what: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(where=f"secret key {path}", what=what, remedy=remedy))


def _name(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else type(error).__name__
