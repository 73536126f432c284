"""What the short view of a page leaves folded: optional questions nobody has answered."""

from collections.abc import Callable, Iterable

from app.forms.answer import AnswerBook
from app.forms.condition import holds
from app.forms.question import Card, Page, Question, TableQuestion
from app.forms.visible import can_fold


class Folding:
    """The folds of one page while it is open. `folded`: question or table → its card, as `update` left it. What was seen with an
    answer once, or was opened by hand, is not folded any more until `start_again`."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.folded: dict[str, str] = {}
        self._opened: set[str] = set()
        self._answered: set[str] = set()

    def update(
        self, book: AnswerBook, *, quick: bool, awaited: Callable[[], Iterable[str]]
    ) -> None:
        """Decide anew. awaited: keys that indicators wait for, never folded; asked for only where something would be."""
        self.folded = {}
        for card in self._page.cards:
            for item in _items(card):
                if not can_fold(item, book):
                    self._answered.add(item.id)
                elif (
                    quick
                    and card.id not in self._opened
                    and item.id not in self._answered
                    and holds(item.condition, book)
                ):
                    self.folded[item.id] = card.id
        if self.folded:
            for key in awaited():
                self.folded.pop(key.split("/", 1)[0], None)
        asked = {item.id for card in self._page.cards for item in _asked(card, book)}
        if asked == set(self.folded):  # a page of nothing but optional questions would be empty
            self.folded = {}

    def open(self, card_id: str) -> str:
        """The card stays open from the next `update` on; the first question that was folded in it, "" for none."""
        self._opened.add(card_id)
        return next((key for key, card in self.folded.items() if card == card_id), "")

    def start_again(self) -> None:
        self._opened.clear()
        self._answered.clear()

    def waiting(self, card: Card) -> list[Question | TableQuestion]:
        """What is folded in a card, in order."""
        return [item for item in _items(card) if item.id in self.folded]

    def is_closed(self, card: Card, book: AnswerBook) -> bool:
        """Whether everything the card asks for is folded."""
        return bool(self.waiting(card)) and all(i.id in self.folded for i in _asked(card, book))


def _items(card: Card) -> list[Question | TableQuestion]:
    return [item for item in card.items if isinstance(item, Question | TableQuestion)]


def _asked(card: Card, book: AnswerBook) -> list[Question | TableQuestion]:
    return [item for item in _items(card) if holds(item.condition, book)]
