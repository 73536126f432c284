"""Checking done once serves others: changes kept and undone, packs with their origin."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.assessment.indicator_system import IndicatorSystem, Verification
from app.errors import UserError
from app.services.system_packs import ORIGIN, export_pack, import_pack, read_pack
from app.services.systems import change_system, own_system_files, undo_last_change
from app.standards.verification import Check, confirm_row, verify_row
from app.storage.catalogue_store import Catalogue, open_catalogue

ID, TABLE = "electroplating-2015", "general-plating"
CHECK = Check("李工", "2026-11-22", "公告纸本")


@pytest.fixture
def catalogue(catalogue_file: Path) -> Catalogue:
    return open_catalogue(catalogue_file)


def checking(row: str) -> Callable[[IndicatorSystem], IndicatorSystem]:
    return lambda system: verify_row(system, TABLE, row, CHECK)


def verified(catalogue: Catalogue) -> int:
    return catalogue.summary(ID).states[Verification.VERIFIED]


def test_a_checked_row_shows_in_the_library_and_can_be_undone(
    catalogue: Catalogue, catalogue_file: Path
) -> None:
    shipped = catalogue.system_hash(ID)
    for number, row in enumerate(("water-reuse", "emergency-plan"), 1):
        change_system(catalogue, ID, checking(row))
        assert verified(catalogue) == number
    assert verified(open_catalogue(catalogue_file, own_system_files())) == 2
    undo_last_change(catalogue, ID)
    assert verified(catalogue) == 1
    undo_last_change(catalogue, ID)
    assert (verified(catalogue), catalogue.summary(ID).own) == (0, False)
    assert catalogue.system_hash(ID) == shipped
    assert own_system_files() == ()


def test_a_pack_says_how_it_was_checked_and_keeps_its_origin(
    catalogue: Catalogue, catalogue_file: Path, tmp_path: Path
) -> None:
    change_system(catalogue, ID, checking("water-reuse"))
    pack = tmp_path / "电镀.cppack"
    sentence = export_pack(catalogue, [ID], pack, by="李工", on="2026-11-22", note="给同事")
    assert sentence == "43 行中 1 行对照原文核对过，没有第二人复核。"
    change_system(
        catalogue,
        ID,
        lambda system: confirm_row(system, TABLE, "water-reuse", "王工", "2026-11-23"),
    )
    sentence = export_pack(catalogue, [ID], pack, by="李工", on="2026-11-23")
    assert sentence == "43 行中 1 行对照原文核对过，其中 1 行有第二人复核。"
    other, home = open_catalogue(catalogue_file), tmp_path / "同事"
    home.mkdir()
    (imported,) = import_pack(pack, other, folder=home)
    assert imported.summary.states[Verification.VERIFIED] == 1
    assert other.system(ID).extras[ORIGIN] == "李工 2026-11-23 做的体系包 电镀.cppack"
    with pytest.raises(UserError, match="自己的库里已有"):
        import_pack(pack, other, folder=home)
    import_pack(pack, other, folder=home, replace_own=True)


def test_torn_foreign_and_faulty_packs_are_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    pack = tmp_path / "包.cppack"
    with pytest.raises(UserError, match="没有填谁做的"):
        export_pack(catalogue, [ID], pack, by=" ", on="2026-11-22")
    with pytest.raises(UserError, match="没有选体系"):
        export_pack(catalogue, [], pack, by="李工", on="2026-11-22")
    export_pack(catalogue, [ID], pack, by="李工", on="2026-11-22")
    text = pack.read_text("utf-8")
    content = json.loads(text)
    for broken, words in (
        (text[:-30], "不是完好的体系包"),
        ("{}", "不是完好的体系包"),
        (text.replace("cleanaudit-pack/1", "cleanaudit-pack/9"), "别的版本"),
        (text.replace('"0.33"', '"0.34"'), "一级权重"),
    ):
        pack.write_text(broken, encoding="utf-8")
        with pytest.raises(UserError, match=words):
            read_pack(pack)
    assert content["checking"].startswith("43 行")
