"""The daemon: one polling job a mailbox, never two at once, until a signal says stop.

APScheduler runs the jobs by the wall clock; a watch on the main thread goes by the monotonic one, so that a
clock set back by a day does not stop the mail for a day.
"""

from __future__ import annotations

import threading
from datetime import UTC, timedelta
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
from intake.config_model import Config
from intake.daemon_job import MailboxJob, backoff
from intake.engine import Engine, open_engine
from intake.errors import UnavailableError
from intake.idle import watching
from intake.log import Event, emit, failure_place
from intake.poll_values import Counts, Observer
from intake.signals import heeding_signals
from intake.store.schema import HEAD

_SOON_S = 0.05
SLICE_S = 15.0  # how long the main thread sleeps between two looks at its jobs


def run_daemon(
    config: Config, *, stop: threading.Event | None = None, observer: Observer | None = None
) -> None:
    """Polls every mailbox of `config` until SIGTERM, SIGINT or `stop`; then the messages in hand are finished.

    Neither a mail server nor a database that fails ends it: it says so, waits, and goes on. Signals are
    heeded where this runs on the main thread.

    Raises:
        ConfigError: something that only a person can mend, found before the first poll.
    """
    stop = stop or threading.Event()
    started = monotonic()
    with heeding_signals(stop) as heard:
        while not stop.is_set():
            try:
                with open_engine(config, stop=stop, observer=observer) as engine:
                    _serve(engine, stop)
            except UnavailableError as error:
                _wait_for_database(error, stop)
            else:
                break
        uptime = round(monotonic() - started)
        emit(Event.SERVICE_STOPPED, signal=heard.name, uptime_s=uptime)


def poll_once(engine: Engine, name: str, *, limit: int | None = None) -> Counts:
    """One pass over one mailbox, in this thread.

    Raises:
        IntakeError: of the kind that says what is wrong.
    """
    poller = next(poller for poller in engine.pollers if poller.name == name)
    return poller.poll(limit=limit)


def _serve(engine: Engine, stop: threading.Event) -> None:
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(max_workers=max(1, len(engine.pollers)))},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )

    def postpone(name: str, seconds: float) -> None:
        try:
            scheduler.modify_job(name, next_run_time=utc_now() + timedelta(seconds=seconds))
        except JobLookupError:
            return  # we are shutting down

    jobs = {poller.name: MailboxJob(poller, postpone=postpone) for poller in engine.pollers}

    def on_error(event: JobExecutionEvent) -> None:
        jobs[event.job_id].bug(event.exception)

    def on_skipped(event: JobSubmissionEvent) -> None:
        if jobs[event.job_id].wanted:  # it was woken while its last pass was being cleared away
            postpone(event.job_id, _SOON_S)

    scheduler.add_listener(on_error, EVENT_JOB_ERROR)
    scheduler.add_listener(on_skipped, EVENT_JOB_MAX_INSTANCES)
    for poller in engine.pollers:
        box = poller.box
        trigger = IntervalTrigger(seconds=box.poll_interval_s, jitter=box.jitter_s or None, timezone=UTC)
        scheduler.add_job(jobs[poller.name].run, trigger, id=poller.name, next_run_time=utc_now())
    emit(
        Event.SERVICE_STARTED,
        version=version("refund-intake"),
        config_hash=engine.config.digest,
        policy_version=engine.policies,
        schema_rev=HEAD,
        tz="UTC",
        mailboxes=len(jobs),
    )
    begun = monotonic()
    scheduler.start()
    try:
        emit(Event.SERVICE_READY)
        boxes = {poller.name: poller.box for poller in engine.pollers}
        with watching(boxes, engine.secrets, jobs):
            while not stop.wait(SLICE_S):
                for name, job in jobs.items():
                    if job.watch():
                        postpone(name, 0)
        inflight = sum(job.running for job in jobs.values())
        emit(Event.SERVICE_STOPPING, inflight=inflight, uptime_s=round(monotonic() - begun))
    finally:
        stop.set()
        scheduler.shutdown(wait=True)


def _wait_for_database(error: UnavailableError, stop: threading.Event) -> None:
    code, place = failure_place(error)
    wait = backoff(5)
    emit(Event.DB_FAILED, error_code=code, place=place, retry_in_s=round(wait, 1))
    stop.wait(wait)
