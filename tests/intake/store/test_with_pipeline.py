"""What the real pipeline makes of a mail can be stored, whatever kind of mail it is."""

from __future__ import annotations

import pytest

from intake.assembly import pipeline_for
from intake.mail.message import RawMessage
from intake.pipeline import Pipeline
from intake.store.store import Store
from intake.store.values import Lease
from tests.intake.store import make

DATABASES = ["sqlite"]
REQUEST = """\
From: Ann Example <ann@example.org>
To: billing@example.com
Subject: Charged twice
Date: Tue, 2 Jun 2026 09:30:00 +0000
Message-ID: <1@example.org>
Content-Type: text/plain; charset=utf-8

Hello, I was charged 49.00 EUR twice for order EO-104482 on 1 June 2026 with my card
4111 1111 1111 1111, CVV 123. Please refund the second payment to ann@example.org.
"""
THANKS = """\
From: Lee <lee@example.net>
Subject: Thanks
Date: Tue, 2 Jun 2026 09:31:00 +0000
Message-ID: <2@example.net>

Thank you, everything works now. Have a nice day.
"""
BOUNCE = """\
From: MAILER-DAEMON@mail.example.net
Auto-Submitted: auto-replied
Subject: Out of office
Date: Tue, 2 Jun 2026 09:32:00 +0000
Message-ID: <3@example.net>

I am out of office until Monday.
"""


@pytest.fixture(scope="module", params=["eofferix", "pars"])
def pipeline(request: pytest.FixtureRequest) -> Pipeline:
    return pipeline_for(request.param, config=None)


def test_what_the_pipeline_makes_is_stored(pipeline: Pipeline, store: Store, lease: Lease) -> None:
    mails = [REQUEST, THANKS, BOUNCE, REQUEST.replace("Charged", "Again charged")]
    batch = [
        pipeline.process(RawMessage(data=mail.encode(), source="test", key=make.key(uid)))
        for uid, mail in enumerate(mails, 1)
    ]
    done = store.record(lease, batch, after=make.KEEP, last_uid=len(mails))
    assert [recorded.disposition.value for recorded in done[:4]] == ["case", "set_aside", "ignored", "case"]
    case = store.case("R-1001")
    assert case is not None
    assert case.row.order_number is not None
    assert case.row.order_number.text == "EO-104482"
    assert {secret.type.value for secret in case.messages[0].secrets} >= {"pan", "cvv"}
    assert "4111 1111" not in str(case.to_dict())
    assert case.decision == batch[0].decision
