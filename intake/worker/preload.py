"""Imported by the fork server alone, for its effect: everything that a worker needs is loaded, once.

The effect is what `multiprocessing` offers: a fork server can only be told which modules to import.
"""

from __future__ import annotations

import gc

from intake.assembly import pipeline_for
from intake.extraction.language import preload
from intake.extraction.nlp import sound
from intake.log import silence_libraries
from intake.mail.message import RawMessage
from intake.worker.main import trim_memory

_LETTER = b"""From: Ann <ann@example.org>\r
Subject: Refund\r
Date: Mon, 01 Jun 2026 10:00:00 +0000\r
\r
Please refund order A-77120, 49.00 EUR, paid by card on 28 May 2026. I was charged twice.\r
"""


def warm_up() -> None:
    """Reads one invented letter, so that models and word lists are there, then freezes them.

    What the collector does not visit stays shared between the fork server and its workers (gc.freeze).
    """
    silence_libraries()
    preload()
    # the first letter that needs the classifier would load it, within its own budget
    sound(("refund",), ((0, 1),))
    pipeline_for("eofferix", None).process(RawMessage(data=_LETTER, source="start"))
    gc.collect()
    trim_memory()
    gc.freeze()


warm_up()
