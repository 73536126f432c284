"""Indicator systems as YAML files: the source of truth for people, checked on the way in, written without loss."""

from pathlib import Path

import yaml

from app.assessment.indicator_system import IndicatorSystem
from app.standards.reader import Reader
from app.standards.system_reader import LoadedSystem, read_system
from app.standards.system_writer import Inline, Number, system_document
from app.standards.yaml_tree import read_yaml_file


def load_system_file(path: Path) -> LoadedSystem:
    """The system in a YAML file. UserError with all problems, each placed 「文件名 第 N 行」."""
    reader = Reader()
    return read_system(read_yaml_file(path, reader), reader)


def system_to_yaml(system: IndicatorSystem) -> str:
    """YAML that `load_system_file` reads back equal."""
    return yaml.dump(
        system_document(system),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
        default_flow_style=False,
    )


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        """Equal values are written in full every time: the loader takes no anchors."""
        return True


def _represent_number(dumper: yaml.SafeDumper, number: Number) -> yaml.ScalarNode:
    text = str(number)
    # The tag YAML itself would see in the bare text, so that none is written.
    whole = text.lstrip("-").isdigit()
    tag = "int" if whole else "str" if "/" in text else "float"
    return yaml.ScalarNode(f"tag:yaml.org,2002:{tag}", text)


def _represent_inline(dumper: yaml.SafeDumper, mapping: Inline) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items(), flow_style=True)


_Dumper.add_representer(Number, _represent_number)
_Dumper.add_representer(Inline, _represent_inline)
