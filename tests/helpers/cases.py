"""Cases that people who know the field write and read, in YAML."""

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path) -> Any:
    """What a file of cases holds. By the C parser: each worker reads all of them before its first test."""
    return yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
