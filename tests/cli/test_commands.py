"""The command line as a script uses it: what is printed, the exit status, and what is said about bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from app import __version__, paths, selftest
from app.__main__ import main
from app.storage import opening

ROOT = Path(__file__).parents[2]
SCORED = {"I": "611/20", "II": "334/5", "III": "100"}


@pytest.fixture
def samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, Path]:
    assert main(["sample", str(tmp_path / "示例 案卷")]) == 0
    first, second, printer = map(Path, capsys.readouterr().out.splitlines())
    assert printer.name == "绘川包装.cpaudit"
    printer.unlink()  # no system scores it
    return first, second


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def test_sample_and_score(samples: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(samples[1]), "--json"]) == 0
    scored = json.loads(capsys.readouterr().out)
    assert (scored["index"], scored["level"]) == (SCORED, "III")
    assert main(["score", str(samples[0]), "--json"]) == 0
    scored = json.loads(capsys.readouterr().out)
    assert (scored["level"], scored["level_range"]) == (None, ["III", "none"])
    assert scored["index_range"]["I"] == ["579/20", "707/20"]


def test_a_folder_is_scored_into_a_table_past_its_bad_files(
    samples: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (samples[0].parent / "坏.cpaudit").write_bytes(samples[0].read_bytes()[:6000])
    target = tmp_path / "结果.csv"
    assert main(["score", str(samples[0].parent), "--csv", str(target)]) == 2
    assert "坏.cpaudit" in capsys.readouterr().err
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert sum("electroplating-2015" in line for line in lines) == 2


def test_report(
    samples: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "报 告.pdf"
    target.write_bytes(b"old")
    assert main(["report", str(samples[1]), "-o", str(target)]) == 0
    assert capsys.readouterr().out.startswith(f"{target}：")
    text = text_of(target)
    assert "66.80" in text
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_report_that_cannot_be_written_leaves_what_was_there(
    samples: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(samples[1]), "-o", str(tmp_path / "没有" / "a.pdf")]) == 2
    assert "没有这个文件夹" in capsys.readouterr().err
    assert main(["report", str(samples[1]), "-o", str(samples[1])]) == 2
    assert "结尾" in capsys.readouterr().err
    opening.open_file(samples[1]).close()
    assert main(["report", str(samples[0]), "-o", str(tmp_path / "b.pdf"), "--state", "定稿"]) == 2
    assert "必填的没填" in capsys.readouterr().err
    assert not (tmp_path / "b.pdf").exists()


def test_an_audit_in_a_window_is_not_scored_behind_its_back(
    samples: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    held = opening.open_file(samples[0])
    assert main(["score", str(samples[0])]) == 2
    held.close()
    assert "已在另一个窗口打开" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["score"], ["report"], ["restore"]])
def test_bad_files_are_named_with_a_remedy(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "没有.cpaudit"
    text = tmp_path / "文本.cpaudit"
    text.write_text("不是案卷", encoding="utf-8")
    for path in (missing, text):
        assert main([*command, str(path)]) == 2
        said = capsys.readouterr().err
        assert said.startswith(path.name)
        assert said.count("。") >= 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "没有 'bogus'"),
        (["score"], "还缺：file"),
        (["sample", "a", "b"], "不认识：b"),
        (["report", "a", "--state", "x"], "没有 'x'"),
    ],
)
def test_wrong_arguments_are_explained_in_chinese(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_bug_names_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("bug")

    monkeypatch.setattr("app.bootstrap.load_catalogue", broken)
    assert main(["score", str(tmp_path / "a.yaml")]) == 1
    assert str(paths.log_file()) in capsys.readouterr().err


def test_self_test(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["self-test"]) == 0
    said = capsys.readouterr().out
    assert said.count("过　") == 12
    assert "没过" not in said
    assert list(paths.user_data_dir().glob("*.json")) == []


def test_self_test_notices_a_missing_font(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(paths, "fonts_dir", lambda: tmp_path)
    fonts = selftest._fonts  # noqa: SLF001 - this one check; the test above runs all
    monkeypatch.setattr(selftest, "_checks", lambda *_: [("字体", fonts)])
    assert main(["self-test"]) == 1
    assert "没过 字体" in capsys.readouterr().err


def test_as_a_process() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "--version"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == f"清审通 {__version__}\n"


def test_what_prints_a_report_reads_it_without_the_slow_libraries(
    samples: tuple[Path, Path],
) -> None:
    """SQLAlchemy writes audits, it does not read them; sessions, bills and the solver are for others. What a report loads
    before it is set takes half of its time."""
    loads = (
        "app.bootstrap", "app.services.check_up", "app.services.reporting", "app.services.report_pictures",
        "app.services.passwords", "app.services.editions", "app.papers.audit_report", "app.papers.edition",
    )  # fmt: skip
    bad = (
        "sqlalchemy", "app.services.session", "app.bills.reading", "reportlab", "pypdfium2", "PIL", "highspy", "numpy",
        "yaml",
    )  # fmt: skip
    script = (
        f"import importlib, sys; list(map(importlib.import_module, {loads}))\n"
        "from app.bootstrap import load_catalogue; from app.services.cases import Cases; from pathlib import Path\n"
        f"Cases(load_catalogue()).read(Path({str(samples[1])!r}))\n"
        f"print([one for one in {bad} if one in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout == "[]\n"


def test_a_reader_that_stops_is_no_fault(tmp_path: Path) -> None:
    line = f"{sys.executable} -m app options | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env={**os.environ, "CLEANAUDIT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "毛病" not in done.stderr
    assert done.returncode == 0
