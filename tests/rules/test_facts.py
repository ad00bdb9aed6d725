from datetime import date
from decimal import Decimal

import pytest

from rules.facts import FactErrors, check_facts
from rules.vocabulary import FACTS, USAGE_ITEMS


def problems(obj: object) -> list[tuple[str | None, str]]:
    with pytest.raises(FactErrors) as caught:
        check_facts(obj)
    return caught.value.problems


def keys(obj: object) -> list[str | None]:
    return [key for key, _ in problems(obj)]


def test_facts_are_read_with_their_types() -> None:
    facts = check_facts(
        {
            "id": {"any": ["json"]},
            "claim": {"reason": "other", "requested_on": "2026-06-01", "third_party": True, "amount": None},
            "order": None,
            "usage": [{"item": "fee", "amount": "1.50"}],
        }
    )
    assert facts.id == {"any": ["json"]}
    assert facts.values == {
        "claim.reason": "other",
        "claim.requested_on": date(2026, 6, 1),
        "claim.third_party": True,
    }
    assert facts.usage is not None
    assert facts.usage[0].amount == Decimal("1.50")
    assert facts.requested_on == date(2026, 6, 1)


def test_no_facts_at_all_are_facts() -> None:
    assert check_facts({}).values == {}
    assert check_facts({"usage": None, "claim": None}).usage is None


@pytest.mark.parametrize("obj", [None, [], "text", 1, True])
def test_what_is_no_object_has_no_key(obj: object) -> None:
    assert keys(obj) == [None]


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("claim", "reason", "nonsense"),
        ("claim", "reason", ""),
        ("claim", "reason", 3),
        ("claim", "nothing", "x"),
        ("claim", "third_party", "true"),
        ("claim", "third_party", 1),
        ("claim", "account_email", ""),
        ("claim", "account_email", []),
        ("claim", "currency", "eur"),
        ("claim", "currency", "ZZZ"),
        ("claim", "amount", 10),
        ("claim", "amount", "-1"),
        ("claim", "amount", "1e3"),
        ("claim", "amount", "NaN"),
        ("claim", "amount", " 1"),
        ("claim", "amount", "1."),
        ("claim", "amount", "٣"),
        ("claim", "amount", "1" * 39),
        ("claim", "amount", "1." + "1" * 38),
        ("order", "paid_on", "2026-02-30"),
        ("order", "paid_on", "2026-2-3"),
        ("order", "paid_on", "2026-06-01T00:00:00"),
        ("order", "paid_on", "20260601"),
        ("order", "paid_on", "0000-01-01"),
        ("order", "product", "boat"),
        ("verified", "identity", "yes"),
    ],
)
def test_a_bad_value_is_named_by_its_key_and_not_repeated(group: str, name: str, value: object) -> None:
    found = problems({group: {name: value}})
    assert [key for key, _ in found] == [f"{group}.{name}"]
    if isinstance(value, str) and len(value) > 3 and name not in {"paid_on", "third_party"}:
        assert value not in found[0][1]


WORDS = {
    ("claim", "third_party", "true"): "must be true or false",
    ("claim", "amount", 10): "must be text",
    ("claim", "account_email", ""): "is empty; a value that is not known is null",
    ("claim", "currency", "eur"): "must be a currency code of ISO 4217, like EUR",
    ("claim", "amount", "1e3"): 'must be a decimal number in quotes, like "49.00"',
    ("claim", "amount", "-1"): "must not be negative",
    ("claim", "amount", "1" * 39): "must have at most 38 digits",
    ("order", "paid_on", "1 June"): "must be a date like 2026-06-01",
    ("order", "paid_on", "2026-02-30"): "is a date that does not exist",
    ("order", "status", "gone"): "must be one of ",
    ("order", "colour", "red"): "is not a known fact",
}


@pytest.mark.parametrize(("place", "words"), WORDS.items())
def test_a_problem_says_what_the_value_must_be(place: tuple[str, str, object], words: str) -> None:
    group, name, value = place
    found = problems({group: {name: value}})
    listed = ", ".join(FACTS["order.status"].words) if name == "status" else ""
    assert found == [(f"{group}.{name}", words + listed)]


def test_a_problem_of_the_whole_says_what_is_expected() -> None:
    with pytest.raises(FactErrors, match=r"^facts: must be one JSON object$"):
        check_facts([])
    bad = {"order": [], "extra": 1, "usage": ["fee", {"item": "fee", "amount": "x", "note": ""}]}
    with pytest.raises(FactErrors) as caught:
        check_facts(bad)
    assert str(caught.value).split("; ") == [
        "extra: is not a known key",
        "order: must be an object",
        "usage[0]: must be an object with item and amount",
        'usage[1].amount: must be a decimal number in quotes, like "49.00"',
        "usage[1].note: is not a known key",
    ]
    assert problems({"usage": "x"}) == [("usage", "must be a list, or null while it is not known")]
    (told,) = problems({"usage": [{"item": "boat", "amount": "1"}]})
    assert told == ("usage[0].item", f"must be one of {', '.join(USAGE_ITEMS)}")


def test_the_longest_sum_is_accepted() -> None:
    assert check_facts({"order": {"amount": "9" * 36 + ".99"}}).money("order.amount") == Decimal(
        "9" * 36 + ".99"
    )


def test_every_problem_is_named_and_sorted() -> None:
    bad = {
        "verified": {"identity": 1},
        "claim": {"zzz": 1, "amount": "x"},
        "order": [],
        "extra": 1,
        "usage": [{"item": "boat", "amount": "-1"}, 3, {"item": "fee", "amount": "1", "note": "x"}, {}],
    }
    assert keys(bad) == [
        "claim.amount",
        "claim.zzz",
        "extra",
        "order",
        "usage[0].amount",
        "usage[0].item",
        "usage[1]",
        "usage[2].note",
        "usage[3].amount",
        "usage[3].item",
        "verified.identity",
    ]


@pytest.mark.parametrize("usage", ["x", {}, 3])
def test_usage_is_a_list_or_null(usage: object) -> None:
    assert keys({"usage": usage}) == ["usage"]


@pytest.mark.parametrize("end", ["2026-06-01", "2026-05-31"])
def test_a_period_ends_after_it_starts(end: str) -> None:
    told = problems({"order": {"period_start": "2026-06-01", "period_end": end}})
    assert told == [("order.period_end", "must come after order.period_start")]


def test_the_text_of_the_error_names_keys() -> None:
    with pytest.raises(FactErrors, match=r"claim\.amount: must be text"):
        check_facts({"claim": {"amount": 1}})
