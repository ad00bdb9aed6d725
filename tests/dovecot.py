"""A private Dovecot for tests and benchmarks: 2.3 or 2.4, root or not, plain text, TLS and STARTTLS.

Everything runs as one unprivileged user: the caller, or `nobody` where the caller is root, because Dovecot
refuses mail access for uid 0. The directory is made here and not by pytest, whose tmp_path (0700) would be
closed to that user; UNIX sockets lie in a short directory of their own (108 bytes at most).
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

import pytest

_COMMON = """\
base_dir = {run}
state_dir = {run}/state
log_path = {dir}/dovecot.log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
first_valid_gid = {gid}
ssl = yes
auth_mechanisms = plain login
mail_fsync = never
mail_max_userip_connections = 100
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""

_V23 = """\
protocols = imap
ssl_cert = <{dir}/tls/server.pem
ssl_key = <{dir}/tls/server.key
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {dir}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%u
}}
"""

_V24 = """\
protocols {{
  imap = yes
}}
ssl_server_cert_file = {dir}/tls/server.pem
ssl_server_key_file = {dir}/tls/server.key
auth_allow_cleartext = yes
auth_failure_delay = 0s
mail_driver = maildir
mail_path = ~/Maildir
passdb passwd-file {{
  default_password_scheme = PLAIN
  passwd_file_path = {dir}/passwd
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {dir}/mail/%{{user}}
  }}
}}
"""

PASSWORD = "correct horse ä"


def binary() -> str | None:
    """Where Dovecot is; Debian puts it where ordinary users do not look."""
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def version() -> str:
    """ "2.3.19.1", say; 2.4 has another syntax."""
    asked = [binary() or "dovecot", "--version"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()[0]


def require_dovecot() -> None:
    """Skips where there is none, but never in CI: there a missing server is a failure."""
    if binary() is None:
        if os.environ.get("CI"):
            pytest.fail("Dovecot is missing: apt-get install dovecot-imapd")
        pytest.skip("Dovecot is missing: apt-get install dovecot-imapd")


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on just now."""
    with ExitStack() as stack:  # all are held until all are known: one that is let go may come again
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def free_port() -> int:
    """A port that nobody listens on just now."""
    return free_ports(1)[0]


class Dovecot:
    """One server with its mailboxes; may be stopped and started again on the same ports."""

    host = "127.0.0.1"

    def __init__(
        self,
        users: Sequence[str] = ("support",),
        *,
        wrong_host: bool = False,
        extra: Callable[[Path], str] = lambda _folder: "",
    ) -> None:
        self.users = tuple(users)
        self._extra = extra  # more settings, in the words of the version at hand; may put files beside
        self.port, self.tls_port = free_ports(2)
        self.dir = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._run = Path(tempfile.mkdtemp(prefix="dv", dir="/tmp"))
        self._wrong_host = wrong_host
        self._process: subprocess.Popen[bytes] | None = None
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._user, self._uid, self._gid = account.pw_name, account.pw_uid, account.pw_gid
        self._delivered = 0
        self._prepare()

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed the server's."""
        return self.dir / "tls" / "ca.pem"

    def maildir(self, user: str = "support", folder: str = "") -> Path:
        """A folder on disk; the inbox is the top (Maildir++: sub-folders as `.Name`, modified UTF-7)."""
        top = self.dir / "mail" / user / "Maildir"
        return top / f".{folder}" if folder else top

    def deliver(self, *messages: bytes, user: str = "support", folder: str = "", seen: bool = False) -> None:
        """Puts messages into a folder as a mail server does: written aside, then renamed."""
        top = self.maildir(user, folder)
        self._folder(top)
        for raw in messages:
            self._delivered += 1
            name = f"{1_700_000_000 + self._delivered}.M{self._delivered:06d}.test"
            aside = top / "tmp" / name
            aside.write_bytes(raw)
            self._own(aside, 0o644)
            aside.rename(top / "cur" / f"{name}:2,S" if seen else top / "new" / name)

    def count(self, user: str = "support", folder: str = "") -> int:
        """How many messages a folder holds, told of to a client or not."""
        top = self.maildir(user, folder)
        return sum(1 for part in ("new", "cur") for _ in (top / part).glob("*"))

    def renumber(self, user: str = "support") -> None:
        """Forgets all UIDs, as after a restore: UIDVALIDITY changes."""
        for index in self.maildir(user).glob("dovecot*"):
            index.unlink()
        # the new UIDVALIDITY is the present second: it must not be the old one again
        (self.maildir(user) / "dovecot-uidvalidity").unlink(missing_ok=True)

    def start(self) -> Self:
        """Starts and waits until it greets."""
        program = binary()
        if program is None:
            raise RuntimeError("Dovecot is missing")
        user = {"user": self._uid, "group": self._gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.dir / "out.log").open("ab") as out:
            self._process = subprocess.Popen(  # type: ignore[call-overload] # the account's keywords, or none
                [program, "-F", "-c", str(self.dir / "dovecot.conf")],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                **user,
            )
        deadline = time.monotonic() + 20
        while not self._greets():
            if self._process.poll() is not None or time.monotonic() > deadline:
                logs = [self.dir / "out.log", self.dir / "dovecot.log"]
                raise RuntimeError("\n".join(log.read_text()[-2000:] for log in logs if log.exists()))
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Stops the server; the mail stays."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._run, ignore_errors=True)
        shutil.rmtree(self.dir, ignore_errors=True)

    def _greets(self) -> bool:
        with suppress(OSError), socket.create_connection((self.host, self.port), 2) as probe:
            probe.settimeout(5)
            return probe.recv(200).startswith(b"* OK")
        return False

    def _own(self, path: Path, mode: int) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._uid, self._gid)
        path.chmod(mode)

    def _folder(self, top: Path) -> None:
        for path in (top, top / "new", top / "cur", top / "tmp"):
            if not path.exists():
                path.mkdir(parents=True)
                self._own(path, 0o755)

    def _prepare(self) -> None:
        self._own(self.dir, 0o755)
        self._own(self._run, 0o755)
        self._certificates()
        for user in self.users:
            self._folder(self.maildir(user))
            for parent in (self.dir / "mail", self.dir / "mail" / user):
                self._own(parent, 0o755)
        passwd = self.dir / "passwd"
        passwd.write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in self.users), encoding="utf-8")
        self._own(passwd, 0o600)
        values = {"dir": self.dir, "run": self._run, "user": self._user, "uid": self._uid, "gid": self._gid}
        values |= {"group": grp.getgrgid(self._gid).gr_name, "port": self.port, "tls_port": self.tls_port}
        text = self._template().format(**values) + self._extra(self.dir)
        (self.dir / "dovecot.conf").write_text(text, encoding="utf-8")

    def _template(self) -> str:
        if version().startswith("2.3"):
            return _COMMON + _V23
        # 2.4 has another syntax and wants to be told which (its own version first, storage second)
        return f"dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n{_COMMON}{_V24}"

    def _certificates(self) -> None:
        folder = self.dir / "tls"
        folder.mkdir()
        name = "elsewhere.invalid" if self._wrong_host else "localhost"
        names = "DNS:elsewhere.invalid" if self._wrong_host else "DNS:localhost,IP:127.0.0.1"
        (folder / "ext").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        for line in (
            f"req -x509 {new} -keyout ca.key -out ca.pem -days 30 -subj /CN=test-CA -addext keyUsage=critical,keyCertSign,cRLSign",
            f"req {new} -keyout server.key -out server.csr -subj /CN={name}",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 30 -extfile ext",
        ):
            subprocess.run(["openssl", *line.split()], cwd=folder, check=True, capture_output=True)
        for path in folder.iterdir():
            self._own(path, 0o600 if path.suffix == ".key" else 0o644)
        self._own(folder, 0o755)
