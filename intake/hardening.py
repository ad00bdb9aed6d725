"""What the process refuses to leave behind: no core dumps, no readable files."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def harden_process() -> None:
    """Forbids core dumps and makes every new file readable by its owner alone.

    A dump would hold mail before redaction. On Linux the process also becomes opaque to other
    processes of the same user (prctl(2)); where that call is missing the limit alone has to do.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
