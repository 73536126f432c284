"""Question sets: pages, cards, questions and tables, with what they share through `include:`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.assessment.numbers import parse_exact
from app.assessment.units import find_unit
from app.forms.condition import AllOf, AnyOf, Comparison, Condition, Operator
from app.forms.quantity import Quantity
from app.forms.question import (
    MEASURES,
    OFFERED,
    Card,
    Carrier,
    ChartItem,
    FigureStrip,
    MeasureItem,
    NumberCheck,
    Option,
    Page,
    Question,
    QuestionKind,
    Questionnaire,
    RowsKind,
    Stage,
    TableQuestion,
)
from app.forms.question_index import QuestionIndex
from app.standards.fields import Fields, entries_of, words_of
from app.standards.form_reading import checked_id
from app.standards.reader import Reader
from app.standards.tree import Branch, Items, Node
from app.standards.yaml_tree import read_or_note

PAGE_KINDS = ("form", "benchmark", "report", "options", "economics", "path", "owner")
_HELP = ("help", "why", "how", "evidence", "basis", "mistakes")
_QUESTION_KEYS = (
    "question", "title", "short", "kind", "unit", "options", "required", "silences", "default", "derived",
    "condition", "minimum", "maximum", "usual_minimum", "usual_maximum", "integer", "negative", "source",
    "examples", "width", "keep", "choices_from", "part_of", "detection", "bounds", "headings", "unfolded",
    "tonnes", "unit_of", "carriers",
    *_HELP,
)  # fmt: skip
_COLUMN_KEYS = ("column", *_QUESTION_KEYS[1:])
_TABLE_KEYS = (
    "table", "title", "rows", "columns", "fixed_rows", "row_title", "total", "outliers", "optional_rows",
    "rows_of", "named_by",
    "condition", "keep", *_HELP,
)  # fmt: skip
_CARD_KEYS = ("card", "title", "items", "note", "condition", "keep")
_PAGE_KEYS = (
    "page", "short", "title", "subtitle", "kind", "cards", "minutes", "why", "how", "evidence", "basis", "mistakes",
)  # fmt: skip
_NUMERIC = (QuestionKind.NUMBER,)


class QuestionReader:
    """Reads the pages of one question set and remembers its ids."""

    def __init__(
        self,
        root: Path,
        quantities: Mapping[str, tuple[Quantity, Node]],
        faults: Reader,
        shared: dict[Path, Node | None],
    ) -> None:
        self._shared = shared
        self._root = root
        self._quantities = quantities
        self._faults = faults
        self._seen: dict[str, str] = {}
        self._conditions: list[tuple[str, str]] = []

    def included(self, marks: Sequence[Node]) -> list[Node]:
        """The list with every `include: file` replaced by what the file holds (one piece or a list of pieces).

        An included page may get further cards of its own: `add: [cards]` puts them after the shared ones.
        """
        result: list[Node] = []
        for mark in marks:
            if "include" not in entries_of(mark):
                result.append(mark)
                continue
            fields = Fields(mark, self._faults, ("include", "add"), "引用")
            path = self._root / fields.text("include")
            if not path.is_file():
                self._faults.fail(mark.place, f"没有文件「{fields.text('include')}」", "检查路径")
                continue
            if path not in self._shared:
                self._shared[path] = read_or_note(path, self._faults)
            shared = self._shared[path]
            if shared is not None:
                inside = shared.nodes if isinstance(shared, Items) else (shared,)
                pieces = self.included(inside)
                if "add" in fields.map:
                    pieces = self._with_cards(pieces, fields)
                result.extend(pieces)
        return result

    def _with_cards(self, pieces: list[Node], fields: Fields) -> list[Node]:
        page = pieces[0]
        cards = entries_of(page).get("cards")
        if len(pieces) != 1 or not isinstance(page, Branch) or not isinstance(cards, Items):
            self._faults.fail(fields.where("add"), "add 只能用在引用一整页的时候", "去掉 add")
            return pieces
        together = replace(cards, nodes=(*cards.nodes, *fields.items("add")))
        return [replace(page, entries={**page.entries, "cards": together})]

    def page(self, mark: Node, stage_id: str, position: int) -> Page:
        fields = Fields(mark, self._faults, _PAGE_KEYS, "页")
        page_id = self._claim(fields, "page")
        kind = fields.text("kind", "form")
        if kind not in PAGE_KINDS:
            self._faults.fail(
                fields.where("kind"), f"没有「{kind}」这种页", f"用：{'、'.join(PAGE_KINDS)}"
            )
        number = f"{stage_id}{position}"
        prefix = str(position) if stage_id == "A" else number
        counter = _Counter(prefix)
        cards = tuple(self._card(card, counter) for card in self.included(fields.items("cards")))
        minutes = fields.text("minutes", "10")
        if not minutes.isdigit():
            self._faults.fail(fields.where("minutes"), "分钟数要写整数", "例如 10")
            minutes = "10"
        return Page(
            page_id,
            number,
            fields.text("short"),
            fields.text("title"),
            fields.text("subtitle", ""),
            kind,
            cards,
            fields.text("why", ""),
            fields.texts("how"),
            fields.texts("evidence"),
            fields.texts("basis"),
            fields.text("mistakes", ""),
            int(minutes),
        )

    def _card(self, mark: Node, counter: "_Counter") -> Card:
        fields = Fields(mark, self._faults, _CARD_KEYS, "卡片")
        card_id = fields.text("card")
        items: list[Question | TableQuestion | FigureStrip | ChartItem | MeasureItem] = []
        for item in self.included(fields.items("items")):
            content = entries_of(item)
            if "question" in content:
                items.append(self._question(item, "question", _QUESTION_KEYS, counter.next()))
            elif "table" in content:
                items.append(self._table(item, counter.next()))
            elif "figures" in content:
                strip = Fields(item, self._faults, ("figures",), "数字条")
                for quantity_id in strip.texts("figures"):
                    self._known_quantity(quantity_id, item)
                items.append(FigureStrip(strip.texts("figures")))
            elif "chart" in content:
                chart = Fields(item, self._faults, ("chart", "title", "empty"), "图")
                items.append(
                    ChartItem(chart.text("chart"), chart.text("title"), chart.text("empty", ""))
                )
            elif "measure" in content:
                measure = Fields(item, self._faults, ("measure", "title"), "写进方案")
                if measure.text("measure") not in MEASURES:
                    known = "、".join(MEASURES)
                    self._faults.fail(item.place, "没有这种比较", f"用：{known}")
                items.append(MeasureItem(measure.text("measure"), measure.text("title")))
            else:
                self._faults.fail(
                    item.place,
                    "不知道这是什么",
                    "用 question、table、figures、chart、measure 或 include 开头",
                )
        return Card(
            card_id,
            fields.text("title"),
            tuple(items),
            fields.text("note", ""),
            self.condition(fields),
            _keep(fields),
        )

    def _question(self, mark: Node, key: str, allowed: tuple[str, ...], number: str) -> Question:
        fields = Fields(mark, self._faults, allowed, "问题" if key == "question" else "列")
        question_id = (
            self._claim(fields, key) if key == "question" else checked_id(fields, key, self._faults)
        )
        kind_text = fields.text("kind", "number" if "derived" in fields.map else None)
        try:
            kind = QuestionKind(kind_text)
        except ValueError:
            known = "、".join(QuestionKind)
            self._faults.fail(fields.where("kind"), f"没有「{kind_text}」这种问题", f"用：{known}")
            kind = QuestionKind.TEXT
        options = self._options(fields, "options")
        choosing = kind in (QuestionKind.CHOICE, QuestionKind.MULTI_CHOICE)
        if choosing != bool(options):
            self._faults.fail(mark.place, "选择题要有选项，别的题不要选项", "补上或删掉 options")
        derived = fields.text("derived", "")
        if derived:
            self._known_quantity(derived, mark)
        offered = fields.text("choices_from", "")
        if offered and (offered not in OFFERED or kind is not QuestionKind.TEXT):
            known = "、".join(OFFERED)
            self._faults.fail(
                fields.where("choices_from"), f"没有「{offered}」这张表", f"文字题用：{known}"
            )
        return Question(
            id=question_id,
            title=fields.text("title"),
            kind=kind,
            number=number,
            short=fields.text("short", ""),
            unit=fields.text("unit", ""),
            options=options,
            required=fields.flag("required", not derived),
            silences=fields.flag("silences", False),
            default=fields.text("default", ""),
            derived=derived,
            condition=self.condition(fields),
            check=self._check(fields, kind),
            help=fields.text("help", ""),
            why=fields.text("why", ""),
            how=fields.texts("how"),
            evidence=fields.texts("evidence"),
            basis=fields.texts("basis"),
            mistakes=fields.text("mistakes", ""),
            source=fields.text("source", ""),
            examples=fields.text("examples", ""),
            width=int(fields.text("width", "0")) if fields.text("width", "0").isdigit() else 0,
            keep=_keep(fields),
            detection=fields.flag("detection", False),
            bounds=fields.flag("bounds", False),
            headings=fields.texts("headings"),
            part_of=fields.text("part_of", ""),
            choices_from=offered,
            tonnes=fields.flag("tonnes", False),
            unit_of=fields.text("unit_of", ""),
            carriers=self._carriers(fields),
            unfolded=fields.flag("unfolded", False),
        )

    def _carriers(self, fields: Fields) -> tuple[Carrier, ...]:
        """`柴油 kg: 0.0014571`: name and unit, and what one of it is in the unit of the question."""
        found = []
        for words, node in fields.pairs("carriers"):
            (name, _, unit), times = words.rpartition(" "), words_of(node) or ""
            try:
                parse_exact(times)
            except ValueError:
                name = ""
            if not name or find_unit(unit) is None:
                self._faults.fail(
                    fields.where("carriers"),
                    f"「{words}: {times}」看不懂",
                    "写成 柴油 kg: 0.0014571",
                )
                continue
            found.append(Carrier(name, unit, times))
        return tuple(found)

    def _check(self, fields: Fields, kind: QuestionKind) -> NumberCheck:
        """Numbers are taken as not negative unless the file says `negative: true`."""
        bounds = {}
        for key in ("minimum", "maximum", "usual_minimum", "usual_maximum"):
            text = fields.text(key, "")
            if text:
                try:
                    parse_exact(text)
                except ValueError:
                    self._faults.fail(fields.where(key), f"「{key}」不是数", "写成 0.5 这样")
                    text = ""
            bounds[key] = text
        if kind in _NUMERIC and not bounds["minimum"] and not fields.flag("negative", False):
            bounds["minimum"] = "0"
        return NumberCheck(
            bounds["minimum"],
            bounds["maximum"],
            bounds["usual_minimum"],
            bounds["usual_maximum"],
            fields.flag("integer", False),
        )

    def _table(self, mark: Node, number: str) -> TableQuestion:
        fields = Fields(mark, self._faults, _TABLE_KEYS, "表")
        table_id = self._claim(fields, "table")
        rows_text = fields.text("rows")
        try:
            rows = RowsKind(rows_text)
        except ValueError:
            self._faults.fail(
                fields.where("rows"), f"没有「{rows_text}」这种行", f"用：{'、'.join(RowsKind)}"
            )
            rows = RowsKind.FREE
        columns = tuple(
            self._question(column, "column", _COLUMN_KEYS, "")
            for column in self.included(fields.items("columns"))
        )
        ids = [column.id for column in columns]
        for column_id in {column_id for column_id in ids if ids.count(column_id) > 1}:
            self._faults.fail(mark.place, f"列「{column_id}」写了两次", "留一个")
        if not columns:
            self._faults.fail(mark.place, "表没有列", "至少写一列")
        for column in columns:
            if column.part_of and column.part_of not in ids:
                self._faults.fail(
                    mark.place, f"表里没有「{column.part_of}」列", "检查 part_of 的拼写"
                )
        for key in ("total", "outliers"):
            for column_id in fields.texts(key):
                if column_id not in ids:
                    self._faults.fail(fields.where(key), f"表里没有「{column_id}」列", "检查拼写")
        fixed = self._options(fields, "fixed_rows")
        if (rows is RowsKind.FIXED) != bool(fixed):
            self._faults.fail(mark.place, "只有 fixed 的表要写 fixed_rows", "补上或删掉")
        if (rows is RowsKind.FOLLOWING) != bool(fields.text("rows_of", "")):
            self._faults.fail(mark.place, "只有 following 的表要写 rows_of", "补上或删掉")
        return TableQuestion(
            id=table_id,
            title=fields.text("title"),
            rows=rows,
            columns=columns,
            number=number,
            fixed_rows=fixed,
            row_title=fields.text("row_title", ""),
            total=fields.texts("total"),
            outliers=fields.texts("outliers"),
            optional_rows=fields.flag("optional_rows", True),
            condition=self.condition(fields),
            help=fields.text("help", ""),
            why=fields.text("why", ""),
            how=fields.texts("how"),
            evidence=fields.texts("evidence"),
            basis=fields.texts("basis"),
            mistakes=fields.text("mistakes", ""),
            keep=_keep(fields),
            rows_of=fields.text("rows_of", ""),
            named_by=fields.text("named_by", ""),
        )

    def _options(self, fields: Fields, key: str) -> tuple[Option, ...]:
        """Written `id: 标签`, or `id: {label: 标签, hint: 说明, condition: …}`."""
        options = []
        for option_id, mark in fields.pairs(key):
            words = words_of(mark)
            if words is not None:
                options.append(Option(option_id, words.strip()))
            else:
                inner = Fields(mark, self._faults, ("label", "hint", "condition"), "选项")
                condition = self.condition(inner)
                options.append(
                    Option(option_id, inner.text("label"), inner.text("hint", ""), condition)
                )
        return tuple(options)

    def condition(self, fields: Fields) -> Condition | None:
        mark = fields.map.get("condition")
        return None if mark is None else self._condition_of(mark)

    def _condition_of(self, mark: Node) -> Condition | None:
        """`{key: id, equals: x}` (or not_equals, contains, not_contains, answered: true), `{all: […]}`, `{any: […]}`."""
        fields = Fields(
            mark, self._faults, ("key", "all", "any", *(str(o) for o in Operator)), "条件"
        )
        for key, build in (("all", AllOf), ("any", AnyOf)):
            if key in fields.map:
                parts = [self._condition_of(part) for part in fields.items(key)]
                return build(tuple(part for part in parts if part is not None))
        key = fields.text("key")
        self._conditions.append((key, mark.place))
        operators = [operator for operator in Operator if operator.value in fields.map]
        if len(operators) != 1:
            self._faults.fail(mark.place, "条件要写且只写一种比较", f"用：{'、'.join(Operator)}")
            return None
        value = fields.text(operators[0].value)
        return Comparison(key, operators[0], "" if operators[0] is Operator.ANSWERED else value)

    def check_conditions(self, questionnaire: Questionnaire) -> None:
        index = QuestionIndex(questionnaire)
        for key, where in self._conditions:
            known = key in index.places or key in index.tables
            if not known and not key.startswith(("front.", "audit.")):
                self._faults.fail(where, f"这里写的「{key}」不是这套问题里的题", "检查拼写")

    def _known_quantity(self, quantity_id: str, mark: Node) -> None:
        if quantity_id not in self._quantities:
            self._faults.fail(mark.place, f"没有「{quantity_id}」这个算出来的数", "检查拼写")

    def _claim(self, fields: Fields, key: str) -> str:
        found = checked_id(fields, key, self._faults)
        if found in self._seen:
            self._faults.fail(
                fields.node.place, f"「{found}」已经在{self._seen[found]}用过", "换一个 id"
            )
        self._seen[found] = fields.node.place
        return found


class _Counter:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._count = 0

    def next(self) -> str:
        self._count += 1
        return f"{self._prefix}.{self._count}"


def _keep(fields: Fields) -> bool | None:
    return fields.flag("keep", False) if "keep" in fields.map else None


def load_questionnaire(path: Path, reader: QuestionReader, faults: Reader) -> Questionnaire | None:
    """None when the file cannot be read. A reader reads one set: it remembers which ids are taken."""
    mark = read_or_note(path, faults)
    if mark is None:
        return None
    fields = Fields(mark, faults, ("id", "title", "fields", "industry_codes", "stages"), "问题集")
    stages = []
    for item in fields.items("stages"):
        stage = Fields(item, faults, ("id", "title", "pages"), "阶段")
        stage_id = stage.text("id")
        pages: list[Page] = []
        for page_mark in reader.included(stage.items("pages")):
            pages.append(reader.page(page_mark, stage_id, len(pages) + 1))
        stages.append(Stage(stage_id, stage.text("title"), tuple(pages)))
    questionnaire = Questionnaire(
        fields.text("id"),
        fields.text("title"),
        fields.texts("fields"),
        tuple(stages),
        fields.texts("industry_codes"),
    )
    reader.check_conditions(questionnaire)
    return questionnaire
