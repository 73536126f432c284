"""resources/reference/law.yaml -> LawBook, strictly: days are days, articles name laws that are there, nothing twice."""

from datetime import date
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.forms.law import LIST_DATE, Deadline, Law, LawBook, Provision
from app.standards.fields import Fields
from app.standards.form_questions import QuestionReader
from app.standards.form_reading import verification
from app.standards.reader import Reader
from app.standards.tree import Node
from app.standards.yaml_tree import read_or_note


def load_law(path: Path, faults: Reader) -> LawBook:
    """Problems are added to `faults`, each with file and line."""
    mark = read_or_note(path, faults)
    if mark is None:
        return LawBook()
    top = Fields(mark, faults, ("laws", "base", "provisions", "deadlines"), "法律")
    conditions = QuestionReader(path.parent, {}, faults, {})
    laws = tuple(_law(item, faults) for item in top.items("laws"))
    known = {law.id for law in laws}
    book = LawBook(
        laws,
        tuple(_provision(item, known, faults) for item in top.items("provisions")),
        tuple(_deadline(item, known, conditions, faults) for item in top.items("deadlines")),
        top.texts("base"),
    )
    for kind in (book.laws, book.provisions, book.deadlines):
        ids = [item.id for item in kind]
        for twice in sorted({name for name in ids if ids.count(name) > 1}):
            faults.fail(mark.place, f"「{twice}」写了两次", "留一个")
    for name in (*book.base, *(law.replaced_by for law in laws if law.replaced_by)):
        if name not in known:
            faults.fail(mark.place, f"没有「{name}」这部法律", "检查拼写")
    return book


def _law(item: Node, faults: Reader) -> Law:
    keys = ("id", "title", "short", "edition", "from", "until", "replaced_by", "source", "verification", "note", "doubt", "doubt_from")  # fmt: skip
    fields = Fields(item, faults, keys, "法律")
    starts, until = _days(fields, faults)
    return Law(
        fields.text("id"),
        fields.text("title"),
        fields.text("short"),
        fields.text("source"),
        _state(fields, faults),
        fields.text("edition"),
        starts,
        until,
        fields.text("replaced_by", ""),
        fields.text("note", ""),
        fields.text("doubt", ""),
        _day(fields, "doubt_from", "", faults),
    )


def _provision(item: Node, laws: set[str], faults: Reader) -> Provision:
    keys = ("id", "role", "law", "article", "text", "verification", "from", "until", "open", "open_text")  # fmt: skip
    fields = Fields(item, faults, keys, "条文")
    starts, until = _days(fields, faults, required=False)
    return Provision(
        fields.text("id"),
        fields.text("role"),
        _of(fields, laws, faults),
        fields.text("article"),
        fields.text("text"),
        _state(fields, faults),
        starts,
        until,
        fields.flag("open", False),
        fields.text("open_text", ""),
    )


def _deadline(item: Node, laws: set[str], conditions: QuestionReader, faults: Reader) -> Deadline:
    keys = ("id", "text", "months", "since", "condition", "law", "article", "verification", "from", "until")  # fmt: skip
    fields = Fields(item, faults, keys, "期限")
    months = fields.text("months")
    if not months.isdigit():
        faults.fail(fields.where("months"), "月数要写整数", "例如 2")
        months = "0"
    starts, until = _days(fields, faults, required=False)
    return Deadline(
        fields.text("id"),
        fields.text("text"),
        int(months),
        _of(fields, laws, faults),
        fields.text("article"),
        _state(fields, faults),
        conditions.condition(fields),
        fields.text("since", LIST_DATE),
        starts,
        until,
    )


def _of(fields: Fields, laws: set[str], faults: Reader) -> str:
    name = fields.text("law")
    if name and name not in laws:
        faults.fail(fields.where("law"), f"没有「{name}」这部法律", "先写进 laws")
    return name


def _days(fields: Fields, faults: Reader, *, required: bool = True) -> tuple[str, str]:
    days = [_day(fields, key, None if required else "", faults) for key in ("from", "until")]
    if all(days) and days[0] >= days[1]:
        faults.fail(fields.where("until"), "until 不在 from 之后", "until 是不再有效的第一天")
    return days[0], days[1]


def _day(fields: Fields, key: str, absent: str | None, faults: Reader) -> str:
    text = fields.text(key, absent)
    if text and not is_day(text):
        faults.fail(fields.where(key), f"「{text}」不是日期", "写成 2026-08-15；不知道写 ~")
    return text


def is_day(text: str) -> bool:
    """Whether the text is an ISO day such as 2026-08-15."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _state(fields: Fields, faults: Reader) -> Verification:
    return verification(fields, faults) or Verification.RECALLED
