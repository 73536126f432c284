"""Canonical JSON of an indicator system: the form it has in the catalogue and frozen inside an audit file."""

import hashlib
import json
from functools import lru_cache

from app.assessment.indicator_system import IndicatorSystem
from app.standards.system_reader import read_system
from app.standards.system_writer import system_document
from app.standards.tree import tree_from_json


def system_to_json(system: IndicatorSystem) -> str:
    """One text per content: keys sorted, numbers as exact text, no spaces."""
    return json.dumps(
        system_document(system), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


@lru_cache(maxsize=32)
def system_from_json(text: str) -> IndicatorSystem:
    """The system written by `system_to_json`, the same one for the same text. UserError when it is not JSON or breaks a rule."""
    return read_system(tree_from_json(text, "指标体系")).system


def content_hash(text: str) -> str:
    """sha256 of the text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
