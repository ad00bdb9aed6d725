"""A network that fails again and again loses no message and doubles none; the whole engine against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.daemon.job import REFUSED_S
from tests.dovecot import require_dovecot
from tests.faults.proxy import Kind
from tests.faults.run import run

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


@pytest.mark.parametrize(("after", "seed"), [("keep", 3), ("move", 4), ("redact", 6)])
def test_every_message_is_exactly_one_row_whatever_the_network_does(
    tmp_path: Path, after: str, seed: int
) -> None:
    require_dovecot()
    outcome = run(tmp_path, messages=100, faults=13, after=after, seed=seed)
    assert sum(outcome.struck.values()) == 13
    assert set(outcome.struck) >= {Kind.CUT, Kind.STALL, Kind.HALF_OPEN, Kind.CORRUPT}
    assert outcome.longest_s < REFUSED_S  # no broken line is taken for a refused login
    assert (outcome.lost, outcome.double, outcome.due) == (0, 0, 0)
    # one over which the line broke three times is set apart, as it might be why
    assert outcome.quarantined <= 1
    assert outcome.left == (outcome.quarantined if after == "move" else 100)
    if after == "redact" and not outcome.quarantined:
        assert outcome.cards == 0
