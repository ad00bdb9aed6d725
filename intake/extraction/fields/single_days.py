"""A day without a month: on the 5th, 19-го, 20 числа, am 5., le 10, el día 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import compress

from intake.extraction.fields.date_types import DaySpan, valid_day
from intake.extraction.fields.page import Mark, Page

_ENGLISH = frozenset({"st", "nd", "rd", "th"})
_GERMAN = frozenset({"ten", "sten"})
_SLAVIC = frozenset({"го", "ого"})
_OPENERS = frozenset({"on", "the", "from", "of", "dated", "till", "until", "since", "by"})
_BARE = {  # before a bare figure, by language; then no noun may follow
    "de": frozenset({"am", "vom", "den", "dem"}),
    "fr": frozenset({"le", "du"}),
    "es": frozenset({"el", "dia", "del"}),
}
_NO_NOUNS = {  # what is counted never begins so: "le 11 dès que j'ai vu", "el 8 la contable envió"
    "de": frozenset({"als", "weil", "nachdem", "bevor", "die", "der", "das", "mein", "meine", "unsere", "unser", "sofort"}),
    "fr": frozenset({"des", "quand", "lorsque", "car", "parce", "puisque", "apres", "avant", "avec", "sans", "la", "le", "les"})
    | frozenset({"mon", "ma", "mes", "notre", "nos", "votre", "vos", "alors", "juste", "aussitot"}),
    "es": frozenset({"apenas", "cuando", "porque", "tras", "antes", "despues", "ya", "mismo", "justo", "con", "sin", "la"})
    | frozenset({"el", "los", "las", "mi", "mis", "su", "sus", "nuestra", "nuestro", "nada", "aunque", "mientras"}),
}  # fmt: skip
_ORDINAL_OPENERS = {  # what stands before the day in words where no month follows
    "en": ("on the",),
    "de": ("am", "vom"),
    "ru": ("",),
    "uk": ("",),
    "fr": ("le",),
    "es": ("el", "el dia"),
}
_LISTED = frozenset({",", ";"})
_COUNTED = 7  # as far as people count their points
_PAST = {  # endings of verbs that no noun after «одиннадцатого» has: «одиннадцатого выехал»
    "ru": ("л", "ли", "лся", "лась", "лись", "ила", "нула", "ехала"),
    "uk": ("в", "ли", "вся", "лася", "лися", "лась", "лись", "ила", "нула", "їхала"),
}
_COUNTED_THINGS = frozenset({  # of «второго …»: «списание второго прошло» is told of a day, «второго списания» is not
    "списания", "платежа", "перевода", "заказа", "счета", "чека", "продления", "взноса", "пополнения", "возврата", "раза",
    "списання", "платежу", "переказу", "замовлення", "рахунку", "продовження", "поповнення", "внеску", "повернення", "разу",
})  # fmt: skip
_SHORTEST_VERB = 4
_LONGEST_MONTH = 31  # what goes beyond is its last day
_MONTHS = frozenset({"month", "last_month"})
_NO_DAY = frozenset({"-", "'", "/", "%"})
# After a bare day its sentence goes on: "el 8 me cobrasteis", "le 14 vous avez", "am 3 habt ihr".
_GOES_ON_TOO = frozenset({  # «пятнадцатого вы списали»
    "я", "мы", "мне", "меня", "нас", "нам", "вы", "вас", "вам", "он", "она", "они", "у", "с", "все", "уже",
    "опять", "снова", "же", "как", "як", "был", "была", "ми", "мені", "мене", "ви", "вони", "з", "знову", "вже", "був", "була",
})  # fmt: skip
_GOES_ON = (
    _GOES_ON_TOO
    | frozenset({"comme", "como", "wie", "as"})
    | frozenset(
        [
            "i",
            "we",
            "you",
            "he",
            "she",
            "they",
            "me",
            "se",
            "nos",
            "os",
            "te",
            "le",
            "les",
            "yo",
            "ustedes",
            "vosotros",
            "vous",
            "j",
            "on",
            "je",
            "nous",
            "ils",
            "m",
            "t",
            "habt",
            "haben",
            "hat",
            "habe",
            "wurde",
            "wurden",
            "ging",
            "gingen",
        ]
    )
)
_CARDINAL_DAYS = frozenset({"fr", "es"})
_BEFORE_DAY = frozenset({",", "(", "-", "on", "the", "am", "den", "le", "el", "dia", "числа"})
_AFTER_BARE = frozenset({".", ",", ")", "(", ";", "!", "?", "-", ":", "/"})


def single_days(page: Page) -> Iterator[DaySpan]:
    """Days of this or the last month, named by their figure alone."""
    if page.today is not None:
        yield from _spelled_days(page, page.today)
        yield from _days_in_figures(page, page.today)


def _spelled_days(page: Page, today: date) -> Iterator[DaySpan]:
    """Such as «первого числа», "the first of last month", "on the sixth, by card"."""
    for spelled in page.group("nth"):
        told = page.beginning("since", spelled.last)
        kind = told.kind if told else ""
        if kind in _MONTHS and told:
            last = told.last
        elif _day_by_itself(page, spelled):
            last = spelled.last
        else:
            continue
        past = kind == "last_month" or _last_month_before(page, spelled.first)
        end = _month_end(today) if past else today
        day = end if past and int(spelled.kind) > _LONGEST_MONTH else _latest(end, int(spelled.kind))
        yield from _single(page, day, spelled.first, last)


def _days_in_figures(page: Page, today: date) -> Iterator[DaySpan]:
    words = page.tokens.words
    for at in compress(range(len(words)), map(str.isdecimal, words)):
        word = words[at]
        if not (word.isascii() and len(word) <= 2 and 1 <= int(word) <= 31):
            continue
        last = _end(page, at)
        if last is None:
            continue
        told = page.beginning("since", last)
        past = told is not None and told.kind == "last_month"
        last = told.last if told and past else last
        past = past or _last_month_before(page, at)
        yield from _single(page, _latest(_month_end(today) if past else today, int(word)), at, last)


def _single(page: Page, day: date | None, first: int, last: int) -> Iterator[DaySpan]:
    if day is not None:
        start, end = page.tokens.starts[first], page.tokens.ends[last - 1]
        yield DaySpan(day=day, start=start, end=end, form="day_only")


def _month_end(today: date) -> date:
    """The last day of the month before."""
    return today.replace(day=1) - timedelta(days=1)


def _day_by_itself(page: Page, spelled: Mark) -> bool:
    """Whether a number in words is a day though no month is named: "on the sixth, by card", "el seis,", «шестого,»."""
    words, at, language = page.tokens.words, spelled.last, page.lexicon.language
    before = " ".join(words[max(0, spelled.first - 2) : spelled.first])
    if language not in _ORDINAL_OPENERS or not before.endswith(_ORDINAL_OPENERS[language]):
        return False
    if language in _PAST and not _genitive(words, spelled):
        return False
    if at == len(words) or (words[at].isdecimal() and page.beginning("currency", at + 1)):
        return True  # "am Neunten 40 Euro"
    if words[at].isalpha() and page.tokens.sentences[at] == page.tokens.sentences[at - 1]:
        if language == "de":
            return not page.text[page.tokens.starts[at]].isupper()  # "am ersten Tag"
        if language in _CARDINAL_DAYS and not before.endswith(" dia"):
            return words[at] in _GOES_ON  # "le onze j'ai payé", but "le six euros"
    return words[at] not in _NO_DAY and (_past_verb(page, at) or not _bare_noun(page, at))


def _genitive(words: Sequence[str], spelled: Mark) -> bool:
    """Whether «второго» is the case of days, and counts no payment: not «второе списание», «второго списания»."""
    if int(spelled.kind) > _LONGEST_MONTH:
        return True  # «последний день»
    after = words[spelled.last] if spelled.last < len(words) else ""
    return words[spelled.last - 1].endswith("го") and after not in _COUNTED_THINGS


def _past_verb(page: Page, at: int) -> bool:
    """Whether somebody does something on the day: «одиннадцатого выехал на трассу»."""
    word, endings = page.tokens.words[at], _PAST.get(page.lexicon.language)
    return endings is not None and len(word) >= _SHORTEST_VERB and word.endswith(endings)


def _last_month_before(page: Page, at: int) -> bool:
    """Such as "last month, on the 14th", «в прошлом месяце 14 числа»."""
    words = page.tokens.words
    for _ in range(4):
        told = page.ending("since", at)
        if told is not None and told.kind == "last_month":
            return True
        if not at or words[at - 1] not in _BEFORE_DAY:
            return False
        at -= 1
    return False


def _end(page: Page, at: int) -> int | None:
    """Index after the day that begins with the figures at `at`, or None where they are no day."""
    words = page.tokens.words
    after = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    if _glued(page, at + 1):
        if after in _ENGLISH:
            opened = (
                before in _OPENERS or page.ending("weekday", at) is not None or _heads_entry(page, at, at + 2)
            )
            return at + 2 if opened and not _noun(page, at + 2) else None
        german = after in _GERMAN and before in _BARE["de"]
        if german or (after == "." and page.lexicon.language == "de" and _heads_entry(page, at, at + 2)):
            return at + 2
        if after == "er" and before in {"le", "du", "ce"}:
            return at + 2
        step = at + 2 if after == "-" else at + 1
        if step < len(words) and words[step] in _SLAVIC and _glued(page, step):
            return step + 1
    counted = page.beginning("since", at + 1)
    if counted and counted.kind in {"month", "last_month"}:
        return counted.last if counted.kind == "month" else at + 1
    language = page.lexicon.language
    bare = before in _BARE.get(language, ()) and (
        not after or after in _NO_NOUNS.get(language, ()) or not _bare_noun(page, at + 1)
    )
    return at + 1 if bare or _named_by_weekday(page, at) else None


def _heads_entry(page: Page, at: int, last: int) -> bool:
    """Whether a day leads in an entry of a diary: "21 May: my card expires. 28th: you close it, 30th: I pay"."""
    words, sentences = page.tokens.words, page.tokens.sentences
    if last >= len(words) or not (at == 0 or sentences[at - 1] != sentences[at] or words[at - 1] in _LISTED):
        return False
    # "1st: refund me. 2nd: …" only counts, unless a month stands before
    told = int(words[at]) > _COUNTED or any(mark.first < at for mark in page.group("month")[:1])
    return told and words[last] == ":"


def _named_by_weekday(page: Page, at: int) -> bool:
    """Whether the figures fall on the weekday before them: "el domingo 7", "dimanche 7"."""
    weekday = page.ending("weekday", at)
    if weekday is None or page.today is None or _begins(page, at + 1, "currency", "unit"):
        return False
    found = _latest(page.today, int(page.tokens.words[at]))
    return found is not None and found.weekday() == int(weekday.kind)


def _glued(page: Page, at: int) -> bool:
    """Whether a token touches the one before it."""
    return at < len(page.tokens) and page.tokens.starts[at] == page.tokens.ends[at - 1]


def _noun(page: Page, at: int) -> bool:
    """Whether a counted thing follows the ordinal: "the 2nd payment", "the 3rd time"."""
    words = page.tokens.words
    if (
        at >= len(words)
        or not words[at].isalpha()
        or page.tokens.sentences[at] != page.tokens.sentences[at - 1]
    ):
        return False
    return _begins(page, at, "id", "unit", "month") or words[at] in {
        "time", "payment", "charge", "attempt", "mail", "email", "message", "one", "transaction", "floor", "anniversary",
        "month", "party", "grade", "century", "reminder", "letter", "person", "level", "generation", "gen",
    }  # fmt: skip


def _bare_noun(page: Page, at: int) -> bool:
    """Whether what follows a bare figure is anything but a mark, a join or a verb of paying."""
    word = page.tokens.words[at]
    if page.tokens.sentences[at] != page.tokens.sentences[at - 1]:
        return False
    if word in _AFTER_BARE:
        # a figure after the mark makes it a sum, a time or a fuller date
        return (
            word not in {"(", ")"}
            and at + 1 < len(page.tokens)
            and page.tokens.words[at + 1].isdecimal()
            and page.tokens.starts[at + 1] == page.tokens.ends[at]
        )
    if word in page.lexicon.joins or word in _GOES_ON:
        return False
    if _begins(page, at, "currency", "unit", "month"):
        return True
    return not _begins(page, at, "cue", "since", "src", "method")


def _begins(page: Page, at: int, *groups: str) -> bool:
    return any(page.beginning(group, at) for group in groups)


def _latest(today: date, day: int) -> date | None:
    """The last such day up to today, in this month or one of the two before."""
    month = today.replace(day=1)
    for _ in range(3):
        found = valid_day(month.year, month.month, day)
        if found and found <= today:
            return found
        month = (month - timedelta(days=1)).replace(day=1)
    return None
