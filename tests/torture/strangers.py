"""Files of strangers: random changes to good and bad files of every reader; a result or a plain message, soon."""

import json
import os
import random
import re
import signal
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from app.bootstrap import load_catalogue
from app.errors import UserError
from app.services.scoring import score_case
from app.services.system_packs import FORMAT, read_pack, would_replace
from app.services.systems import read_system_file
from tests.torture.counts import Wrong, keep

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "hostile_files"
_SECONDS = 5
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


def strangers(cases: int, seed: int = 5, kinds: str = "yaml json cppack case xlsx") -> Counter[str]:
    """Each kind gets its share; workbooks fewer, they cost more."""
    catalogue = load_catalogue()
    counts: Counter[str] = Counter()
    dice = random.Random(seed)
    system = catalogue.system_json("pcb-hj450-2008")
    pack = json.dumps(
        {"format": FORMAT, "by": "x", "on": "x", "systems": [json.loads(system)]},
        ensure_ascii=False,
    )
    small = [
        path
        for path in sorted((ROOT / "tests" / "bad_systems").glob("*.yaml"))
        if path.stat().st_size < 6000
    ]
    seeds: dict[str, list[bytes]] = {
        "yaml": [path.read_bytes() for path in small],
        "json": [system.encode()[:9000]],
        "cppack": [pack.encode()],
        "case": [path.read_bytes() for path in sorted((ROOT / "tests" / "cases").glob("*.yaml"))],
        "xlsx": [],
    }
    for path in sorted(CORPUS.iterdir()):
        kind = path.suffix[1:]
        if kind in seeds:
            seeds[kind].append(path.read_bytes())
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        os.environ.setdefault("CLEANAUDIT_HOME", name)
        if "xlsx" in kinds:
            from app.services.systems import export_system

            export_system(catalogue, "pcb-hj450-2008", folder / "good.xlsx")
            seeds["xlsx"].append((folder / "good.xlsx").read_bytes())

        def read(kind: str, path: Path) -> None:
            if kind == "cppack":
                would_replace(read_pack(path), catalogue)
            elif kind == "case":
                score_case(path, catalogue)
            else:
                read_system_file(path)

        share = {"yaml": 30, "json": 30, "cppack": 18, "case": 20, "xlsx": 2}
        wanted = [kind for kind in kinds.split() if seeds[kind]]
        before = signal.signal(signal.SIGVTALRM, _alarm)
        try:
            for case in range(cases):
                kind = dice.choices(wanted, [share[kind] for kind in wanted])[0]
                good = dice.choice(seeds[kind])
                content = (
                    mutated_archive(good, dice, folder) if kind == "xlsx" else mutated(good, dice)
                )
                path = folder / f"x.{'yaml' if kind == 'case' else kind}"
                path.write_bytes(content)
                _one(lambda: read(kind, path), kind, content, f"{seed}-{case}", counts)  # noqa: B023
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
    return counts


def _one(
    read: Callable[[], None], kind: str, content: bytes, name: str, counts: Counter[str]
) -> None:
    signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
    try:
        read()
        counts["taken"] += 1
    except UserError:
        counts["refused"] += 1
    except Exception as error:
        place = keep(f"{type(error).__name__}-{name}.{kind}", content)
        raise Wrong(f"{kind}: {type(error).__name__}: {error}; kept as {place}") from error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    counts[f"fuzz {kind}"] += 1
