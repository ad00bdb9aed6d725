"""The secret of an installation: derived as RFC 5869 says, kept to its owner, never shown."""

from __future__ import annotations

import pickle
import stat
from pathlib import Path

import pytest

from intake.errors import ConfigError, Exit
from intake.keys import Keys, hkdf


@pytest.mark.parametrize(
    ("secret", "salt", "info", "length", "expected"),
    [
        (  # RFC 5869, A.1
            "0b" * 22,
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (  # RFC 5869, A.2
            bytes(range(0x50)).hex(),
            bytes(range(0x60, 0xB0)).hex(),
            bytes(range(0xB0, 0x100)).hex(),
            82,
            (
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                "cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
        ),
        (  # RFC 5869, A.3
            "0b" * 22,
            "",
            "",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_derivation_follows_the_rfc(secret: str, salt: str, info: str, length: int, expected: str) -> None:
    derived = hkdf(bytes.fromhex(secret), salt=bytes.fromhex(salt), info=bytes.fromhex(info), length=length)
    assert derived.hex() == expected


def test_derivation_has_an_end() -> None:
    assert len(hkdf(b"secret", info=b"", length=255 * 32)) == 255 * 32
    with pytest.raises(ValueError, match="255"):
        hkdf(b"secret", info=b"", length=255 * 32 + 1)


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    made = Keys.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keys.load(path).id == made.id
    assert Keys.load(path).fingerprint(b"x") == made.fingerprint(b"x")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="is there already"):
        Keys.create(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666, 0o610])
def test_a_key_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret-key"
    Keys.create(path)
    path.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600") as caught:
        Keys.load(path)
    assert caught.value.exit is Exit.CONFIG


def test_a_credential_of_systemd_may_show_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret-key"
    made = Keys.create(path)
    path.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert Keys.load(path).id == made.id
    path.chmod(0o444)
    with pytest.raises(ConfigError):
        Keys.load(path)


@pytest.mark.parametrize("content", [b"", b"not hex", b"00" * 31, b"00" * 33, b"\xff" * 64])
def test_a_file_that_holds_no_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret-key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="no secret of 64 hex digits"):
        Keys.load(path)


def test_a_missing_key_or_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Keys.load(tmp_path / "secret-key")
    with pytest.raises(ConfigError, match="mode 0700"):
        Keys.create(tmp_path / "none" / "secret-key")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError):
        Keys.create(tmp_path / "link")


def test_a_secret_has_its_full_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(b"short")


def test_keys_show_and_pickle_nothing() -> None:
    keys = Keys(bytes(range(32)))
    assert repr(keys) == f"Keys(id={keys.id})"
    with pytest.raises(TypeError):
        pickle.dumps(keys)


def test_each_use_has_a_key_of_its_own() -> None:
    keys, others = Keys(bytes(range(32))), Keys.random()
    uses = {keys.audit, keys.csrf, keys.thread, bytes.fromhex(keys.id)}
    prints = {keys.fingerprint(b"x"), keys.message_id("x"), keys.sender("x"), others.fingerprint(b"x")}
    assert len(uses) == len(prints) == 4
    assert keys.id != others.id


def test_forms_that_mean_the_same_are_the_same() -> None:
    keys = Keys(bytes(range(32)))
    assert keys.message_id(" <A@example.org> ") == keys.message_id("A@example.org")
    assert keys.message_id("<A@example.org>") != keys.message_id("<a@example.org>")  # RFC 5322: case counts
    assert keys.sender(" Ann@Example.ORG") == keys.sender("ann@example.org")
    assert keys.message_id("\ud800") != keys.message_id("\ud801")
