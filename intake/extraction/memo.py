"""Answers worked out once a word: the words of a language repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

LIMIT = 20_000  # answers kept: more than a language's common words; then it begins anew
_LONGEST = 40  # letters of a word that is kept: what is longer comes once, or from an attack

Answer = TypeVar("Answer")


class Memo(dict[str, Answer]):
    """A table that fills itself: `map(memo.__getitem__, words)` runs without a line of Python for known words."""

    __slots__ = ("_work_out",)

    def __init__(self, work_out: Callable[[str], Answer]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, word: str) -> Answer:
        answer = self._work_out(word)
        if len(word) <= _LONGEST:
            if len(self) >= LIMIT:
                self.clear()
            self[word] = answer
        return answer
