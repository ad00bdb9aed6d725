"""Only the configured receiving server's topmost word counts (RFC 8601)."""

from __future__ import annotations

import pytest

from intake.mail.redacted import AuthResult
from intake.mail.sender import check_sender

OURS = frozenset({"mx.shop.example"})


def passed(*headers: str, sender: str = "ann@example.org") -> bool | None:
    return check_sender(headers, sender, OURS).from_domain_passed


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "mx.shop.example; dkim=pass header.d=example.org; spf=pass smtp.mailfrom=example.org; dmarc=pass header.from=example.org",
            True,
        ),
        ("MX.Shop.Example 1; dmarc=pass (p=none) header.from=Example.ORG", True),
        ("mx.shop.example; spf=pass smtp.mailfrom=ann@example.org", True),
        ("mx.shop.example; spf=pass smtp.mailfrom=bounces.example.org", True),
        ("mx.shop.example; dkim=pass header.i=@mail.example.org", True),
        ("mx.shop.example; dkim=pass header.d=bulk.example; spf=pass smtp.mailfrom=x.bulk.example", False),
        ("mx.shop.example; dkim=pass header.d=bulk.example; dmarc=fail header.from=example.org", False),
        ("mx.shop.example; dmarc=pass header.from=bulk.example", False),
        (
            "mx.shop.example; dkim=none; spf=softfail smtp.mailfrom=example.org; dmarc=none header.from=example.org",
            False,
        ),
        ("mx.shop.example; dkim=pass header.d=notexample.org", False),
        ("mx.shop.example; dkim=pass header.d=org", False),
        ("mx.shop.example; none", False),
        ("mx.shop.example; dmarc=none header.from=example.org; spf=pass smtp.mailfrom=example.org", True),
        ("mx.other.example; dmarc=pass header.from=example.org", None),
        ("mx.shop.example.evil.example; dmarc=pass header.from=example.org", None),
        ("mx.shop.example; ((( broken", None),
        (f"mx.shop.example; {'(' * 4_000}", None),
        ("", None),
        (";;;", None),
    ],
)
def test_verdicts(header: str, *, expected: bool | None) -> None:
    assert passed(header) is expected


def test_only_the_topmost_of_ours_counts() -> None:
    fails = "mx.shop.example; dmarc=fail header.from=example.org"
    forged = "mx.shop.example; dmarc=pass header.from=example.org"
    other = "mx.sender.example; dkim=pass header.d=example.org"
    assert passed(fails, forged) is False
    assert passed(other, fails, forged) is False
    assert passed(other) is None


def test_each_method_is_told() -> None:
    check = check_sender(
        ("mx.shop.example; dkim=pass header.d=example.org; spf=fail smtp.mailfrom=x.example",),
        "a@example.org",
        OURS,
    )
    assert (check.dkim, check.spf, check.dmarc) == (AuthResult.PASS, AuthResult.FAIL, AuthResult.NOT_CHECKED)


def test_without_a_from_nothing_passes() -> None:
    assert passed("mx.shop.example; dmarc=pass header.from=example.org", sender="") is False
