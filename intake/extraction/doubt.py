"""Where no wish is clear: what speaks for a request and against one, weighed up.

The weights began as those of a logistic regression over letters, each counted twelvefold, and terse statements;
without the letters a bare "never worked" would count as much as a sum paid. Letters bear them out within a third.
"""

from __future__ import annotations

from intake.extraction.reading import Reading
from intake.extraction.reason import Heard
from intake.extraction.seeming import MONEY, PAID, WEAK, names_a_payment, rules

_HINTED, _COMPLAINED = 0.94, 0.62
_PAYMENT_NAMED, _SUM_PAID, _MONEY_NAMED = 0.69, 0.89, 0.44
_SOUNDS_WISHED, _SOUNDS_TOLD, _SOUNDS_OTHER = 1.5, 2.17, -0.95
_SOMETHING_ELSE, _ASKED, _RULE_ASKED = -0.8, -0.8, -0.5
_ENOUGH = 0.9  # leans towards a case: nobody misses one that a person can set aside


def asks_on_the_whole(
    reading: Reading, heard: Heard, *, hint: float, complained: bool, something_else: float
) -> bool:
    """Whether more speaks for a request than against it.

    `hint` and `something_else` are weights of the strongest cue for a wish and for another matter.
    """
    body = reading.body
    points = (
        _HINTED * hint
        + _COMPLAINED * complained
        + _PAYMENT_NAMED * names_a_payment(body.passage.text.text)
        + _SUM_PAID * bool(body.sentences_of(PAID))
        + _MONEY_NAMED * bool(body.sentences_of(MONEY))
        + _SOUNDS_WISHED * heard.wish
        + _SOUNDS_TOLD * heard.reason
        + _SOUNDS_OTHER * heard.other
        + _SOMETHING_ELSE * something_else
        + _ASKED * ("?" in body.passage.words)
        + _RULE_ASKED * bool(rules(body, WEAK))
    )
    return points > _ENOUGH
