"""Chemicals of the priority lists, found in what people write: by CAS number, by name, by another name."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.audit.law import edition_of
from app.forms.answer import AnswerBook, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion
from app.forms.reference import Chemical, Reference

# table id -> columns that may name a chemical
LEDGERS = {
    "materials.toxic": ("name", "component", "cas"),
    "materials.list": ("name",),
    "voc.materials": ("name", "component"),
}
# What the front door asks: chemicals ticked off, and names or CAS numbers typed or pasted.
TICKED, TYPED = "front.chemicals", "front.chemical_names"
_OF_TICK = {
    "chromium6": "PC010",
    "cyanide": "PC036",
    "toluene": "PC030",
    "benzene": "PC027",
    "lead": "PC014",
    "cadmium": "PC007",
    "mercury": "PC008",
    "arsenic": "PC019",
    "dichloromethane": "PC006",
    "trichloroethylene": "PC018",
    "formaldehyde": "PC009",
}
NOT_FOUND = "没对上"
ONLY_AS_TYPED = "只按填了的名称和 CAS 号找，没对上不等于不属于；混合物看安全技术说明书第 3 节"
_CAS = re.compile(r"(?<!\d)\d{2,7}-\d{2}-\d(?!\d)")
_SEPARATORS = re.compile(r"[、，,;；/+＋（）()\[\]【】\s]+")
# Names hold commas and brackets of their own: 1,2-二氯丙烷, 磷酸三(2-氯乙基)酯.
_BETWEEN_NAMES = re.compile(r"[、，;；\s]+|,(?!\d)|(?<!\d),")
_LIST_MARKS = re.compile(r"[、，;；\n]+")
_AMOUNT = re.compile(r"[<>≤≥~约\d.\-—–%％]+(wt)?[%％]?$")
# 「不含苯」 names nothing; 无水, 无机, 非离子 belong to names
_DENIED = re.compile(r"(不含|无(?![水机色定])|非(?!离子)|零|未检出|未使用)\s*[^、，,;；\s]*")
_AROUND = re.compile(r"^(含有?|工业级?|无水|无机|纯|分析纯|化学纯)+|(水?溶液|溶剂|等)+$")
_DASHES = str.maketrans("‐‑‒–—−", "------")


@dataclass(frozen=True)
class Found:
    """One chemical found in a text. by: 「CAS 108-88-3」 or the word that matched."""

    chemical: Chemical
    by: str


def find(text: str, chemicals: tuple[Chemical, ...]) -> tuple[Found, ...]:
    """Chemicals named in `text`. A name counts as a whole word only (苯 is not in 甲苯); 「不含苯」 names nothing."""
    said = _DENIED.sub(" ", unicodedata.normalize("NFKC", text).translate(_DASHES))
    numbers = {number.lstrip("0") for number in _CAS.findall(said)}
    words = {_plain(word) for word in _SEPARATORS.split(said)} | {_plain(said)}
    words |= {_plain(_AMOUNT.sub("", word)) for word in _SEPARATORS.split(said)}
    words |= {_plain(word) for word in _BETWEEN_NAMES.split(said)}
    # English names hold spaces
    words |= {_plain(_AMOUNT.sub("", word)) for word in _LIST_MARKS.split(said)}
    words |= {_AROUND.sub("", word) for word in words}
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


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
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


def asked_at_the_door(
    book: AnswerBook, chemicals: tuple[Chemical, ...]
) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """What the front door's answers name: (listed chemicals, the typed lines that match none)."""
    ticked = {_OF_TICK.get(tick, "") for tick in book.text(TICKED).split("|")}
    found = {
        chemical.id: Found(chemical, "勾选") for chemical in chemicals if chemical.id in ticked
    }
    unknown = []
    for line in re.split(r"[\n;；]+", book.text(TYPED)):
        named = find(line, chemicals)
        found.update({one.chemical.id: one for one in named})
        if line.strip() and not named:
            unknown.append(line.strip())
    return tuple(found.values()), tuple(unknown)


def _row_text(book: AnswerBook, table_id: str, row_id: str, columns: tuple[str, ...]) -> str:
    return "、".join(
        text for column in columns if (text := book.text(cell_key(table_id, row_id, column)))
    )


def _told_elsewhere(book: AnswerBook, table_id: str, row_id: str) -> list[str]:
    """What other ledgers say of the same material (「天那水」 with its CAS number in the list of toxic ones)."""
    name = _plain_name(book, table_id, row_id)
    return [
        _row_text(book, other, row, columns)
        for other, columns in LEDGERS.items()
        if other != table_id
        for row in book.row_ids(other)
        if name and _plain_name(book, other, row) == name
    ]


def _plain_name(book: AnswerBook, table_id: str, row_id: str) -> str:
    """A material by its name without what stands in brackets."""
    name = unicodedata.normalize("NFKC", book.text(cell_key(table_id, row_id, "name")))
    return name.partition("(")[0].strip()


class ChemicalRules:
    """The rules over one reference."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def _lists(self) -> str:
        """「优先控制化学品名录、重点管控新污染物清单」: what was looked through, without editions."""
        names = dict.fromkeys(one.list.partition("（")[0] for one in self._reference.chemicals)
        return "、".join(names) or "名录"

    def row(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """What a row of a ledger matches on the lists."""
        if table is None:
            return Worked("")
        text = _row_text(derivation.book, table.id, row_id, LEDGERS.get(table.id, ("name",)))
        if not text:
            return Worked("")
        text = "、".join((text, *_told_elsewhere(derivation.book, table.id, row_id)))
        found = find(text, self._reference.chemicals)
        if not found:
            return Worked(
                NOT_FOUND,
                note=f"按所填名称和 CAS 号没对上{self._lists()}，没有 CAS 号的只按名称；混合物要看安全技术说明书第 3 节的成分",
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
        return summary(derivation.book, set(derivation.index.tables), self._reference)


def summary(book: AnswerBook, tables: set[str], reference: Reference) -> Worked:
    """All listed chemicals that the ledgers among `tables` and the front door name. Tone UNSURE = some are listed:
    whether the firm goes on a list is for the bureau to say."""
    rule, source = _rule(book, reference)
    at_door, _ = asked_at_the_door(book, reference.chemicals)
    rows = found_in_audit(book, tables, reference.chemicals)
    every = (*at_door, *(one for found in rows.values() for one in found))
    found = {one.chemical.id: one for one in reversed(every)}
    if not found:
        if "other" in book.text(TICKED).split("|"):
            return Worked("选了名录里的其他，没写是哪种", Tone.UNSURE, note=rule)
        filled = any(book.row_ids(name) for name in LEDGERS if name in tables)
        if not filled and not book.text(TYPED).strip():
            return Worked(missing=("materials.toxic",), note="还没填物料")
        return Worked("没对上名录里的化学品", note=ONLY_AS_TYPED)
    shown = "、".join(dict.fromkeys(_short(one.chemical) for one in reversed(found.values())))
    return Worked(
        f"对上 {len(found)} 种：{shown}",
        Tone.UNSURE,
        note=rule,
        source=source,
    )


def _rule(book: AnswerBook, reference: Reference) -> tuple[str, str]:
    """(what follows from using a listed chemical, where it stands) by the law of the day the audit began."""
    law = edition_of(reference.law, book)
    cited = [law.cite(role) for role in ("trigger.toxic", "result.report", "place.toxic")]
    texts = [reference.chemical_rule, *(one.text for one in cited if one.text)]
    sources = [one.source for one in cited if one.source]
    return f"{'；'.join(texts)}；列不列名单由主管部门定", "；".join(dict.fromkeys(sources))


def said(found: Found) -> str:
    """「甲苯（CAS 108-88-3）：优先控制化学品名录（第二批，2020-11-02）PC030」."""
    by = "" if found.by == found.chemical.name else f"（{found.by}）"
    return f"{_short(found.chemical)}{by}：{found.chemical.list} {found.chemical.id}"


def _short(chemical: Chemical) -> str:
    return chemical.name.split("（")[0]
