"""The parts of dev.py that decide; what it installs is proved by running it on a bare system."""

import subprocess
import sys
from pathlib import Path

import pytest

import dev


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A Debian system with libgl1 and the renamed GLib only; gives the commands that were run."""
    commands: list[list[str]] = []
    monkeypatch.setattr(dev, "LINUX", True)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    listing = "libgl1 installed\nlibglib2.0-0t64 installed\nlibegl1 config-files\n"

    def fake_run(words: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        commands.append(words)
        return subprocess.CompletedProcess(words, 0, stdout=listing)

    monkeypatch.setattr("subprocess.run", fake_run)
    return commands


def as_user(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr("os.geteuid", lambda: number, raising=False)


def test_packages_renamed_or_half_removed_are_told_apart(debian: list[list[str]]) -> None:
    assert dev.missing_system_packages(["libgl1", "libglib2.0-0", "libegl1"]) == ["libegl1"]


def test_root_installs_only_what_is_missing(
    debian: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 0)
    dev.install_system_packages(["libgl1", "libegl1"])
    _, update, install = debian
    assert update[0] == "apt-get"
    assert update[-1] == "update"
    assert "libegl1" in install
    assert "libgl1" not in install


def test_other_users_are_given_one_command_and_nothing_is_done(
    debian: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 1000)
    with pytest.raises(dev.Stopped) as stopped:
        dev.install_system_packages(["libgl1", "libegl1"])
    command = "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends libegl1'\n"
    assert command in str(stopped.value)
    assert [words[0] for words in debian] == ["dpkg-query"]


def test_nothing_is_installed_when_nothing_is_missing(
    debian: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 1000)
    dev.install_system_packages(["libgl1"])
    assert [words[0] for words in debian] == ["dpkg-query"]


def test_a_failing_step_stops_with_its_name() -> None:
    with pytest.raises(dev.Stopped, match=r"类型 / mypy.*3"):
        dev.run("类型 / mypy", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(dev.Stopped, match="没有这个步骤"):
        dev.run("没有这个步骤", ["no-such-command-清审通"])


@pytest.mark.parametrize(
    ("locale", "expected"), [("", "C.UTF-8"), ("POSIX", "C.UTF-8"), ("zh_CN.UTF-8", None)]
)
def test_children_get_a_locale_that_can_spell_chinese(
    monkeypatch: pytest.MonkeyPatch, locale: str, expected: str | None
) -> None:
    monkeypatch.setattr(dev, "LINUX", True)
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    if locale:
        monkeypatch.setenv("LANG", locale)
    assert dev.child_environment().get("LC_ALL") == expected


def test_counts_are_read_from_what_pytest_wrote(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="7" failures="1" errors="0" skipped="2"/></testsuites>',
        encoding="utf-8",
    )
    assert dev.pytest_counts(report) == {"tests": 7, "failures": 1, "errors": 0, "skipped": 2}


def test_the_environment_is_remade_when_the_lock_or_the_folder_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = dev.wanted_stamp()
    lock = tmp_path / "lock"
    lock.write_text("other", encoding="utf-8")
    monkeypatch.setattr(dev, "LOCK", lock)
    assert dev.wanted_stamp()["recipe"] != before["recipe"]
    monkeypatch.setattr(dev, "STAMP", tmp_path / "broken.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert dev.read_stamp() == {}
