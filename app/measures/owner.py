"""What a factory owner and a bank ask: what is bought and not sold as product, what to do first; what is emitted below the
permit after what was measured. Values only; papers and screens say them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.numbers import brief
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.forms.answer import cell_key
from app.measures.apply import rescored
from app.measures.model import DROPPED, Measure, number_of
from app.measures.results import After, afterwards, proofs_of, reductions

_ZERO = Fraction(0)
_TEN_THOUSAND = 10_000
_BEST = 5
_PLANNED = ("feasible", "doing")


@dataclass(frozen=True)
class OwnerLine:
    """yuan: of the base year. note: where the figure comes from. key: of the figure."""

    title: str
    yuan: Fraction
    note: str
    key: str


@dataclass(frozen=True)
class OwnerPage:
    """For a factory owner, one page. bought: paid in a year for what is not sold as product, the dearest first. unknown:
    what is used but has no money beside it; uncounted: what the page does not reckon at all. taken: what is going to be done, or every measure while nothing was decided on;
    of them best: at most five by payback, with years; saving, cost: 元 a year and 元 of all that have both figures; losing:
    those that cost more a year than they save; without: those that lack a figure. ideas: what nobody decided on yet. done:
    the finished ones. now: the audit as it is, with what was measured of the finished measures where is_measured; planned and
    forecast: the measures taken up and not finished, and the audit with them; None where none is or no level is given."""

    bought: tuple[OwnerLine, ...]
    unknown: tuple[str, ...]
    uncounted: tuple[str, ...]
    best: tuple[tuple[Measure, Fraction], ...]
    saving: Fraction
    cost: Fraction
    taken: tuple[Measure, ...]
    losing: tuple[Measure, ...]
    without: tuple[Measure, ...]
    ideas: tuple[Measure, ...]
    now: Assessment | None
    planned: tuple[Measure, ...]
    forecast: Assessment | None
    done: tuple[Measure, ...] = ()
    is_measured: bool = False

    @property
    def spent(self) -> Fraction:
        """元 a year, all lines of `bought`."""
        return sum((one.yuan for one in self.bought), _ZERO)


_BILLS = (
    ("电费", "energy.bills", "electricity_fee", "electricity"),
    ("天然气费", "energy.bills", "gas_fee", "gas"),
    ("水费", "water.bills", "fee", "intake"),
)
_METALS = (("zinc", "锌"), ("copper", "铜"), ("nickel", "镍"))
_MONTHS = 12


def owner_page(project: AuditProject, assessment: Assessment | None = None) -> OwnerPage:
    """Energy, water, waste water and waste by the bills; material bought and not in the product."""
    bought, unknown = [], []
    for title, table, column, amount in _BILLS:
        fees = _of_months(project, table, column)
        used = _of_months(project, table, amount)
        total = sum(fees, _ZERO)
        if total:
            months = len(fees)
            note = "按账单" if months == _MONTHS else f"按账单，只有 {months} 个月的"
            bought.append(OwnerLine(title, total, note, f"owner/{column}"))
        elif sum(used, _ZERO):
            unknown.append(title)
    bought += _drain(project, unknown)
    bought += _lost(project)
    bought.sort(key=lambda one: -one.yuan)
    proofs = [one for one in proofs_of(project) if one.measure.state != DROPPED or one.is_done]
    measures = [one.measure for one in proofs if not one.is_done]
    planned = tuple(one for one in measures if one.state in _PLANNED)
    taken = planned or tuple(measures)
    known = [one for one in taken if one.cost is not None and one.saving is not None]
    paid = [(one, (one.cost or _ZERO) / one.saving) for one in known if one.saving and one.saving > 0]  # fmt: skip
    paid.sort(key=lambda pair: (pair[1], -(pair[0].saving or _ZERO)))
    graded = assessment is not None and assessment.level_range is not None
    after = afterwards(project)
    measured = graded and bool(after.counted) and after.assessment is not None
    return OwnerPage(
        tuple(bought),
        tuple(unknown),
        _uncounted(project),
        tuple(paid[:_BEST]),
        sum((one.saving or _ZERO for one in known), _ZERO) * _TEN_THOUSAND,
        sum((one.cost or _ZERO for one in known), _ZERO) * _TEN_THOUSAND,
        taken,
        tuple(one for one in known if one.saving is None or one.saving <= 0),
        tuple(one for one in taken if one not in known),
        tuple(one for one in measures if one not in taken),
        after.assessment if measured else assessment,
        planned,
        _forecast(after, planned) if graded and planned else None,
        tuple(one.measure for one in proofs if one.is_done),
        measured,
    )


def _forecast(after: After, planned: tuple[Measure, ...]) -> Assessment:
    """What was measured stays; what is still to do, or was finished and never measured, comes as promised."""
    return rescored(after.project, (*planned, *after.unmeasured))


def _of_months(project: AuditProject, table: str, column: str) -> list[Fraction]:
    """What stands in the column in the months of the base year."""
    prefix, suffix = f"{table}/{project.base_year}-", f"/{column}"
    cells = [
        number_of(answer)
        for key, answer in project.book.answers.items()
        if key.startswith(prefix) and key.endswith(suffix)
    ]
    return [one for one in cells if one is not None]


def _figure(project: AuditProject, quantity_id: str) -> Fraction | None:
    if quantity_id not in project.derivation.quantities:
        return None
    return project.derivation.figure(quantity_id).value


def _drain(project: AuditProject, unknown: list[str]) -> list[OwnerLine]:
    price = number_of(project.book.get("measures.drain_price"))
    amount = _figure(project, "water.plant_in")
    if not amount:
        return []
    if not price:
        unknown.append("废水处理费")
        return []
    note = f"{brief(amount)} m³ × {brief(price)} 元"
    return [OwnerLine("废水处理费", amount * price, note, "owner/drain")]


def _uncounted(project: AuditProject) -> tuple[str, ...]:
    """What a firm pays for and this page has no line of; with the flow of materials worked out, nothing."""
    if _figure(project, "mfca.loss_material"):
        return ()
    packs = project.book.text("packaging.used") != "no"
    waste = number_of(project.book.get("mfca.waste"))
    return tuple(
        words
        for words, is_left in (("别的物料", True), ("包装", packs), ("废气和废物处理", not waste))
        if is_left
    )


def _lost(project: AuditProject) -> list[OwnerLine]:
    """By the flow of materials where it was worked out, else metal by metal: never both, the same metal is in both."""
    lines = []
    lost = _figure(project, "mfca.loss_material")
    if lost:
        lines.append(
            OwnerLine(
                "没变成产品的料", lost * _TEN_THOUSAND, "按物料流的成本", "mfca.loss_material"
            )
        )
    else:
        lines += [
            line for metal, name in _METALS if (line := _metal(project, metal, name)) is not None
        ]
    waste = number_of(project.book.get("mfca.waste"))
    if waste:
        lines.append(OwnerLine("处理废物", waste * _TEN_THOUSAND, "按物料流的成本", "mfca.waste"))
    return lines


def _metal(project: AuditProject, metal: str, name: str) -> OwnerLine | None:
    """(bought - on the product) x price, where the material list prices the metal in kg."""
    book = project.book
    if "plating.metals" not in project.index.tables:
        return None
    bought = number_of(book.get(cell_key("plating.metals", metal, "bought")))
    used = project.derivation.cell("plating.metals", metal, "deposited").value
    if bought is None or used is None or bought <= used:
        return None
    for row in book.row_ids("materials.list"):
        called = book.text(cell_key("materials.list", row, "name"))
        price = number_of(book.get(cell_key("materials.list", row, "price")))
        unit = book.text(cell_key("materials.list", row, "unit"))
        if f"折{name}" in called and unit == "kg" and price is not None:
            lost = bought - used
            note = f"采购量减镀层量 {brief(lost)} kg × {brief(price)} 元，含留在槽里的"
            return OwnerLine(f"买了没镀上去的{name}", lost * price, note, f"owner/{metal}")
    return None


# -- surplus cuts


@dataclass(frozen=True)
class Surplus:
    """t a year. surplus: permitted less what is emitted after the measured cut; what may be traded is for the authority to
    say. parts: the finished measures with the cut each was measured to bring (added up it may be more than `cut`)."""

    pollutant: str
    permitted: Fraction
    before: Fraction
    cut: Fraction
    after: Fraction
    surplus: Fraction
    key: str = ""
    parts: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True)
class OpenSurplus:
    """A pollutant of the permit no cut can be said of yet, and what is lacking. permitted, before: t/a, as far as known."""

    pollutant: str
    lacking: tuple[str, ...]
    permitted: Fraction | None = None
    before: Fraction | None = None


_CALLED = {"cod": ("COD", "化学需氧量"), "nh3n": ("氨氮", "NH3-N"), "so2": ("SO2", "二氧化硫"), "nox": ("NOx", "氮氧化物"), "voc": ("VOC", "挥发性有机物")}  # fmt: skip


def surpluses(project: AuditProject) -> tuple[Surplus, ...]:
    """For a file about trading or green credit: the pollutants of the permit with the cuts that were measured."""
    return tuple(one for one in _surpluses(project) if isinstance(one, Surplus))


def open_surpluses(project: AuditProject) -> tuple[OpenSurplus, ...]:
    """The pollutants of the permit that cannot be counted yet."""
    return tuple(one for one in _surpluses(project) if isinstance(one, OpenSurplus))


def _surpluses(project: AuditProject) -> list[Surplus | OpenSurplus]:
    cuts = {one.id: one.together for one in reductions(project, measured=True)}
    found: list[Surplus | OpenSurplus] = []
    for row in project.book.row_ids("env.totals"):
        name = project.book.text(cell_key("env.totals", row, "name"))
        permitted, before = (
            number_of(project.book.get(cell_key("env.totals", row, column)))
            for column in ("permitted", "y0")
        )
        key = _pollutant(name)
        lacking = [
            words
            for words, is_there in (
                ("许可排放量", permitted is not None),
                ("审核前一年的排放量", before is not None),
                ("做完的方案实测的削减量", bool(cuts.get(key))),
            )
            if not is_there
        ]
        if permitted is None or before is None or lacking:
            if name:
                found.append(OpenSurplus(name, tuple(lacking), permitted, before))
            continue
        cut = min(cuts[key], before)
        after = before - cut
        left = max(_ZERO, permitted - after)
        parts = _parts(project, key)
        found.append(Surplus(name, permitted, before, cut, after, left, key, parts))
    return found


def _pollutant(name: str) -> str:
    plain = name.upper().translate(_SUBSCRIPTS)
    for key, words in _CALLED.items():
        if any(one.upper() in plain for one in words):
            return key
    return ""


_SUBSCRIPTS = str.maketrans("₂₃ₓ", "23X")


def _parts(project: AuditProject, pollutant: str) -> tuple[tuple[str, Fraction], ...]:
    per_tonne: Mapping[str, int] = {
        one.id: one.per_tonne for one in project.reference.streams if one.result == pollutant
    }
    found = []
    for proof in proofs_of(project):
        if not proof.is_done or proof.measure.state == DROPPED:
            continue
        cut = sum(
            (value / per_tonne[s] for s, value in proof.measured.items() if per_tonne.get(s)), _ZERO
        )
        if cut:
            found.append((proof.measure.row_id, cut))
    return tuple(found)
