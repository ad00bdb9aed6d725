"""An IMAP server inside the demo's own process: pymap, on loopback, in a thread with its own event loop.

It speaks real IMAP over a real socket, so the daemon under it runs the code that it runs in production.
What it cannot do (custom keywords, CONDSTORE) nothing in the program leans on.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from intake.errors import Problem, UnavailableError

if TYPE_CHECKING:
    from pymap.backend.dict import Identity

HOST = "127.0.0.1"
_START_TIMEOUT_S = 20
_STOP_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One message as it lies in a mailbox: raw bytes, and the instant at which the server took it."""

    data: bytes = field(repr=False)
    internal_date: datetime  # aware


class DemoServer:
    """Serves one account a mailbox, each with its messages in INBOX, until the context ends.

    The messages are put into the server's memory before it listens: only the reading is IMAP, as in life,
    where somebody else's mail server has delivered them.
    """

    def __init__(self, boxes: Mapping[str, Sequence[Delivered]]) -> None:
        self._boxes = boxes
        self.password = secrets.token_hex(16)
        self.port = 0
        self._ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, name="demo-imap", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def __enter__(self) -> Self:
        """Starts the server and returns once it listens.

        Raises:
            UnavailableError: pymap is not installed, or does not start with this Python.
        """
        self._thread.start()
        try:
            self.port = self._ready.result(timeout=_START_TIMEOUT_S)
        except ImportError as error:
            raise UnavailableError(
                Problem(
                    where="intake demo",
                    what=f"its embedded IMAP server needs a module that is missing ({error.name})",
                    remedy="pip install 'refund-intake[demo]'",
                )
            ) from error
        except (OSError, RuntimeError, TypeError, AttributeError, ValueError, TimeoutError) as error:
            raise UnavailableError(
                Problem(
                    where="intake demo",
                    what=f"its embedded IMAP server (pymap 0.36) did not start: {type(error).__name__}",
                    remedy="use Python 3.11 to 3.13, or point `intake run` at an IMAP server of your own",
                )
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=_STOP_TIMEOUT_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except (ImportError, OSError, RuntimeError, TypeError, AttributeError, ValueError) as error:
            # What `__enter__` knows to explain crosses the thread; anything else is a bug and shows as one.
            if not self._ready.done():
                self._ready.set_exception(error)

    async def _serve(self) -> None:
        from proxyprotocol.result import ProxyResultLocal
        from proxyprotocol.sock import SocketInfo
        from pymap.backend.dict import DictBackend, Identity
        from pymap.imap import IMAPServer, IMAPService
        from pymap.user import Passwords, UserMetadata

        # pymap's greeting names the host, by a look-up in the DNS unless this says it: no network is promised.
        os.environ.setdefault("FQDN", "localhost")
        parser = ArgumentParser()
        parser.set_defaults(debug=False, passlib_cfg=None)
        DictBackend.add_subparser("dict", parser.add_subparsers())
        IMAPService.add_arguments(parser)
        args = parser.parse_args(["--host", HOST, "--no-tls", "dict", "--demo-password", self.password])
        backend, config = await DictBackend.init(args)
        config.apply_context()
        secret = await Passwords(config).hash_password(self.password)
        for name, messages in self._boxes.items():
            account = Identity(name, backend.login, None, frozenset())
            await account.set(UserMetadata(config, name, password=secret))
            await _deliver(account, messages)
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        imap = IMAPServer(backend.login, config)
        conversations: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # The task is held here: pymap's own start (by proxyprotocol) holds it nowhere, and Python may
            # then collect it as garbage in the middle of a conversation (asyncio.create_task, Important).
            info = SocketInfo.get(writer, ProxyResultLocal(), unique_id=secrets.token_bytes(16))
            talk = asyncio.create_task(imap(reader, writer, info))
            conversations.add(talk)
            talk.add_done_callback(conversations.discard)

        # Port 0: the kernel gives a free one, and nobody can take it between the choice and the listening.
        listener = await asyncio.start_server(connected, host=HOST, port=0)
        self._ready.set_result(listener.sockets[0].getsockname()[1])
        await self._stop.wait()
        listener.close()  # without wait_closed: from 3.12 on that waits for clients to hang up


async def _deliver(account: Identity, messages: Sequence[Delivered]) -> None:
    from pymap.parsing.message import AppendMessage

    async with account.new_session() as session:
        await session.mailbox_set.add_mailbox("Drafts")  # for `intake letter draft`
        inbox = await session.mailbox_set.get_mailbox("INBOX")
        for message in messages:
            await inbox.append(AppendMessage(message.data, message.internal_date))
