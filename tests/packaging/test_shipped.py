"""What the packages carry: every resource the program reads is shipped, and nothing says its version twice."""

import json
import re
import sysconfig
from pathlib import Path

import pytest

from app.__main__ import main
from app.services.prints import PICTURES
from installer import build_windows, common

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


def test_the_windows_setup_carries_the_parts_of_qt_the_program_uses() -> None:
    used = {
        module
        for path in (ROOT / "app").rglob("*.py")
        for module in re.findall(r"from PySide6\.Qt(\w+) import", path.read_text("utf-8"))
    }
    assert {"Pdf", "PdfWidgets", "PrintSupport"} < used <= build_windows.QT_MODULES
    readers = build_windows.PLUGINS["imageformats"]
    assert readers is not None
    # Qt itself reads PNG and BMP
    wanted = {f"q{name[1:].replace('jpg', 'jpeg')}.dll" for name in PICTURES}
    assert wanted - readers == {"qpng.dll", "qbmp.dll"}


def test_no_package_file_writes_the_version_itself() -> None:
    number = common.version()
    for path in (ROOT / "installer").rglob("*"):
        if path.is_file() and path.suffix not in {".lock", ".pyc"}:
            assert number not in path.read_text("utf-8"), path.name


def test_the_bill_of_materials_lists_every_locked_package_with_its_licence(tmp_path: Path) -> None:
    target = tmp_path / "bom.json"
    common.write_bill_of_materials(ROOT / "requirements.lock", target, extra=common.FONT_COMPONENTS)
    listed = {part["name"]: part for part in json.loads(target.read_text("utf-8"))["components"]}
    locked = {name: number for name, number, _ in common.locked(ROOT / "requirements.lock")}
    assert len(locked) > 10
    assert set(locked) < set(listed)
    for name, part in listed.items():
        assert part["licenses"][0]["license"]["id"], name
        if name in locked:
            assert part["version"] == locked[name]
            assert part["hashes"]
    assert listed["pyside6-addons"]["licenses"] == [{"license": {"id": "LGPL-3.0-only"}}]


def test_a_licence_text_lies_there_for_every_locked_package(tmp_path: Path) -> None:
    paper = tmp_path / "LICENSE.txt"
    paper.write_text("PSF", "utf-8")
    common.collect_licences(
        Path(sysconfig.get_path("purelib")), paper, target := tmp_path / "licences"
    )
    texts = {common.normal(path.stem) for path in target.iterdir()}
    qt = {"pyside6-addons", "pyside6-essentials", "shiboken6"}  # LGPL-3.0.txt is theirs
    locked = {common.normal(name) for name, *_ in common.locked(ROOT / "requirements.lock")}
    assert locked - qt <= texts
    assert {"cpython", "lgpl-3-0", "gpl-3-0"} <= texts


def test_files_of_two_builds_have_one_time_and_plain_rights(tmp_path: Path) -> None:
    for name, mode in (("a", 0o600), ("b", 0o777)):
        (tmp_path / name).write_text(name, "utf-8")
        (tmp_path / name).chmod(mode)
    common.settle(tmp_path)
    found = [
        (path.stat().st_mtime, path.stat().st_mode & 0o777) for path in sorted(tmp_path.iterdir())
    ]
    assert found == [(common.source_date(), 0o644), (common.source_date(), 0o755)]


@pytest.mark.parametrize("file", [None, Path("/a b/案卷.cpaudit")])
def test_the_menu_entry_opens_the_window_with_and_without_a_file(
    file: Path | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLEANAUDIT_HOME", str(tmp_path))
    opened: list[Path | None] = []

    def run(_services: object, wanted: Path | None) -> int:
        opened.append(wanted)
        return 0

    monkeypatch.setattr("app.ui.application.run", run)
    entry = (ROOT / "installer" / "linux" / "cleanaudit.desktop").read_text("utf-8")
    line = next(line for line in entry.splitlines() if line.startswith("Exec="))
    _, *words = line.removeprefix("Exec=").split()
    words.remove("%f")
    assert main([*words, *([str(file)] if file else [])]) == 0
    assert opened == [file]
