"""Runs the demo: mail, server, config, then the daemon of `intake run` itself, watched until it has worked off all."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from intake.daemon.run import run_daemon
from intake.demo.mailbox import MAILBOXES, demo_mail
from intake.demo.place import Place, furnish
from intake.demo.server import Delivered, DemoServer
from intake.errors import ConfigError, IntakeError, Problem, UnavailableError
from intake.keys import Keys
from intake.log import configure
from intake.people import SYSTEM, Role, os_login
from intake.poll.values import Counts
from intake.store import people
from intake.store.store import Store
from intake.store.values import CaseRow, Disposition, Recorded

LEAD = "demo-lead"
STALLED_S = 90.0  # without a message in this time something is wrong, and the log says what


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for on the command line."""

    messages: int | None = None  # None: the hand-written ones
    seed: int = 1
    once: bool = False  # end when the mailboxes are worked off
    keep: Path | None = None  # leave everything here
    log_level: str = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the mailboxes have become."""

    messages: int
    counts: dict[Disposition, int]  # they sum up to `messages`
    failures: dict[str, int]  # why messages are in quarantine: error codes
    rows: tuple[CaseRow, ...]  # the queue, most urgent first
    place: Place
    port: int


class View(Protocol):
    """Who shows it. Called on several threads, one at a time."""

    def begin(self, messages: int) -> None:
        """So many messages lie in the mailboxes."""

    def recorded(self, done: int) -> None:
        """So many are committed."""

    def finished(self, result: Result) -> None:
        """All are."""


def run_demo(options: Options, view: View) -> None:
    """The whole demo; without `once` it goes on polling until SIGINT or SIGTERM.

    Raises:
        UnavailableError: the embedded server does not start, or the daemon gets nowhere.
        ConfigError: `keep` names a directory that is in use.
    """
    mails = demo_mail(messages=options.messages, seed=options.seed, now=datetime.now().astimezone())
    boxes = {
        name: [Delivered(data=mail.data, internal_date=mail.received_at) for mail in mails[name]]
        for name in MAILBOXES
    }
    with _directory(options.keep) as directory, DemoServer(boxes) as server:
        place = furnish(
            directory,
            mailboxes=MAILBOXES,
            port=server.port,
            password=server.password,
            payments=[one for name in MAILBOXES for mail in mails[name] for one in mail.payments],
        )
        view.begin(sum(map(len, boxes.values())))
        with _log_to(place.log_file, options.log_level):
            _Watch(boxes, place, server.port, view).run(once=options.once)


class _Watch:
    """The daemon on this thread, whose signals it heeds; the view on a second one, once all is worked off."""

    def __init__(self, boxes: dict[str, list[Delivered]], place: Place, port: int, view: View) -> None:
        self._messages = sum(map(len, boxes.values()))
        self._place = place
        self._port = port
        self._view = view
        self._stop = threading.Event()
        self._turn = threading.Condition()
        self._recorded: list[Recorded] = []
        self._unfinished = set(boxes)
        self._error: IntakeError | OSError | None = None

    def run(self, *, once: bool) -> None:
        """Until all is shown with `once`, else until a signal."""
        shower = threading.Thread(target=self._show, kwargs={"once": once}, name="demo-view")
        shower.start()
        try:
            run_daemon(self._place.config, stop=self._stop, observer=self)
        finally:
            with self._turn:
                self._stop.set()
                self._turn.notify_all()
            shower.join()
        if self._error is not None:
            raise self._error

    def message_recorded(self, _mailbox: str, recorded: Recorded) -> None:
        """Counts on."""
        with self._turn:
            if self._unfinished:
                self._recorded.append(recorded)
                self._view.recorded(len(self._recorded))
                self._turn.notify_all()

    def pass_finished(self, mailbox: str, counts: Counts) -> None:
        """A mailbox without pending messages is worked off."""
        with self._turn:
            if not counts.pending:
                self._unfinished.discard(mailbox)
                self._turn.notify_all()

    def _show(self, *, once: bool) -> None:
        try:
            with self._turn:
                while self._unfinished and not self._stop.is_set():
                    if not self._turn.wait(STALLED_S):
                        raise self._stalled()
                stopped = bool(self._unfinished)
            if not stopped:
                self._view.finished(self._result())
        except (IntakeError, OSError) as error:  # OSError: standard output was closed
            self._error = error
            self._stop.set()
        finally:
            if once:
                self._stop.set()

    def _stalled(self) -> UnavailableError:
        what = f"no message was taken in for {STALLED_S:.0f} s"
        return UnavailableError(
            Problem(where="intake demo", what=what, remedy=f"the log says why: {self._place.log_file}")
        )

    def _result(self) -> Result:
        config = self._place.config
        with Store.open(config.database, Keys.load(config.secret_key), create=False) as store:
            counts = Counter[str]()
            for name in config.mailbox:
                counts.update(store.counts(name))
            _let_in(store)
            rows = tuple(store.cases())
        failures = Counter(
            one.reason or "unknown" for one in self._recorded if one.disposition is Disposition.QUARANTINED
        )
        return Result(
            messages=self._messages,
            counts={disposition: counts[disposition.value] for disposition in Disposition},
            failures=dict(failures),
            rows=rows,
            place=self._place,
            port=self._port,
        )


def _let_in(store: Store) -> None:
    """Whoever started the demo may work its cases from another terminal, as the lead of two companies."""
    with store.writing() as connection:
        if people.user_of_login(connection, os_login()) is None:
            people.add(
                connection,
                name=LEAD,
                role=Role.LEAD,
                os_user=os_login(),
                password=None,
                at=datetime.now().astimezone(),
                by=SYSTEM.label,
            )


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    """A directory that nobody else can read; removed at the end unless it was named to be kept."""
    if keep is None:
        made = Path(tempfile.mkdtemp(prefix="intake-demo-"))  # mode 0700
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        what = "is not an empty directory"
        raise ConfigError(Problem(where=f"--keep {keep}", what=what, remedy="name a new one"))
    keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield keep


@contextmanager
def _log_to(path: Path, level: str) -> Iterator[None]:
    """The daemon's events go into a file, so that the terminal stays free for the table."""
    with path.open("x", encoding="utf-8", buffering=1) as stream:
        path.chmod(0o600)
        configure(form="json", level=level, stream=stream)
        try:
            yield
        finally:
            configure()
