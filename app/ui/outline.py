"""Where things are in the questionnaire of an audit: pages in order, the page of an answer key, what search can find."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.audit.project import AuditProject
from app.files import safe_name
from app.forms.answer import AnswerBook
from app.forms.question import FigureStrip, Page, Question, Questionnaire, Stage, TableQuestion
from app.forms.visible import asked_columns, asked_items


def _tr(text: str) -> str:
    return QCoreApplication.translate("outline", text)


PAGE = "页"  # the kind of a Findable that is a page


@dataclass(frozen=True)
class Place:
    """A page in its stage."""

    stage: Stage
    page: Page

    @property
    def crumb(self) -> str:
        """「A 准备与现状 / A4 能源」."""
        return f"{self.stage.id} {self.stage.title} / {self.page.number} {self.page.short}"


@dataclass(frozen=True)
class Findable:
    """One line of the search palette. detail: where it is; kind: 页, 问题, 表, 列, 指标. words: the question in full."""

    text: str
    detail: str
    kind: str
    page_id: str
    key: str = ""
    number: str = ""
    words: str = ""


class Outline:
    """The pages this program can show, in order, and what is on them."""

    def __init__(self, questionnaire: Questionnaire, kinds: frozenset[str]) -> None:
        self.stages = tuple(
            (stage, pages)
            for stage in questionnaire.stages
            if (pages := tuple(page for page in stage.pages if page.kind in kinds))
        )
        self.places = tuple(Place(stage, page) for stage, pages in self.stages for page in pages)
        self._index = {place.page.id: i for i, place in enumerate(self.places)}
        self._page_of: dict[str, str] = {}
        self._designed: dict[str, str] = {}
        for place in self.places:
            self._designed.setdefault(place.page.kind, place.page.id)
            for item in _items(place.page):
                if isinstance(item, FigureStrip):
                    for quantity in item.quantities:
                        self._page_of.setdefault(f"override/{quantity}", place.page.id)
                else:
                    self._page_of.setdefault(item.id, place.page.id)

    def place(self, page_id: str) -> Place:
        """KeyError for a page that is not shown."""
        return self.places[self._index[page_id]]

    def has(self, page_id: str) -> bool:
        return page_id in self._index

    def before(self, page_id: str) -> Place | None:
        position = self._index[page_id]
        return self.places[position - 1] if position > 0 else None

    def after(self, page_id: str) -> Place | None:
        position = self._index[page_id] + 1
        return self.places[position] if position < len(self.places) else None

    def page_of_kind(self, kind: str) -> str:
        """The first page of a designed kind, "" when there is none."""
        return self._designed.get(kind, "")

    def page_of_key(self, key: str) -> str:
        """The page an answer is given on, "" when no page shows it."""
        if key.startswith("indicator/"):
            return self.page_of_kind("benchmark")
        found = self._page_of.get(key)
        return found or self._page_of.get(key.split("/", 1)[0], "")

    def findables(self, book: AnswerBook) -> Iterator[Findable]:
        """Pages, then the questions and tables that are asked, in reading order."""
        for place in self.places:
            yield Findable(
                f"{place.page.number} {place.page.short}", place.stage.title, PAGE, place.page.id
            )
        for place in self.places:
            where = f"{place.page.number} {place.page.short}"
            for item in asked_items(place.page, book):
                if isinstance(item, Question):
                    yield Findable(
                        item.short or item.title,
                        where,
                        "问题",
                        place.page.id,
                        item.id,
                        item.number,
                        item.title if item.short else "",
                    )
                else:
                    yield Findable(item.title, where, "表", place.page.id, item.id, item.number)
                    for column in asked_columns(item, book):
                        yield Findable(
                            column.title, f"{where} · {item.title}", "列", place.page.id, item.id
                        )


def _items(page: Page) -> Iterator[Question | TableQuestion | FigureStrip]:
    for card in page.cards:
        for item in card.items:
            if isinstance(item, Question | TableQuestion | FigureStrip):
                yield item


def key_label(project: AuditProject, key: str) -> str:
    """How people call the place of an answer key, also for indicators and typed-over figures."""
    kind, _, rest = key.partition("/")
    if kind == "indicator" and project.system is not None:
        table_id, _, indicator_id = rest.partition("/")
        for table in project.system.tables:
            if table.id == table_id:
                return next((i.name for i in table.indicators() if i.id == indicator_id), key)
    if kind == "override":
        return project.derivation.figure(rest).title
    if key in ("audit.system", "audit.table"):
        return _tr("指标体系") if key == "audit.system" else _tr("评价用的表")
    if key.startswith("front."):
        return _tr("新建审核的问题")
    return project.index.label_of(key, project.book)


def short_name(stem: str, full_name: str) -> str:
    """The name people use: 「澄岭五金」 of a file 「澄岭五金 2026 第一轮」, if the full name has it; else the full name."""
    words = stem.split(" ")
    for count in range(len(words), 0, -1):
        if (name := " ".join(words[:count])) in full_name:
            return full_name if name == safe_name(full_name) else name  # cut by a file's limit
    return full_name or stem
