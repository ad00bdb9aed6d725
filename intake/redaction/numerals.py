"""Numbers that several words say together, in any of the languages: "forty-two", "huit cent douze", "сто одиннадцать"."""

from __future__ import annotations

from collections.abc import Mapping


def joined(left: str, right: str) -> str | None:
    """The number of which two words said one after the other are parts; None where they are two numbers."""
    if right == "100" and len(left) == 1 and left != "0":
        return f"{left}00"
    tens = len(left) in {2, 3} and left.endswith("0") and left != "10"
    hundreds = len(left) == 3 and left.endswith("00")
    if right != "0" and ((hundreds and len(right) < 3) or (tens and len(right) == 1)):
        return str(int(left) + int(right))
    return None


def in_one_word(words: Mapping[str, str], joint: str, hundred: str) -> dict[str, str]:
    """The numbers below a thousand that are written as one word: "einundzwanzig", "achthundertzwölf".

    Args:
        words: the simple ones.
        joint: what stands between units and tens, which come after them.
        hundred: what stands behind the number of hundreds.
    """
    units = {word: number for word, number in words.items() if len(number) == 1 and number != "0"}
    tens = {word: number for word, number in words.items() if len(number) == 2 and number.endswith("0")}
    found = {
        f"{unit}{joint}{ten}": str(int(one) + int(many))
        for unit, one in units.items()
        for ten, many in tens.items()
        if many != "10"
    }
    rest = found | {word: number for word, number in words.items() if number not in {"0", "100"}}
    for unit, many in units.items():
        found[f"{unit}{hundred}"] = f"{many}00"
        found |= {
            f"{unit}{hundred}{word}": str(int(many) * 100 + int(number)) for word, number in rest.items()
        }
    return found
