"""Files of strangers: each one gets a plain message, quickly, in little memory, and nothing of it takes effect."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.bootstrap import load_catalogue
from app.errors import UserError
from app.services.scoring import score_case
from app.services.system_packs import import_pack, read_pack, would_replace
from app.services.systems import import_system, read_system_file
from app.storage.catalogue_store import Catalogue

FILES = Path(__file__).parents[1] / "hostile_files"
ROOT = Path(__file__).parents[2]
SYSTEMS = sorted(
    path for path in FILES.iterdir() if path.suffix in (".xlsx", ".yaml", ".json", ".cppack")
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def read(path: Path, catalogue: Catalogue, folder: Path) -> object:
    if path.suffix == ".cppack":
        return import_pack(path, catalogue, folder=folder)
    return import_system(path, catalogue, folder=folder)


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.name)
def test_a_plain_message(path: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        read(path, catalogue, tmp_path)
    assert not list(tmp_path.iterdir())


DEEP = 200_000
DEEP_FILES = {
    "flow.yaml": "a: " + "[" * DEEP,
    "map.yaml": "a: " + "{a: " * DEEP,
    "dash.yaml": "- " * DEEP,
    "question.yaml": "? " * DEEP,
    "indent.yaml": "\n".join(" " * depth + "a:" for depth in range(1500)),
    "deep.json": "[" * DEEP + "]" * DEEP,
    "object.json": '{"a":' * DEEP + "1" + "}" * DEEP,
    "pack.cppack": '{"format":"cleanaudit-pack/1","by":"x","on":"x","systems":'
    + "[" * DEEP
    + "]" * DEEP
    + "}",
    "inside.cppack": '{"format":"cleanaudit-pack/1","by":"x","on":"x","systems":['
    + "[" * 500
    + "]" * 500
    + "]}",
}


def test_deep_files_are_refused_and_end_no_process(tmp_path: Path) -> None:
    """In a process of its own: a stack that overflows in C cannot be caught."""
    for name, text in DEEP_FILES.items():
        (tmp_path / name).write_text(text)
    script = (
        "import resource, sys; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000,) * 2)\n"
        "from app.errors import UserError\n"
        "from app.services.system_packs import read_pack\n"
        "from app.services.systems import read_system_file\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    try: (read_pack if path.suffix == '.cppack' else read_system_file)(path)\n"
        "    except UserError: print(path.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == sorted(DEEP_FILES), done.stderr[-500:]


@pytest.mark.parametrize("number", ["1e9999999", "9" * 5000, "1/" + "9" * 5000, "0." + "1" * 9999])
def test_absurd_numbers_are_no_numbers(number: str, catalogue: Catalogue, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "system: electroplating-2015\ntable: general-plating\n"
        f"findings:\n  rinse-water-intake: {number}\n"
    )
    with pytest.raises(UserError, match="应当是一个数"):
        score_case(case, catalogue)


def test_a_case_names_files_below_its_own_folder_only(catalogue: Catalogue, tmp_path: Path) -> None:
    source = ROOT / "resources" / "indicator_systems" / "electroplating-2015.yaml"
    home = tmp_path / "home"
    (home / "below").mkdir(parents=True)
    (home / "below" / "mine.yaml").write_bytes(source.read_bytes())
    (tmp_path / "outside.yaml").write_bytes(source.read_bytes())
    (home / "linked.yaml").symlink_to(tmp_path / "outside.yaml")
    case = home / "case.yaml"

    def score(name: str) -> object:
        case.write_text(f"system: {name}\ntable: general-plating\nfindings: {{}}\n")
        return score_case(case, catalogue)

    assert score("below/mine.yaml")
    for name in (
        "/dev/zero",
        "../outside.yaml",
        str(tmp_path / "outside.yaml"),
        "linked.yaml",
        "below/../../outside.yaml",
        "C:\\x.yaml",
    ):
        with pytest.raises(UserError):
            score(name)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path / "none.json", Path("/dev/zero.yaml")):
        with pytest.raises(UserError):
            read_system_file(path)
    folder = tmp_path / "folder.json"
    folder.mkdir()
    with pytest.raises(UserError, match="普通文件"):
        read_system_file(folder)


def test_a_pack_that_scores_otherwise_names_the_thresholds(catalogue: Catalogue) -> None:
    path = FILES / "pack_replaces_shipped_system.cppack"
    said = r"electroplating-2015.*取水量：Ⅰ级 库里 8，包里 9999"
    with tempfile.TemporaryDirectory() as name, pytest.raises(UserError, match=said):
        import_pack(path, catalogue, folder=Path(name))
    assert not catalogue.summary("electroplating-2015").own
    (taken,) = would_replace(read_pack(path), catalogue)
    assert len(taken.differs) == 1


def test_a_pack_that_only_brings_checking_is_not_asked_about(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    system = json.loads(catalogue.system_json("electroplating-2015"))
    content = {"format": "cleanaudit-pack/1", "by": "李", "on": "2026-11-20", "systems": [system]}
    pack = tmp_path / "same.cppack"
    pack.write_text(json.dumps(content))
    assert would_replace(read_pack(pack), catalogue) == ()
