"""`intake redact`: text, a message or JSON lines in, the same without secrets out; nothing is stored."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from intake.cli.examples import examples
from intake.errors import BadDataError, Exit, NoInputError, Problem

if TYPE_CHECKING:
    from intake.redaction.findings import Finding, Redaction
    from intake.redaction.redactor import Redactor

EPILOG = examples("redact mail.eml", "redact --json < letter.txt", "redact --lines < cases.jsonl")
_MESSAGE = re.compile(  # a header block (RFC 5322 §2.2) that says From and what only a real message says
    rb"\A(?=(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?From:)"
    rb"(?=(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Message-ID|Received|Date):)",
    re.IGNORECASE,
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=EPILOG)(redact)


def redact(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="Text, .html or .eml; - or nothing: standard input.")
    ] = "-",
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print text and findings as one JSON object.")
    ] = False,
    lines: Annotated[
        bool, typer.Option("--lines", help='One {"id", "text"|"html"} a line in, one result a line out.')
    ] = False,
) -> None:
    """Cut card data, passwords, codes and keys out of a text."""
    redactor = _redactor(ctx.obj.config_path if ctx.obj else None)
    if lines:
        with _opened(file) as stream:
            failed = _lines(redactor, stream)
        if failed:
            raise typer.Exit(Exit.BAD_DATA)
        return
    with _opened(file) as stream:
        data = stream.read()
    text, findings = _whole(redactor, data, file)
    _print(json.dumps(_result(text, findings), ensure_ascii=False) if as_json else text)


def _redactor(config: Path | None) -> Redactor:
    from intake.redaction.redactor import Redactor

    if config is None:
        return Redactor()
    from intake.config.load import load_config

    return Redactor(load_config(config).redaction.settings)


def _opened(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    path = Path(file)
    if not path.is_file():
        raise NoInputError(Problem(where=file, what="no such file", remedy="check the path"))
    return path.open("rb")


def _lines(redactor: Redactor, stream: Iterable[bytes]) -> bool:
    """Each line's result in its place; whether one was bad."""
    failed = False
    for line in stream:
        if line.strip():
            result = _line(redactor, line)
            failed = failed or "error" in result
            _print(json.dumps(result, ensure_ascii=False))
            sys.stdout.buffer.flush()
    return failed


def _line(redactor: Redactor, line: bytes) -> dict[str, object]:
    from intake.redaction.redactor import RedactionError

    try:
        case = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return _bad(None, None, "not a JSON object")
    if not isinstance(case, dict):
        return _bad(None, None, "not a JSON object")
    name = case.get("id")
    key = "html" if "html" in case and "text" not in case else "text"
    if not isinstance(case.get(key), str):
        return _bad(name, key, "neither text nor html" if key not in case else "not a string")
    try:
        redaction = _redact_text(redactor, case[key], html=key == "html")
    except RedactionError:
        return _bad(name, key, "redaction failed")
    return {"id": name, **_result(redaction.text.text, redaction.findings)}


def _bad(name: object, key: str | None, detail: str) -> dict[str, object]:
    return {"id": name, "error": {"key": key, "detail": detail}}


def _redact_text(redactor: Redactor, text: str, *, html: bool) -> Redaction:
    """Text redacted; of HTML what is seen, then what is hidden."""
    from intake.redaction.text import Sensitive

    if html:
        from intake.mail.html import html_to_text

        read = html_to_text(text)
        text = "\n\n".join(filter(None, (read.visible, read.hidden)))
    return redactor.redact(Sensitive(text))


def _whole(redactor: Redactor, data: bytes, file: str) -> tuple[str, list[Finding]]:
    from intake.redaction.redactor import RedactionError

    try:
        return _one(redactor, data, file)
    except RedactionError:
        raise BadDataError(Problem(where=file, what="redaction failed, so nothing is shown")) from None


def _one(redactor: Redactor, data: bytes, file: str) -> tuple[str, list[Finding]]:
    suffix = Path(file).suffix.lower()
    if suffix == ".eml" or (suffix not in {".html", ".htm", ".txt"} and _MESSAGE.match(data[:65536])):
        return _message(redactor, data, file)
    redaction = _redact_text(redactor, data.decode("utf-8", "replace"), html=suffix in {".html", ".htm"})
    return redaction.text.text, list(redaction.findings)


def _message(redactor: Redactor, data: bytes, file: str) -> tuple[str, list[Finding]]:
    """Headers, body and readable attachments; what the other renderings and hidden parts held is counted."""
    from intake.mail.limits import UnreadableError
    from intake.mail.message import RawMessage
    from intake.mail.parse import parse
    from intake.mail.transcript import transcript

    try:
        parsed = parse(RawMessage(data=data, source=file))
    except UnreadableError as error:
        raise BadDataError(Problem(where=file, what=f"not a readable message ({error.code})")) from None
    shown = redactor.redact(transcript(parsed))
    findings = list(shown.findings)
    seen = {(finding.type, finding.last_four) for finding in findings}
    for other in parsed.other_bodies:
        findings += [
            finding
            for finding in redactor.redact(other, "other").findings
            if (finding.type, finding.last_four) not in seen
        ]
    return shown.text.text, findings


def _result(text: str, findings: Iterable[Finding]) -> dict[str, object]:
    from intake.redaction.redactor import summary

    return {"text": text, "redactions": summary(findings)}


def _print(text: str) -> None:
    """A line on standard output, in UTF-8 whatever the terminal says; a lone surrogate becomes "?"."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    if not text.endswith("\n"):
        sys.stdout.buffer.write(b"\n")
