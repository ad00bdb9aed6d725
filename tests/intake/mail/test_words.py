"""New words against quoted ones, in the styles of the mail programs that customers use, in six languages."""

from __future__ import annotations

import pytest

from intake.mail.lines import parted
from intake.mail.redacted import Author
from intake.mail.text import Who, Words, split_words

HELP = "Support <help@shop.example>"
ANN = Who(
    customer=frozenset({"ann@example.org"}),
    customer_name="ann example",
    support=frozenset({"help@shop.example"}),
    replies=True,
)
FORWARDS = Who(
    customer=frozenset({"ann@example.org"}), support=frozenset({"help@shop.example"}), forwards=True
)


def split(text: str, who: Who = ANN) -> tuple[str, str, list[tuple[Author, bool, str]], Words]:
    words = split_words(text, who)

    def said(spans: tuple[tuple[int, int], ...]) -> str:
        return "\n".join(text[a:b] for a, b in spans).strip()

    quotes = [(quote.author, quote.forwarded, said(quote.spans)) for quote in words.quotes]
    return said(words.new.spans), said(words.signature.spans), quotes, words


MARKED = [  # attribution lines of programs that mark each quoted line
    f"On Mon, Jun 1, 2026 at 9:12 AM {HELP} wrote:",
    "On Mon, Jun 1, 2026 at 9:12 AM Support Team of a Company with a Long Name\n<help@shop.example> wrote:",
    "On 01/06/2026 09:12, Support wrote:",
    "On Monday, June 1, 2026, Support Team wrote:",
    f"Am Mo., 1. Juni 2026 um 09:12\u202fUhr schrieb {HELP}:",
    "Am 01.06.26 um 09:12 schrieb Support:",
    f"Le lun. 1 juin 2026 à 09:12, {HELP} a écrit :",
    "El lun, 1 jun 2026 a las 9:12, Support (<help@shop.example>) escribió:",
    f"пн, 1 июн. 2026\u202fг. в 09:12, {HELP}:",
    "01.06.2026 09:12, Support пишет:",
    "01.06.2026 в 09:12, Shop Support:",
    "Le 1 juin 2026 à 09:12, Support Shop :",
    f"Понедельник, 1 июня 2026, 9:12 +03:00 от {HELP}:",
    '01.06.2026, 09:12, "Support" <help@shop.example>:',
    "Вы писали 1 июня 2026 г., 9:12:30:",
    f"пн, 1 черв. 2026\u202fр. о 09:12 {HELP} пише:",
    "01.06.2026 09:12, Support пише:",
    f"Il giorno lun 1 giu 2026 alle ore 09:12 {HELP} ha scritto:",
]


@pytest.mark.parametrize("line", MARKED)
def test_top_posting(line: str) -> None:
    new, _, quotes, words = split(f"Order 5, paid by card.\n\n{line}\n\n> Which order?\n> Thank you\n")
    assert new == "Order 5, paid by card."
    assert quotes == [(Author.OTHER, False, "Which order?\nThank you")]
    assert "\n".join(line for line in [line]).split("\n")[0] in _heading(
        words, f"Order 5, paid by card.\n\n{line}"
    )


def _heading(words: Words, text: str) -> str:
    return "\n".join(text[a:b] for a, b in words.quotes[0].heading)


@pytest.mark.parametrize("line", MARKED)
def test_bottom_posting(line: str) -> None:
    new, _, quotes, _ = split(f"{line}\n> Which order?\n\nOrder 5, paid by card.")
    assert new == "Order 5, paid by card."
    assert [quote[2] for quote in quotes] == ["Which order?"]


@pytest.mark.parametrize(
    "line",
    [
        f"On 1 Jun 2026, at 09:12, {HELP} wrote:",
        f"Am 01.06.2026 um 09:12 schrieb {HELP}:",
        f"Le 1 juin 2026 à 09:12, {HELP} a écrit :",
        f"El 1 jun 2026, a las 9:12, {HELP} escribió:",
        f"1 июня 2026 г., в 09:12, {HELP} написал(а):",
        f"1 черв. 2026 р. о 09:12 {HELP} написав(-ла):",
    ],
)
def test_the_attribution_is_quoted_too(line: str) -> None:
    new, signature, quotes, _ = split(f"Order 5\n\nSent from my iPhone\n\n> {line}\n> \n> Which order?\n")
    assert (new, signature) == ("Order 5", "Sent from my iPhone")
    assert quotes == [(Author.OTHER, False, "Which order?")]


BLOCKS = [
    "From: {0}\nSent: Monday, June 1, 2026 9:12 AM\nTo: Ann Example <ann@example.org>\nSubject: RE: refund",
    "From: Shop Support\nSent: Monday, June 1, 2026 9:12 AM\nTo: Ann Example\nSubject: RE: refund",
    "*From:* {0}\n*Sent:* Monday, June 1, 2026 9:12 AM\n*To:* Ann\n*Subject:* RE: refund",
    "From: {0}\n\nSent: Monday, June 1, 2026 9:12 AM\n\nTo: Ann\n\nSubject: RE: refund",
    "-----Original Message-----\nFrom: Support [mailto:help@shop.example]\nSent: 1 June 2026\nTo: x@example.org\nSubject: y",
    "________________________________\nFrom: {0}\nSent: Monday, June 1, 2026 9:12:00 AM\nTo: Ann\nSubject: Re: x",
    "-------- Original message --------\nFrom: {0} \nDate: 01/06/2026  09:12  (GMT+01:00) \nTo: ann@example.org \nSubject: x ",
    "Von: {0} \nGesendet: Montag, 1. Juni 2026 09:12\nAn: Ann\nCc: x@example.net\nBetreff: AW: Geld",
    "-----Ursprüngliche Nachricht-----\nVon: {0}\nGesendet: Montag, 1. Juni 2026 09:12\nAn: Ann\nBetreff: AW: Geld",
    "Gesendet: Montag, 01. Juni 2026 um 09:12 Uhr\nVon: {0}\nAn: ann@example.org\nBetreff: Re: x",
    "De : {0}\nEnvoyé : lundi 1 juin 2026 09:12\nÀ : Ann <ann@example.org>\nObjet : RE: x",
    "De: {0}\nEnviado: lunes, 1 de junio de 2026 9:12\nPara: Ann\nAsunto: RE: x",
    "От: {0}\nОтправлено: 1 июня 2026 г. 9:12\nКому: Ann\nТема: RE: возврат",
    "-----Исходное сообщение-----\nОт: {0}\nОтправлено: 1 июня 2026 г. 9:12\nКому: ann@example.org\nТема: x",
    "Від: {0}\nНадіслано: 1 червня 2026 р. 9:12\nКому: Ann\nТема: RE: повернення",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_everything_below_a_header_block_is_quoted(block: str) -> None:
    new, _, quotes, words = split(f"Order 5.\n\nAnn\n\n{block.format(HELP)}\n\nWhich order?\n\nShop")
    assert new == "Order 5.\n\nAnn"
    assert quotes == [(Author.OTHER, False, "Which order?\n\nShop")]
    assert words.quotes[0].heading


def test_a_thread_of_header_blocks_tells_the_customers_own_words() -> None:
    thread = "\n\n".join(
        [
            "Order 5.",
            f"From: {HELP}\nSent: Monday, June 1, 2026 9:12 AM\nTo: Ann\nSubject: RE: x",
            "Which order?",
            "From: Ann Example <ann@example.org>\nSent: Sunday, May 31, 2026 9:12 AM\nTo: help@shop.example\nSubject: x",
            "I paid twice on 12 May.",
        ]
    )
    assert split(thread)[2] == [
        (Author.OTHER, False, "Which order?"),
        (Author.CUSTOMER, False, "I paid twice on 12 May."),
    ]


def test_quotes_in_quotes_are_parted_by_writer() -> None:
    text = (
        f"Yes.\n\nOn 2 Jun 2026 at 10:00, {HELP} wrote:\n> Which one?\n>\n"
        "> On 1 Jun 2026 at 09:12, Ann Example <ann@example.org> wrote:\n> > I paid twice."
    )
    assert split(text)[2] == [(Author.OTHER, False, "Which one?"), (Author.CUSTOMER, False, "I paid twice.")]


def test_answers_between_the_questions() -> None:
    text = f"On 1 Jun 2026 at 09:12, {HELP} wrote:\n\n> 1. number?\n\n12345\n\n> 2. date?\n\n3 June\n\nAnn"
    new, _, quotes, _ = split(text)
    assert new.split() == ["12345", "3", "June", "Ann"]
    assert quotes == [(Author.OTHER, False, "1. number?"), (Author.OTHER, False, "2. date?")]


def test_unnamed_quotes_in_an_answer_to_us_are_ours() -> None:
    text = "> 1. number?\n12345\n"
    assert split(text)[2][0][0] is Author.UNKNOWN
    assert split(text, Who(support=ANN.support, replies=True, answers_support=True))[2][0][0] is Author.OTHER


def test_a_form_of_the_customers_own_at_the_top() -> None:
    text = "From: ann@example.org\nSubject: refund\nDate: 3 June\n\nI paid twice, order 5."
    assert split(text, Who(customer=ANN.customer))[0] == text


def test_initials_before_the_mark() -> None:
    new, _, quotes, _ = split(
        "Здравствуйте.\n\nВы писали 1 июня 2026 г., 9:12:30:\n\nS> Номер?\nS> Дата?\n\n12345"
    )
    assert new.split() == ["Здравствуйте.", "12345"]
    assert quotes == [(Author.OTHER, False, "Номер?\nДата?")]


def test_programs_without_marks() -> None:
    new, _, quotes, _ = split(
        f"Order 5\n\n    On Monday, June 1, 2026 at 09:12:00 AM GMT+3, {HELP} wrote:  \n \n Which?"
    )
    assert (new, quotes) == ("Order 5", [(Author.OTHER, False, "Which?")])


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, Jun 1, 2026 at 9:12 AM, Support<help@shop.example> wrote:",
        "El lun., 1 de jun. de 2026 a la(s) 9:12 a. m., Support<help@shop.example> escribió:",
        "Le lun., juin 1, 2026 à 9:12, Support<help@shop.example> a écrit :",
    ],
)
def test_phones_that_put_the_quote_behind_its_attribution(line: str) -> None:
    new, _, quotes, _ = split(parted(f"Order 5.\n\n  {line}   Which order?\nThank you\n"))
    assert new == "Order 5."
    assert quotes == [(Author.OTHER, False, "Which order?\nThank you")]
    plain = "I am ann@example.org:  that is my account"
    assert parted(plain) == plain


def test_ticket_systems_draw_a_line() -> None:
    new, _, quotes, _ = split("Order 5\n\n##- Please type your reply above this line -##\n\nWhich order?")
    assert (new, quotes) == ("Order 5", [(Author.OTHER, False, "Which order?")])


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nOn 12 June at 14:03 I paid and your agent wrote:\nyou will get it back.\n\nWhere is it?",
        "Здравствуйте. 12 июня 2026 вы мне написали:\nвернём деньги\nгде они?",
        "From: Berlin\nTo: Munich\nDate: 3 June\nI ordered the wrong ticket",
        "Name: Ann\nDate: 3 June\nSubject: refund\nOrder: 5",
        "3 June 2026, 10:15, paid by card to Shop <billing@shop.example>:\n49 EUR\n\nPlease refund.",
        "My account ann@example.org, paid 03.06.2026, details:\nOrder 5\nAmount 49",
        "Your agent told me in chat:\n\n[10:14] Irina: you will get it back\n[10:15] Ann: when?",
        "Am 3. Juni 2026 um 10:15 schrieb mir Ihr Kollege Max:\nSie bekommen das Geld.\n\nBisher nichts.",
        "3 июня 2026 в 10:15 оператор Кирилл написал:\nвернём деньги\n\nДо сих пор нет.",
        "Le 3 juin votre agent m'a écrit :\nvous serez remboursé\n\nRien.",
        "Order 5\n--------------------\nPaid 49 EUR\n--------------------\nplease refund",
        "hello\n>From the start I said no\nthanks",
        "I got this forwarded message\nfrom you and do not understand it",
        "Details:\nOrder: 5\nPaid: 3 June at 10:15:\nby card",
    ],
)
def test_a_customers_own_sentences_stay_new(text: str) -> None:
    new, signature, quotes, _ = split(text)
    assert (new, signature, quotes) == (text, "", [])


def test_marks_beyond_twenty_stay_as_typed() -> None:
    text = "Please refund me.\n" + "> " * 25 + "a very old line\n" + "> " * 3 + "a younger one"
    quotes = [text[slice(*passage.spans[0])] for passage in split_words(text, Who()).quotes]
    assert quotes == ["a younger one", "> " * 5 + "a very old line"]
