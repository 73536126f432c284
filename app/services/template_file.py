"""A consultant's template of a report from a YAML file (how: README), with everything that is wrong with it at once."""

import re
from pathlib import Path, PureWindowsPath

from app import files
from app.errors import Problem, UserError
from app.papers.template import LIMITS, Template, layouts, picture_size
from app.standards.reader import Reader
from app.standards.tree import Branch, Items, Leaf, Node
from app.standards.yaml_tree import read_yaml_file

_MOST_LOGO = 300_000
_TEXTS = ("name", "consultant", "head", "copies", "layout", "logo")
_KNOWN = {*_TEXTS, "cover", "qualification", "chapters", "setting"}


def read_template(path: Path) -> Template:
    """The template of a file; the logo lies beside it. UserError."""
    problems: list[Problem] = []
    try:
        reader = Reader()
        node = read_yaml_file(path, reader)
    except OSError as error:
        raise UserError(Problem(str(path), "打不开", "看看文件在不在")) from error
    if not isinstance(node, Branch):
        raise UserError(
            Problem(path.name, "不是模板：要一行一个「名称: 内容」", "照说明书里的例子写")
        )
    problems += reader.problems
    for key in node.entries:
        if key not in _KNOWN:
            what = f"不认识「{key}」"
            problems.append(
                Problem(node.place_of(key), what, f"可以写：{'、'.join(sorted(_KNOWN))}")
            )
    plain = {key: _text(node.entries.get(key), problems) for key in _TEXTS}
    if not plain["name"]:
        problems.append(Problem(node.place, "没有 name", "给模板起个名字"))
    if plain["layout"] and plain["layout"] not in layouts():
        what = f"没有版式「{plain['layout']}」"
        problems.append(Problem(node.place_of("layout"), what, f"可以写：{'、'.join(layouts())}"))
    logo = b""
    if plain["logo"]:
        logo = _logo(path.parent, plain["logo"], node.place_of("logo"), problems)
    cover = tuple(
        (label, _text(value, problems)) for label, value in _entries(node, "cover", problems)
    )
    chapters = {
        title: _paragraphs(value, problems) for title, value in _entries(node, "chapters", problems)
    }
    setting = {
        name: value
        for name, one in _entries(node, "setting", problems)
        if (value := _number(name, one, problems)) is not None
    }
    qualification = _paragraphs(node.entries.get("qualification"), problems)
    if problems:
        raise UserError(*problems)
    return Template(
        plain["name"],
        plain["consultant"],
        plain["head"],
        cover,
        qualification,
        chapters,
        plain["copies"],
        plain["layout"],
        logo,
        setting,
    )


def _number(name: str, node: Node, problems: list[Problem]) -> float | None:
    """A margin in mm or a size in points, within its limits."""
    if name not in LIMITS:
        problems.append(Problem(node.place, f"不认识「{name}」", f"可以写：{'、'.join(LIMITS)}"))
        return None
    low, high = LIMITS[name]
    text = _text(node, problems)
    if re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text) and low <= float(text) <= high:
        return float(text)
    unit = "mm" if name in ("top", "bottom", "left", "right") else "磅"
    problems.append(
        Problem(node.place, f"「{text}」不行", f"写 {low:g} 到 {high:g} 的数，单位{unit}")
    )
    return None


def _text(node: Node | None, problems: list[Problem]) -> str:
    if node is None:
        return ""
    if not isinstance(node, Leaf):
        problems.append(Problem(node.place, "这里要写一段文字", "去掉下面的小项"))
        return ""
    return (node.text or "").strip()


def _paragraphs(node: Node | None, problems: list[Problem]) -> tuple[str, ...]:
    """One text, or a list of them."""
    if isinstance(node, Items):
        return tuple(text for one in node.nodes if (text := _text(one, problems)))
    text = _text(node, problems)
    return (text,) if text else ()


def _entries(node: Branch, key: str, problems: list[Problem]) -> tuple[tuple[str, Node], ...]:
    inside = node.entries.get(key)
    if inside is None:
        return ()
    if not isinstance(inside, Branch):
        problems.append(
            Problem(node.place_of(key), "要一行一个「名称: 内容」", "照说明书里的例子写")
        )
        return ()
    return tuple(inside.entries.items())


def _logo(folder: Path, name: str, place: str, problems: list[Problem]) -> bytes:
    """A template may come from somebody else: it names a file beside it and nothing else on this or another computer."""
    path = folder / PureWindowsPath(name).name
    if path.name != name:
        what = f"logo 要写一个文件名，不能写路径：{name[:60]}"
        problems.append(Problem(place, what, "把图和模板放在同一个文件夹，只写文件名"))
        return b""
    try:
        files.refuse_odd(path)
        with path.open("rb") as stream:
            content = stream.read(_MOST_LOGO + 1)
    except UserError as error:
        problems += error.problems
        return b""
    except (OSError, ValueError):
        problems.append(Problem(place, f"找不到 {path.name[:60]}", "把图和模板放在同一个文件夹"))
        return b""
    if len(content) > _MOST_LOGO:
        problems.append(Problem(place, f"{path.name} 超过 {_MOST_LOGO // 1000} KB", "缩小再用"))
    elif picture_size(content) is None:
        problems.append(Problem(place, f"{path.name} 不是 PNG 或 JPG", "另存为 PNG 或 JPG"))
    else:
        return content
    return b""
