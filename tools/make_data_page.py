"""docs/data.md from the data: every document with how sure its rows are and where it was read, and what is wanted.

python -m tools.make_data_page            write the page
python -m tools.make_data_page --check    say whether it is current; write nothing
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from app.assessment.indicator_system import Indicator, IndicatorSystem, Verification, weakest
from app.paths import resources_dir
from app.standards.fields import Fields
from app.standards.reader import Reader
from app.standards.reference_source import load_reference
from app.standards.yaml_source import load_system_file
from app.standards.yaml_tree import read_or_note
from tools.made_page import run

PAGE = Path(__file__).parents[1] / "docs" / "data.md"
_KINDS = {
    "indicator_system": "指标体系",
    "cp_standard": "清洁生产标准",
    "energy_quota": "能耗限额",
    "reference_table": "参考表",
}
_TABLES = (
    ("voc_limits", "VOC 限值", "resources/reference/voc.yaml"),
    ("voc_substances", "清洗剂另限的成分", "resources/reference/voc.yaml"),
    ("voc_capture", "VOC 收集率", "resources/reference/voc_control.yaml"),
    ("voc_treatment", "VOC 去除率", "resources/reference/voc_control.yaml"),
    ("emission_factors", "产污系数", "resources/reference/voc_control.yaml"),
    ("caps", "排放标准里的单耗上限", "resources/reference/caps.yaml"),
    ("chemicals", "优先控制化学品", "resources/reference/chemicals.yaml"),
    ("package_classes", "包装类别", "resources/reference/packaging.yaml"),
    ("void_limits", "空隙率", "resources/reference/packaging.yaml"),
    ("water_quotas", "用水定额", "resources/reference/water.yaml"),
    ("old_series", "老旧系列", "resources/reference/equipment.yaml"),
)


def page() -> str:
    """The whole page; the same text from the same data."""
    return "\n".join((*_head(), *_systems(), *_references(), *_wanted())) + "\n"


def _head() -> Iterator[str]:
    yield "# What the data are and how sure they are"
    yield ""
    yield "Made by `python -m tools.make_data_page` from `resources/`; do not edit. It is the shopping list of the standards desk: whoever has the"
    yield "official print of a document can check its rows one by one in the program (指标体系 › 逐行核对)."
    yield ""
    yield "已核对 = compared with the official print by a named person; 转录 = read in a secondary source; 凭记忆 = field knowledge, judges nothing; 没有值 = rows where"
    yield "the document has a value that the source did not show."
    yield ""


def _systems() -> Iterator[str]:
    yield "## Documents"
    yield ""
    yield "| 文件 | 编号 | 种类 | 行 | 已核对 | 转录 | 凭记忆 | 没有值 | 读到的地方 |"
    yield "|---|---|---|--:|--:|--:|--:|--:|---|"
    total: Counter[str] = Counter()
    for path in sorted((resources_dir() / "indicator_systems").glob("*.yaml")):
        system = load_system_file(path).system
        rows = [row for table in system.tables for row in table.indicators()]
        states = Counter(_state(_states(row)) for row in rows)
        unknown = sum(any(value is None for value in row.benchmarks.values()) for row in rows)
        counts = [len(rows), *(states[state] for state in Verification), unknown]
        total.update(dict(zip("abcde", counts, strict=True)))
        yield (
            "| "
            + " | ".join(
                (
                    f"{system.title} (`{system.id}`)",
                    system.document_no or "—",
                    _KINDS[system.kind.value],
                    *map(str, counts),
                    _where(system),
                )
            )
            + " |"
        )
    sums = " | ".join(f"**{total[name]}**" for name in "abcde")
    yield f"| **合计** | | | {sums} | |"
    yield ""


def _states(row: Indicator) -> list[Verification]:
    found = [row.provenance_of(level).verification for level in row.benchmarks]
    return found or [row.provenance.verification]


def _state(states: list[Verification]) -> Verification:
    """The weakest of a row."""
    return weakest(states) or Verification.RECALLED


def _where(system: IndicatorSystem) -> str:
    links = [source.url for source in system.sources.values() if source.url]
    return "<br>".join(dict.fromkeys(links)) or "—"


def _references() -> Iterator[str]:
    reference = load_reference(resources_dir() / "reference")
    yield "## Reference tables"
    yield ""
    yield "| 表 | 文件 | 行 | 已核对 | 转录 | 凭记忆 | 没有值 |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for name, title, file in _TABLES:
        rows = getattr(reference, name)
        states = Counter(row.verification for row in rows)
        fields = ("limit", "value", "k", "advanced")
        unknown = sum(
            any(getattr(row, field, 0) is None for field in fields if hasattr(row, field))
            for row in rows
        )
        counts = (len(rows), *(states[state] for state in Verification), unknown)
        yield f"| {title} | `{file}` | {' | '.join(map(str, counts))} |"
    law = reference.law
    dated = [
        *(one.verification for one in law.provisions),
        *(one.verification for one in law.deadlines),
    ]
    states = Counter(dated)
    counts = (len(dated), *(states[state] for state in Verification), 0)
    yield f"| 法律条文和期限 | `resources/reference/law.yaml` | {' | '.join(map(str, counts))} |"
    yield ""
    yield "### Prints of standards used in the tables"
    yield ""
    yield "| 标准 | 有效 | 哪里有原文 |"
    yield "|---|---|---|"
    for standard in reference.standards:
        span = f"{standard.starts or '…'} 至 {standard.until or '…'}"
        yield f"| {standard.id} {standard.title} | {span} | {standard.get or '—'} |"
    yield ""


def _wanted() -> Iterator[str]:
    faults = Reader()
    mark = read_or_note(resources_dir() / "wanted.yaml", faults)
    assert mark is not None, faults.problems
    yield "## Wanted"
    yield ""
    yield "| 文件 | 种类 | 有了它 | 哪里有 | 名称 |"
    yield "|---|---|---|---|---|"
    keys = ("document", "kind", "why", "get", "verification")
    for item in Fields(mark, faults, ("wanted",), "想要的文件").items("wanted"):
        fields = Fields(item, faults, keys, "想要的文件")
        cells = [fields.text(key) for key in keys]
        cells[4] = "凭记忆，先核" if Verification(cells[4]) is Verification.RECALLED else "有据"
        yield f"| {' | '.join(cells)} |"
    assert not faults.problems, faults.problems


if __name__ == "__main__":
    raise SystemExit(run(PAGE, page(), __doc__ or "", "tools.make_data_page"))
