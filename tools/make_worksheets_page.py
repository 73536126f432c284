"""docs/worksheets.md from resources/design/worksheets.json: where each of the 57 worksheets of the field is in the papers.

python -m tools.make_worksheets_page            write the page
python -m tools.make_worksheets_page --check    say whether it is current; write nothing
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.paths import resources_dir
from tools.made_page import run

PAGE = Path(__file__).parents[1] / "docs" / "worksheets.md"


def page() -> str:
    """The whole page; the same text from the same data."""
    data = json.loads((resources_dir() / "design" / "worksheets.json").read_text("utf-8"))
    return "\n".join((*_head(), *(_line(one) for one in data["worksheets"]))) + "\n"


def _head() -> Iterator[str]:
    yield "# The 57 worksheets"
    yield ""
    yield "Made by `python -m tools.make_worksheets_page` from `resources/design/worksheets.json`; do not edit. The worksheets are those of the audit"
    yield "handbook and of an audit product on the market (work aids: not all of them belong into a report)."
    yield ""
    yield "由数据生成 = the table stands in the report, by its key; 空白表 = a blank to fill in by hand (`cleanaudit forms`, 空白工作表); 不用 = not in this flow, and why."
    yield ""
    yield "| 编号 | 工作表 | 简易流程 | 常规流程 | 报告里的表 |"
    yield "|---|---|---|---|---|"


def _line(one: Any) -> str:
    made = "、".join(f"`{key}`" for key in one.get("made", ()))
    cells = [_state(one, flow) for flow in ("simplified", "standard")]
    return f"| {one['id']} | {one['name']} | {cells[0]} | {cells[1]} | {made} |"


def _state(one: Any, flow: str) -> str:
    why = one.get("none", {}).get(flow)
    if why:
        return f"不用：{why}"
    said = []
    if one.get("made"):
        said.append("由数据生成")
    if one.get("text"):
        said.append(f"文字：{one['text']}")
    if one.get("form"):
        said.append(f"表格「{one['form']}」")
    if one.get("blank"):
        said.append(f"空白表「{one['blank']}」")
    return "；".join(said)


if __name__ == "__main__":
    raise SystemExit(run(PAGE, page(), __doc__ or "", "tools.make_worksheets_page"))
