"""The installed program checks itself: shipped files, an audit kept, scored, printed, and a system out to Excel and in again.

Everything happens in a folder of its own; the user's files are neither read nor written. The expected figures of the
sample audit are those of the design guide, section 12.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from pathlib import Path

from app import paths
from app.assessment.indicator_system import Level
from app.bootstrap import build_services
from app.errors import AppError, ProgramError
from app.forms.answer import MISSING, Change, Given
from app.services.services import Services
from app.services.session import ImmediateExecutor
from app.standards.system_json import content_hash, system_to_json

_FONTS = 5
_EXPECTED_INDEX = {
    Level.I: Fraction("30.55"),
    Level.II: Fraction("66.8"),
    Level.III: Fraction(100),
}
_EXCEL_SYSTEM = "electroplating-2015"


def run_self_test() -> int:
    """Print one line a check; 0 when all pass, 1 otherwise."""
    with tempfile.TemporaryDirectory(prefix="cleanaudit-") as name, _home(Path(name)) as folder:
        services = build_services(ImmediateExecutor())
        failed = [title for title, check in _checks(services, folder) if not _passes(title, check)]
        services.close()
    print("自检没有全过。" if failed else "自检全过。")
    return 1 if failed else 0


@contextmanager
def _home(folder: Path) -> Iterator[Path]:
    before = os.environ.get("CLEANAUDIT_HOME")
    os.environ["CLEANAUDIT_HOME"] = str(folder)
    try:
        yield folder
    finally:
        if before is None:
            del os.environ["CLEANAUDIT_HOME"]
        else:
            os.environ["CLEANAUDIT_HOME"] = before


def _checks(services: Services, folder: Path) -> list[tuple[str, Callable[[], str]]]:
    return [
        ("目录库", lambda: _catalogue(services)),
        ("字体", _fonts),
        ("案卷", lambda: _audit(services, folder)),
        ("评分", lambda: _score(services, folder)),
        ("报告", lambda: _report(services, folder)),
        ("Excel", lambda: _excel(services, folder)),
    ]


def _passes(title: str, check: Callable[[], str]) -> bool:
    try:
        print(f"过　{title}：{check()}", flush=True)
    except Exception as error:  # noqa: BLE001 - a self-test reports every fault it meets and goes on
        reason = str(error) if isinstance(error, AppError) else f"{type(error).__name__}: {error}"
        print(f"没过 {title}：{reason}", file=sys.stderr, flush=True)
        return False
    return True


def _expect(condition: bool, fault: str) -> None:
    if not condition:
        raise ProgramError(fault)


def _catalogue(services: Services) -> str:
    catalogue = services.catalogue
    systems = catalogue.systems()
    _expect(len(systems) > 0, "一个指标体系都没有")
    for summary in systems:
        system = catalogue.system(summary.id)
        again = content_hash(system_to_json(system))
        _expect(again == summary.sha256, f"{summary.id} 和它的指纹对不上")
    return f"{len(systems)} 个指标体系，指纹都对"


def _fonts() -> str:
    files = sorted(paths.fonts_dir().glob("*.ttf"))
    _expect(len(files) == _FONTS, f"应有 {_FONTS} 个字体文件，只有 {len(files)} 个")
    for file in files:
        _expect(file.read_bytes()[:4] == b"\x00\x01\x00\x00", f"{file.name} 不是 TrueType 字体")
    return f"{len(files)} 个字体文件"


def _audit(services: Services, folder: Path) -> str:
    path, _ = services.projects.sample(folder / "示例 案卷")
    session = services.projects.open_audit(path, who="自检")
    session.record([Change("firm.name", MISSING, Given("自检"))], "填写")
    _expect(session.waiting == 0, "回答没有写进文件")
    session.undo()
    session.close()
    again = services.projects.open_audit(path, who="自检")
    entries = again.history("firm.name")
    again.close()
    _expect([entry.who for entry in entries[:2]] == ["自检", "自检"], "变更记录不对")
    _expect(len(again.backups) > 0, "没有备份")
    return "建立、写入、撤销、重新打开、备份"


def _score(services: Services, folder: Path) -> str:
    _, path = services.projects.sample(folder / "示例 案卷")
    _, assessment = services.projects.load(path)
    assert assessment is not None
    _expect(dict(assessment.index) == _EXPECTED_INDEX, f"指数是 {dict(assessment.index)}")
    _expect(assessment.level is Level.III, f"等级是 {assessment.level}")
    return "示例案卷 30.55 / 66.80 / 100.00，Ⅲ 级"


def _report(services: Services, folder: Path) -> str:
    from app.services.reporting import write_report

    _, path = services.projects.sample(folder / "示例 案卷")
    project, assessment = services.projects.load(path)
    target = folder / "报告.pdf"
    facts = write_report(project, assessment, target, state="草稿", today=date(2026, 11, 20))
    content = target.read_bytes()
    _expect(hashlib.sha256(content).hexdigest() == facts.sha256, "报告文件和印出的不一样")
    _expect(content.count(b"/FontFile2") > 0, "报告没有嵌入字体")
    _expect(not facts.replaced, f"字体里没有这些字：{'、'.join(facts.replaced)}")
    return f"{facts.pages} 页，字体已嵌入"


def _excel(services: Services, folder: Path) -> str:
    from app.services.systems import export_system, read_system_file

    target = folder / "体系.xlsx"
    export_system(services.catalogue, _EXCEL_SYSTEM, target)
    again = system_to_json(read_system_file(target).system)
    _expect(again == services.catalogue.system_json(_EXCEL_SYSTEM), "写出再读入的体系不一样")
    return "体系写出再读入，一字不差"
