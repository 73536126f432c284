"""Where a firm's energy goes, in the units of its bills: share of the bill and coal equivalent of each row, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.numbers import brief, display
from app.assessment.trace import Trace
from app.forms.answer import AnswerBook, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Figure, Tone, Worked
from app.forms.question import TableQuestion

TABLE = "balance.users"
USUAL_PERCENT = 5  # habit of reviewers (recalled)


@dataclass(frozen=True)
class Carrier:
    """name, unit: as the user says them. bill: the quantity of a whole year. factor: of its coal equivalent."""

    name: str
    unit: str
    bill: str
    factor: str


CARRIERS: Mapping[str, Carrier] = {
    "electricity": Carrier("电", "kWh", "energy.electricity", "electricity_kgce"),
    "gas": Carrier("天然气", "m³", "energy.gas", "gas_kgce"),
    "lpg": Carrier("液化石油气", "kg", "energy.lpg_used", "lpg_kgce"),
    "diesel": Carrier("柴油", "kg", "energy.diesel_used", "diesel_kgce"),
    "gasoline": Carrier("汽油", "kg", "energy.gasoline_used", "gasoline_kgce"),
    "heat": Carrier("外购蒸汽", "GJ", "energy.heat_used", "heat_kgce"),
    "coal": Carrier("煤", "kg", "energy.coal_used", "coal_kgce"),
    "lng": Carrier("液化天然气", "kg", "energy.lng_used", "lng_kgce"),
    "fuel_oil": Carrier("燃料油", "kg", "energy.fuel_oil_used", "fuel_oil_kgce"),
    "kerosene": Carrier("煤油", "kg", "energy.kerosene_used", "kerosene_kgce"),
    "solar": Carrier("自发自用光伏电", "kWh", "energy.solar_used", "electricity_kgce"),
}


@dataclass(frozen=True)
class Closing:
    """One carrier over all rows. listed: their sum; billed: the year's bill, None while it is not known. keys: amounts."""

    carrier: Carrier
    listed: Fraction
    billed: Fraction | None
    keys: tuple[str, ...]

    @property
    def percent(self) -> Fraction | None:
        """How much more the rows say than the bill, %; None without a bill to compare with."""
        return None if not self.billed else (self.listed - self.billed) * 100 / self.billed


def coal_equivalent(derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
    """tce of a row."""
    amount, carrier, missing = _row(derivation.book, row_id)
    if amount is None or carrier is None:
        return Worked(missing=missing)
    factor = derivation.factors[carrier.factor]
    return Worked(
        value=amount * factor.value / 1000,
        formula=f"{brief(amount)} {carrier.unit} × {brief(factor.value)} {factor.unit} ÷ 1000",
        source=factor.source,
        children=(Trace(carrier.name, amount, carrier.unit, key=_key(row_id, "amount")),),
    )


def share(derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
    """Of the carrier's bill, %."""
    amount, carrier, missing = _row(derivation.book, row_id)
    if amount is None or carrier is None:
        return Worked(missing=missing)
    bill = derivation.figure(carrier.bill)
    if not bill.value:
        return Worked(missing=bill.missing, not_applicable=_no_bill(bill, carrier))
    return Worked(
        value=amount * 100 / bill.value,
        formula=f"{brief(amount)} × 100 ÷ {brief(bill.value)}",
        children=(
            Trace(carrier.name, amount, carrier.unit, key=_key(row_id, "amount")),
            bill.trace,
        ),
    )


def _no_bill(bill: Figure, carrier: Carrier) -> str:
    return "" if bill.missing else f"账单里没有{carrier.name}"


def said(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
    """「电 各处 189,000 kWh，账单 196,200 kWh，差 −3.7%」 for each carrier."""
    parts, within = [], True
    for one in closings(derivation):
        unit = one.carrier.unit
        text = f"{one.carrier.name} 各处 {display(one.listed, 0)} {unit}"
        if one.billed is None:
            text += "，账单还没填全"
        elif one.percent is None:
            text += "，账单里没有"
            within = False
        else:
            text += f"，账单 {display(one.billed, 0)} {unit}，差 {display(one.percent, 1)}%"
            within = within and abs(one.percent) <= USUAL_PERCENT
        parts.append(text)
    if not parts:
        return Worked(missing=(TABLE,))
    return Worked(
        "；".join(parts), Tone.PLAIN if within else Tone.UNSURE, note="±5% 是习惯值（凭记忆）"
    )


def closings(derivation: Derivation) -> tuple[Closing, ...]:
    """Of each carrier that rows name, in the order of the list."""
    amounts: dict[Carrier, list[tuple[str, Fraction]]] = {}
    for row_id in derivation.book.row_ids(TABLE):
        amount, carrier, _ = _row(derivation.book, row_id)
        if amount is not None and carrier is not None:
            amounts.setdefault(carrier, []).append((_key(row_id, "amount"), amount))
    return tuple(
        Closing(
            carrier,
            sum((amount for _, amount in amounts[carrier]), Fraction(0)),
            _billed(derivation.figure(carrier.bill)),
            tuple(key for key, _ in amounts[carrier]),
        )
        for carrier in CARRIERS.values()
        if carrier in amounts
    )


def _billed(bill: Figure) -> Fraction | None:
    return Fraction(0) if bill.not_applicable else bill.value


def _row(book: AnswerBook, row_id: str) -> tuple[Fraction | None, Carrier | None, tuple[str, ...]]:
    """Amount and carrier of a row, and what of them is missing."""
    keys = _key(row_id, "carrier"), _key(row_id, "amount")
    carrier, amount = CARRIERS.get(book.text(keys[0])), book.number(keys[1])
    missing = tuple(
        key for key, found in zip(keys, (carrier, amount), strict=True) if found is None
    )
    return amount, carrier, missing


def _key(row_id: str, column: str) -> str:
    return cell_key(TABLE, row_id, column)
