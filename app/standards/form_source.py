"""Question sets, quantities, factors, derivation maps and sample answers from resources/, strictly.

Files: forms/<set>.yaml (one question set each), forms/common/*.yaml (pages, cards and items shared through `include:`),
forms/quantities/*.yaml, forms/derivations/*.yaml, factors.yaml, front_door.yaml, sample/*.yaml. Question numbers are not written: they follow
from the place (the third question of page A4 is 4.3, of page B2 it is B2.3).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Verification
from app.assessment.numbers import parse_exact
from app.errors import UserError
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.condition import AllOf, AnyOf, Comparison, Condition, Operator
from app.forms.expression import ExpressionFault, names, parse_expression
from app.forms.front_rules import (
    LIST_DATE,
    DeadlineRule,
    FrontDoorRules,
    Paper,
    ProcessFit,
    RoughRule,
    Statement,
)
from app.forms.parse import parse_answer
from app.forms.quantity import DerivationMap, Factor, Quantity
from app.forms.question import (
    MEASURES,
    OFFERED,
    Card,
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
from app.forms.question_index import Place, QuestionIndex
from app.forms.sample import SampleAudit
from app.standards.marked_yaml import Faults, Fields, Mark, read_marked

PAGE_KINDS = ("form", "benchmark", "report")
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_HELP = ("help", "why", "how", "evidence", "basis", "mistakes")
_QUESTION_KEYS = (
    "question", "title", "short", "kind", "unit", "options", "required", "silences", "default", "derived",
    "condition", "minimum", "maximum", "usual_minimum", "usual_maximum", "integer", "negative", "source",
    "examples", "width", "keep", "choices_from", "part_of", "detection", "headings",
    *_HELP,
)  # fmt: skip
_COLUMN_KEYS = ("column", *_QUESTION_KEYS[1:])
_TABLE_KEYS = (
    "table", "title", "rows", "columns", "fixed_rows", "row_title", "total", "outliers", "optional_rows",
    "condition", "keep", *_HELP,
)  # fmt: skip
_CARD_KEYS = ("card", "title", "items", "note", "condition", "keep")
_PAGE_KEYS = (
    "page", "short", "title", "subtitle", "kind", "cards", "minutes", "why", "how", "evidence", "basis", "mistakes",
)  # fmt: skip
_NUMERIC = (QuestionKind.NUMBER,)


@dataclass(frozen=True)
class Forms:
    """Everything the guided audit is made of, checked against each other."""

    questionnaires: Mapping[str, Questionnaire]
    quantities: Mapping[str, Quantity]
    factors: Mapping[str, Factor]
    derivations: Mapping[str, DerivationMap]
    samples: Mapping[str, SampleAudit]
    front_door: FrontDoorRules


def load_forms(resources: Path) -> Forms:
    """All question sets and what belongs to them. UserError with every problem, each with file and line."""
    faults = Faults()
    factors = _load_factors(resources / "factors.yaml", faults)
    quantities = _load_quantities(
        sorted((resources / "forms" / "quantities").glob("*.yaml")), faults
    )
    questionnaires: dict[str, Questionnaire] = {}
    shared: dict[Path, Mark | None] = {}
    for path in sorted((resources / "forms").glob("*.yaml")):
        reader = _Reader(resources / "forms", quantities, faults, shared)
        loaded = _load_questionnaire(path, reader, faults)
        if loaded is None:
            continue
        if loaded.id in questionnaires:
            faults.add(path.name, f"问题集「{loaded.id}」已经有了", "换一个 id")
        questionnaires[loaded.id] = loaded
    derivations: dict[str, DerivationMap] = {}
    for path in sorted((resources / "forms" / "derivations").glob("*.yaml")):
        derivation = _load_derivations(path, quantities, faults)
        if derivation is not None:
            derivations[derivation.system_id] = derivation
    plain = {quantity_id: quantity for quantity_id, (quantity, _) in quantities.items()}
    if not faults.problems:
        _check_expressions(quantities, factors, questionnaires, faults)
    samples: dict[str, SampleAudit] = {}
    for path in sorted((resources / "sample").glob("*.yaml")):
        sample = _load_sample(path, questionnaires, faults)
        if sample is not None:
            samples[sample.id] = sample
    front_door = _load_front_door(resources / "front_door.yaml", resources / "forms", faults)
    if faults.problems:
        # a fault in a shared file is met once per question set that includes it
        raise UserError(*dict.fromkeys(faults.problems))
    return Forms(questionnaires, plain, factors, derivations, samples, front_door)


# --- factors and quantities -------------------------------------------------------------------------------------------


def _load_factors(path: Path, faults: Faults) -> dict[str, Factor]:
    mark = read_marked(path, faults)
    factors: dict[str, Factor] = {}
    if mark is None:
        return factors
    top = Fields(mark, faults, ("factors",), "系数表")
    allowed = ("id", "title", "value", "unit", "source", "verification", "year", "region", "note")
    for item in top.items("factors"):
        fields = Fields(item, faults, allowed, "系数")
        factor_id = _id(fields, "id", faults)
        try:
            value = parse_exact(fields.text("value"))
        except ValueError:
            faults.add(fields.where("value"), "系数的值不是数", "写成 0.1229 这样")
            continue
        if factor_id in factors:
            faults.add(item.where, f"系数「{factor_id}」写了两次", "留一个")
        factors[factor_id] = Factor(
            factor_id,
            fields.text("title"),
            value,
            fields.text("unit"),
            fields.text("source"),
            _verification(fields, faults) or Verification.RECALLED,
            fields.text("year", ""),
            fields.text("region", ""),
            fields.text("note", ""),
        )
    return factors


def _verification(fields: Fields, faults: Faults, required: bool = True) -> Verification | None:
    text = fields.text("verification", None if required else "")
    if not text:
        return None
    try:
        return Verification(text)
    except ValueError:
        known = "、".join(Verification)
        faults.add(fields.where("verification"), f"没有「{text}」这种核对状态", f"用：{known}")
        return None


def _load_quantities(paths: list[Path], faults: Faults) -> dict[str, tuple[Quantity, Mark]]:
    quantities: dict[str, tuple[Quantity, Mark]] = {}
    allowed = (
        "id", "title", "unit", "decimals", "expression", "basis", "verification", "note", "maximum",
        "rule",
    )  # fmt: skip
    for path in paths:
        mark = read_marked(path, faults)
        if mark is None:
            continue
        for item in Fields(mark, faults, ("quantities",), "算出来的数").items("quantities"):
            fields = Fields(item, faults, allowed, "算出来的数")
            quantity_id = _id(fields, "id", faults)
            decimals = fields.text("decimals", "2")
            if not decimals.isdigit() or len(decimals) > 1:
                faults.add(fields.where("decimals"), "小数位数要写 0 到 9", "例如 2")
                decimals = "2"
            quantity = Quantity(
                quantity_id,
                fields.text("title"),
                fields.text("unit", ""),
                int(decimals),
                fields.text("expression", "0" if "rule" in fields.map else None),
                fields.text("basis", ""),
                _verification(fields, faults, required=False),
                fields.text("note", ""),
                fields.text("maximum", ""),
                fields.text("rule", ""),
            )
            if quantity_id in quantities:
                faults.add(item.where, f"「{quantity_id}」写了两次", "留一个，或换一个 id")
            try:
                parse_expression(quantity.expression)
            except ExpressionFault as error:
                faults.add(fields.where("expression"), str(error), "对照公式写法改")
            quantities[quantity_id] = (quantity, item)
    return quantities


def _check_expressions(
    quantities: Mapping[str, tuple[Quantity, Mark]],
    factors: Mapping[str, Factor],
    questionnaires: Mapping[str, Questionnaire],
    faults: Faults,
) -> None:
    """Every name stands for something in at least one question set; columns used are numbers; nothing needs itself."""
    indexes = [QuestionIndex(questionnaire) for questionnaire in questionnaires.values()]
    for quantity, mark in quantities.values():
        for name in names(parse_expression(quantity.expression)):
            if name.startswith("factor."):
                if name.removeprefix("factor.") not in factors:
                    faults.add(mark.where, f"没有系数「{name}」", "在系数表里加上，或改名字")
            elif name not in quantities and not any(name in index.places for index in indexes):
                faults.add(mark.where, f"「{name}」既不是问题，也不是算出来的数", "检查拼写")
        if _needs_itself(quantity.id, quantities):
            faults.add(mark.where, f"「{quantity.id}」绕一圈要用到它自己", "改公式")


def _needs_itself(start: str, quantities: Mapping[str, tuple[Quantity, Mark]]) -> bool:
    open_ids, seen = [start], set[str]()
    while open_ids:
        current = open_ids.pop()
        for name in names(parse_expression(quantities[current][0].expression)):
            if name == start:
                return True
            if name in quantities and name not in seen:
                seen.add(name)
                open_ids.append(name)
    return False


def _load_derivations(
    path: Path, quantities: Mapping[str, tuple[Quantity, Mark]], faults: Faults
) -> DerivationMap | None:
    mark = read_marked(path, faults)
    if mark is None:
        return None
    fields = Fields(mark, faults, ("system", "tables"), "取数表")
    indicators: dict[str, dict[str, str]] = {}
    variables: dict[str, dict[str, str]] = {}
    outputs: dict[str, dict[str, str]] = {}
    for table_id, table in fields.pairs("tables"):
        inner = Fields(table, faults, ("indicators", "variables", "outputs"), "取数表")
        for key, target in (
            ("indicators", indicators),
            ("variables", variables),
            ("outputs", outputs),
        ):
            target[table_id] = {}
            for name, value in inner.pairs(key):
                quantity_id = str(value.value)
                if quantity_id not in quantities:
                    faults.add(value.where, f"没有「{quantity_id}」这个数", "检查拼写")
                target[table_id][name] = quantity_id
    return DerivationMap(fields.text("system"), indicators, variables, outputs)


def _load_front_door(path: Path, root: Path, faults: Faults) -> FrontDoorRules:
    mark = read_marked(path, faults)
    if mark is None:
        return FrontDoorRules((), (), (), ())
    reader = _Reader(root, {}, faults, {})
    top = Fields(
        mark, faults, ("deadlines", "statements", "papers", "systems", "rough"), "新建审核的规则"
    )
    deadlines = []
    for item in top.items("deadlines"):
        allowed = ("id", "text", "months", "since", "condition", "source", "verification")
        fields = Fields(item, faults, allowed, "期限")
        months = fields.text("months")
        if not months.isdigit():
            faults.add(fields.where("months"), "月数要写整数", "例如 2")
            months = "0"
        deadlines.append(
            DeadlineRule(
                fields.text("id"),
                fields.text("text"),
                int(months),
                fields.text("source"),
                _verification(fields, faults) or Verification.RECALLED,
                reader.condition(fields),
                fields.text("since", LIST_DATE),
            )
        )
    statements = []
    for item in top.items("statements"):
        keys = ("state", "text", "source", "verification", "condition")
        fields = Fields(item, faults, keys, "条文")
        if fields.text("state") not in ("ok", "open", "no"):
            faults.add(fields.where("state"), "state 只能写 ok、open 或 no", "改成其中一个")
        statements.append(
            Statement(
                fields.text("state"),
                fields.text("text"),
                fields.text("source"),
                _verification(fields, faults) or Verification.RECALLED,
                reader.condition(fields),
            )
        )
    papers = []
    for item in top.items("papers"):
        fields = Fields(item, faults, ("text", "condition"), "材料")
        papers.append(Paper(fields.text("text"), reader.condition(fields)))
    systems = []
    for item in top.items("systems"):
        fields = Fields(item, faults, ("system", "table", "processes"), "工序对应的体系")
        systems.append(
            ProcessFit(fields.text("system"), fields.text("table"), fields.texts("processes"))
        )
    rough = []
    for item in top.items("rough"):
        allowed_rough = ("system", "table", "indicator", "numerator", "denominator", "factor")
        fields = Fields(item, faults, allowed_rough, "粗估")
        try:
            factor = parse_exact(fields.text("factor", "1"))
        except ValueError:
            faults.add(fields.where("factor"), "factor 不是数", "例如 1000")
            continue
        rough.append(
            RoughRule(
                fields.text("system"),
                fields.text("table"),
                fields.text("indicator"),
                fields.text("numerator"),
                fields.text("denominator"),
                factor,
            )
        )
    return FrontDoorRules(
        tuple(deadlines), tuple(statements), tuple(papers), tuple(systems), tuple(rough)
    )


# --- question sets ----------------------------------------------------------------------------------------------------


def _load_questionnaire(path: Path, reader: "_Reader", faults: Faults) -> Questionnaire | None:
    mark = read_marked(path, faults)
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


class _Reader:
    """Reads the pages of one question set and remembers its ids."""

    def __init__(
        self,
        root: Path,
        quantities: Mapping[str, tuple[Quantity, Mark]],
        faults: Faults,
        shared: dict[Path, Mark | None],
    ) -> None:
        self._shared = shared
        self._root = root
        self._quantities = quantities
        self._faults = faults
        self._seen: dict[str, str] = {}
        self._conditions: list[tuple[str, str]] = []

    def included(self, marks: list[Mark]) -> list[Mark]:
        """The list with every `include: file` replaced by what the file holds (one piece or a list of pieces).

        An included page may get further cards of its own: `add: [cards]` puts them after the shared ones.
        """
        result: list[Mark] = []
        for mark in marks:
            if not (isinstance(mark.value, dict) and "include" in mark.value):
                result.append(mark)
                continue
            fields = Fields(mark, self._faults, ("include", "add"), "引用")
            path = self._root / fields.text("include")
            if not path.is_file():
                self._faults.add(mark.where, f"没有文件「{fields.text('include')}」", "检查路径")
                continue
            if path not in self._shared:
                self._shared[path] = read_marked(path, self._faults)
            shared = self._shared[path]
            if shared is not None:
                pieces = shared.value if isinstance(shared.value, list) else [shared]
                pieces = self.included(pieces)
                if "add" in fields.map:
                    pieces = self._with_cards(pieces, fields)
                result.extend(pieces)
        return result

    def _with_cards(self, pieces: list[Mark], fields: Fields) -> list[Mark]:
        page = pieces[0]
        cards = page.value.get("cards") if isinstance(page.value, dict) else None
        if len(pieces) != 1 or cards is None or not isinstance(cards.value, list):
            self._faults.add(fields.where("add"), "add 只能用在引用一整页的时候", "去掉 add")
            return pieces
        together = replace(cards, value=[*cards.value, *fields.items("add")])
        assert isinstance(page.value, dict)
        return [replace(page, value={**page.value, "cards": together})]

    def page(self, mark: Mark, stage_id: str, position: int) -> Page:
        fields = Fields(mark, self._faults, _PAGE_KEYS, "页")
        page_id = self._claim(fields, "page")
        kind = fields.text("kind", "form")
        if kind not in PAGE_KINDS:
            self._faults.add(
                fields.where("kind"), f"没有「{kind}」这种页", f"用：{'、'.join(PAGE_KINDS)}"
            )
        number = f"{stage_id}{position}"
        prefix = str(position) if stage_id == "A" else number
        counter = _Counter(prefix)
        cards = tuple(self._card(card, counter) for card in self.included(fields.items("cards")))
        minutes = fields.text("minutes", "10")
        if not minutes.isdigit():
            self._faults.add(fields.where("minutes"), "分钟数要写整数", "例如 10")
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

    def _card(self, mark: Mark, counter: "_Counter") -> Card:
        fields = Fields(mark, self._faults, _CARD_KEYS, "卡片")
        card_id = fields.text("card")
        items: list[Question | TableQuestion | FigureStrip | ChartItem | MeasureItem] = []
        for item in self.included(fields.items("items")):
            content = item.value if isinstance(item.value, dict) else {}
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
                    self._faults.add(item.where, "没有这种比较", f"用：{known}")
                items.append(MeasureItem(measure.text("measure"), measure.text("title")))
            else:
                self._faults.add(
                    item.where,
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

    def _question(self, mark: Mark, key: str, allowed: tuple[str, ...], number: str) -> Question:
        fields = Fields(mark, self._faults, allowed, "问题" if key == "question" else "列")
        question_id = (
            self._claim(fields, key) if key == "question" else _id(fields, key, self._faults)
        )
        kind_text = fields.text("kind", "number" if "derived" in fields.map else None)
        try:
            kind = QuestionKind(kind_text)
        except ValueError:
            known = "、".join(QuestionKind)
            self._faults.add(fields.where("kind"), f"没有「{kind_text}」这种问题", f"用：{known}")
            kind = QuestionKind.TEXT
        options = self._options(fields, "options")
        choosing = kind in (QuestionKind.CHOICE, QuestionKind.MULTI_CHOICE)
        if choosing != bool(options):
            self._faults.add(mark.where, "选择题要有选项，别的题不要选项", "补上或删掉 options")
        derived = fields.text("derived", "")
        if derived:
            self._known_quantity(derived, mark)
        offered = fields.text("choices_from", "")
        if offered and (offered not in OFFERED or kind is not QuestionKind.TEXT):
            known = "、".join(OFFERED)
            self._faults.add(
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
            headings=fields.texts("headings"),
            part_of=fields.text("part_of", ""),
            choices_from=offered,
        )

    def _check(self, fields: Fields, kind: QuestionKind) -> NumberCheck:
        """Numbers are taken as not negative unless the file says `negative: true`."""
        bounds = {}
        for key in ("minimum", "maximum", "usual_minimum", "usual_maximum"):
            text = fields.text(key, "")
            if text:
                try:
                    parse_exact(text)
                except ValueError:
                    self._faults.add(fields.where(key), f"「{key}」不是数", "写成 0.5 这样")
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

    def _table(self, mark: Mark, number: str) -> TableQuestion:
        fields = Fields(mark, self._faults, _TABLE_KEYS, "表")
        table_id = self._claim(fields, "table")
        rows_text = fields.text("rows")
        try:
            rows = RowsKind(rows_text)
        except ValueError:
            self._faults.add(
                fields.where("rows"), f"没有「{rows_text}」这种行", f"用：{'、'.join(RowsKind)}"
            )
            rows = RowsKind.FREE
        columns = tuple(
            self._question(column, "column", _COLUMN_KEYS, "")
            for column in self.included(fields.items("columns"))
        )
        ids = [column.id for column in columns]
        for column_id in {column_id for column_id in ids if ids.count(column_id) > 1}:
            self._faults.add(mark.where, f"列「{column_id}」写了两次", "留一个")
        if not columns:
            self._faults.add(mark.where, "表没有列", "至少写一列")
        for column in columns:
            if column.part_of and column.part_of not in ids:
                self._faults.add(
                    mark.where, f"表里没有「{column.part_of}」列", "检查 part_of 的拼写"
                )
        for key in ("total", "outliers"):
            for column_id in fields.texts(key):
                if column_id not in ids:
                    self._faults.add(fields.where(key), f"表里没有「{column_id}」列", "检查拼写")
        fixed = self._options(fields, "fixed_rows")
        if (rows is RowsKind.FIXED) != bool(fixed):
            self._faults.add(mark.where, "只有 fixed 的表要写 fixed_rows", "补上或删掉")
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
        )

    def _options(self, fields: Fields, key: str) -> tuple[Option, ...]:
        """Written `id: 标签`, or `id: {label: 标签, hint: 说明}`."""
        options = []
        for option_id, mark in fields.pairs(key):
            if isinstance(mark.value, str):
                options.append(Option(option_id, mark.value.strip()))
            else:
                inner = Fields(mark, self._faults, ("label", "hint"), "选项")
                options.append(Option(option_id, inner.text("label"), inner.text("hint", "")))
        return tuple(options)

    def condition(self, fields: Fields) -> Condition | None:
        mark = fields.map.get("condition")
        return None if mark is None else self._condition_of(mark)

    def _condition_of(self, mark: Mark) -> Condition | None:
        """`{key: id, equals: x}` (or not_equals, contains, answered: true), `{all: […]}`, `{any: […]}`."""
        fields = Fields(
            mark, self._faults, ("key", "all", "any", *(str(o) for o in Operator)), "条件"
        )
        for key, build in (("all", AllOf), ("any", AnyOf)):
            if key in fields.map:
                parts = [self._condition_of(part) for part in fields.items(key)]
                return build(tuple(part for part in parts if part is not None))
        key = fields.text("key")
        self._conditions.append((key, mark.where))
        operators = [operator for operator in Operator if operator.value in fields.map]
        if len(operators) != 1:
            self._faults.add(mark.where, "条件要写且只写一种比较", f"用：{'、'.join(Operator)}")
            return None
        value = fields.text(operators[0].value)
        return Comparison(key, operators[0], "" if operators[0] is Operator.ANSWERED else value)

    def check_conditions(self, questionnaire: Questionnaire) -> None:
        index = QuestionIndex(questionnaire)
        for key, where in self._conditions:
            if key not in index.places and not key.startswith(("front.", "audit.")):
                self._faults.add(where, f"这里写的「{key}」不是这套问题里的题", "检查拼写")

    def _known_quantity(self, quantity_id: str, mark: Mark) -> None:
        if quantity_id not in self._quantities:
            self._faults.add(mark.where, f"没有「{quantity_id}」这个算出来的数", "检查拼写")

    def _claim(self, fields: Fields, key: str) -> str:
        found = _id(fields, key, self._faults)
        if found in self._seen:
            self._faults.add(
                fields.mark.where, f"「{found}」已经在{self._seen[found]}用过", "换一个 id"
            )
        self._seen[found] = fields.mark.where
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


def _id(fields: Fields, key: str, faults: Faults) -> str:
    text = fields.text(key)
    if text and not _ID.fullmatch(text):
        faults.add(fields.where(key), f"id「{text}」只能用小写字母、数字、下划线和点", "改名字")
    return text


# --- sample answers ---------------------------------------------------------------------------------------------------


def _load_sample(
    path: Path, questionnaires: Mapping[str, Questionnaire], faults: Faults
) -> SampleAudit | None:
    """A sample audit, each answer against a question that exists. Without system and table: a firm no system fits."""
    mark = read_marked(path, faults)
    if mark is None:
        return None
    allowed = (
        "name",
        "questionnaire",
        "system",
        "table",
        "answers",
        "tables",
        "indicators",
        "removed",
    )
    fields = Fields(mark, faults, allowed, "示例案卷")
    questionnaire = questionnaires.get(fields.text("questionnaire"))
    if questionnaire is None:
        faults.add(fields.where("questionnaire"), "没有这套问题", "检查拼写")
        return None
    index = QuestionIndex(questionnaire)
    answers: dict[str, Answer] = {}
    rows: dict[str, tuple[str, ...]] = {}
    for key, value in fields.pairs("answers"):
        if not key.startswith(("front.", "audit.")) and (
            key not in index.places or index.places[key].table is not None
        ):
            faults.add(value.where, f"没有「{key}」这个问题", "检查拼写")
        answers[key] = _answer(value, index.places.get(key), faults)
    for table_id, table in fields.pairs("tables"):
        if table_id not in index.tables:
            faults.add(table.where, f"没有「{table_id}」这张表", "检查拼写")
            continue
        question = index.tables[table_id]
        inner = Fields(table, faults, ("columns", "rows"), "示例表")
        columns = inner.texts("columns")
        for column_id in columns:
            if f"{table_id}.{column_id}" not in index.places:
                faults.add(
                    inner.where("columns"), f"表「{table_id}」没有「{column_id}」列", "检查拼写"
                )
        ids = []
        for row_id, row in inner.pairs("rows"):
            ids.append(row_id)
            cells = row.value if isinstance(row.value, list) else []
            if len(cells) != len(columns):
                faults.add(
                    row.where, f"要 {len(columns)} 格，写了 {len(cells)} 格", "补齐，没填的写 ~"
                )
            for column_id, cell in zip(columns, cells, strict=False):
                if cell.value != "":
                    place = index.places.get(f"{table_id}.{column_id}")
                    answers[cell_key(table_id, row_id, column_id)] = _answer(cell, place, faults)
        if question.rows is RowsKind.FREE:
            rows[table_id] = tuple(ids)
    table_id = fields.text("table", "")
    for indicator_id, value in fields.pairs("indicators"):
        answers[f"indicator/{table_id}/{indicator_id}"] = _answer(value, None, faults)
    removed = fields.texts("removed")
    for key in removed:
        if key not in answers:
            faults.add(fields.where("removed"), f"「{key}」本来就没有回答", "检查拼写")
    return SampleAudit(
        path.stem,
        fields.text("name"),
        questionnaire.id,
        fields.text("system", ""),
        table_id,
        AnswerBook(answers, rows),
        removed,
    )


def _answer(mark: Mark, place: Place | None, faults: Faults) -> Answer:
    """A text, `{na: 原因}`, or `{value: …, note: …}`; read as if the user had typed it."""
    if isinstance(mark.value, str):
        text, note = mark.value.strip(), ""
    else:
        fields = Fields(mark, faults, ("na", "value", "note"), "回答")
        if "na" in fields.map:
            return NotApplicable(fields.text("na"))
        text, note = fields.text("value"), fields.text("note", "")
    if place is None:
        return Given(text, note=note)
    parsed = parse_answer(place.question, text)
    if parsed.problem is not None:
        faults.add(mark.where, parsed.problem.what, parsed.problem.remedy)
    return replace(parsed.answer, note=note) if isinstance(parsed.answer, Given) else parsed.answer
