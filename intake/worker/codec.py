"""Messages across a process boundary: as fetched on the way there, processed on the way back; nothing is pickled.

A processed message is JSON by the declared types of its fields. `Redacted` refuses to be pickled, because whoever
can write a pickle can forge it. Here a text becomes `Redacted` again in one place, for a field that is declared so,
and only a worker of ours writes what is read.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from intake.mail.message import MessageKey, RawMessage
from intake.processed import Processed, StageError
from intake.redaction.text import Redacted, restored

Code = Callable[[Any], Any]  # from a value of one type to JSON, or back
_PLAIN = (str, int, bool, float, type(None))


def raw_head(raw: RawMessage) -> bytes:
    """All of a message but its bytes, for the way to a worker."""
    key = raw.key
    return json.dumps(
        {
            "source": raw.source,
            "received_at": raw.received_at and raw.received_at.isoformat(),
            "received_fallback": raw.received_fallback and raw.received_fallback.isoformat(),
            "key": key and [key.mailbox, key.folder, key.uidvalidity, key.uid],
            "truncated": raw.truncated,
        }
    ).encode()


def raw_message(head: bytes, data: bytes) -> RawMessage:
    """The message that was sent."""
    told = json.loads(head)
    place = told["key"]
    return RawMessage(
        data=data,
        source=told["source"],
        received_at=_moment(told["received_at"]),
        received_fallback=_moment(told["received_fallback"]),
        key=place and MessageKey(mailbox=place[0], folder=place[1], uidvalidity=place[2], uid=place[3]),
        truncated=told["truncated"],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def packed(result: Processed | StageError) -> bytes:
    """What a worker answers.

    Raises:
        TypeError: a field holds what its type does not allow: a bug.
    """
    if isinstance(result, StageError):
        return _dumps({"stage": result.stage, "code": result.code, "detail": result.detail})
    return _dumps(_codec(Processed)[0](result))


def unpacked(data: bytes) -> Processed | StageError:
    """What a worker answered."""
    value = json.loads(data.decode("utf-8", "surrogatepass"))
    if isinstance(value, dict):
        return StageError(stage=value["stage"], code=value["code"], detail=value["detail"])
    result: Processed = _codec(Processed)[1](value)
    return result


def _dumps(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)
    return text.encode("utf-8", "surrogatepass")  # hostile mail holds halves of pairs


@cache
def _codec(kind: Any) -> tuple[Code, Code]:  # noqa: ANN401, PLR0911 - a type as annotations spell it; one line a kind
    """How values of one declared type are written and read."""
    if kind is Redacted:
        return (lambda text: text.text), restored
    if kind in _PLAIN or get_origin(kind) is Literal:
        return _same, _same
    if kind is object:
        return _checked, _same
    if kind is Decimal:
        return str, Decimal
    if kind in {date, datetime}:
        return kind.isoformat, kind.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        values = {member.value: member for member in kind}
        return (str if issubclass(kind, StrEnum) else attrgetter("value")), values.__getitem__
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    return _compound(kind)


def _record(kind: type) -> tuple[Code, Code]:
    """A list of the fields' values in their order. Only what JSON would change costs a call."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    codecs = [_codec(hints[name]) for name in names]
    writes = [(place, write) for place, (write, _) in enumerate(codecs) if write is not _same]
    reads = [(place, read) for place, (_, read) in enumerate(codecs) if read is not _same]
    values = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)

    def write(value: Any) -> list[Any]:  # noqa: ANN401 - an instance of `kind`
        if type(value) is not kind:
            raise TypeError(f"this is no {kind.__name__}")
        data = list(values(value))
        for place, encode in writes:
            data[place] = encode(data[place])
        return data

    def read(data: list[Any]) -> Any:  # noqa: ANN401 - an instance of `kind`
        for place, decode in reads:
            data[place] = decode(data[place])
        return kind(**dict(zip(names, data, strict=True)))

    return write, read


def _compound(kind: Any) -> tuple[Code, Code]:  # noqa: ANN401 - a type, as annotations spell it
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple and args[1:] == (...,):
        write, read = _codec(args[0])
        return _sequence(write, read)
    if origin in {dict, Mapping}:
        (write_key, read_key), (write, read) = map(_codec, args)
        return (
            (lambda items: [(write_key(key), write(item)) for key, item in items.items()]),
            (lambda data: {read_key(key): read(item) for key, item in data}),
        )
    if origin in {Union, types.UnionType}:
        return _union([arg for arg in args if arg is not type(None)])
    raise TypeError(f"no way to write {kind}")


def _sequence(write: Code, read: Code) -> tuple[Code, Code]:
    return (
        _same if write is _same else lambda items: [write(item) for item in items],
        tuple if read is _same else lambda data: tuple([read(item) for item in data]),
    )


def _union(kinds: list[Any]) -> tuple[Code, Code]:
    """`X | None` is X or null; of several types the number of the one stands before the value."""
    codecs = [_codec(kind) for kind in kinds]
    if len(kinds) == 1:
        write, read = codecs[0]
        return (
            _same if write is _same else lambda value: None if value is None else write(value),
            _same if read is _same else lambda data: None if data is None else read(data),
        )
    places = {kind: place for place, kind in enumerate(kinds)}

    def write_one(value: Any) -> Any:  # noqa: ANN401 - one of `kinds`
        place = places.get(type(value))
        if place is None:
            raise TypeError(f"a {type(value).__name__} is none of the declared types")
        return place, codecs[place][0](value)

    return write_one, (lambda data: codecs[data[0]][1](data[1]))


def _same(value: Any) -> Any:  # noqa: ANN401 - what JSON has anyway
    return value


def _checked(value: object) -> object:
    """A value of the facts file: JSON as it is, for a decimal number or a day would come back as a text."""
    if isinstance(value, dict):
        return {str(key): _checked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_checked(item) for item in value]
    if type(value) not in _PLAIN:
        raise TypeError(f"a {type(value).__name__} is no value of a facts file")
    return value
