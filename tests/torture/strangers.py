"""Files of strangers: random changes to good and bad files of every reader; a result or a plain message, soon and in little memory.

Readers of text and tables run in the process of the window, so an odd end of one is a fault. Readers of PDF, OFD and pictures
run in a child process of the program (app.bills.worker): there a crash or the end of the memory costs that file only, and is
counted; an error of ours is a fault there too. Here every batch has a process of its own, made by fork.
"""

import functools
import io
import json
import mmap
import os
import pickle
import random
import re
import resource
import signal
import struct
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.bootstrap import load_catalogue
from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.services.scoring import score_case
from app.services.system_packs import FORMAT, read_pack, would_replace
from app.services.systems import export_system, read_system_file
from app.storage.catalogue_store import Catalogue
from tests.torture import trees
from tests.torture.counts import Wrong, keep

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "hostile_files"
TABLES = ROOT / "tests" / "forms" / "client_tables"
OLD_BOOKS = ROOT / "tests" / "exchange" / "old_workbooks"
PAPERS = ROOT / "tests" / "bill_papers"
_SECONDS = 5
_MORE_MEMORY = 400_000_000  # of address space beside what is loaded; 200 MB of it are ever used
_BATCH = 400
_WORDS = (
    b"null", b"NaN", b"1e9999999", b"-", b"- ", b"[", b"]", b"{", b"}", b":", b"\"", b"'", b"&a", b"*a", b"!!python/object:x",
    b"0", b"9" * 400, b"-0", b"0.1", b"1/0", b"250/7", b"\xff", b"\x00", b"\t", b"\n", b"  ", "值".encode(), b"true",
    b"../x.yaml", b"/dev/zero", b"range", b"lower", b"verified", b"I", b"II", b"none", b"weight", b"levels", b"=1+1",
)  # fmt: skip


def mutated(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        place = dice.randrange(len(changed) + 1)
        match dice.randrange(7):
            case 0 if changed:
                changed[min(place, len(changed) - 1)] ^= 1 << dice.randrange(8)
            case 1:
                changed[place:place] = dice.choice(_WORDS)
            case 2:
                del changed[place : place + dice.choice((1, 4, 40, 400))]
            case 3:
                part = bytes(changed[place : place + dice.choice((8, 80, 800))])
                changed[place:place] = part
            case 4:
                words = list(re.finditer(rb"[A-Za-z0-9_.-]+", changed[place : place + 300]))
                if words:
                    word = dice.choice(words)
                    changed[place + word.start() : place + word.end()] = dice.choice(_WORDS)
            case 5:
                lines = bytes(changed).split(b"\n")
                one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
                lines[one], lines[other] = lines[other], lines[one]
                changed = bytearray(b"\n".join(lines))
            case _:
                changed[place : place + 1] = dice.choice(_WORDS)
    return bytes(changed)


def mutated_archive(content: bytes, dice: random.Random, folder: Path) -> bytes:
    """A workbook with a part changed inside, or its bytes."""
    if dice.random() < 0.3:
        return mutated(content, dice)
    source, target = folder / "in.zip", folder / "out.zip"
    source.write_bytes(content)
    try:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            chosen = dice.choice(old.namelist())
            for name in old.namelist():
                part = old.read(name)
                new.writestr(name, mutated(part, dice) if name == chosen else part)
    except Exception:  # noqa: BLE001  (a corpus file that is no archive)
        return mutated(content, dice)
    return target.read_bytes()


def _alarm(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {_SECONDS} s of work")


@dataclass(frozen=True)
class Kind:
    """A kind of file: good ones to change, how it is read, and how often (of thousand) it comes.

    suffix: of its file name. packed: a ZIP, changed inside. apart: read in a child process of the program. tree: changed so
    that it stays well-formed, in four of five cases.
    """

    seeds: tuple[bytes, ...]
    read: Callable[[Path], object]
    share: int
    suffix: str
    packed: bool = False
    apart: bool = False
    tree: Callable[[bytes, random.Random], bytes] | None = None


@functools.cache
def _catalogue() -> Catalogue:
    return load_catalogue()


def _corpus(*suffixes: str) -> list[bytes]:
    return [one.read_bytes() for one in sorted(CORPUS.iterdir()) if one.suffix in suffixes]


def _texts() -> dict[str, Kind]:
    """Systems, packs, cases: YAML and JSON."""
    catalogue = _catalogue()
    system = catalogue.system_json("pcb-hj450-2008")
    pack = json.dumps(
        {"format": FORMAT, "by": "x", "on": "x", "systems": [json.loads(system)]},
        ensure_ascii=False,
    ).encode()
    small = [
        path.read_bytes()
        for path in sorted((ROOT / "tests" / "bad_systems").glob("*.yaml"))
        if path.stat().st_size < 6000
    ]
    cases = [path.read_bytes() for path in sorted((ROOT / "tests" / "cases").glob("*.yaml"))]
    economics = (
        b"title: x\ninvestment: 120\nannual_benefit: 40\nlife: 10\ntax_rate: 0.25\n"
        b"discount_rate: 0.08\nsalvage: 5\ncost_class: medium\n"
    )

    def economy(path: Path) -> object:
        from app.services.economics_case import economics_lines

        return economics_lines(path, catalogue.economics())

    def packs(path: Path) -> object:
        return would_replace(read_pack(path), catalogue)

    def case(path: Path) -> object:
        return score_case(path, catalogue)

    return {
        "yaml": Kind((*small, *_corpus(".yaml")), read_system_file, 260, ".yaml"),
        "json": Kind((system.encode()[:9000], *_corpus(".json")), read_system_file, 330, ".json"),
        "cppack": Kind((pack, *_corpus(".cppack")), packs, 50, ".cppack"),
        "case": Kind(tuple(cases), case, 160, ".yaml"),
        "economics": Kind((economics,), economy, 25, ".yaml"),
    }


def _tables() -> dict[str, Kind]:
    """Tables of clients, as files and from the clipboard, up to what would be written from them."""
    from app.exchange.bill_sheet import read_bill_file
    from app.forms.grid import Grid, grid_from_text
    from app.forms.paste import plan_paste
    from app.forms.question_index import QuestionIndex
    from tests.exchange.test_damaged_tables import KINDS

    table = QuestionIndex(_catalogue().questionnaire("industry")).tables["energy.bills"]
    book = AnswerBook({"audit.base_year": Given("2025")})

    def plan(grid: Grid) -> object:
        return plan_paste(table, grid, book, base_year=2025, year=2025)

    def bills(path: Path) -> object:
        return [plan(sheet.grid) for sheet in read_bill_file(path)[:2]]

    def clipboard(path: Path) -> object:
        return plan(grid_from_text(path.read_bytes().decode("utf-8", "replace")))

    clips = [path.read_bytes() for path in sorted(TABLES.glob("*.clip.txt"))]
    csvs = [path.read_bytes() for path in sorted(TABLES.glob("*.csv"))] + _corpus(".csv")
    books = [path.read_bytes() for path in sorted(TABLES.glob("*.xlsx"))[:6]]
    return {
        "clipboard": Kind(tuple(clips), clipboard, 15, ".txt"),
        "csv": Kind(tuple(csvs), bills, 40, ".csv"),
        "html": Kind((KINDS["html.xls"](),), bills, 25, ".xls"),
        "xml table": Kind((KINDS["xml.xls"](),), bills, 25, ".xls"),
        "xlsx table": Kind((KINDS["xlsx"](), *books), bills, 15, ".xlsx", packed=True),
        "ods": Kind((KINDS["ods"](),), bills, 15, ".ods", packed=True),
        "xls": Kind(
            (*(one.read_bytes() for one in sorted(OLD_BOOKS.glob("*.xls"))), *_corpus(".xls")),
            bills,
            15,
            ".xls",
            apart=True,
        ),
        "xlsb": Kind(
            (KINDS["xlsb"](), *_corpus(".xlsb")), bills, 15, ".xlsb", packed=True, apart=True
        ),
        "xlsx": Kind(
            (_system_workbook(), *_corpus(".xlsx")), read_system_file, 8, ".xlsx", packed=True
        ),
    }


@functools.cache
def _system_workbook() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        export_system(_catalogue(), "pcb-hj450-2008", Path(name) / "x.xlsx")
        return (Path(name) / "x.xlsx").read_bytes()


def _papers() -> dict[str, Kind]:
    """Bills and papers of evidence; sealed papers to be verified."""
    from PIL import Image

    from app.bills.draw import draw_page
    from app.bills.read import read_file
    from app.papers.edition import ATTACHMENT, read_package
    from app.reports.sealed_file import read_sealed
    from app.services.evidence import without_place

    def bill(path: Path) -> object:
        return read_file(path, None)

    def picture(path: Path) -> object:
        without_place(path.read_bytes())
        return draw_page(path, 0, 200, path.with_name("drawn.png"))

    def drawn(path: Path) -> object:
        return draw_page(path, 0, 200, path.with_name("drawn.png"))

    def sealed(path: Path) -> object:
        found = read_sealed(path.read_bytes(), ATTACHMENT)
        return None if found.package is None else read_package(found.package)

    def of(pattern: str) -> tuple[bytes, ...]:
        return tuple(path.read_bytes() for path in sorted(PAPERS.glob(pattern)))

    def saved(image: Image.Image, kind: str, **options: object) -> bytes:
        out = io.BytesIO()
        image.save(out, kind, **options)
        return out.getvalue()

    image = Image.effect_noise((160, 120), 60)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "x"
    exif.get_ifd(0x8825)[1] = "N"
    invoices, pdfs = of("*.xml"), of("*.pdf")
    return {
        "invoice xml": Kind(invoices, bill, 100, ".xml"),
        "ofd": Kind(of("*.ofd"), bill, 30, ".ofd", packed=True, apart=True),
        "pdf": Kind((*pdfs, *_pdfs()), bill, 2, ".pdf", apart=True),
        "pdf drawn": Kind((*pdfs[-2:], *_pdfs()), drawn, 1, ".pdf", apart=True),
        "jpg": Kind((saved(image, "JPEG", exif=exif),), picture, 10, ".jpg", apart=True),
        "png": Kind((saved(image, "PNG"),), picture, 15, ".png", apart=True),
        "tiff": Kind((saved(image, "TIFF"), saved(image, "BMP")), picture, 10, ".tif", apart=True),
        "webp": Kind((saved(image, "WEBP"), saved(image, "GIF")), picture, 10, ".webp", apart=True),
        "sealed": Kind((_sealed(), *_pdfs()), sealed, 10, ".pdf", apart=True),
    }


def _pdfs() -> tuple[bytes, ...]:
    return tuple(_corpus(".pdf"))


@functools.cache
def _sealed() -> bytes:
    """A small PDF with a package as a sealed paper has it."""
    import pikepdf

    from app.papers.edition import ATTACHMENT
    from app.papers.edition import FORMAT as PACKAGE
    from app.reports.sealed_file import seal

    plain = {
        "format": PACKAGE, "program": "1", "state": "定稿", "day": "2026-11-29", "questionnaire": "industry", "system": "",
        "basis": "{}", "answers": {"firm.name": {"text": "x", "raw": "", "note": ""}, "a": {"not_applicable": "y"}},
        "rows": {"t": ["r1", "r2"]}, "result": {}, "previous": None,
    }  # fmt: skip
    out = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.attachments[ATTACHMENT] = json.dumps(plain, ensure_ascii=False).encode()
        file.save(out, compress_streams=False)
    return seal(out.getvalue())


def _trees() -> dict[str, Kind]:
    """What keeps its form and holds odd values: frozen data, packs, cases, notes, measures, small files of the program."""
    good = trees.catalogue_files()
    case: Callable[[Path], object] = lambda path: score_case(path, _catalogue())  # noqa: E731
    as_json, as_yaml = trees.mutated_json, trees.mutated_yaml
    made = {
        "system tree": Kind(good["system tree"], trees.system, 20, ".json", tree=as_json),
        "pack tree": Kind(good["pack tree"], trees.pack, 20, ".cppack", tree=as_json),
        "own system": Kind(good["own system"], trees.own_system, 20, ".json", tree=as_json),
        "case tree": Kind(good["case tree"], case, 30, ".yaml", tree=as_yaml),
        "measures": Kind(good["measures"], trees.measures, 15, ".json", tree=as_json),
        "notes": Kind(good["notes"], trees.notes, 15, ".cpreview", tree=as_json),
        "replies": Kind(good["replies"], trees.replies, 20, ".json", tree=as_json),
        "template": Kind(good["template"], trees.template, 15, ".yaml", tree=as_yaml),
        "own files": Kind(good["own files"], trees.own_files, 15, ".json", tree=as_json),
        "package": Kind(good["package"], trees.package, 2, ".json", tree=as_json),
        "paper of package": Kind(good["package"], trees.paper_of_package, 1, ".json", tree=as_json),
    }  # fmt: skip
    return made


@functools.cache
def kinds() -> dict[str, Kind]:
    return {**_texts(), **_tables(), **_papers(), **_trees()}


def strangers(cases: int, seed: int = 5, wanted: str = "") -> Counter[str]:
    """Every kind its share, or only those wanted (by name, with commas)."""
    chosen = {
        name: kind for name, kind in kinds().items() if not wanted or name in wanted.split(",")
    }
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        os.environ.setdefault("CLEANAUDIT_HOME", name)
        for start in range(0, cases, _BATCH):
            todo = range(start, min(start + _BATCH, cases))
            while todo:
                done, found = _batch(chosen, seed, todo, Path(name))
                counts += found
                todo = todo[done:]
    return counts


def _content(chosen: dict[str, Kind], seed: int, case: int, folder: Path) -> tuple[str, bytes]:
    """Kind and bytes of one case: the same whenever it is run."""
    dice = random.Random(seed * 1_000_003 + case)
    name = dice.choices(list(chosen), [one.share for one in chosen.values()])[0]
    kind = chosen[name]
    good = dice.choice(kind.seeds)
    if kind.tree is not None and dice.random() < 0.8:
        with suppress(RecursionError, ValueError):  # a seed that is no tree at all
            return name, kind.tree(good, dice)
    return name, mutated_archive(good, dice, folder) if kind.packed else mutated(good, dice)


def _batch(
    chosen: dict[str, Kind], seed: int, todo: range, folder: Path
) -> tuple[int, Counter[str]]:
    """Run cases in a process made by fork until they are done or it ends; how many, and the counts. Raises Wrong."""
    place = mmap.mmap(-1, 65_536)  # the case and, before one that may end the process, the counts
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            found = _run(chosen, seed, todo, folder, place)
            os.write(writing, pickle.dumps(found))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    if said:
        counts, wrong = pickle.loads(said)
        if wrong:
            raise Wrong(wrong)
        return len(todo), counts
    at = struct.unpack("q", place[:8])[0]
    name, content = _content(chosen, seed, at, folder)
    if not chosen[name].apart:
        kept = keep(f"died-{seed}-{at}{chosen[name].suffix}", content)
        raise Wrong(f"{name}: the process ended ({status}); kept as {kept}")
    size = struct.unpack("q", place[8:16])[0]
    counts = pickle.loads(place[16 : 16 + size])
    counts[f"fuzz {name}"] += 1
    counts["reader ended, its file only"] += 1
    return at - todo.start + 1, counts


def _run(
    chosen: dict[str, Kind], seed: int, todo: range, folder: Path, place: mmap.mmap
) -> tuple[Counter[str], str]:
    """In the child: the counts, and what was wrong."""
    with open("/proc/self/statm") as stream:
        now = int(stream.read().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (now + _MORE_MEMORY, -1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGVTALRM, _alarm)
    counts: Counter[str] = Counter()
    for case in todo:
        name, content = _content(chosen, seed, case, folder)
        kind = chosen[name]
        place[:8] = struct.pack("q", case)
        if kind.apart:
            so_far = pickle.dumps(counts)
            place[8 : 16 + len(so_far)] = struct.pack("q", len(so_far)) + so_far
        path = folder / f"x{kind.suffix}"
        path.write_bytes(content)
        signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
        try:
            kind.read(path)
            counts["taken"] += 1
        except UserError as error:
            counts["refused"] += 1
            if not all(problem.what and problem.remedy for problem in error.problems):
                kept = keep(f"no-remedy-{seed}-{case}{kind.suffix}", content)
                return counts, f"{name}: a message without what or remedy; kept as {kept}"
        except BaseException as error:  # noqa: BLE001  (a panic of a library is one, too)
            if kind.apart and isinstance(error, MemoryError | TimeoutError):
                counts["reader ended, its file only"] += 1
            else:
                kept = keep(f"{type(error).__name__}-{seed}-{case}{kind.suffix}", content)
                return counts, f"{name}: {type(error).__name__}: {error}; kept as {kept}"
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        counts[f"fuzz {name}"] += 1
    return counts, ""
