"""No question set speaks the language of another trade: what is shown to a firm has words of its own field only."""

import re
from collections.abc import Iterator

import pytest

from app.forms.answer import AnswerBook, Given
from app.forms.condition import holds
from app.forms.question import Questionnaire
from tests.helpers.forms import shipped_forms
from tests.helpers.trades import TRADES

# Lists that name every trade on purpose: there the firm picks its own.
LISTS = {
    "process.list", "audit.questionnaire", "voc.materials.sort", "voc.capture_kind", "voc.treatment_kind", "front.chemicals",
}  # fmt: skip
NAMES = [name for name in shipped_forms().questionnaires if name != "front_door"]
ALWAYS = {"voc.used": "yes", "packaging.used": "yes", "energy.own_used": "yes", "voc.by_factor": "yes"}  # fmt: skip
OTHERS = ["woodworking", "moulding", "machining", "other"]


def shown(questionnaire: Questionnaire, book: AnswerBook) -> Iterator[tuple[str, str]]:
    """(where, text) of everything these answers let one see, help and examples included."""
    for page in questionnaire.pages():
        for text in (page.title, page.short, page.subtitle, page.why, page.mistakes):
            yield page.id, text
        for text in (*page.how, *page.evidence, *page.basis):
            yield page.id, text
        for card in page.cards:
            if not holds(card.condition, book):
                continue
            yield card.id, f"{card.title} {card.note}"
            for item in card.items:
                if not holds(getattr(item, "condition", None), book):
                    continue
                where = getattr(item, "id", card.id)
                for part in (item, *getattr(item, "columns", ())):
                    if not holds(getattr(part, "condition", None), book):
                        continue
                    own = getattr(part, "id", card.id)
                    place = own if part is item else f"{where}.{own}"
                    if place in LISTS:
                        continue
                    yield place, " ".join(_texts(part))


def _texts(part: object) -> Iterator[str]:
    for name in ("title", "short", "help", "why", "mistakes", "examples", "empty", "row_title"):
        value = getattr(part, name, "")
        if isinstance(value, str):
            yield value
    for name in ("how", "evidence"):
        yield from getattr(part, name, ()) or ()
    for option in (*getattr(part, "options", ()), *getattr(part, "fixed_rows", ())):
        yield getattr(option, "label", "")


def foreign(questionnaire: Questionnaire, book: AnswerBook, trades: set[str]) -> list[str]:
    """「where: word」 of each word of a trade that is not one of `trades`."""
    found = []
    for where, text in shown(questionnaire, book):
        for trade, (words, at_home) in TRADES.items():
            hit = re.search(words, text)
            if hit and not at_home & trades:
                found.append(f"{where}: {hit.group()}（{trade}）")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_field_hears_its_own_words(name: str) -> None:
    processes = {"process.list": "|".join(OTHERS)} if name == "industry" else {}
    book = AnswerBook(
        {
            key: Given(text)
            for key, text in (ALWAYS | processes | {"audit.questionnaire": name}).items()
        }
    )
    assert foreign(shipped_forms().questionnaires[name], book, {name}) == []


# one process of each pilot sector of the province, and some beside them
SECTORS = [
    "steelmaking", "refining", "kiln", "casting", "dyeing", "papermaking", "synthesis", "plating_nickel", "food",
    "painting", "powder", "printing", "etching", "moulding",
]  # fmt: skip


@pytest.mark.parametrize("process", SECTORS)
def test_a_works_hears_the_words_of_its_own_processes_only(process: str) -> None:
    answers = ALWAYS | {"process.list": process}
    book = AnswerBook({key: Given(text) for key, text in answers.items()})
    own = {"powder": "painting", "plating_nickel": "plating"}.get(process, process)
    found = foreign(
        shipped_forms().questionnaires["industry"], book, {f"process:{own}", "industry"}
    )
    assert found == []


@pytest.mark.parametrize("process", [one for one in SECTORS if one not in ("moulding", "powder")])
def test_each_pilot_sector_is_asked_something_of_its_own(process: str) -> None:
    questionnaire = shipped_forms().questionnaires["industry"]
    own, none = (
        {where for where, _ in shown(questionnaire, AnswerBook({"process.list": Given(one)}))}
        for one in (process, "other")
    )
    assert len(own - none) >= 3


def test_the_rule_sees_a_foreign_word() -> None:
    questionnaire = shipped_forms().questionnaires["industry"]
    book = AnswerBook({"process.list": Given("plating_zinc")})
    assert any("镀" in one for one in foreign(questionnaire, book, {"industry"}))
