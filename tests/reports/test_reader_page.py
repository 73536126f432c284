"""The report as one page: nothing fetched, every number of the paper on it, every number opens its way, in a real browser too."""

import json
import re
import shutil
import subprocess
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import pytest

from app.__main__ import main
from app.assessment.numbers import round_half_up
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.papers.audit_report import build_report
from app.papers.chains import chain_of
from app.papers.document import Amount, State
from app.papers.walk import places
from app.reports.reader_page import reader_page
from tests.helpers.forms import printer_project, sample_project, shipped_forms, with_answer
from tests.word.test_docx import NOW

CHROMIUM = shutil.which("chromium")


class Words(HTMLParser):
    """The visible text, and the numbers with their keys."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.keys: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        given = dict(attrs)
        if tag == "a" and given.get("data-key"):
            self.keys.append(str(given["data-key"]))

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def project_of(name: str) -> AuditProject:
    if name == "after":
        return sample_project(shipped_forms().samples["chengling"].finished())
    return sample_project() if name == "chengling" else printer_project()


@pytest.fixture(scope="module", params=["chengling", "after", "huichuan"])
def made(request: pytest.FixtureRequest) -> tuple[object, str]:
    project = project_of(request.param)
    assessment = assess_project(project) if project.system is not None else None
    document = build_report(project, assessment, state=State.DRAFT, today=NOW.date())
    page = reader_page(document, lambda key: chain_of(project, assessment, key)).decode()
    return document, page


def test_every_number_of_the_paper_stands_on_it_and_most_open(made: tuple[object, str]) -> None:
    document, page = made
    words = Words(page)
    shown = "".join("".join(words.words).split())
    amounts = [one for _, one in places(document) if isinstance(one, Amount)]  # type: ignore[arg-type]
    assert len(amounts) > 300
    assert all("".join(str(one).split()) in shown for one in amounts)
    keyed = {one.key for one in amounts if one.key}
    assert not keyed - set(words.keys)


@pytest.mark.parametrize("name", ["chengling", "after", "huichuan"])
def test_the_way_of_every_number_ends_in_that_number(name: str) -> None:
    """Of sums, states after the measures, economics and the 绩效表 too: never in that of another number."""
    project = project_of(name)
    assessment = assess_project(project) if project.system is not None else None
    document = build_report(project, assessment, state=State.DRAFT, today=NOW.date())
    bare = []
    for where, one in places(document):
        if not isinstance(one, Amount):
            continue
        if not one.key:
            bare.append((where, str(one)))
            continue
        chain = chain_of(project, assessment, one.key)
        assert chain is not None, (where, one.key)
        printed = abs(Fraction(round_half_up(one.value, one.places)))
        # An indicator's way begins with its level; its value is the first step below.
        steps = [chain, *(chain.children if one.key.startswith("indicator/") else ())]
        values = [step.value for step in steps if isinstance(step.value, Fraction)]
        rounded = [abs(Fraction(round_half_up(value, one.places))) for value in values]
        assert printed in rounded, (where, one.key, str(one), values)
    sheets = sum("综合评价指数计算书" in where for where, _ in bare)
    assert len(bare) - sheets < 20, bare


def test_a_sum_opens_all_its_rows() -> None:
    chain = chain_of(sample_project(), None, "water.units/r1+r5/fresh")
    assert chain is not None
    assert chain.value == 53000
    assert chain.formula == "17,800 + 23,800 + 2,900 + 3,600 + 4,900"
    assert len(chain.children) == 5


def test_nothing_is_fetched_and_the_nodes_lead_to_answers(made: tuple[object, str]) -> None:
    _, page = made
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert "http://" not in page
    found = re.search(r'id="nodes" type="application/json">(.*?)</script>', page, re.S)
    assert found is not None
    nodes = json.loads(found[1])
    assert all(child < place for place, node in enumerate(nodes) for child in node.get("c", []))
    assert sum("f" in node for node in nodes) > 30
    assert sum("s" in node for node in nodes) > 100


def test_what_does_not_apply_is_not_called_open() -> None:
    """The share of a limit where there is none: a dash on the page, 不适用 in its way."""
    project = printer_project()
    document = build_report(project, None, state=State.DRAFT, today=NOW.date())
    page = reader_page(document, lambda key: chain_of(project, None, key)).decode()
    place = re.search(r'data-n="([0-9]+)" data-key="env.monitoring/r8/share"', page)
    nodes = re.search(r'id="nodes" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert place is not None
    assert nodes is not None
    assert json.loads(nodes[1])[int(place[1])]["v"] == "不适用"


def test_markup_in_answers_stays_words() -> None:
    evil = '</script><script>alert(1)</script><img src=x onerror="alert(2)">&lt;'
    project = sample_project(with_answer(sample_project().book, "firm.name", evil))
    document = build_report(project, assess_project(project), state=State.DRAFT, today=NOW.date())
    page = reader_page(document, lambda key: chain_of(project, None, key)).decode()
    assert page.count("<script") == 2
    assert "<img src=x" not in page
    assert evil in "".join(Words(page).words)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_browser_opens_the_way_of_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sample", str(tmp_path)]) == 0
    audit = next(tmp_path.glob("*审核前.cpaudit"))
    target = tmp_path / "报告.html"
    assert main(["page", str(audit), "-o", str(target)]) == 0
    assert main(["page", str(audit), "-o", str(audit)]) == 2
    capsys.readouterr()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    done = subprocess.run(
        [str(CHROMIUM), *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
         f"{target.as_uri()}#key=energy.total"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    opened = done.stdout[done.stdout.index('id="steps"') :]
    assert "综合能耗" in opened
    assert "228.88896 tce" in opened, "with the decimals that make the sum printed above true"
    assert "电折标煤" in opened
    assert 'class="n here"' in done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_browser_prints_wide_tables_whole(tmp_path: Path) -> None:
    """The calculation sheet on a turned sheet, the 绩效表 on A3, nothing cut at the edge."""
    project = project_of("after")
    assessment = assess_project(project)
    document = build_report(project, assessment, state=State.DRAFT, today=NOW.date())
    page, target = tmp_path / "报告.html", tmp_path / "报告.pdf"
    page.write_bytes(reader_page(document, lambda key: chain_of(project, assessment, key)))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    subprocess.run(
        [str(CHROMIUM), *flags, f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={target}", page.as_uri()],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    with pypdfium2.PdfDocument(target) as pdf:
        sheets = {
            "".join(one.get_textpage().get_text_range().split()): tuple(map(round, one.get_size()))
            for one in pdf
        }
    calculation = next(size for text, size in sheets.items() if "表A-1综合评价指数计算书" in text)
    results = next(size for text, size in sheets.items() if "表H-1清洁生产项目绩效表" in text)
    assert (calculation, results) == ((842, 595), (1191, 842))
    last = next(text for text in sheets if "表A-1综合评价指数计算书" in text)
    assert "审核后" in last
    assert "状态" in last
    assert "43.6586.80100.00" in last
