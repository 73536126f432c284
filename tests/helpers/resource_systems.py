"""The built-in systems straight from their YAML files, for tests that do not need the catalogue."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.assessment.indicator_system import IndicatorSystem
from app.standards.yaml_source import load_system_file

FOLDER = Path(__file__).parents[2] / "resources" / "indicator_systems"


@cache
def resource_system(system_id: str) -> IndicatorSystem:
    """KeyError when there is no such file."""
    path = FOLDER / f"{system_id}.yaml"
    if not path.is_file():
        raise KeyError(system_id)
    return load_system_file(path).system


class ResourceSystems:
    def system(self, system_id: str) -> IndicatorSystem:
        return resource_system(system_id)

    def ids(self) -> Iterable[str]:
        return sorted(path.stem for path in FOLDER.glob("*.yaml"))
