"""The economics of one measure from a file: `cleanaudit economics CASE.yaml`."""

from fractions import Fraction
from pathlib import Path

from app.assessment.numbers import display
from app.forms.measure_data import CostClass, EconomicSettings
from app.measures.economics import (
    Acceptance,
    EconomicCase,
    Economics,
    accept,
    evaluate,
    faults_of,
    least_benefit,
    sensitivity,
    textbook_irr,
)
from app.standards.reader import Reader
from app.standards.tree import Branch
from app.standards.yaml_tree import read_yaml_file

_REQUIRED = ("investment", "annual_benefit", "life", "tax_rate", "discount_rate")
_OPTIONAL = ("salvage", "depreciation_life", "subsidy", "cost_class")
_IGNORED = ("title", "note")


def read_economic_case(
    path: Path, settings: EconomicSettings
) -> tuple[EconomicCase, CostClass | None]:
    """The case and the class the file gives it. UserError with every problem, each with file and line."""
    reader = Reader()
    branch = reader.branch(
        read_yaml_file(path, reader), (*_REQUIRED, *_OPTIONAL, *_IGNORED), _REQUIRED
    )
    values = {key: reader.number(branch, key) for key in (*_REQUIRED, *_OPTIONAL[:-1])}
    for key in _REQUIRED:
        node = branch.entries.get(key)
        if node is not None and getattr(node, "text", "") is None:
            reader.fail(branch.place_of(key), f"「{key}」是空的", "填上数值。")
    life = values["life"]
    if life is not None and life.denominator != 1:
        reader.fail(branch.place_of("life"), "计算期应当是整数年", "改成整数，例如 10。")
    chosen = _class(branch, reader, settings)
    if not reader.problems:
        case = _case(values)
        where = {key: branch.place_of(key) + f"「{key}」" for key in values}
        reader.problems.extend(faults_of(case, where))
    reader.raise_problems()
    return case, chosen


def _class(branch: Branch, reader: Reader, settings: EconomicSettings) -> CostClass | None:
    text = reader.text(branch, "cost_class")
    if not text:
        return None
    for one in settings.cost_classes:
        if text in (one.id, one.title):
            return one
    known = "、".join(one.title for one in settings.cost_classes)
    reader.fail(branch.place_of("cost_class"), f"没有「{text}」这种费用类别", f"可写：{known}。")
    return None


def _case(values: dict[str, Fraction | None]) -> EconomicCase:
    def needed(key: str) -> Fraction:
        value = values[key]
        assert value is not None
        return value

    return EconomicCase(
        investment=needed("investment"),
        annual_benefit=needed("annual_benefit"),
        life=needed("life").numerator,
        tax_rate=needed("tax_rate"),
        discount_rate=needed("discount_rate"),
        salvage=values["salvage"] or Fraction(0),
        depreciation_life=values["depreciation_life"],
        subsidy=values["subsidy"] or Fraction(0),
    )


def economics_json(path: Path, settings: EconomicSettings) -> dict[str, object]:
    """Exact numbers as text, IRR to six digits; null where there is none."""
    result, acceptance = _judged(path, settings)

    def text(value: Fraction | None) -> str | None:
        return None if value is None else str(value)

    return {
        "D": text(result.D),
        "T": text(result.T),
        "E": text(result.E),
        "F": text(result.F),
        "N": text(result.N),
        "NPV": text(result.NPV),
        "NPVR": text(result.NPVR),
        "IRR": None if result.IRR is None else _six(result.IRR),
        "acceptable": acceptance.acceptable,
        "reasons": list(acceptance.reasons),
    }


def economics_lines(path: Path, settings: EconomicSettings) -> list[str]:
    """The same for people, with the textbook's interpolation."""
    result, acceptance = _judged(path, settings)
    lines = [
        f"{name} {said} 万元"
        for name, said in (
            ("总投资费用 I", display(result.case.cost, 2)),
            ("年总节省 P", display(result.case.annual_benefit, 2)),
            ("年折旧 D", display(result.D, 2)),
            ("应税利润 T", display(result.T, 2)),
            ("净利润 E", display(result.E, 2)),
            ("年净现金流 F", display(result.F, 2)),
        )
    ]
    lines.append("偿还期 N 没有" if result.N is None else f"偿还期 N {display(result.N, 2)} 年")
    lines.append(f"净现值 NPV {display(result.NPV, 2)} 万元")
    if result.NPVR is not None:
        lines.append(f"净现值率 NPVR {display(result.NPVR, 2)} %")
    if result.IRR is not None:
        lines.append(f"内部收益率 IRR {display(result.IRR * 100, 2)} %")
        book = textbook_irr(result)
        if book is not None:
            lines.append(
                f"课本插值：{display(book.low_rate * 100, 0)}% 时 {display(book.low_value, 2)} 万元，"
                f"{display(book.high_rate * 100, 0)}% 时 {display(book.high_value, 2)} 万元，"
                f"得 {display(book.rate * 100, 2)} %"
            )
    least = least_benefit(result.case)
    if least is not None:
        lines.append(f"年效益至少 {display(least, 2)} 万元，净现值才不小于 0")
    for one in sensitivity(result.case):
        change = f"{'多' if one.change > 0 else '少'} {display(abs(one.change) * 100, 0)}%"
        lines.append(f"{one.title}{change}：净现值 {display(one.result.NPV, 2)} 万元")
    lines.append("经济上可行" if acceptance.acceptable else "经济上不可行")
    lines += [f"· {reason}" for reason in acceptance.reasons]
    return lines


def _judged(path: Path, settings: EconomicSettings) -> tuple[Economics, Acceptance]:
    case, chosen = read_economic_case(path, settings)
    result = evaluate(case)
    return result, accept(result, settings.cost_classes, chosen)


def _six(rate: Fraction) -> str:
    return display(rate, 6, grouping=False).replace("−", "-")
