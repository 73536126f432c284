"""YAML with line numbers: every scalar stays the text that was written, every fault is collected with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from app.errors import Problem


@dataclass(frozen=True)
class Mark:
    """A piece of a file: a mapping, a list or a text, and where it stands."""

    value: "dict[str, Mark] | list[Mark] | str"
    file: Path
    line: int

    @property
    def where(self) -> str:
        return f"{self.file.name} 第 {self.line} 行"


class Faults:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, where: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(where, what, remedy))


def read_marked(path: Path, faults: Faults) -> Mark | None:
    """The file as marks, None (with a problem noted) when it is not YAML or empty."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        faults.add(path.name, "读不出来", "检查文件在不在、是不是 UTF-8 编码")
        return None
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.add(f"{path.name} 第 {line} 行", "不是合格的 YAML", "检查缩进、引号和冒号")
        return None
    if node is None:
        faults.add(path.name, "是空文件", "删掉它，或者写上内容")
        return None
    return _mark(node, path, faults)


def _mark(node: yaml.Node, path: Path, faults: Faults) -> Mark:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Mark] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in mapping:
                where = f"{path.name} 第 {key_node.start_mark.line + 1} 行"
                faults.add(where, f"「{key}」写了两次", "留一个")
                continue
            mapping[key] = _mark(value_node, path, faults)
        return Mark(mapping, path, line)
    if isinstance(node, yaml.SequenceNode):
        return Mark([_mark(child, path, faults) for child in node.value], path, line)
    return Mark(str(node.value), path, line)


class Fields:
    """Reading one mapping: required and optional keys, and a complaint for every key nobody asked for."""

    def __init__(self, mark: Mark, faults: Faults, allowed: tuple[str, ...], what: str) -> None:
        self.mark = mark
        self.faults = faults
        self.what = what
        self.map: dict[str, Mark] = {}
        if not isinstance(mark.value, dict):
            faults.add(mark.where, f"{what}应是「键: 值」的写法", "对照旁边的写法改")
            return
        self.map = mark.value
        for key, value in self.map.items():
            if key not in allowed:
                known = "、".join(allowed)
                faults.add(value.where, f"{what}没有「{key}」这个键", f"可用的键：{known}")

    def text(self, key: str, default: str | None = None) -> str:
        """The text of `key`; without a default the key is required."""
        mark = self.map.get(key)
        if mark is None:
            if default is None:
                self.faults.add(self.mark.where, f"{self.what}缺「{key}」", "补上")
                return ""
            return default
        if isinstance(mark.value, str):
            return mark.value.strip()
        self.faults.add(mark.where, f"「{key}」应是一段文字", "对照旁边的写法改")
        return default or ""

    def flag(self, key: str, default: bool) -> bool:
        text = self.text(key, "true" if default else "false")
        if text not in ("true", "false"):
            self.faults.add(self.map[key].where, f"「{key}」只能写 true 或 false", "改成其中一个")
        return text == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        mark = self.map.get(key)
        if mark is None:
            return ()
        if isinstance(mark.value, str):
            return (mark.value.strip(),)
        result = []
        for child in self.items(key):
            if isinstance(child.value, str):
                result.append(child.value.strip())
            else:
                self.faults.add(child.where, f"「{key}」里应是文字", "对照旁边的写法改")
        return tuple(result)

    def items(self, key: str) -> list[Mark]:
        mark = self.map.get(key)
        if mark is None:
            return []
        if isinstance(mark.value, list):
            return mark.value
        self.faults.add(mark.where, f"「{key}」应是一个列表", "每项前面写「- 」")
        return []

    def pairs(self, key: str) -> Iterator[tuple[str, Mark]]:
        mark = self.map.get(key)
        if mark is None:
            return
        if isinstance(mark.value, dict):
            yield from mark.value.items()
        else:
            self.faults.add(mark.where, f"「{key}」应是「键: 值」的写法", "对照旁边的写法改")

    def where(self, key: str) -> str:
        return (self.map.get(key) or self.mark).where
