from __future__ import annotations

import subprocess
import sys


def test_a_process_leaves_no_core_and_no_readable_file(tmp_path: object) -> None:
    code = (
        "import ctypes, os, resource\n"
        "from intake.hardening import harden_process\n"
        "harden_process()\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
        "assert os.umask(0o077) == 0o077\n"
        "import sys\n"
        "assert sys.platform != 'linux' or ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0\n"  # PR_GET_DUMPABLE
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
