"""From answers to findings: what the audit knows about each indicator, derived where it can be, else as answered."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from app.assessment.combination import part_weights
from app.assessment.doubt import Doubt
from app.assessment.engine import assess_allowed
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import Indicator, IndicatorKind, Level
from app.assessment.inputs import FirmInputs
from app.assessment.item_classes import awarded
from app.assessment.numbers import brief, fraction_of, parse_exact
from app.assessment.remarks import Code, Remark, remark
from app.assessment.result import Assessment
from app.assessment.trace import Trace
from app.assessment.units import UNITS
from app.audit.contradictions import held_against
from app.audit.own_ties import scale
from app.audit.project import AuditProject
from app.errors import ProgramError, UserError
from app.forms.answer import Answer, Given, indicator_key
from app.forms.derive import dependencies
from app.forms.once import once
from app.forms.readable import MOST_DIGITS
from app.forms.reasons import Reason

LEVEL_CODES = {"I": Level.I, "II": Level.II, "III": Level.III, "none": Level.NONE}
PAGE_OF_INDICATORS = "B1"
ENERGY_TOTAL = "energy.total"
_MOST_SHOWN = 40


class FoundIndicator(NamedTuple):
    """missing: keys to fill before the finding is known (the indicator's own key when it is answered directly)."""

    finding: Finding
    explain: Callable[[], Trace]
    missing: tuple[str, ...] = ()

    @property
    def trace(self) -> Trace:
        """How the value was worked out. Built when asked for: of most audits of a folder nobody looks at it."""
        return self.explain()


@once
def found_indicators(project: AuditProject) -> Mapping[str, FoundIndicator]:
    """Per indicator id of the project's tables, in their order. Empty when the project has no system."""
    if project.system is None:
        return {}
    return {
        indicator.id: _found(project, part.id, indicator)
        for part in project.system.parts(project.table_id)
        for indicator in part.indicators()
    }


def finding_of(project: AuditProject, indicator_id: str) -> Finding:
    """The finding of one indicator of the project's tables, without working out the others."""
    assert project.system is not None
    home = project.system.home(project.table_id, indicator_id)
    indicator = next(
        one for one in project.system.table(home).indicators() if one.id == indicator_id
    )
    return _found(project, home, indicator).finding


def findings_of(project: AuditProject) -> Mapping[str, Finding]:
    """Per indicator id: the finding the engine gets."""
    return {name: found.finding for name, found in found_indicators(project).items()}


def variable_key(table_id: str, variable_id: str) -> str:
    """The key of a number the system's thresholds need (layer count …) when nothing derives it."""
    return f"variable/{table_id}/{variable_id}"


def output_key(table_id: str, indicator_id: str) -> str:
    """The key of the yearly output behind an indicator whose weight depends on output, when nothing derives it."""
    return f"output/{table_id}/{indicator_id}"


def table_weight_key(table_id: str) -> str:
    """The key of the part of 1 the firm gives a table where the document leaves open how its tables go together."""
    return f"table_weight/{table_id}"


def inputs_of(project: AuditProject) -> FirmInputs:
    """Variables, outputs and table weights the system's rules need: as answered, else as derived; absent while unknown.

    Of several tables each has its own answers; a variable that several of them need counts as the first that has it.
    """
    if project.system is None:
        return FirmInputs()
    variables: dict[str, Fraction] = {}
    outputs: dict[str, Fraction] = {}
    parts = project.system.parts(project.table_id)
    for part in reversed(parts):
        tables = project.derivation_map
        derived = {} if tables is None else tables.variables.get(part.id, {})
        produced = {} if tables is None else tables.outputs.get(part.id, {})
        names = [variable.id for variable in project.system.variables]
        names += project.system.method.phase_weights
        names += [name for name in derived if name not in names]
        neutral = {
            modifier.input: modifier.neutral
            for row in part.indicators()
            for modifier in row.modifiers
        }
        names += [name for name in neutral if name not in names]
        variables |= _known(
            project,
            {name: (variable_key(part.id, name), derived.get(name, "")) for name in names},
            neutral,
        )
        outputs |= _known(
            project,
            {
                row.id: (output_key(part.id, row.id), produced.get(row.id, ""))
                for row in part.indicators()
                if row.share is not None
            },
        )
    weights = own_table_weights(project)
    return FirmInputs(
        variables, outputs, table_weights={} if _misfit(project, weights) else weights
    )


def own_table_weights(project: AuditProject) -> Mapping[str, Fraction]:
    """What the firm put in for its tables, whether it fits or not; empty for one table."""
    parts = () if project.system is None else project.system.parts(project.table_id)
    if len(parts) < 2:
        return {}
    places = {part.id: (table_weight_key(part.id), "") for part in parts}
    return _known(project, places)


def _misfit(project: AuditProject, weights: Mapping[str, Fraction]) -> str:
    """Why the firm's own weights are not used, "" when they are: another copy of the system may give its own."""
    if project.system is None or not weights:
        return ""
    try:
        part_weights(project.system, project.table_id, weights)
    except UserError as error:
        return "；".join(problem.what for problem in error.problems)
    return ""


def _known(
    project: AuditProject,
    places: Mapping[str, tuple[str, str]],
    not_applicable: Mapping[str, Fraction] | None = None,
) -> dict[str, Fraction]:
    """name -> (answer key, quantity id or ""): the numbers that are there. not_applicable: what 不适用 comes to, by name;
    a name that is not in it stays unknown, for a blank is never taken for zero. None: 不适用 is nothing of it, so 0."""
    result: dict[str, Fraction | None] = {}
    nothing = Fraction(0)
    for name, (key, quantity_id) in places.items():
        answer = project.book.get(key)
        if isinstance(answer, Given) and answer.text:
            result[name] = _number(answer.text)
        elif isinstance(answer, NotApplicable):
            result[name] = nothing if not_applicable is None else not_applicable.get(name)
        elif quantity_id:
            figure = project.derivation.figure(quantity_id)
            result[name] = figure.value
            if figure.value is None and figure.not_applicable:
                result[name] = nothing if not_applicable is None else not_applicable.get(name)
    return {name: number for name, number in result.items() if number is not None}


@once
def assess_project(project: AuditProject) -> Assessment:
    """The assessment of the project; every judgement's trace starts with how its value was worked out.

    Whatever the answers are: what cannot be read or is not allowed counts as not given, with a warning that names it.
    """
    if project.system is None:
        raise ProgramError("a project without a system cannot be assessed")
    found = found_indicators(project)
    assessment = assess_allowed(
        project.system,
        project.table_id,
        {name: item.finding for name, item in found.items()},
        inputs_of(project),
        {name: item.explain for name, item in found.items()},
    )
    said = []
    misfit = _misfit(project, own_table_weights(project))
    if misfit:
        said.append(remark(Code.TABLE_WEIGHTS_UNUSED, why=misfit))
    said += _uncounted(project, found)
    if said:
        assessment = replace(assessment, remarks=(*said, *assessment.remarks))
    return assessment


def _uncounted(project: AuditProject, found: Mapping[str, FoundIndicator]) -> list[Remark]:
    """What was answered and counts nothing: in a form nobody can compare with a threshold (an imported or damaged file has
    it), or against what the firm measured."""
    assert project.system is not None
    said = []
    for part in project.system.parts(project.table_id):
        for row in part.indicators():
            finding = found[row.id].finding
            if isinstance(finding, Missing) and finding.doubt is None:
                text = project.book.text(indicator_key(part.id, row.id))
                if text:
                    said.append(
                        remark(Code.UNREADABLE, [row.id], name=row.name, typed=_short(text))
                    )
    return said


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _number(text: str) -> Fraction | None:
    """None for what is no number of a sensible length."""
    if len(text) > MOST_DIGITS:
        return None
    try:
        return fraction_of(text) if text.isdecimal() else parse_exact(text)
    except ValueError:
        return None


def _found(project: AuditProject, table_id: str, indicator: Indicator) -> FoundIndicator:
    key = indicator_key(table_id, indicator.id)
    quantity_id = (
        project.derivation_map.quantity_of(table_id, indicator.id) if project.derivation_map else ""
    )
    answer = project.book.get(key)
    if quantity_id and isinstance(answer, Missing):
        derived = _in_unit_of(project, indicator, quantity_id, _derived(project, quantity_id))
        if derived is not None:
            return derived
    finding = held_against(project, table_id, indicator, _directly(project, indicator, answer))
    if quantity_id and isinstance(finding, Measured):
        return FoundIndicator(
            finding, partial(_typed_over, project, indicator, key, answer, finding, quantity_id)
        )
    explain = partial(_answered, indicator, key, answer, finding)
    return FoundIndicator(finding, explain, (key,) if isinstance(finding, Missing) else ())


def _directly(project: AuditProject, indicator: Indicator, answer: Answer) -> Finding:
    """What was answered on the page of indicators: a number, a level, or the points the auditor gives."""
    if isinstance(answer, NotApplicable):
        return answer
    if not isinstance(answer, Given) or not answer.text:
        return Missing()
    assert project.system is not None
    takes_number = indicator.kind is IndicatorKind.QUANTITATIVE
    if not takes_number:
        level = LEVEL_CODES.get(answer.text)
        if level is not None:
            return Reached(level, answer.note)
        takes_number = awarded(project.system.method, indicator) is not None
    number = _number(answer.text) if takes_number else None
    return Missing() if number is None else Measured(number)


def _typed_over(
    project: AuditProject,
    indicator: Indicator,
    key: str,
    answer: Answer,
    finding: Measured,
    quantity_id: str,
) -> Trace:
    """Typed over on the indicator page: counts, is marked, and what the bills give stays beside it."""
    derived = _in_unit_of(project, indicator, quantity_id, _derived(project, quantity_id))
    if derived is None:
        return _answered(indicator, key, answer, finding)
    below = derived.trace
    remark = answer.note if isinstance(answer, Given) else ""
    note = f"手改：{remark}" if remark else "手改，还没写原因"
    computed = replace(below, label=f"{indicator.name}（算出来的）")
    return Trace(
        indicator.name, finding.value, below.unit, note=note, key=key, children=(computed,)
    )


def _answered(indicator: Indicator, key: str, answer: Answer, finding: Finding) -> Trace:
    """What somebody typed on the page of indicators."""
    source = f"{PAGE_OF_INDICATORS} · {indicator.name}"
    unit = UNITS[indicator.unit].symbol if indicator.unit else ""
    note = answer.note if isinstance(answer, Given) else ""
    match finding:
        case NotApplicable(reason):
            return Trace(indicator.name, None, unit, source=source, note=reason, key=key)
        case Reached(level):
            return Trace(indicator.name, level.symbol, source=source, note=note, key=key)
        case Measured(value):
            if indicator.kind is IndicatorKind.QUALITATIVE:
                unit = "分"
            return Trace(indicator.name, value, unit, source=source, note=note, key=key)
        case Missing(Doubt() as doubt):
            words = f"{note}（{doubt.text}）" if note else doubt.text
            return Trace(indicator.name, None, unit, source=source, note=words, key=key)
        case _:
            return Trace(indicator.name, None, unit, source=source, note="未填", key=key)


def _derived(project: AuditProject, quantity_id: str) -> FoundIndicator | None:
    """What the quantity says; None when it says nothing about this firm, so that the indicator is answered directly."""
    figure = project.derivation.figure(quantity_id)
    if figure.not_applicable is Reason.NOT_ASKED or figure.not_applicable is Reason.ANSWER_DIRECTLY:
        return None
    explain = partial(_with_basis, project, quantity_id, figure.trace)
    if figure.not_applicable:
        return FoundIndicator(NotApplicable(figure.not_applicable), explain)
    if figure.value is None:
        return FoundIndicator(Missing(), explain, figure.missing)
    return FoundIndicator(Measured(figure.value), explain)


def _in_unit_of(
    project: AuditProject, indicator: Indicator, quantity_id: str, found: FoundIndicator | None
) -> FoundIndicator | None:
    """The value in the unit of the indicator: a row the user tied to a quantity may be printed in another of its kind."""
    if found is None or not isinstance(found.finding, Measured):
        return found
    times = scale(project.derivation.quantities[quantity_id], indicator)
    if times in (None, 1):
        return found
    assert times is not None
    value = found.finding.value * times
    unit = UNITS[indicator.unit].symbol

    def explain() -> Trace:
        below = found.trace
        formula = f"{brief(below.value) if isinstance(below.value, Fraction) else below.value} {below.unit} × {brief(times)}"
        return replace(below, value=value, unit=unit, formula=formula, children=(below,), key="")

    return FoundIndicator(Measured(value), explain, found.missing)


def _with_basis(project: AuditProject, quantity_id: str, trace: Trace) -> Trace:
    """The trace, with a word where the document does not say how electricity is turned into coal equivalent."""
    if project.system is None or project.system.method.energy_basis:
        return trace
    needed: set[str] = set()
    quantities = project.derivation.quantities
    dependencies(quantities[quantity_id].expression, quantities, needed.add)
    if ENERGY_TOTAL not in needed:
        return trace
    note = "；".join(
        part for part in (trace.note, "体系没写按当量值还是等价值，这里按当量值") if part
    )
    return replace(trace, note=note)
