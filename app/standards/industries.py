"""Names of industry codes (GB/T 4754-2017): read strictly from resources/industries.yaml."""

import re
from collections.abc import Mapping
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.standards.reader import Reader
from app.standards.tree import Branch
from app.standards.yaml_tree import read_yaml_file

_CODE = re.compile(r"[0-9]{2,4}")


def load_industries(path: Path) -> Mapping[str, str]:
    """Code -> name. UserError with every problem, each with file and line."""
    reader = Reader()
    keys = ("source", "verification", "names")
    top = reader.branch(read_yaml_file(path, reader), keys, keys)
    reader.choice(top, "verification", Verification, Verification.RECALLED)
    reader.text(top, "source", required=True)
    names = reader.text_map(top, "names")
    branch = top.entries.get("names")
    for code in names:
        if not _CODE.fullmatch(code) and isinstance(branch, Branch):
            reader.fail(
                branch.place_of(code),
                f"行业代码「{code}」不是 GB/T 4754 的写法",
                "写 2 到 4 位数字，加引号。",
            )
    reader.raise_problems()
    return names
