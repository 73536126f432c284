"""Balances: what went in, what came out, and the difference as it is. Nothing is spread or smoothed."""

from dataclasses import dataclass
from fractions import Fraction

from app.audit.project import AuditProject
from app.forms.answer import Answer, Given, cell_key
from app.forms.figure import Figure
from app.forms.question_index import cell_answer, row_label

USUAL_ERROR_PERCENT = 5  # habit of reviewers (recalled), no rule that was read
WATER_NOTES = ("balance.gap_meters_note", "balance.gap_plant_note")


@dataclass(frozen=True)
class GapPart:
    """A piece of the closing error with a place of its own. percent: of the intake. note: the user's explanation."""

    title: str
    figure: Figure
    percent: Fraction | None
    note: str


@dataclass(frozen=True)
class WaterUnit:
    """One row of the water table. kind: option id. balanced: in = out, None while a cell is missing."""

    row_id: str
    name: str
    kind: str
    fresh: Answer
    reclaimed: Answer
    cascade: Answer
    loss: Answer
    drain: Answer
    total_in: Figure
    total_out: Figure
    reuse: Figure
    balanced: bool | None


@dataclass(frozen=True)
class WaterBalance:
    """The base year's water, intake to outlet. within: |closing error| <= the usual bound, None while unknown."""

    units: tuple[WaterUnit, ...]
    intake: Figure
    fresh: Figure
    reclaimed: Figure
    plant_in: Figure
    plant_out: Figure
    plant_loss: Answer
    outlet: Answer
    living: Figure
    loss: Figure
    out: Figure
    gap: Figure
    closing_error: Figure
    parts: tuple[GapPart, ...]
    within: bool | None
    note: str


def water_balance(project: AuditProject) -> WaterBalance:
    """Closing error = intake − (losses + outlet meter + living sewage), split into two places: between main meter and
    sub-meters, and between the computed and the metered outflow of the treatment plant.

    The two parts add up to the whole exactly when every unit's row balances.
    """
    figure = project.derivation.figure
    intake, gap = figure("water.intake"), figure("water.gap")
    error = figure("water.closing_error")
    parts = tuple(
        GapPart(
            title,
            figure(quantity_id),
            _percent(figure(quantity_id), intake),
            project.book.text(key),
        )
        for title, quantity_id, key in (
            ("总表减各分表", "water.gap_meters", WATER_NOTES[0]),
            ("废水站推算减在线表", "water.gap_plant", WATER_NOTES[1]),
        )
    )
    return WaterBalance(
        units=tuple(_water_unit(project, row_id) for row_id in project.book.row_ids("water.units")),
        intake=intake,
        fresh=figure("water.fresh"),
        reclaimed=figure("water.reclaimed"),
        plant_in=figure("water.plant_in"),
        plant_out=figure("water.plant_out"),
        plant_loss=project.book.get("water.plant_loss"),
        outlet=project.book.get("water.outlet_meter"),
        living=figure("water.living_drain"),
        loss=figure("water.loss"),
        out=figure("water.out"),
        gap=gap,
        closing_error=error,
        parts=parts,
        within=None if error.value is None else abs(error.value) <= USUAL_ERROR_PERCENT,
        note=project.book.text("balance.water_note"),
    )


def _percent(part: Figure, whole: Figure) -> Fraction | None:
    if part.value is None or not whole.value:
        return None
    return part.value * 100 / whole.value


def _water_unit(project: AuditProject, row_id: str) -> WaterUnit:
    table = project.index.tables["water.units"]

    def cell(column: str) -> Answer:
        return cell_answer(project.book, table, row_id, column)

    total_in = project.derivation.cell(table.id, row_id, "total_in")
    total_out = project.derivation.cell(table.id, row_id, "total_out")
    known = total_in.value is not None and total_out.value is not None
    return WaterUnit(
        row_id,
        row_label(table, row_id, project.book),
        project.book.text(cell_key(table.id, row_id, "kind")),
        cell("fresh"),
        cell("reclaimed"),
        cell("cascade"),
        cell("loss"),
        cell("drain"),
        total_in,
        total_out,
        project.derivation.cell(table.id, row_id, "reuse"),
        total_in.value == total_out.value if known else None,
    )


@dataclass(frozen=True)
class Stream:
    """One line of a material balance. amount: None while missing."""

    row_id: str
    name: str
    where_to: str
    amount: Fraction | None


@dataclass(frozen=True)
class MaterialBalance:
    """One material in its own unit. gap = inputs − outputs; percent of the inputs. None while a line is missing."""

    material: str
    inputs: tuple[Stream, ...]
    outputs: tuple[Stream, ...]
    total_in: Fraction | None
    total_out: Fraction | None
    gap: Fraction | None
    percent: Fraction | None
    within: bool | None


MATERIAL_TABLE = "balance.streams"


def material_balances(project: AuditProject) -> tuple[MaterialBalance, ...]:
    """The balances typed on the balance page (one table, a line per stream, grouped by material), in order of appearance."""
    groups: dict[str, list[str]] = {}
    for row_id in project.book.row_ids(MATERIAL_TABLE):
        material = project.book.text(cell_key(MATERIAL_TABLE, row_id, "material"))
        if material:
            groups.setdefault(material, []).append(row_id)
    return tuple(_material(project, material, row_ids) for material, row_ids in groups.items())


def _material(project: AuditProject, material: str, row_ids: list[str]) -> MaterialBalance:
    def stream(row_id: str) -> Stream:
        def text(column: str) -> str:
            return project.book.text(cell_key(MATERIAL_TABLE, row_id, column))

        amount = project.book.number(cell_key(MATERIAL_TABLE, row_id, "amount"))
        return Stream(row_id, text("name"), text("where_to"), amount)

    def side(row_id: str) -> Answer:
        return project.book.get(cell_key(MATERIAL_TABLE, row_id, "side"))

    inputs = tuple(stream(row_id) for row_id in row_ids if _is(side(row_id), "in"))
    outputs = tuple(stream(row_id) for row_id in row_ids if _is(side(row_id), "out"))
    complete = len(inputs) + len(outputs) == len(row_ids)
    total_in, total_out = _total(inputs), _total(outputs)
    if not complete or total_in is None or total_out is None:
        return MaterialBalance(material, inputs, outputs, total_in, total_out, None, None, None)
    gap = total_in - total_out
    percent = gap * 100 / total_in if total_in else None
    within = None if percent is None else abs(percent) <= USUAL_ERROR_PERCENT
    return MaterialBalance(material, inputs, outputs, total_in, total_out, gap, percent, within)


def _is(answer: Answer, option: str) -> bool:
    return isinstance(answer, Given) and answer.text == option


def _total(streams: tuple[Stream, ...]) -> Fraction | None:
    amounts = [stream.amount for stream in streams if stream.amount is not None]
    if not streams or len(amounts) != len(streams):
        return None
    return sum(amounts, Fraction(0))
