"""What an operator may set about redaction: shapes to keep, further labels, the wording of a placeholder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from intake.redaction.kinds import Kind

# Public test numbers of the schemes, as people group them: a pattern that fits one would let cards through.
_TEST_CARDS = (
    "4111111111111111", "4222222222222", "5555555555554444", "2223003122003222", "378282246310005", "6011111111111117",
    "3530111333300000", "30569309025904", "36227206271667", "6200000000000005", "6759649826438453", "2200000000000004",
    "9792000000000001", "5019717010103742", "4000000000000000006", "6304000000000000", "501800000009",
)  # fmt: skip
_SIGNS = (" ", "-", ".", "/", "_", "")
_TEMPLATE = re.compile(r"[A-Za-z0-9#./_ \-]{4,40}")
_WORDING = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsProblem:
    """One thing wrong in the settings: where, why, and what to do."""

    key: str
    reason: str
    remedy: str


class RedactionSettingsError(ValueError):
    """The settings cannot be used; `problems` lists all that is wrong with them."""

    def __init__(self, problems: tuple[SettingsProblem, ...]) -> None:
        super().__init__(
            "; ".join(f"{problem.key}: {problem.reason} ({problem.remedy})" for problem in problems)
        )
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionSettings:
    """The `[redaction]` part of the config.

    Raises:
        RedactionSettingsError: with every problem found.
    """

    keep_patterns: tuple[str, ...] = ()  # templates of the merchant's own numbers: 9 = a digit, A = a letter
    extra_labels: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )  # by kind
    placeholder: str = "removed"  # the wording of "[cvv removed]"

    def __post_init__(self) -> None:
        problems = tuple(self._problems())
        if problems:
            raise RedactionSettingsError(problems)

    def _problems(self) -> list[SettingsProblem]:
        found = [
            problem
            for at, pattern in enumerate(self.keep_patterns)
            if (problem := _check_pattern(f"keep_patterns[{at}]", pattern))
        ]
        for kind, words in self.extra_labels.items():
            if kind not in set(Kind):
                found.append(
                    SettingsProblem(
                        key=f"extra_labels.{kind}",
                        reason="no such kind of label",
                        remedy=f"use one of {', '.join(Kind)}",
                    )
                )
            found += [
                SettingsProblem(
                    key=f"extra_labels.{kind}[{at}]",
                    reason="a label needs two letters at least",
                    remedy="write the word as customers do",
                )
                for at, word in enumerate(words)
                if sum(c.isalpha() for c in word) < 2
            ]
        if not _WORDING.fullmatch(self.placeholder) or len(self.placeholder) > 30:
            found.append(
                SettingsProblem(
                    key="placeholder", reason="not one to three words of letters", remedy='such as "removed"'
                )
            )
        return found


def _check_pattern(key: str, pattern: str) -> SettingsProblem | None:
    if not _TEMPLATE.fullmatch(pattern) or "9" not in pattern:
        return SettingsProblem(
            key=key,
            reason="not a template of 4 to 40 letters, digits, blanks and -./_#",
            remedy="write 9 for any digit and A for any letter, such as EO-999999",
        )
    compiled = compile_pattern(pattern)
    for number in _TEST_CARDS:
        for shown in _groupings(number):
            if compiled.fullmatch(shown):
                return SettingsProblem(
                    key=key,
                    reason="a card number has this shape, so cards would be kept",
                    remedy="give the letters or leading digits that only your numbers have",
                )
    return None


def _groupings(number: str) -> list[str]:
    sizes = {
        16: (4, 4, 4, 4),
        15: (4, 6, 5),
        14: (4, 6, 4),
        13: (4, 3, 3, 3),
        19: (4, 4, 4, 4, 3),
        12: (4, 4, 4),
    }[len(number)]
    groups: list[str] = []
    at = 0
    for size in sizes:
        groups.append(number[at : at + size])
        at += size
    eights = [number[:8], number[8:]]
    return [sign.join(parts) for parts in (groups, eights) for sign in _SIGNS]


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A template as an expression over folded text: no digit may adjoin what it keeps."""
    body = "".join({"9": "[0-9]", "A": r"[^\W\d_]"}.get(char) or re.escape(char) for char in pattern)
    return re.compile(rf"(?<![0-9]){body}(?![0-9])", re.IGNORECASE)
