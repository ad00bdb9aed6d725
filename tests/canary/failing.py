"""Runs inside a worker process: a stage that fails with the customer's words in its error, or lets them pass."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, MutableSequence
from multiprocessing.connection import Connection
from typing import Any, NoReturn

import intake.pipeline
from intake.mail.redacted import RedactedMessage
from intake.worker import main as worker_main

ERRORS: dict[str, Callable[[str], BaseException]] = {
    "ValueError": ValueError,
    "RecursionError": RecursionError,
    "UnicodeDecodeError": lambda text: UnicodeDecodeError("utf-8", text.encode(), 0, 1, text),
    "OSError": lambda text: OSError(5, text, text),
    "an error of its own": lambda text: type("Odd", (Exception,), {"__repr__": lambda _: text})(text),
}


def raiser(make: Callable[[str], BaseException], text: str) -> Callable[..., NoReturn]:
    def raises(*_: object, **__: object) -> NoReturn:
        error = make(text)
        error.add_note(text)
        raise error from ValueError(text)

    return raises


def serve_failing(
    task: worker_main.Task,
    link: Connection,
    stage: MutableSequence[int],
    *,
    fails: str,
    error: str,
    text: str,
) -> None:
    """The real loop round a pipeline one of whose stages raises."""
    setattr(intake.pipeline, fails, raiser(ERRORS[error], text))
    worker_main.serve(task, link, stage)


def serve_careless(
    task: worker_main.Task, link: Connection, stage: MutableSequence[int], *, part: str, text: str
) -> None:
    """The real loop round a redactor that forgets a part."""
    original = intake.pipeline.redact_message

    def careless(*arguments: Any) -> RedactedMessage:
        return dataclasses.replace(original(*arguments), **{part: text})

    intake.pipeline.redact_message = careless  # type: ignore[assignment] # a plain text where only redacted may be
    worker_main.serve(task, link, stage)
