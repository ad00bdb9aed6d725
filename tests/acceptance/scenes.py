"""What happens in the stories: the mail of each round, and what people do between them."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.play import DAY, PAID, PAID_DE, PAID_RU, Play

TWICE = "I was charged twice for my plan, please refund the second payment."


def act(stage: Play) -> None:
    """The whole play."""
    first = requests(stage)
    stage.poll()
    closed, silent, late = (stage.of(f"{name}@example.org")[0] for name in ("closed", "silent", "late"))
    for name in ("five", "ru", "de"):
        stage.run("letter", "draft", stage.of(f"{name}@example.org")[0])
    stage.run("queue", "close", closed, "--as", "withdrawn", "--reason", "the customer said so by phone")
    stage.run("letter", "send", silent)
    stage.run("letter", "send", stage.of("gone@example.org")[0])
    answers(stage, first)
    stage.bounce("gone@example.org")
    stage.poll()
    last(stage, first)
    decide(stage, late)
    stage.poll()


def requests(stage: Play) -> dict[str, str]:
    """The first round; gives Message-IDs by name."""

    def ask(name: str, text: str, **how: str) -> str:
        return stage.mail(f"{name}@example.org", f"{text}\n", **how)  # type: ignore[arg-type] # words only

    def full(name: str, order: str) -> str:
        return f"{TWICE} My account is {name}@example.org, order {order}, 49.00 EUR by card on {PAID}."

    ids = {
        "five": ask("five", f"{TWICE} My account is five@example.org."),
        "ru": ask(
            "ru",
            "Здравствуйте! С меня дважды списали оплату за тариф. Верните второй платёж. Мой аккаунт ru@example.org.",
        ),
        "de": ask(
            "de",
            "Guten Tag, mir wurde zweimal abgebucht, bitte erstatten Sie die zweite Zahlung. Mein Konto ist de@example.org.",
            to="pars",
        ),
        "closed": ask("closed", full("closed", "EO-10001")),
        "forged": ask("forged", full("forged", "EO-10002")),
        "other": ask("other", full("other", "EO-10003")),
        "late": ask("late", full("late", "PE-10004"), to="pars"),
        "silent": ask("silent", f"{TWICE} My account is silent@example.org."),
        "gone": ask("gone", f"{TWICE} My account is gone@example.org."),
        "again": ask("again", full("again", "EO-10005")),
        "both": ask("both", full("both", "EO-10006"), ident="<both@mail.example.net>"),
    }
    ask("both", full("both", "EO-10006"), ident="<both@mail.example.net>", to="pars")
    stage.mail(
        "third@example.org",
        "I am writing on behalf of my boss. His account boss@example.net was charged twice, please refund his "
        f"second payment. Order EO-30003, 49.00 EUR by card on {PAID}.\n",
    )
    stage.mail(
        "lost@example.org",
        f"{TWICE} My account is old@example.net but I no longer have access to that mailbox. "
        f"Order EO-40004, 49.00 EUR by card on {PAID}.\n",
    )
    return ids


def answers(stage: Play, first: dict[str, str]) -> None:
    letter = stage.draft_to("support", "five@example.org")
    stage.mail(
        "five@example.org",
        "The order number is EO-55555, I paid 49.00 EUR.\n",
        subject=f"Re: {letter['Subject']}",
        answers=letter["Message-ID"],
        proven=False,  # our token is enough
    )
    letter = stage.draft_to("support", "ru@example.org")
    stage.mail(
        "ru@example.org",
        f"Номер заказа EO-66666, оплатил картой {PAID_RU}, 1990 рублей.\n",
        subject="Re: Возврат",
        answers=letter["Message-ID"],  # a letter of ours, and the server vouches for the sender
    )
    letter = stage.draft_to("pars", "de@example.org")
    stage.mail(
        "de@example.org",
        f"Bestellnummer PE-77777, 900 RUB mit Karte am {PAID_DE}.\n",
        to="pars",
        at=letter["Reply-To"],
        subject="Rückerstattung",
        proven=False,
    )
    closed = f"Here is what you asked for: order EO-10001. {TWICE}\n"
    stage.mail("closed@example.org", closed, subject="Re: Refund", answers=first["closed"])
    forged = "Correction: the amount was 900.00 EUR.\n"
    stage.mail("forged@example.org", forged, subject="Re: Refund", answers=first["forged"], proven=False)
    other = f"Also refund my order EO-99999, 20.00 EUR, paid by card on {PAID}.\n"
    stage.mail("other@example.org", other, subject="Re: Refund", answers=first["other"])
    again = (
        f"{TWICE} Nobody answers! Account again@example.org, order EO-10005, 49.00 EUR by card on {PAID}.\n"
    )
    stage.mail("again@example.org", again)


def last(stage: Play, first: dict[str, str]) -> None:
    stage.mail(
        "stranger@example.net",
        "The amount was 500.00 EUR, I paid by PayPal.\n",
        subject="Re: Refund",
        answers=first["five"],
    )
    stage.poll()
    letter = stage.draft_to("support", "five@example.org")
    stage.mail(
        "five@example.org",
        f"I paid by card on {PAID}. The amount was 59.00 EUR.\n",
        subject=f"Re: {letter['Subject']}",
        answers=letter["Message-ID"],
    )


def decide(stage: Play, case: str) -> None:
    """A lead finds in the records that it was paid long ago, refuses, and tells the customer why."""
    stage.run("queue", "claim", case)
    stage.run("queue", "set", case, "order.paid_on", (DAY - timedelta(days=60)).isoformat())
    stage.run("queue", "decide", case, "--deny", "--reason", "paid two months ago")
    stage.run("letter", "send", case)
    stage.run("letter", "tick")
