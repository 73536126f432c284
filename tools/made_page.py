"""The command line of a page of docs/ that is made from the data: write it, or only say whether it is current."""

import argparse
import sys
from pathlib import Path


def run(page: Path, made: str, words: str, module: str) -> int:
    """The exit status: 1 with --check when the page is not what would be made now."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--check", action="store_true", help="check only; write nothing")
    if not parser.parse_args().check:
        page.write_text(made, encoding="utf-8")
        return 0
    if page.read_text(encoding="utf-8") == made:
        return 0
    print(f"docs/{page.name} 不是按现在的数据写的：运行 python -m {module}", file=sys.stderr)
    return 1
