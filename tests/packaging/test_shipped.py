"""What the packages carry: every resource the program reads is shipped, and nothing says its version twice."""

import re
from pathlib import Path

from installer import common

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(r"resources_dir\(\)\s*/\s*\"([^\"]+)\"")


def test_every_resource_is_either_shipped_or_compiled_into_the_catalogue() -> None:
    present = {path.name for path in (ROOT / "resources").iterdir() if path.name != "__pycache__"}
    listed = [*common.SHIPPED, *common.COMPILED]
    assert sorted(listed) == sorted(set(listed))
    assert present == set(listed)


def test_the_program_reads_only_what_is_shipped() -> None:
    read = {
        name
        for path in (ROOT / "app").rglob("*.py")
        for name in READS.findall(path.read_text("utf-8"))
    }
    compiled_only = read & set(common.COMPILED)
    # The catalogue is built from these in a checkout; an installed copy brings it ready made.
    builders = {
        name
        for path in (ROOT / "app").rglob("*.py")
        if "build" in path.stem or path.stem == "bootstrap"
        for name in READS.findall(path.read_text("utf-8"))
    }
    assert read - set(common.SHIPPED) <= builders
    assert compiled_only <= builders


def test_no_package_file_writes_the_version_itself() -> None:
    number = common.version()
    for path in (ROOT / "installer").rglob("*"):
        if path.is_file() and path.suffix not in {".lock", ".pyc"}:
            assert number not in path.read_text("utf-8"), path.name


def test_the_bill_of_materials_lists_every_locked_package(tmp_path: Path) -> None:
    target = tmp_path / "bom.json"
    lock = ROOT / "requirements.lock"
    common.write_bill_of_materials(lock, target, extra=common.FONT_COMPONENTS)
    text = target.read_text("utf-8")
    for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock.read_text("utf-8"), re.MULTILINE):
        assert f'"name": "{name}"' in text
    assert "OFL-1.1" in text
