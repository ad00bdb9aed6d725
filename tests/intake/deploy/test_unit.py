"""The systemd unit: each promise one by one, and systemd's own judgement where it can be asked."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import intake

UNIT = Path(intake.__file__).parent / "deploy" / "intake.service"
PROMISED = """
Type=notify  NotifyAccess=main  WatchdogSec=90  Restart=on-failure  RestartSec=5  RestartPreventExitStatus=2 78
TimeoutStopSec=60  KillMode=mixed  ExecStartPre=/usr/bin/intake check --offline  ExecStart=/usr/bin/intake run
ExecReload=/bin/kill -HUP $MAINPID
DynamicUser=yes  StateDirectory=intake  StateDirectoryMode=0700  UMask=0077  LimitCORE=0  MemoryMax=1G  TasksMax=64
LoadCredential=imap-password:/etc/intake/credentials/imap-password
LoadCredential=secret-key:/etc/intake/credentials/secret-key
NoNewPrivileges=yes  ProtectSystem=strict  ProtectHome=yes  PrivateTmp=yes  PrivateDevices=yes  PrivateUsers=yes
ProtectProc=invisible  ProcSubset=pid  ProtectKernelTunables=yes  ProtectKernelModules=yes  ProtectKernelLogs=yes
ProtectControlGroups=yes  ProtectClock=yes  ProtectHostname=yes  KeyringMode=private
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX  RestrictNamespaces=yes  RestrictRealtime=yes
RestrictSUIDSGID=yes  LockPersonality=yes  MemoryDenyWriteExecute=yes  SystemCallArchitectures=native
SystemCallFilter=@system-service  SystemCallFilter=~@privileged @resources  CapabilityBoundingSet=
"""


def settings() -> list[str]:
    """The lines of [Service]."""
    service = UNIT.read_text(encoding="utf-8").partition("[Service]\n")[2].partition("\n[")[0]
    return [line for line in service.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("setting", re.split(r"  +|\n", PROMISED.strip()))
def test_the_unit_keeps_each_promise(setting: str) -> None:
    assert setting in settings()


def test_nothing_is_set_twice_but_what_adds_up() -> None:
    names = [line.partition("=")[0] for line in settings()]
    twice = {name for name in names if names.count(name) > 1}
    assert twice == {"LoadCredential", "SystemCallFilter"}


def test_systemd_s_own_measure_of_exposure_stays_below_1_5(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing; every setting was compared one by one")
    unit = tmp_path / UNIT.name
    unit.write_bytes(UNIT.read_bytes())
    found = subprocess.run(
        [program, "security", "--offline=true", "--threshold=15", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-300:] + found.stderr
