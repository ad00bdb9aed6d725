"""Run as a process: `intake run` of one host. Its leases are as long as asked, so that a test need not wait."""

from __future__ import annotations

import sys

from intake.cli.main import main
from intake.daemon import job
from intake.poll import hold, move_by_copy, outbox, replace

if __name__ == "__main__":
    config, seconds = sys.argv[1], int(sys.argv[2])
    for module in (hold, outbox, replace, move_by_copy):
        module.LEASE_S = seconds  # type: ignore[attr-defined] # each has taken it over by name
    job._HELD_S = seconds / 2
    sys.argv = ["intake", "-c", config, "run"]
    main()
