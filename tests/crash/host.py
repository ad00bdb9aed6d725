"""Run as a process: `intake run` of one host. Its leases and its patience are as asked, so that a test need not wait."""

from __future__ import annotations

import sys
from functools import partial

from intake.cli.main import main
from intake.daemon import job
from intake.daemon import run as daemon
from intake.engine import errands
from intake.poll import hold, move_by_copy, outbox, replace
from intake.store import engine, sessions

if __name__ == "__main__":
    config, seconds, patience = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for module in (hold, outbox, replace, move_by_copy):
        module.LEASE_S = seconds  # type: ignore[attr-defined] # each has taken it over by name
    job._HELD_S = seconds / 2
    engine.SILENT_S = patience  # type: ignore[attr-defined] # likewise
    errands.end_frozen = partial(sessions.end_frozen, silent_s=patience)  # type: ignore[attr-defined] # likewise
    daemon.ERRANDS_S = min(patience, daemon.ERRANDS_S)
    sys.argv = ["intake", "-c", config, "run"]
    main()
