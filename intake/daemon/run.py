"""The daemon: one polling job a mailbox, never two at once, until a signal says stop.

APScheduler runs the jobs by the wall clock; a watch on the main thread goes by the monotonic one, so that a
clock set back by a day does not stop the mail for a day.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.metadata import version

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from intake.clock import monotonic, utc_now
from intake.config.model import Config
from intake.daemon.idle import watching
from intake.daemon.job import MailboxJob, backoff
from intake.daemon.status import DaemonStatus, forget
from intake.daemon.systemd import ServiceManager
from intake.engine.dry import DryEngine, open_dry
from intake.engine.engine import Engine, open_engine
from intake.errors import ConfigError, UnavailableError
from intake.log import Event, emit, failure_place
from intake.poll.poller import Poller
from intake.poll.reconcile import reconcile
from intake.poll.retry import retry_broken
from intake.poll.values import Counts, Observer
from intake.signals import heeding_signals
from intake.store.schema import HEAD
from intake.store.store import Store

_SOON_S = 0.05
_VERSION = version("refund-intake")
ERRANDS_S = 15  # between two looks at what others are to be told, and at the clocks
_ERRANDS = ":errands"  # no mailbox can have this name
SLICE_S = 15.0  # how long the main thread sleeps between two looks at its jobs


def run_daemon(
    config: Config,
    *,
    stop: threading.Event | None = None,
    observer: Observer | None = None,
    reread: Callable[[], Config] | None = None,
    dry: bool = False,
) -> None:
    """Polls every mailbox of `config` until SIGTERM, SIGINT or `stop`; then the messages in hand are finished.

    Neither a mail server nor a database that fails ends it: it says so, waits, and goes on. Signals are
    heeded where this runs on the main thread; at SIGHUP the config is had anew from `reread`, and one that
    cannot be used is told of and left. `dry`: nothing is stored and no server told anything.

    Raises:
        ConfigError: something that only a person can mend, found before the first poll.
    """
    stop = stop or threading.Event()
    started = monotonic()
    manager = ServiceManager()
    opened = open_dry if dry else open_engine
    last: Config | None = None  # the config before this one, as long as this one has not proved itself
    with heeding_signals(stop, reloads=reread is not None) as heard:
        while True:
            try:
                with opened(config, stop=stop, observer=observer) as engine, _metrics(engine):
                    last = None
                    _serve(engine, stop, manager)
            except UnavailableError as error:
                _wait_for_database(error, stop, manager)
            except ConfigError as error:
                if last is None:
                    raise
                _tell_invalid(error)
                config, last = last, None
                continue
            if not stop.is_set():
                continue
            if reread is None or not heard.begins_anew():
                break
            manager.reloading()
            config, last = _anew(config, reread), config
        manager.stopping()
        if not dry:
            forget(config.state_dir)
        uptime = round(monotonic() - started)
        emit(Event.SERVICE_STOPPED, signal=heard.name, uptime_s=uptime)


def _metrics(engine: Engine | DryEngine) -> AbstractContextManager[object]:
    """Answers Prometheus where the config says so, until the block ends."""
    listen = engine.config.metrics.listen
    if listen is None or not isinstance(engine, Engine):
        return nullcontext()
    # brings http.server: who is not asked does without
    from intake.notify.metrics import exposition, metrics_server

    return metrics_server(listen, partial(exposition, engine.store, engine.errands.policies))


def _anew(config: Config, reread: Callable[[], Config]) -> Config:
    """The config as it reads now; the one that there is where that cannot be used."""
    try:
        new = reread()
    except ConfigError as error:
        _tell_invalid(error)
        return config
    changed = [name for name in Config.model_fields if getattr(new, name) != getattr(config, name)]
    emit(Event.SERVICE_RELOADED, config_hash=new.digest, changed=",".join(changed) or "nothing")
    return new


def _tell_invalid(error: ConfigError) -> None:
    for problem in error.problems:
        emit(Event.CONFIG_INVALID, key=problem.where, reason=problem.what, hint=problem.remedy)


def poll_once(
    engine: Engine | DryEngine, name: str, *, limit: int | None = None, since: date | None = None
) -> Counts:
    """One pass over one mailbox, in this thread; `since`: all mail received from that day on.

    Raises:
        IntakeError: of the kind that says what is wrong.
    """
    poller = next(poller for poller in engine.pollers if poller.name == name)
    return poller.poll(limit=limit, since=since)


def _serve(engine: Engine | DryEngine, stop: threading.Event, manager: ServiceManager) -> None:
    """The jobs at work, until told to stop; then what is in hand is finished."""
    scheduler, jobs = _scheduled(engine)
    begun, since = monotonic(), utc_now()
    emit(
        Event.SERVICE_STARTED,
        version=_VERSION,
        config_hash=engine.config.digest,
        policy_version=engine.policies,
        schema_rev=HEAD,
        tz="UTC",
        mailboxes=len(jobs),
    )
    engine.workers.start()
    gc.collect()
    gc.freeze()  # what is there for good is not looked through again at every collection
    scheduler.start()
    try:
        emit(Event.SERVICE_READY)
        manager.ready(_tell_status(engine, jobs.values(), since))
        boxes = {poller.name: poller.box for poller in engine.pollers}
        with watching(boxes, engine.secrets, jobs):
            while not stop.wait(SLICE_S):
                for name, job in jobs.items():
                    if job.watch():
                        scheduler.modify_job(name, next_run_time=utc_now())
                if all(job.goes_on() for job in jobs.values()):
                    manager.alive()
                manager.status(_tell_status(engine, jobs.values(), since))
        inflight = sum(job.running for job in jobs.values())
        emit(Event.SERVICE_STOPPING, inflight=inflight, uptime_s=round(monotonic() - begun))
    finally:
        stop.set()
        scheduler.shutdown(wait=True)
        gc.unfreeze()


def _scheduled(engine: Engine | DryEngine) -> tuple[BackgroundScheduler, dict[str, MailboxJob]]:
    """A job for each mailbox, not running yet."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(max_workers=1 + len(engine.pollers))},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )

    def postpone(name: str, seconds: float) -> None:
        try:
            scheduler.modify_job(name, next_run_time=utc_now() + timedelta(seconds=seconds))
        except JobLookupError:
            return  # we are shutting down

    jobs = {
        poller.name: MailboxJob(
            poller,
            postpone=postpone,
            retry=_on_rows(retry_broken, engine, poller.name),
            reconcile=_on_rows(_reconcile, engine, poller.name),
        )
        for poller in engine.pollers
    }

    def on_error(event: JobExecutionEvent) -> None:
        if event.job_id in jobs:
            jobs[event.job_id].bug(event.exception)
        else:
            code, place = failure_place(event.exception)
            emit(Event.BUG, error_code=code, place=place)

    def on_skipped(event: JobSubmissionEvent) -> None:
        # it was woken while its last pass was being cleared away
        if event.job_id in jobs and jobs[event.job_id].wanted:
            postpone(event.job_id, _SOON_S)

    scheduler.add_listener(on_error, EVENT_JOB_ERROR)
    scheduler.add_listener(on_skipped, EVENT_JOB_MAX_INSTANCES)
    for poller in engine.pollers:
        box = poller.box
        trigger = IntervalTrigger(seconds=box.poll_interval_s, jitter=box.jitter_s or None, timezone=UTC)
        scheduler.add_job(jobs[poller.name].run, trigger, id=poller.name, next_run_time=utc_now())
    if isinstance(engine, Engine):
        every = IntervalTrigger(seconds=ERRANDS_S, timezone=UTC)
        scheduler.add_job(engine.errands.run, every, id=_ERRANDS, next_run_time=utc_now())
    return scheduler, jobs


def _tell_status(engine: Engine | DryEngine, jobs: Iterable[MailboxJob], since: datetime) -> str:
    """Writes down how it goes, where something may be written; gives it in a line."""
    status = DaemonStatus(
        pid=os.getpid(),
        version=_VERSION,
        started_at=since,
        written_at=utc_now(),
        mailboxes=tuple(job.status() for job in jobs),
    )
    if isinstance(engine, Engine):
        status.write(engine.config.state_dir)
    return status.line


def _on_rows(
    work: Callable[[Poller, Store], object], engine: Engine | DryEngine, name: str
) -> Callable[[], object] | None:
    """Work on a mailbox and its rows; None: a dry run has none."""
    if not isinstance(engine, Engine):
        return None
    poller = next(poller for poller in engine.pollers if poller.name == name)
    return partial(work, poller, engine.store)


def _reconcile(poller: Poller, store: Store) -> None:
    for _ in reconcile(poller, store):
        pass


def _wait_for_database(error: UnavailableError, stop: threading.Event, manager: ServiceManager) -> None:
    code, place = failure_place(error)
    wait = backoff(5)
    emit(Event.DB_FAILED, error_code=code, place=place, retry_in_s=round(wait, 1))
    until = monotonic() + wait
    while not stop.is_set() and (left := until - monotonic()) > 0:
        manager.starting("waiting for the database", left + 4 * SLICE_S)
        manager.alive()
        stop.wait(min(SLICE_S, left))
