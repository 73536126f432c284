"""Files of every kind with bytes turned, cut and doubled: read, or refused in plain words; never a traceback, never for long."""

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from app.errors import UserError
from app.exchange.bill_sheet import read_bill_file
from app.forms.answer import AnswerBook, Given
from app.forms.paste import plan_paste
from tests.helpers.forms import derivation
from tests.helpers.old_workbooks import binary_workbook

OLD = Path(__file__).parent / "old_workbooks"
TABLES = Path(__file__).parent.parent / "forms" / "client_tables"
BOOK = AnswerBook({"audit.base_year": Given("2025")})
ROUNDS = 40  # of each kind; 3,000 of each were run once by hand


def _xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2025年用电", None, None])
    sheet.merge_cells("A1:C1")
    sheet.append(["月份", "电量(kWh)", "电费(元)"])
    for month in range(1, 13):
        sheet.append([f"{month}月", 150000 + month, f"=B{month + 2}*0.7"])
    sheet.row_dimensions[5].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="电">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


def _ods() -> bytes:
    cell = '<table:table-cell office:value-type="{kind}"{value}><text:p>{text}</text:p></table:table-cell>'
    rows = ""
    for row in [("月份", "电量(kWh)"), *((f"{n}月", 150000 + n) for n in range(1, 13))]:
        rows += "<table:table-row>"
        for value in row:
            number = isinstance(value, int)
            rows += cell.format(
                kind="float" if number else "string",
                value=f' office:value="{value}"' if number else "",
                text=value,
            )
        rows += "</table:table-row>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.format(rows=rows))
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return out.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "xlsx": _xlsx,
    "ods": _ods,
    "html.xls": lambda: (TABLES / "7c-html.xls").read_bytes(),
    "xml.xls": lambda: (TABLES / "7d-xml2003.xls").read_bytes(),
    "xls": lambda: (OLD / "all.xls").read_bytes(),
    "xlsb": lambda: binary_workbook(
        [["月份", "电量(kWh)"], *([f"{n}月", 150000 + n] for n in range(1, 13))], {5}
    ),
    "csv": lambda: (TABLES / "09-csv-big5.csv").read_bytes(),
}


def _mutated(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(made)) if made else 0
        match rng.randrange(5):
            case 0 if made:
                made[place] = rng.randrange(256)
            case 1:
                del made[place : place + rng.randint(1, 200)]
            case 2:
                made[place:place] = made[place : place + rng.randint(1, 100)]
            case 3:
                made = made[: max(1, place)]
            case _:
                made[place:place] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 12)))
    return bytes(made)


def _repacked(data: bytes, rng: random.Random) -> bytes:
    """A damaged part in a whole archive, so that the damage reaches the reader of the part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as made:
        names = archive.namelist()
        hit = rng.choice(names)
        for name in names:
            part = archive.read(name)
            made.writestr(name, _mutated(part, rng) if name == hit else part)
    return out.getvalue()


def read_mutations(kind: str, folder: Path, rounds: int, seed: int) -> tuple[int, int]:
    """(read, refused) of so many damaged files."""
    rng = random.Random(seed)
    whole: bytes = KINDS[kind]()
    table = derivation(BOOK).index.tables["energy.bills"]
    read = refused = 0
    path = folder / f"账单.{kind}"
    for _ in range(rounds):
        packed = kind in ("xlsx", "ods", "xlsb") and rng.random() < 0.7
        path.write_bytes(_repacked(whole, rng) if packed else _mutated(whole, rng))
        try:
            sheets = read_bill_file(path)
        except UserError as error:
            refused += bool(error.problems[0].remedy)
            continue
        for sheet in sheets[:2]:
            plan_paste(table, sheet.grid, BOOK, base_year=2025, year=2025)
        read += 1
    return read, refused


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_in_plain_words(kind: str, tmp_path: Path) -> None:
    read, refused = read_mutations(kind, tmp_path, ROUNDS, 7)
    assert read + refused == ROUNDS


def _with_places(
    path: Path, old: bytes, new: bytes, place: str = "xl/worksheets/sheet1.xml"
) -> Path:
    """A sound workbook with one thing otherwise in its first sheet, which may lie elsewhere in the archive."""
    with (
        zipfile.ZipFile(TABLES / "7j-chartsheet.xlsx") as whole,
        zipfile.ZipFile(path, "w") as made,
    ):
        for name in whole.namelist():
            part = whole.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old in part
                part, name = part.replace(old, new), place
            elif name == "xl/_rels/workbook.xml.rels":
                part = part.replace(b"worksheets/sheet1.xml", place.removeprefix("xl/").encode())
            made.writestr(name, part)
    return path


# Each made calamine ask for up to 16 GB, in the process of the window, before anything could be counted.
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="E5"', b'r="E99999999"'),
        (b'r="E5"', b'r="range5"'),
        (b'r="E5"', b"r = 'XFD1048576'"),
        (b'r="E5"', b'r="XFD&#49;048576"'),
        (b'r="E5"', b'q=">" r="ABCDE5"'),
        (b'r="E5"', b'r="$E$5"'),
        (b'<row r="5"><c r="A5" ', b'<row r="4294967290"><c '),
        (b'<row r="5"><c r="A5" ', b'<row r="1048570"><c '),
    ],
)
@pytest.mark.parametrize("place", ["xl/worksheets/sheet1.xml", "xl/media/picture.png"])
def test_cells_where_no_sheet_has_any_are_refused_before_room_is_made(
    old: bytes, new: bytes, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _with_places(tmp_path / "远.xlsx", old, new, place)

    def never(*_: object) -> None:
        raise AssertionError("given to the library")

    monkeypatch.setattr("app.exchange.bill_sheet.CalamineWorkbook.from_filelike", never)
    with pytest.raises(UserError):
        read_bill_file(path)


def test_small_letters_and_other_quotes_are_places_too(tmp_path: Path) -> None:
    sheets = [
        read_bill_file(_with_places(tmp_path / f"{n}.xlsx", b'r="E5"', new))[0].grid.rows
        for n, new in enumerate((b'r="E5"', b'r="e5"', b"r = 'E5'"))
    ]
    assert sheets[0] == sheets[1] == sheets[2]


@pytest.mark.parametrize("sector", [0, 16])
def test_a_chain_of_sectors_that_bites_its_tail(
    sector: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """calamine follows such a chain until the memory is full, so it is given a file whose chains we wrote. Sector 0 of
    this workbook is its table of sectors, 16 its first directory."""
    whole = bytearray((OLD / "all.xls").read_bytes())
    whole[512 + 4 * sector : 512 + 4 * sector + 4] = sector.to_bytes(4, "little")
    path = tmp_path / "圈.xls"
    path.write_bytes(whole)
    given: list[bytes] = []
    real = CalamineWorkbook.from_filelike

    def told(file: io.BytesIO) -> object:
        given.append(file.getvalue()[:512])
        assert given[-1][30:32] == b"\x0c\x00", "not a file of ours"
        return real(file)

    monkeypatch.setattr("app.exchange.bill_sheet.CalamineWorkbook.from_filelike", told)
    with suppress(UserError):
        assert read_bill_file(path)
