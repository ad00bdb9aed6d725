"""What has to be right before mail is taken in; each finding says what was looked at and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intake.calendars import days_off
from intake.config.model import Config
from intake.config.orders import OrdersConfig
from intake.credentials import check_secrets
from intake.engine.state_dir import is_first_start
from intake.errors import ConfigError, Exit, IntakeError
from intake.keys import Keys
from intake.letters.check import check_texts
from intake.mail.imap import ImapSource
from intake.mail.imap_connect import login_secret
from intake.notify.smtp import smtp_place
from intake.notify.webhook import signing_key
from intake.orders.source import open_records
from intake.redaction.redactor import Redactor
from intake.store.store import Store
from intake.tls import trusting
from rules.cases import CaseError, run_case
from rules.load import (
    PolicySet,
    UnknownPolicyError,
    folders,
    load_cases,
    load_policy,
    policies_in,
    shipped_folder,
)
from rules.read import PolicyError
from rules.types import Policy

_MIB = 1024 * 1024
_PROBLEMS = 20  # lines of a file that are named; the rest is counted
_ROOM_WARN, _ROOM_FAIL = 500 * _MIB, 50 * _MIB


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `intake check`."""

    level: Level
    subject: str
    detail: str
    fix: str = ""
    exit: Exit = Exit.OK  # what a failure makes of the command's exit status


def run_checks(config: Config, *, offline: bool) -> Iterator[Finding]:
    """Every check in turn; those that need the network are left out with `offline`."""
    yield Finding(
        level=Level.OK, subject="config", detail=f"{config.path}, {len(config.mailbox)} mailbox(es)"
    )
    if not config.mailbox:
        yield _fail("config", "no mailbox is configured", "add a table [mailbox.NAME]", Exit.CONFIG)
    for name, box in config.mailbox.items():
        yield from _attempt(f"password of {name}", "readable", partial(check_secrets, name, box))
    yield from _outgoing(config)
    yield from _authorities(config)
    yield from _room(config)
    yield from _database(config)
    yield from _policies(config)
    if config.orders is not None and (not offline or config.orders.source == "csv"):
        yield from _orders(config.orders)
    if not offline:
        for name in config.mailbox:
            yield from _server(config, name)


def _attempt(subject: str, good: str, action: Callable[[], object]) -> Iterator[Finding]:
    try:
        action()
    except IntakeError as error:
        yield from _failures(subject, error)
    else:
        yield Finding(level=Level.OK, subject=subject, detail=good)


def _failures(subject: str, error: IntakeError) -> Iterator[Finding]:
    for problem in error.problems:
        yield _fail(subject, f"{problem.where}: {problem.what}", problem.remedy, error.exit)


def _fail(subject: str, detail: str, fix: str, code: Exit) -> Finding:
    return Finding(level=Level.FAIL, subject=subject, detail=detail, fix=fix, exit=code)


def _outgoing(config: Config) -> Iterator[Finding]:
    """Letters and webhooks, as far as they are wanted: templates filled with samples, secrets read."""
    if config.letters.dir is not None or config.letters.drafts or config.smtp.host is not None:
        found = list(check_texts(config.letters.dir, Redactor(config.redaction.settings)))
        for problem in found:
            yield _fail("letters", f"{problem.where}: {problem.what}", problem.remedy, Exit.CONFIG)
        if not found:
            yield Finding(level=Level.OK, subject="letters", detail="every template can be filled")
    if config.smtp.host is not None and config.smtp.username is not None:
        yield from _attempt("password of smtp", "readable", smtp_place(config.smtp).read)
    for hook in config.every_webhook:
        yield from _attempt(f"secret of {hook.name}", "readable", partial(signing_key, hook))


def _authorities(config: Config) -> Iterator[Finding]:
    """The private authorities: of those whom we call only when there is something to tell nobody else would try it."""
    files = {
        **{f"mailbox.{name}": box.ca_file for name, box in config.mailbox.items()},
        **{f"mailbox.{name}.oauth": box.oauth.ca_file for name, box in config.mailbox.items() if box.oauth},
        "orders": config.orders.ca_file if config.orders else None,
        "smtp": config.smtp.ca_file if config.smtp.host else None,
        **{f"webhook {hook.name}": hook.ca_file for hook in config.every_webhook},
    }
    for name, file in files.items():
        if file is not None:
            look = partial(trusting, file, where="ca_file")
            yield from _attempt(f"authority of {name}", "holds certificates", look)


def _room(config: Config) -> Iterator[Finding]:
    place = config.state_dir
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    level = Level.FAIL if free < _ROOM_FAIL else Level.WARN if free < _ROOM_WARN else Level.OK
    fix = "" if level is Level.OK else f"make room below {place}"
    code = Exit.PROBLEM if level is Level.FAIL else Exit.OK
    yield Finding(level=level, subject="disk", detail=f"{free // _MIB} MiB free", fix=fix, exit=code)


def _database(config: Config) -> Iterator[Finding]:
    """The secret-key, then the database under it; neither is made here."""
    if is_first_start(config):
        key = config.secret_key
        if key.exists():
            yield from _attempt("secret-key", "readable", partial(Keys.load, key))
        else:
            yield Finding(level=Level.OK, subject="secret-key", detail=f"{key} is made on the first start")
        yield Finding(level=Level.OK, subject="database", detail="is made on the first start")
        return
    try:
        keys = Keys.load(config.secret_key)
    except ConfigError as error:
        yield from _failures("secret-key", error)
        return
    yield Finding(level=Level.OK, subject="secret-key", detail=f"id {keys.id}")

    def look() -> None:
        with Store.open(config.database, keys, create=False):
            pass

    yield from _attempt("database", "schema is current, made under this secret-key", look)


def _orders(config: OrdersConfig) -> Iterator[Finding]:
    """The company's records: whether they can be asked, and what in them cannot be used."""
    try:
        with closing(open_records(config)) as records:
            problems = records.problems()
    except IntakeError as error:
        yield from _failures("order records", error)
        return
    for problem in problems[:_PROBLEMS]:
        detail = f"{problem.where}: {problem.what}"
        yield Finding(level=Level.WARN, subject="order records", detail=detail, fix=problem.remedy)
    if len(problems) > _PROBLEMS:
        detail = f"{len(problems) - _PROBLEMS} more of the kind"
        yield Finding(level=Level.WARN, subject="order records", detail=detail)
    if not problems:
        yield Finding(level=Level.OK, subject="order records", detail=f"{config.source}: can be asked")


def _policies(config: Config) -> Iterator[Finding]:
    try:
        policies = policies_in(config.policy_dir)
    except PolicyError as error:
        for line in str(error).splitlines():
            yield _fail("policies", line, "intake policy check shows it in full", Exit.CONFIG)
        return
    for name, box in config.mailbox.items():
        yield from _policy(f"policy of {name}", box.policy, policies, config.policy_dir)


def _policy(subject: str, wanted: str, policies: PolicySet, policy_dir: Path | None) -> Iterator[Finding]:
    try:
        newest = policies.versions(wanted)[-1]
    except UnknownPolicyError:
        known = ", ".join(sorted({policy.id for policy in policies}))
        yield _fail(
            subject, f"there is no policy {wanted}", f"one of {known}, or set policy_dir", Exit.CONFIG
        )
        return
    try:
        ZoneInfo(newest.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        fix = "install the time zones: apt-get install tzdata, or pip install tzdata"
        yield _fail(subject, f"the time zone {newest.timezone} is not known here", fix, Exit.CONFIG)
        return
    try:
        wrong, count = _own_cases(newest, policy_dir)
    except CaseError as error:
        yield _fail(subject, error.problems[0], f"intake policy test {wanted}", Exit.CONFIG)
        return
    if wrong:
        yield _fail(
            subject, f"{wrong} of its {count} cases fail", f"intake policy test {wanted}", Exit.CONFIG
        )
        return
    detail = f"{newest.id} {newest.version}, zone {newest.timezone}, its {count} cases hold"
    yield Finding(level=Level.OK, subject=subject, detail=detail)


def _own_cases(policy: Policy, policy_dir: Path | None) -> tuple[int, int]:
    """How many of the cases beside a policy are decided otherwise than they expect, and how many there are."""
    own = [*folders(policy_dir)] if policy_dir else []
    beside = next(
        folder for folder in (*own, *folders(shipped_folder())) if load_policy(folder).id == policy.id
    )
    cases = load_cases(beside)
    return sum(any(run_case(case, policy, days_off(policy))) for case in cases), len(cases)


def _server(config: Config, name: str) -> Iterator[Finding]:
    """Logs in and looks at each folder with EXAMINE: nothing on the server changes."""
    box = config.mailbox[name]
    subject = f"server of {name}"
    with ImapSource(name, box, login_secret(name, box), readonly=True) as source:
        try:
            for folder in source.expand(box.folders):
                state = source.open(folder)
                detail = f"{box.host}:{box.effective_port} ({box.tls}), {folder!r}: {state.exists} messages"
                yield Finding(level=Level.OK, subject=subject, detail=detail)
            if box.after == "redact" and not source.can_remove:
                what = "has no UIDPLUS: originals cannot be removed safely, redacted copies would lie beside them"
                yield _fail(subject, what, 'use after = "keep" or "move"', Exit.CONFIG)
        except IntakeError as error:
            yield from _failures(subject, error)
