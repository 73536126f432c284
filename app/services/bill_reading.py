"""Reading a folder of clients' bills (PDF, OFD, XML, pictures): what is in it, judged together. Changes nothing.

`app.services.bills` is another thing: bills kept as a table in a workbook.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from app.assessment.numbers import number_text
from app.bills.read import PICTURES
from app.bills.reading import NEEDS_READER, Reading, State
from app.bills.together import judge
from app.bills.worker import Cancelled as Cancelled
from app.bills.worker import has_picture_reader, read_files
from app.errors import Problem, UserError

_PASSED_BY = {".json", ".md", ".txt", ".ini", ".db", ".lnk", ".cpaudit"}
MOST_FILES = 3000


@dataclass(frozen=True)
class FolderReading:
    """readings: at least one for each file, in the order of the files; paths: the file of each reading."""

    readings: tuple[Reading, ...]
    paths: tuple[Path, ...]


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files meant by what was named or dropped: folders with all below them, in the order of their names. Notes,
    hidden files and audits are passed by. UserError: nothing there, or far too many."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UserError(Problem(str(path), "没有这个文件夹", "看看路径有没有写错"))
        some = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += (one for one in some if one.is_file() and not _is_passed_by(one))
        if len(found) > MOST_FILES:
            raise UserError(
                Problem(str(path), f"里面有 {MOST_FILES} 个以上的文件", "只拖账单那几个文件夹")
            )
    return list(dict.fromkeys(found))


def _is_passed_by(path: Path) -> bool:
    return path.suffix.lower() in _PASSED_BY or any(
        part.startswith((".", "~$")) for part in path.parts[-2:]
    )


def pictures_in(paths: Iterable[Path]) -> int:
    """How many photographs and scans are among the files; 0 where nothing could read them. UserError as `files_in`."""
    if not has_picture_reader():
        return 0
    return sum(1 for path in files_in(paths) if path.suffix.lower() in PICTURES)


def read_folder(
    paths: Sequence[Path],
    *,
    buyer: str = "",
    years: Iterable[int] = (),
    pictures: bool = True,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> FolderReading:
    """Read and judge. buyer, years: of the audit; "" and empty = what most of the bills say. UserError as `files_in`."""
    files = files_in(paths)
    if not files:
        where = str(paths[0]) if paths else ""
        raise UserError(Problem(where, "里面没有可以读的文件", "选放着电费单、发票的那个文件夹"))
    by_file = read_files(files, pictures=pictures, progress=progress, cancelled=cancelled)
    names = _names(files, paths)
    readings = [
        replace(reading, file=name)
        for name, some in zip(names, by_file, strict=True)
        for reading in some
    ]
    sources = [file for file, some in zip(files, by_file, strict=True) for _ in some]
    return FolderReading(tuple(judge(readings, buyer=buyer, years=years)), tuple(sources))


def _names(files: Sequence[Path], roots: Sequence[Path]) -> list[str]:
    """A file's name, with the folders below what was dropped (「2025/01.pdf」)."""
    names = []
    for file in files:
        root = next((one for one in roots if one.is_dir() and file.is_relative_to(one)), None)
        names.append(file.name if root is None else file.relative_to(root).as_posix())
    return names


def lacks_picture_reader(readings: Iterable[Reading]) -> bool:
    """Whether something was not read because the optional component is not installed."""
    return any(NEEDS_READER in reading.why for reading in readings)


def bills_json(readings: Iterable[Reading]) -> dict[str, object]:
    """What `cleanaudit read-bills --json` prints: numbers as strings, "" for what is not on the paper."""
    return {"bills": [_entry(reading) for reading in readings]}


def _entry(reading: Reading) -> dict[str, object]:
    quantity = "" if reading.quantity is None else number_text(Fraction(reading.quantity))
    return {
        "file": reading.file,
        "kind": reading.kind,
        "start": "" if reading.start is None else reading.start.isoformat(),
        "end": "" if reading.end is None else reading.end.isoformat(),
        "month": reading.month,
        "quantity": quantity,
        "unit": reading.unit,
        "money": "" if reading.money is None else f"{reading.money:.2f}",
        "invoice": reading.invoice,
        "buyer": reading.buyer,
        "checks": {
            "passed": [check.said for check in reading.checks if check.holds],
            "failed": [check.said for check in reading.failed],
        },
        "state": reading.state.value,
        "why": reading.why,
    }


_KINDS = {
    "electricity": "电", "water": "水", "gas": "气", "steam": "蒸汽", "heat": "热", "other": "其他",
}  # fmt: skip
_STATES = {State.READ: "可以用", State.ASK: "要看过", State.LEFT_OUT: "没有算"}


def bill_lines(readings: Iterable[Reading]) -> list[str]:
    """The same for people: one line a bill."""
    lines = []
    for reading in readings:
        entry = _entry(reading)
        amount = f"{entry['quantity']} {entry['unit']}".strip()
        money = f"{entry['money']} 元" if entry["money"] else ""
        parts = [
            _STATES[reading.state],
            "" if reading.kind == "unread" else _KINDS[reading.kind],
            reading.month,
            amount,
            money,
            reading.why,
        ]
        lines.append(f"{reading.file}：{'，'.join(part for part in parts if part)}")
    return lines
