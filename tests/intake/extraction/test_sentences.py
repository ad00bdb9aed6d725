"""A thousand sentences that raise a flag, or only look like it: how many are read right, in each language.

Columns of `sentences/*.tsv`: flag (none: a look-alike), sentence. Each follows a request of its language; half are
in the manner of letters, half as people type on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.extraction.lexicon import LANGUAGES
from tests.intake.extraction.letters import flags_of, read

TABLES = Path(__file__).parent / "sentences"
OF_THE_ACCOUNT = {
    "sender_differs"
}  # an address that a sentence names is the account's: true, and no matter here
REQUESTS = {
    "en": (
        "Hello, I would like a refund for order EO-10293: the exports keep failing.",
        "Hello, order EO-10293 has still not been activated, I want a refund.",
    ),
    "de": (
        "Hallo, ich bitte um Erstattung für Bestellung EO-10293: der Export bricht ständig ab.",
        "Hallo, Bestellung EO-10293 wurde immer noch nicht aktiviert, bitte erstatten Sie sie.",
    ),
    "fr": (
        "Bonjour, je demande le remboursement de la commande EO-10293 : l'export plante sans cesse.",
        "Bonjour, la commande EO-10293 n'est toujours pas activée, remboursez-moi.",
    ),
    "es": (
        "Hola, solicito el reembolso del pedido EO-10293: la exportación falla siempre.",
        "Hola, el pedido EO-10293 sigue sin activarse, devuélvanme el dinero.",
    ),
    "ru": (
        "Здравствуйте, прошу вернуть деньги за заказ EO-10293: экспорт постоянно падает.",
        "Здравствуйте, заказ EO-10293 до сих пор не активирован, верните деньги.",
    ),
    "uk": (
        "Добрий день, прошу повернути гроші за замовлення EO-10293: експорт постійно падає.",
        "Добрий день, замовлення EO-10293 досі не активоване, поверніть гроші.",
    ),
}


def rows(language: str) -> Iterator[tuple[set[str], set[str]]]:
    """Flags raised, and flags wanted, of each sentence."""
    for line in (TABLES / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
        flag, sentence = line.split("\t")
        request = REQUESTS[language][flag == "declines_waiting"]
        yield flags_of(read(f"{request} {sentence}")) - OF_THE_ACCOUNT, {flag} - {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_raises_its_flag_and_nothing_else_does(language: str) -> None:
    read_right = list(rows(language))
    right = sum(len(have & want) for have, want in read_right)
    missed = sum(len(want - have) for have, want in read_right)
    wrong = sum(len(have - want) for have, want in read_right)
    assert right >= 0.93 * (right + missed)
    assert wrong <= 0.03 * len(read_right)
