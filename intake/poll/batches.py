"""Messages cut into runs: so many, and so many bytes, are in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def batches(messages: Iterable[T], *, count: int, size: int, weight: Callable[[T], int]) -> Iterator[list[T]]:
    """Runs of at most `count` messages and `size` bytes, in order; one that is larger comes alone.

    `weight` is how many bytes a message takes.
    """
    batch: list[T] = []
    room = size
    for message in messages:
        taken = weight(message)
        if batch and (len(batch) >= count or taken > room):
            yield batch
            batch, room = [], size
        batch.append(message)
        room -= taken
    if batch:
        yield batch
