"""Logs for 3 a.m.: one event a line, names from a closed Enum, nothing personal."""

from __future__ import annotations

import logging
import os
import re
import secrets
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # at run time it comes with the first event: a command that logs nothing starts sooner
    import structlog
    from structlog.typing import EventDict, WrappedLogger

Label = int | bool | float | str | None
"""What a field may hold: numbers, ids, words of an enum, names from the config. Never mail text."""

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
_JOURNALD = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
_LABEL_FORM = re.compile(r"[\w.:,;/+@ ()<>=\[\]-]{0,160}")
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){11,}")
_WAITING: list[Callable[[], None]] = []  # the settings of a log in which nothing stands yet
_LOCK = threading.Lock()
_PLACES = frozenset({"uid", "uidvalidity"})  # ours, however long: mail from files has UIDs of up to 19 digits
_ADDRESS = re.compile(r"[^\s@\"'=]+@[^\s@\"'=]+")


class Event(Enum):
    """Every event there is: its name, its level, and the fields that it may carry."""

    SERVICE_STARTED = (
        "service.started",
        "info",
        "version config_hash policy_version schema_rev tz mailboxes",
    )
    SERVICE_READY = ("service.ready", "info", "")
    SERVICE_RELOADED = ("service.reloaded", "info", "config_hash changed")
    SERVICE_STOPPING = ("service.stopping", "info", "signal inflight uptime_s")
    SERVICE_STOPPED = ("service.stopped", "info", "signal uptime_s")
    CONFIG_INVALID = ("config.invalid", "error", "key reason hint")
    SECRET_CREATED = ("secret.created", "info", "name source")
    SECRET_UNREADABLE = ("secret.unreadable", "error", "name source")
    IMAP_CONNECTED = ("imap.connected", "info", "mailbox host port tls")
    IMAP_CONNECT_FAILED = (
        "imap.connect_failed",
        "warning",
        "mailbox host port tls error_code attempt retry_in_s",
    )
    IMAP_CONNECT_STILL_FAILING = (
        "imap.connect_failed",
        "error",
        "mailbox host port tls error_code attempt retry_in_s",
    )
    IMAP_AUTH_FAILED = ("imap.auth_failed", "error", "mailbox host port tls error_code attempt retry_in_s")
    IMAP_IDLE_STARTED = ("imap.idle_started", "info", "mailbox folder")
    IMAP_IDLE_LOST = ("imap.idle_lost", "warning", "mailbox folder error_code attempt retry_in_s")
    IMAP_IDLE_UNSUPPORTED = ("imap.idle_unsupported", "info", "mailbox")
    OAUTH_ROTATED = ("oauth.rotated", "info", "mailbox saved")
    OAUTH_UNSAVED = ("oauth.rotated", "warning", "mailbox saved")
    IMAP_UIDVALIDITY_CHANGED = ("imap.uidvalidity_changed", "error", "mailbox folder old new resync")
    POLL_FINISHED = (
        "poll.finished",
        "info",
        "mailbox seen cases replies ignored set_aside duplicates quarantined pending last_uid duration_ms",
    )
    POLL_QUIET = ("poll.finished", "debug", "mailbox seen last_uid duration_ms")
    POLL_HEARTBEAT = ("poll.heartbeat", "info", "mailbox polls new")
    POLL_STALLED = ("poll.stalled", "error", "mailbox age_s error_code place")
    LEASE_HELD = ("lease.held", "info", "mailbox")
    LEASE_LOST = ("lease.lost", "error", "mailbox epoch")
    MESSAGE_STORED = ("message.stored", "info", "mailbox uidvalidity uid case_id bytes parts attachments")
    MESSAGE_DUPLICATE = ("message.duplicate", "info", "mailbox uidvalidity uid of_case")
    MESSAGE_IGNORED = ("message.ignored", "info", "mailbox uidvalidity uid reason")
    MESSAGE_SET_ASIDE = ("message.set_aside", "info", "mailbox uidvalidity uid reason")
    MESSAGE_QUARANTINED = (
        "message.quarantined",
        "error",
        "mailbox uidvalidity uid stage error_code place attempt bytes",
    )
    REDACTION_APPLIED = ("redaction.applied", "info", "mailbox uidvalidity uid kind count where")
    REDACTION_FAILED = ("redaction.failed", "error", "mailbox uidvalidity uid stage error_code")
    CASE_CREATED = ("case.created", "info", "case_id version mailbox uid state")
    CASE_EXTRACTED = ("case.extracted", "info", "case_id version found missing ambiguous")
    CASE_IDENTITY = ("case.identity", "info", "case_id version spf dkim dmarc relation")
    CASE_EVALUATED = (
        "case.evaluated",
        "info",
        "case_id version policy_version outcome clauses amount_minor currency",
    )
    CASE_STATE_CHANGED = ("case.state_changed", "info", "case_id version from_state to_state actor role")
    CASE_DECIDED = ("case.decided", "info", "case_id version outcome amount_minor currency reason_code actor")
    CASE_OVERRIDDEN = ("case.overridden", "info", "case_id version outcome clauses reason_code actor")
    CASE_SECOND_APPROVED = ("case.second_approved", "info", "case_id version actor role")
    CASE_UNDONE = ("case.undone", "info", "case_id version actor")
    CASE_CONFLICT = ("case.conflict", "warning", "case_id expected actual actor")
    CASE_CLOSED = ("case.closed", "info", "case_id version resolution actor")
    USER_CHANGED = ("user.changed", "info", "user_id action actor")
    AUDIT_BROKEN = ("audit.broken", "critical", "case_id row")
    QUARANTINE_RETRIED = ("quarantine.retried", "info", "mailbox stored failed gone")
    QUARANTINE_DROPPED = ("quarantine.dropped", "info", "mailbox uidvalidity uid actor")
    RECONCILE_FINISHED = (
        "reconcile.finished",
        "info",
        "mailbox folder server rows missing fetched gone",
    )
    RECONCILE_DIFFERENCE = ("reconcile.difference", "error", "mailbox folder missing fetched")
    OUTBOX_DONE = ("outbox.done", "debug", "mailbox action count")
    OUTBOX_FAILED = ("outbox.failed", "warning", "mailbox action error_code attempt retry_in_s")
    ORDERS_LOADED = ("orders.loaded", "info", "rows unusable")
    ORDERS_LOOKED_UP = ("orders.looked_up", "info", "case_id version result candidates unusable")
    ORDERS_UNREACHABLE = ("orders.unreachable", "warning", "mailbox error_code waiting")
    POLICY_LOADED = ("policy.loaded", "info", "policy version sha256 clauses")
    DB_CREATED = ("db.created", "info", "to")
    DB_MIGRATED = ("db.migrated", "info", "from_rev to bytes")
    DB_FAILED = ("db.failed", "error", "error_code place retry_in_s")
    DB_SESSIONS_ENDED = ("db.sessions_ended", "warning", "count")
    WORKER_RESTARTED = ("worker.restarted", "warning", "stage cause")
    WORKER_FAILED = ("worker.failed", "error", "error_code place retry_in_s")
    BUG = ("service.bug", "critical", "error_code place")
    WEBHOOK_DELIVERED = ("webhook.delivered", "info", "case_id endpoint attempt status")
    WEBHOOK_FAILED = (
        "webhook.failed",
        "warning",
        "case_id endpoint attempt status error_code retry_in_s",
    )
    WEBHOOK_GIVEN_UP = (
        "webhook.failed",
        "error",
        "case_id endpoint attempt status error_code retry_in_s",
    )
    LETTER_BOUNCED = ("letter.bounced", "warning", "case_id version kind status")
    ERRANDS_FAILED = ("errands.failed", "error", "error_code place")
    CASE_DUE_SOON = ("case.due_soon", "warning", "case_id due days tz")

    def __init__(self, label: str, level: str, fields: str) -> None:
        self.label = label
        self.level = level
        self.fields = frozenset(fields.split())


def emit(event: Event, **fields: Label) -> None:
    """Logs one event.

    Raises:
        TypeError: a field that the event does not declare, or a value that is no label: a bug of the caller.
    """
    if unknown := fields.keys() - event.fields:
        raise TypeError(f"{event.name} has no field {sorted(unknown)}")
    for name, value in fields.items():
        if not isinstance(value, Label):
            raise TypeError(f"{event.name}: {name} is no label")
    shown = {name: _word(value) for name, value in fields.items()}
    import structlog

    if _WAITING:
        with _LOCK:
            for setting in _WAITING:
                setting()
            _WAITING.clear()  # last: until then no other thread logs by settings that are not ours
    structlog.get_logger().log(_LEVELS[event.level], event.label, **shown)


def _word(value: Label) -> Label:
    """What is longer than a label, or has line breaks or quotes in it, may be somebody's words: it is withheld."""
    return value if not isinstance(value, str) or _LABEL_FORM.fullmatch(value) else "<withheld>"


def failure_place(error: BaseException) -> tuple[str, str]:
    """Class and innermost place of a foreign exception: never its message, which may repeat mail."""
    place = "?"
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__, place


def configure(*, form: str | None = None, level: str = "info", stream: TextIO | None = None) -> None:
    """Sends events to `stream` (standard error): `form` is json, logfmt or console; None chooses by terminal."""
    out = stream or sys.stderr
    form = form or ("console" if out.isatty() else "json")
    setting = partial(_configure, form=form, level=level, out=out, run_id=secrets.token_hex(4))
    _WAITING[:] = [] if "structlog" in sys.modules else [setting]
    if not _WAITING:
        setting()
    silence_libraries()


def _configure(*, form: str, level: str, out: TextIO, run_id: str) -> None:
    import structlog

    renderers: dict[str, structlog.typing.Processor] = {
        "json": structlog.processors.JSONRenderer(ensure_ascii=False),
        "logfmt": structlog.processors.LogfmtRenderer(key_order=["ts", "level", "event"]),
        "console": structlog.dev.ConsoleRenderer(
            colors=out.isatty() and "NO_COLOR" not in os.environ, timestamp_key="ts", pad_event_to=22
        ),
    }
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _stamp,
            _scrub,
            renderers[form],
            _priority if "JOURNAL_STREAM" in os.environ and not out.isatty() else _as_it_is,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(run_id=run_id)


def silence_libraries() -> None:
    """Other people's loggers repeat mail and SQL parameters: they are shut."""
    logging.lastResort = None
    for name in (
        "imapclient",
        "imaplib",
        "mailparser",
        "apscheduler",
        "sqlalchemy",
        "alembic",
        "pymap",
        "httpx",
        "httpcore",
        "pypdf",
    ):
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["ts"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {**{key: event[key] for key in ("ts", "level", "event")}, **event}


def _scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A belt beside the braces: no long number and no address leaves in a log line, whoever put it there.

    Value by value: cut out of a finished line of JSON, a bare number would leave no JSON behind.
    """
    return {name: _scrubbed(name, value) for name, value in event.items()}


def _scrubbed(name: str, value: object) -> object:
    if value is None or (isinstance(value, int) and name in _PLACES):
        return value
    text = str(value)
    if isinstance(value, int | float):
        return "<number>" if _LONG_NUMBER.search(text) else value
    text = _LONG_NUMBER.sub("<number>", text)
    return _ADDRESS.sub("<address>", text) if "@" in text else text  # a dear search


def _priority(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    line = str(line)
    match = re.search(r'"level": "(\w+)"|level=(\w+)', line)
    level = (match.group(1) or match.group(2)) if match else "info"
    return f"<{_JOURNALD.get(level, 6)}>{line}"


def _as_it_is(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    return str(line)
