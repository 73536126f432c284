"""resources/**/*.yaml -> build/catalogue.sqlite and its hash.

python -m tools.build_catalogue            build it (fast when nothing changed)
python -m tools.build_catalogue --check    check every source, and that two builds give the same bytes
"""

import argparse
import sys
import tempfile
from pathlib import Path

from app.errors import UserError
from app.paths import catalogue_path, resources_dir
from app.storage.catalogue_build import build_catalogue, hash_file, source_fingerprint
from app.storage.catalogue_store import open_catalogue


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="check only; write nothing")
    arguments = parser.parse_args()
    try:
        return _check() if arguments.check else _build(catalogue_path())
    except UserError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 1


def _build(target: Path) -> int:
    if is_current(target):
        print(f"{target.name}：没有变化")
        return 0
    built = build_catalogue(resources_dir(), target)
    print(f"{target.name}：{built.systems} 份体系，{target.stat().st_size // 1024} KB")
    return 0


def is_current(target: Path) -> bool:
    """Whether the catalogue was built from exactly the present sources."""
    try:
        return open_catalogue(target).source_fingerprint == source_fingerprint(resources_dir())
    except UserError:
        return False


def _check() -> int:
    with tempfile.TemporaryDirectory() as folder:
        first = build_catalogue(resources_dir(), Path(folder) / "a.sqlite")
        second = build_catalogue(resources_dir(), Path(folder) / "b.sqlite")
        same = first.target.read_bytes() == second.target.read_bytes()
        noted = hash_file(first.target).read_text(encoding="utf-8").split()[0]
        if not same or noted != hash_file(second.target).read_text(encoding="utf-8").split()[0]:
            print("同样的数据两次生成的目录库不一样", file=sys.stderr)
            return 1
        for summary in open_catalogue(first.target).systems():
            print(
                f"{summary.id}: {summary.indicators} 项，可定级 {'是' if summary.scorable else '否'}"
            )
    for warning in first.warnings:
        print(f"提示 {warning}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
