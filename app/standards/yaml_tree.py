"""YAML files as trees that know their lines. Scalars stay text; anchors, tags and duplicate keys are refused."""

import re
from pathlib import Path

import yaml

from app.errors import Problem, UserError
from app.standards.limits import MOST_DEPTH, decode, read_bytes, too_deep
from app.standards.reader import Reader
from app.standards.tree import Branch, Items, Leaf, Node

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MARGIN = re.compile(r"^[ \-?:!&*|>]*", re.MULTILINE)
_NULL = "tag:yaml.org,2002:null"


def read_yaml_file(path: Path, reader: Reader) -> Node:
    """The file as a tree; duplicate keys and the like go to `reader`. UserError when it cannot be read at all."""
    text = decode(read_bytes(path), path.name)
    return read_yaml_text(text, path.name, reader)


def read_or_note(path: Path, reader: Reader) -> Node | None:
    """The same, None where it cannot be read at all: then that is noted too, and other files can go on."""
    try:
        return read_yaml_file(path, reader)
    except UserError as error:
        reader.problems += error.problems
        return None


def read_yaml_text(text: str, name: str, reader: Reader) -> Node:
    """YAML text as a tree; `name` is the file's name in every place. UserError when the text is no YAML."""
    _check_depth(text, name)
    try:
        root = yaml.compose(text, _LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UserError(
            Problem(f"{name} 第 {line} 行", *_explain_syntax(str(error.problem or "")))
        ) from error
    except yaml.YAMLError as error:
        raise UserError(
            Problem(name, "文件里有不可见的特殊字符", "删去控制字符后另存为 UTF-8。")
        ) from error
    if root is None:
        raise UserError(Problem(f"{name} 第 1 行", "文件是空的", "按模板填写后再导入。"))
    seen: set[int] = set()

    def build(node: yaml.Node) -> Node:
        place = f"{name} 第 {node.start_mark.line + 1} 行"
        if id(node) in seen:
            # Refused at once: aliases of aliases can make a small file endless.
            raise UserError(
                Problem(place, "用了 YAML 的锚点和别名（& 和 *）", "把内容在每处写全。")
            )
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            entries: dict[str, Node] = {}
            places: dict[str, str] = {}
            for key_node, value_node in node.value:
                key_place = f"{name} 第 {key_node.start_mark.line + 1} 行"
                if not isinstance(key_node, yaml.ScalarNode):
                    reader.fail(key_place, "键必须是一个词", "改成「键: 值」的样子。")
                    continue
                key = str(key_node.value)
                if key in entries:
                    reader.fail(
                        key_place, f"键「{key}」写了两次，前一个在{places[key]}", "删去多余的一个。"
                    )
                    continue
                entries[key] = build(value_node)
                places[key] = key_place
            return Branch(place, entries, places)
        if isinstance(node, yaml.SequenceNode):
            return Items(place, tuple(build(item) for item in node.value))
        if isinstance(node, yaml.ScalarNode):
            return Leaf(place, None if node.tag == _NULL else str(node.value))
        raise TypeError(f"unknown YAML node {node!r}")

    return build(root)


def _check_depth(text: str, name: str) -> None:
    """UserError when the text nests deeper than any file of ours: building it would end the process."""
    margin = max((len(found) for found in _MARGIN.findall(text)), default=0)
    if margin <= MOST_DEPTH and text.count("[") + text.count("{") <= MOST_DEPTH:
        return
    depth = 0
    try:
        for event in yaml.parse(text, _LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MOST_DEPTH:
                    line = event.start_mark.line + 1 if event.start_mark else 1
                    raise too_deep(f"{name} 第 {line} 行")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return  # said with its line by who reads it


def _explain_syntax(problem: str) -> tuple[str, str]:
    """What and remedy for a YAML syntax error, from the parser's English words."""
    if "\\t" in problem or "tab" in problem:
        return "这一行用制表符（Tab）缩进", "改成空格缩进，每一层两个空格。"
    if "mapping values are not allowed" in problem:
        return "这一行多了一个冒号，或缩进不对", "文字里有「: 」时用引号括起来；检查缩进。"
    if "could not find expected ':'" in problem:
        return "这一行缺少冒号", "写成「键: 值」，冒号用半角，后面空一格。"
    if "end of stream" in problem or "quoted scalar" in problem:
        return "引号或括号没有配对", "检查这一行之前的引号、方括号和花括号。"
    if "but found another document" in problem:
        return "一个文件里写了两份文档（--- 分隔）", "每份体系单独存一个文件。"
    return "这一行的缩进、引号或括号写法读不懂", "对照模板检查缩进（每层两个空格）、引号和括号。"
