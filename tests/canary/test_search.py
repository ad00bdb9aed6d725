"""A search that finds nothing proves nothing: here it finds every plant in the mail itself, however encoded."""

from __future__ import annotations

import base64

import pytest

from tests.canary.plants import Plant, plants
from tests.canary.search import Secret, traces, words

PAN = Secret(kind="pan", text="4242424242424242", where="here")
OTP = Secret(kind="otp", text="402913", where="here")
CVV = Secret(kind="cvv", text="9173", where="here")


@pytest.mark.parametrize("plant", plants(), ids=lambda plant: plant.place)
def test_every_plant_is_found_in_its_own_mail_and_in_no_other(plant: Plant) -> None:
    found = {trace.partition(" of ")[0] for trace in traces(plant.data, plant.secrets)}
    assert found == {secret.kind for secret in plant.secrets} - {"cvv"}
    others = [secret for other in plants() if other.place != plant.place for secret in other.secrets]
    assert not traces(plant.data, others)


@pytest.mark.parametrize(
    "data",
    [
        b"4242424242424242",
        b"4242 4242-4242\xc2\xa04242",
        b"4242\r\n> 4242\r\n> 4242\r\n> 4242",
        b"4=\r\n2424242424242=\r\n42",
        "4242\u200b424242424242".encode(),
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢".encode(),
        b"4242424242424242".hex().encode(),
        b"%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32",
        b"&#52;&#50;" * 8,
        "4242424242424242".encode("utf-16"),
        base64.encodebytes(b"x" * 50 + b"4242 4242 4242 4242" + b"y" * 50),
        (4242424242424242).to_bytes(8, "big"),
    ],
)
def test_a_card_is_found_in_each_form(data: bytes) -> None:
    assert traces(b"before " + data + b" after", [PAN])


def test_a_placeholder_and_numbers_of_other_things_are_no_trace() -> None:
    kept = b"[card \xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2 4242] 12:09:11.402913 1402913 a402913"
    assert not traces(kept, [PAN, OTP])
    assert not words("9173% 19173 1.9173 v9173", [CVV])
    assert words("the code is 9173.", [CVV])
