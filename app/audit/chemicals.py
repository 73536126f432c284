"""Chemicals of the priority lists, found in what people write: by CAS number, by name, by another name."""

import re
from dataclasses import dataclass

from app.forms.answer import AnswerBook, cell_key
from app.forms.derive import Derivation
from app.forms.question import TableQuestion
from app.forms.reference import Chemical, Reference
from app.forms.rule import Tone, Worked

# table id -> columns that may name a chemical
LEDGERS = {
    "materials.toxic": ("name", "component", "cas"),
    "materials.list": ("name",),
    "voc.materials": ("name", "component"),
}
NOT_FOUND = "没对上"
_CAS = re.compile(r"(?<!\d)\d{2,7}-\d{2}-\d(?!\d)")
_SEPARATORS = re.compile(r"[、，,;；/+＋（）()\[\]【】\s]+")
_AMOUNT = re.compile(r"[<>≤≥~约\d.\-—–%％]+(wt)?[%％]?$")
_DENIED = re.compile(r"(不含|无|非|零|未检出|未使用)[^、，,;；]*")


@dataclass(frozen=True)
class Found:
    """One chemical found in a text. by: 「CAS 108-88-3」 or the word that matched."""

    chemical: Chemical
    by: str


def find(text: str, chemicals: tuple[Chemical, ...]) -> tuple[Found, ...]:
    """Chemicals named in `text`. A name counts as a whole word only (苯 is not in 甲苯); 「不含苯」 names nothing."""
    said = _DENIED.sub(" ", text)
    numbers = {number.lstrip("0") for number in _CAS.findall(said)}
    words = {_plain(word) for word in _SEPARATORS.split(said)} | {_plain(said)}
    words |= {_plain(_AMOUNT.sub("", word)) for word in _SEPARATORS.split(said)}
    words.discard("")
    found = []
    for chemical in chemicals:
        by = _by(chemical, numbers, words)
        if by:
            found.append(Found(chemical, by))
    return tuple(found)


def _by(chemical: Chemical, numbers: set[str], words: set[str]) -> str:
    for number in chemical.cas:
        if number in numbers:
            return f"CAS {number}"
    for name in (chemical.name, *chemical.aliases):
        if name in numbers:
            return f"CAS {name}（凭记忆）"
        if _plain(name) in words:
            return name
    for part in chemical.parts:
        if any(part in word for word in words):
            return part
    return ""


def _plain(text: str) -> str:
    return text.strip().casefold().replace("'", "").replace("′", "").replace(" ", "")


def found_in_audit(
    book: AnswerBook, tables: set[str], chemicals: tuple[Chemical, ...]
) -> dict[str, list[Found]]:
    """Rows of the material and VOC tables that name a listed chemical: row key -> what was found."""
    result: dict[str, list[Found]] = {}
    for table_id, columns in LEDGERS.items():
        if table_id not in tables:
            continue
        for row_id in book.row_ids(table_id):
            found = find(_row_text(book, table_id, row_id, columns), chemicals)
            if found:
                result[f"{table_id}/{row_id}"] = list(found)
    return result


def _row_text(book: AnswerBook, table_id: str, row_id: str, columns: tuple[str, ...]) -> str:
    return "、".join(
        text for column in columns if (text := book.text(cell_key(table_id, row_id, column)))
    )


class ChemicalRules:
    """The rules over one reference."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def row(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """What a row of a ledger matches on the lists."""
        if table is None:
            return Worked("")
        text = _row_text(derivation.book, table.id, row_id, LEDGERS.get(table.id, ("name",)))
        if not text:
            return Worked("")
        found = find(text, self._reference.chemicals)
        if not found:
            return Worked(
                NOT_FOUND, note="按名称和 CAS 号没对上名录；混合物要看安全技术说明书第 3 节的成分"
            )
        names = "、".join(f"{_short(one.chemical)}（{one.by}）" for one in found)
        notes = [f"{one.chemical.list} {one.chemical.id}。{one.chemical.use}" for one in found]
        return Worked(
            names,
            Tone.UNSURE,
            note="；".join(notes),
            source=found[0].chemical.source,
            verification=found[0].chemical.verification,
        )

    def summary(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """All listed chemicals of the audit, with the rule that follows."""
        tables = set(derivation.index.tables)
        rows = found_in_audit(derivation.book, tables, self._reference.chemicals)
        names = dict.fromkeys(_short(one.chemical) for found in rows.values() for one in found)
        if not names:
            filled = any(derivation.book.row_ids(name) for name in LEDGERS if name in tables)
            if not filled:
                return Worked(missing=("materials.toxic",), note="还没填物料")
            return Worked("没对上名录里的化学品", note="只按填了的名称和 CAS 号找")
        shown = "、".join(names)
        return Worked(
            f"对上 {len(names)} 种：{shown}",
            Tone.UNSURE,
            note=self._reference.chemical_rule,
            source=self._reference.chemical_rule_source,
        )


def _short(chemical: Chemical) -> str:
    return chemical.name.split("（")[0]
