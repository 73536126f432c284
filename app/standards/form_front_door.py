"""The rules of a new audit: statements, papers, which system fits which process, rough figures."""

from fractions import Fraction
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.assessment.numbers import parse_exact
from app.forms.front_rules import (
    FrontDoorRules,
    Paper,
    ProcessFit,
    RoughRule,
    Statement,
)
from app.standards.fields import Fields
from app.standards.form_questions import QuestionReader
from app.standards.form_reading import verification
from app.standards.reader import Reader
from app.standards.tree import Node
from app.standards.yaml_tree import read_or_note


def load_front_door(path: Path, root: Path, faults: Reader) -> FrontDoorRules:
    """root: the folder of the question sets, whose way of writing conditions the rules share."""
    mark = read_or_note(path, faults)
    if mark is None:
        return FrontDoorRules((), (), ())
    reader = QuestionReader(root, {}, faults, {})
    keys = ("statements", "papers", "systems", "rough")
    top = Fields(mark, faults, keys, "新建审核的规则")
    return FrontDoorRules(
        tuple(_statement(item, reader, faults) for item in top.items("statements")),
        tuple(_paper(item, reader, faults) for item in top.items("papers")),
        tuple(_process_fit(item, faults) for item in top.items("systems")),
        tuple(_rough_rule(item, faults) for item in top.items("rough")),
    )


def _statement(item: Node, reader: QuestionReader, faults: Reader) -> Statement:
    keys = ("state", "text", "source", "verification", "condition", "provisions")
    fields = Fields(item, faults, keys, "条文")
    if fields.text("state") not in ("ok", "open", "no"):
        faults.fail(fields.where("state"), "state 只能写 ok、open 或 no", "改成其中一个")
    roles = fields.texts("provisions")
    default = "" if roles else None
    return Statement(
        fields.text("state"),
        fields.text("text", default),
        fields.text("source", default),
        verification(fields, faults, required=not roles) or Verification.RECALLED,
        reader.condition(fields),
        roles,
    )


def _paper(item: Node, reader: QuestionReader, faults: Reader) -> Paper:
    fields = Fields(item, faults, ("text", "condition"), "材料")
    return Paper(fields.text("text"), reader.condition(fields))


def _process_fit(item: Node, faults: Reader) -> ProcessFit:
    fields = Fields(item, faults, ("system", "table", "processes"), "工序对应的体系")
    return ProcessFit(fields.text("system"), fields.text("table"), fields.texts("processes"))


def _rough_rule(item: Node, faults: Reader) -> RoughRule:
    allowed = ("system", "table", "indicator", "numerator", "denominator", "factor")
    fields = Fields(item, faults, allowed, "粗估")
    try:
        factor = parse_exact(fields.text("factor", "1"))
    except ValueError:
        faults.fail(fields.where("factor"), "factor 不是数", "例如 1000")
        factor = Fraction(1)
    return RoughRule(
        fields.text("system"),
        fields.text("table"),
        fields.text("indicator"),
        fields.text("numerator"),
        fields.text("denominator"),
        factor,
    )
