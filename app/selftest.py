"""The installed program checks itself: shipped files, and one piece of work for every library it carries (an audit kept, scored,
checked and locked, the cheapest path, papers in every form, a sealed paper verified, tables and bills read back).

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

from app import clock, paths
from app.assessment.indicator_system import Level
from app.bootstrap import build_services
from app.errors import AppError, ProgramError
from app.forms.answer import MISSING, Change, Given
from app.services.services import Services
from app.services.session import ImmediateExecutor
from app.standards.system_json import content_hash, system_to_json

_FONTS = 7
_EXPECTED_INDEX = {
    Level.I: Fraction("30.55"),
    Level.II: Fraction("66.8"),
    Level.III: Fraction(100),
}
_EXCEL_SYSTEM = "electroplating-2015"
_DAY = date(2026, 11, 20)


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
        ("体检", lambda: _check_up(services, folder)),
        ("方案", lambda: _path(services, folder)),
        ("报告", lambda: _report(services, folder)),
        ("封存", lambda: _sealed(services, folder)),
        ("别的格式", lambda: _other_papers(services, folder)),
        ("Excel", lambda: _excel(services, folder)),
        ("账单", lambda: _bills(folder)),
        ("密码", lambda: _password(services, folder)),
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
    facts = write_report(project, assessment, target, state="草稿", today=_DAY)
    content = target.read_bytes()
    _expect(hashlib.sha256(content).hexdigest() == facts.sha256, "报告文件和印出的不一样")
    _expect(content.count(b"/FontFile2") > 0, "报告没有嵌入字体")
    _expect(not facts.replaced, f"字体里没有这些字：{'、'.join(facts.replaced)}")
    return f"{facts.pages} 页，字体已嵌入"


def _check_up(services: Services, folder: Path) -> str:
    from app.checkup.concern import Severity
    from app.services.check_up import concerns_of

    _, path = services.projects.sample(folder / "示例 案卷")
    project, assessment = services.projects.load(path)
    concerns = concerns_of(project, assessment, services.catalogue.checkup(), _DAY)
    blocking = [one.rule for one in concerns if one.severity is Severity.BLOCK]
    _expect(not blocking, f"示例案卷有必改：{blocking}")
    return f"{len(services.catalogue.checkup().rules)} 条规则，示例没有必改"


def _path(services: Services, folder: Path) -> str:
    from app.services.measures import path_of_file

    _, path = services.projects.sample(folder / "示例 案卷")
    found, roads, _project = path_of_file(path, services.catalogue, Level.II)
    _expect(found.best is not None, "找不到到 Ⅱ 级的路")
    return f"到 Ⅱ 级有 {len(roads)} 条路，解出来再核过"


def _sealed(services: Services, folder: Path) -> str:
    from app.services.cases import Cases
    from app.services.reporting import write_report
    from app.services.verifying import verify

    path = services.projects.finished_sample(folder / "示例 案卷")
    project, assessment = services.projects.load(path)
    target = folder / "送审稿.pdf"
    write_report(project, assessment, target, state="送审稿", today=_DAY)
    verdict = verify(target, path, Cases(services.catalogue))
    _expect(verdict.same, f"封存的报告核验不过：{verdict.differences}")
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(bytes(content))
    try:
        noticed = not verify(target, None, Cases(services.catalogue)).same
    except AppError:
        noticed = True
    _expect(noticed, "改了一个字节，核验没有发现")
    return "送审稿和案卷一致，改一个字节就发现"


def _other_papers(services: Services, folder: Path) -> str:
    from app.exchange.bill_sheet import read_bill_file
    from app.services.calculation import write_workbook
    from app.services.reader import write_reader_page
    from app.services.word import write_word

    _, path = services.projects.sample(folder / "示例 案卷")
    project, assessment = services.projects.load(path)
    word, page, workbook = (folder / f"报告{end}" for end in (".docx", ".html", ".xlsx"))
    write_word(project, assessment, word, state="草稿", now=clock.now())
    write_reader_page(project, assessment, page, state="草稿", today=_DAY)
    write_workbook(project, assessment, workbook)
    sheets = read_bill_file(workbook)
    _expect(len(sheets) > 1, "计算表读不回来")
    _expect(word.stat().st_size > 10_000 and page.stat().st_size > 10_000, "文件太小")
    return f"Word、网页、计算表（读回 {len(sheets)} 张）"


def _bills(folder: Path) -> str:
    from app.services.bill_reading import read_folder

    place = folder / "账单"
    place.mkdir(exist_ok=True)
    (place / "不是账单.pdf").write_bytes((folder / "报告.pdf").read_bytes())
    found = read_folder([place], pictures=False).readings
    _expect(len(found) == 1, f"一个文件读出 {len(found)} 份")
    _expect(found[0].quantity is None, "报告被当成了账单")
    return "PDF 读得出字，不是账单的不算"


def _password(services: Services, folder: Path) -> str:
    from app.services import passwords

    _, path = services.projects.sample(folder / "加密 案卷")
    services.projects.set_password(path, "自检用的一句长密码")
    _expect(passwords.has_password(path), "设了密码，文件还是明的")
    _expect(not path.read_bytes().startswith(b"SQLite"), "设了密码，文件还是明的")
    services.projects.set_password(path, "")
    _, assessment = services.projects.load(path)
    _expect(assessment is not None and assessment.level is Level.III, "解密后等级不对")
    return "加密、解密，等级不变"


def _excel(services: Services, folder: Path) -> str:
    from app.services.systems import export_system, read_system_file

    target = folder / "体系.xlsx"
    export_system(services.catalogue, _EXCEL_SYSTEM, target)
    again = system_to_json(read_system_file(target).system)
    _expect(again == services.catalogue.system_json(_EXCEL_SYSTEM), "写出再读入的体系不一样")
    return "体系写出再读入，一字不差"
