"""Scores for scripts: JSON of one file, CSV of a folder, from cases and from real audit files."""

import csv
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.services.scoring import COLUMNS, Scorer, score_case, score_folder, score_text
from app.storage.catalogue_store import Catalogue, open_catalogue
from app.storage.contents import FrozenSystem
from app.storage.opening import create, open_file

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue(catalogue_file: Path) -> Catalogue:
    return open_catalogue(catalogue_file)


def write_audit(
    path: Path, catalogue: Catalogue, book: AnswerBook, system_id: str = "electroplating-2015"
) -> Path:
    frozen = None
    if system_id:
        frozen = FrozenSystem(system_id, catalogue.system_json(system_id))
        book = AnswerBook({**book.answers, "audit.system": Given(system_id)}, book.rows)
    create(
        path,
        answers=book,
        system=frozen,
        meta={"audit_id": "a1", "questionnaire": catalogue.sample("chengling").questionnaire_id},
        who="黄淑仪",
        when=NOW,
    ).close()
    return path


def test_a_case_gives_the_promised_json(catalogue: Catalogue) -> None:
    plain = json.loads(json.dumps(score_case(CASES / "sample-two-missing.yaml", catalogue)))
    assert plain["system"] == "electroplating-2015"
    assert plain["edition"] == "国家发展改革委 环境保护部 工业和信息化部公告2015年第25号"
    assert plain["table"] == "general-plating"
    assert plain["index"] == {"I": None, "II": None, "III": None}
    assert plain["index_range"]["III"] == ["468/5", "100"]
    assert plain["level"] is None
    assert plain["level_range"] == ["III", "none"]
    assert plain["limiting_failed"]["II"] == ["rinse-water-intake"]
    by_id = {row["id"]: row for row in plain["indicators"]}
    assert len(by_id) == 25
    assert by_id["nickel-utilisation"]["state"] == "missing"
    assert by_id["nickel-utilisation"]["meets"] == {"I": None, "II": None, "III": None}
    assert by_id["zinc-utilisation"]["weight"] == "4/15"
    assert by_id["rinse-water-intake"]["meets"] == {"I": False, "II": False, "III": True}
    assert by_id["water-reuse"]["verification"] == "recalled"
    assert plain["verification"] == "recalled"


def test_the_sample_audit_scores_as_its_case(catalogue: Catalogue, tmp_path: Path) -> None:
    sample = catalogue.sample("chengling")
    whole = write_audit(tmp_path / "全.cpaudit", catalogue, sample.book)
    partly = write_audit(tmp_path / "缺.cpaudit", catalogue, sample.incomplete())
    for path, case in ((whole, "sample-complete"), (partly, "sample-two-missing")):
        audit = score_case(path, catalogue)
        plain = score_case(CASES / f"{case}.yaml", catalogue)
        for key in ("index", "index_range", "level", "level_range", "limiting_failed", "missing"):
            assert audit[key] == plain[key]


def test_profiles_ratios_and_quotas_say_what_they_have(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    profile = tmp_path / "啤酒.yaml"
    first = next(catalogue.system("beer-hjt183-2006").tables[0].indicators()).id
    profile.write_text(f"system: beer-hjt183-2006\nfindings: {{{first}: 0}}\n", "utf-8")
    beer = score_case(profile, catalogue)
    assert beer["level"] is None
    shares = beer["profile_shares"]
    assert isinstance(shares, dict)
    assert shares["open"] == "7/8"
    quota = tmp_path / "限额.yaml"
    quota.write_text(
        "system: energy-quota-beer-gb32047-2025\n"
        f"findings: {{{next(catalogue.system('energy-quota-beer-gb32047-2025').tables[0].indicators()).id}: 999}}\n",
        "utf-8",
    )
    over = score_case(quota, catalogue)["quota"]
    assert isinstance(over, list)
    assert over[0]["over_level_3"] is True
    assert over[0]["level"] == "none"
    ratios = score_case(CASES / "p2.yaml", catalogue)
    assert ratios["scores"] == {"P1": ["25", "25"], "P2": ["60", "60"], "P": ["39", "39"]}
    assert ratios["index"] == {"I": None, "II": None, "III": None}


def test_an_audit_that_cannot_be_scored_says_what_to_do(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    sample = catalogue.sample("chengling")
    without = write_audit(tmp_path / "没选.cpaudit", catalogue, sample.book, system_id="")
    with pytest.raises(UserError, match=r"没选\.cpaudit：这个案卷还没有选指标体系"):
        score_case(without, catalogue)
    held = write_audit(tmp_path / "开着.cpaudit", catalogue, sample.book)
    window = open_file(held)
    try:
        with pytest.raises(UserError, match="已在另一个窗口打开"):
            score_case(held, catalogue)
    finally:
        window.close()
    torn = tmp_path / "断.cpaudit"
    torn.write_bytes(held.read_bytes()[:3000])
    with pytest.raises(UserError, match=r"断\.cpaudit"):
        score_case(torn, catalogue)
    newer = write_audit(tmp_path / "新.cpaudit", catalogue, sample.book)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 99000")
    with pytest.raises(UserError, match=r"新\.cpaudit"):
        score_case(newer, catalogue)
    with pytest.raises(UserError, match="找不到"):
        score_case(tmp_path / "没有.cpaudit", catalogue)
    with pytest.raises(UserError, match="读不出来"):
        score_case(tmp_path / "没有.yaml", catalogue)


def test_a_changed_frozen_system_is_noticed(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_audit(tmp_path / "改.cpaudit", catalogue, catalogue.sample("chengling").book)
    path.write_bytes(path.read_bytes().replace("清洁生产".encode(), "不清不楚".encode(), 1))
    with pytest.raises(UserError, match=r"改\.cpaudit"):
        score_case(path, catalogue)


def test_a_folder_becomes_one_csv(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "客户 甲"
    (folder / "里层").mkdir(parents=True)
    sample = catalogue.sample("chengling")
    write_audit(folder / "里层" / "全.cpaudit", catalogue, sample.book)
    (folder / "m07.yaml").write_text((CASES / "m07.yaml").read_text("utf-8"), "utf-8")
    (folder / "systems").mkdir()
    (folder / "systems" / "x.yaml").write_text("schema: cleanaudit-system/1\n", "utf-8")
    (folder / "坏.yaml").write_text("system: 没有\nfindings: {}\n", "utf-8")
    (folder / "记录.txt").write_text("不是算例", "utf-8")
    target = tmp_path / "结果.csv"
    seen: list[tuple[int, int]] = []
    problems = score_folder(folder, target, catalogue, lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["文件"]: row for row in csv.DictReader(stream)}
    assert list(next(iter(rows.values()))) == list(COLUMNS)
    good = rows["里层/全.cpaudit"]
    assert (good["等级"], good["YⅡ最低"], good["YⅡ最高"]) == ("Ⅲ", "66.8", "66.8")
    assert (good["企业"], good["基准年"]) == ("佛山市南海区澄岭五金表面处理有限公司", "2025")
    assert good["限定性没达Ⅱ级"] == "rinse-water-intake"
    assert "坏.yaml 第 1 行" in rows["坏.yaml"]["问题"]
    assert "systems/vectors-2013.yaml" in rows["m07.yaml"]["问题"]
    assert len(problems) == 3
    with pytest.raises(UserError, match="加上 --csv"):
        score_case(folder, catalogue)
    with pytest.raises(UserError, match="里面没有案卷"):
        score_folder(tmp_path / "客户 甲" / "systems", target, catalogue)
    with pytest.raises(UserError, match="没有这个文件夹"):
        score_folder(folder, tmp_path / "没有这层" / "结果.csv", catalogue)


def test_a_folder_reads_each_frozen_system_once(catalogue: Catalogue, tmp_path: Path) -> None:
    sample = catalogue.sample("chengling")
    paths = [write_audit(tmp_path / f"{n}.cpaudit", catalogue, sample.book) for n in range(3)]
    scorer = Scorer(catalogue)
    systems = {id(scorer.assess(path)[1]) for path in paths}
    assert len(systems) == 1


def test_a_score_reads_in_a_few_lines(catalogue: Catalogue, tmp_path: Path) -> None:
    open_case = score_text(CASES / "sample-two-missing.yaml", catalogue).splitlines()
    assert open_case[0].startswith("电镀行业清洁生产评价指标体系（国家发展改革委")
    assert open_case[1] == "等级：未定（最好Ⅲ，最差未达Ⅲ）"
    assert open_case[3] == "YⅡ　65.20～71.60　限定性指标没达到：单位产品每次清洗取水量"
    assert "没填：镍利用率、环境应急预案" in open_case
    assert "2 项没填：只给范围，不给等级" in open_case
    done = score_text(CASES / "sample-complete.yaml", catalogue)
    assert "等级：Ⅲ 国内清洁生产基本水平" in done
    assert "P　39.00" in score_text(CASES / "p2.yaml", catalogue)
    first = next(catalogue.system("beer-hjt183-2006").tables[0].indicators()).id
    profile = tmp_path / "啤酒.yaml"
    profile.write_text(f"system: beer-hjt183-2006\nfindings: {{{first}: 0}}\n", "utf-8")
    lines = score_text(profile, catalogue)
    assert "Ⅰ　1 项" in lines
    assert "文件没有写总等级怎么判，只列每项指标达到哪一级" in lines
