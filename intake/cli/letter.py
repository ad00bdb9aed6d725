"""`intake letter`: letters to customers, each by a person's command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of

if TYPE_CHECKING:
    from intake.config.model import Config
    from intake.desk.office import Office, Ready
    from intake.letters.basis import Made
    from intake.letters.kinds import LetterKind, Way
    from intake.letters.mail import Deliver

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Its label, as R-1042.")]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="ask, proof, received, review_by, refused, approved or no_cards; default: the one that fits.",
    ),
]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="LANG", help="en, ru, de, fr or es; default: the customer's."),
]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group = typer.Typer(help="Letters to customers.", no_args_is_help=True, rich_markup_mode="rich")
    group.command(epilog=examples("letter show R-1042 --kind received"))(show)
    group.command(epilog=examples("letter draft R-1042"))(draft)
    group.command(epilog=examples("letter send R-1042 --kind ask"))(send)
    group.command(hidden=True)(tick)
    app.add_typer(group, name="letter")


def show(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    case: CaseName,
    *,
    kind: Kind = None,
    language: Language = None,
    made: Annotated[bool, typer.Option("--made", help="The letters that were made before.")] = False,
    html: Annotated[bool, typer.Option("--html", help="The HTML of the letter.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
) -> None:
    """Show the letter that a case calls for, as it would leave; nothing is stored."""
    with _office(ctx) as office:
        if made:
            _print_made(_made(office, case), as_json=as_json)
            return
        ready = office.ready(case, _kind(kind), _language(language))
        subject = office.subject(ready)
    if as_json:
        typer.echo(json.dumps(_told(ready, subject), ensure_ascii=False, indent=2))
    elif html:
        typer.echo(ready.filled.html, nl=False)
    else:
        typer.echo(f"Kind: {ready.kind.value}\nTo: {ready.recipient.text} ({ready.addressee})")
        typer.echo(f"Subject: {subject}\n\n{ready.filled.text.text}", nl=False)


def draft(ctx: typer.Context, case: CaseName, *, kind: Kind = None, language: Language = None) -> None:
    """Save the letter into the mailbox's folder for drafts, where a person reads and sends it."""
    from intake.errors import ConfigError, Problem
    from intake.notify.drafts import save_draft

    config = config_of(ctx)
    if not config.letters.drafts:
        problem = Problem(where="letters.drafts", what="is off", remedy="write drafts = true")
        raise ConfigError(problem)

    with _office(ctx, config) as office:
        ready = office.ready(case, _kind(kind), _language(language))
        name = ready.basis.mailbox
        box = config.mailbox.get(name)
        if box is None:
            what = "is not configured any more"
            raise ConfigError(Problem(where=f"mailbox.{name}", what=what, remedy="put it back"))

        def deliver(data: bytes, own_id: str, _sender: str, _recipient: str) -> None:
            save_draft(name, box, data, own_id)

        _post(office, ready, "draft", deliver)
    typer.echo(
        f"{ready.basis.label}: the letter ({ready.kind.value}, {ready.language}) lies in the drafts of {name}"
    )


def send(ctx: typer.Context, case: CaseName, *, kind: Kind = None, language: Language = None) -> None:
    """Send the letter by SMTP, now."""
    from intake.errors import ConfigError, Problem
    from intake.notify import smtp

    config = config_of(ctx)
    if config.smtp.host is None:
        remedy = 'write host = "smtp.example.org" under [smtp]'
        raise ConfigError(Problem(where="smtp", what="sending is off", remedy=remedy))

    def deliver(data: bytes, _own_id: str, sender: str, recipient: str) -> None:
        smtp.send(config.smtp, data, sender, recipient)

    with _office(ctx, config) as office:
        ready = office.ready(case, _kind(kind), _language(language))
        _post(office, ready, "send", deliver)
    typer.echo(f"{ready.basis.label}: sent ({ready.kind.value}, {ready.language}) to the {ready.addressee}")


def tick(ctx: typer.Context) -> None:
    """Do once what the daemon does by itself: webhooks, reminders, closing after silence."""
    import threading

    from intake.cli.acting import desk_of
    from intake.engine.errands import errands

    config = config_of(ctx)
    with _office(ctx, config) as office:
        desk = desk_of(config, office.store)
        with errands(config, office.store, desk, threading.Event()) as work:
            work.run()


@contextmanager
def _office(ctx: typer.Context, config: Config | None = None) -> Iterator[Office]:
    from intake.assembly import every_policy
    from intake.desk.office import Office
    from intake.keys import Keys
    from intake.store.store import Store

    config = config or config_of(ctx)
    keys = Keys.load(config.secret_key)
    with Store.open(config.database, keys, create=False) as store:
        yield Office(config=config, store=store, keys=keys, policies=every_policy(config))


def _post(office: Office, ready: Ready, way: Way, deliver: Deliver) -> None:
    from intake.cli.acting import actor_of

    office.post(ready, way, actor_of(office.store), deliver)


def _kind(word: str | None) -> LetterKind | None:
    from intake.letters.kinds import LetterKind

    if word is None:
        return None
    if word not in list(LetterKind):
        raise typer.BadParameter(f"one of {', '.join(LetterKind)}", param_hint="--kind")
    return LetterKind(word)


def _language(word: str | None) -> str | None:
    from intake.letters.kinds import LANGUAGES

    if word is not None and word not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")
    return word


def _made(office: Office, case: str) -> tuple[Made, ...]:
    from intake.store import letters

    with office.store.reading() as connection:
        return letters.basis(connection, case, settled_before=office.now()).letters


def _print_made(found: tuple[Made, ...], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "kind": one.kind.value,
                "day": one.day.isoformat(),
                "at": one.made_at.isoformat(),
                "by": one.actor,
                "way": one.way,
                "standing": one.standing,
                "language": one.language,
                "to": one.recipient.text,
                "subject": one.subject.text,
                "text": one.text.text,
            }
            for one in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in found:
        at = one.made_at.isoformat(" ", "minutes")
        typer.echo(
            f"{at}  {one.kind.value}  {one.way} ({one.standing})  by {one.actor}  to {one.recipient.text}"
        )
        typer.echo(f"Subject: {one.subject.text}\n\n{one.text.text}")
    if not found:
        typer.echo("No letter was made.", err=True)


def _told(ready: Ready, subject: str) -> dict[str, object]:
    return {
        "case": ready.basis.label,
        "kind": ready.kind.value,
        "language": ready.language,
        "addressee": ready.addressee,
        "to": ready.recipient.text,
        "subject": subject,
        "text": ready.filled.text.text,
        "html": ready.filled.html,
    }
