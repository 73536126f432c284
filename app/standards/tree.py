"""A written document as a tree of named places, so that one validator serves YAML, JSON and Excel.

Leaves are text (or null): numbers are read from text later, never through a float.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.standards.limits import MOST_DEPTH, json_data, too_deep


@dataclass(frozen=True)
class Leaf:
    place: str
    text: str | None


@dataclass(frozen=True)
class Items:
    place: str
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Branch:
    """entries: by key, in the order of the document; key_places: where each key stands."""

    place: str
    entries: Mapping[str, "Node"]
    key_places: Mapping[str, str]

    def place_of(self, key: str) -> str:
        """Where the key stands, or the branch itself when the key is absent."""
        return self.key_places.get(key, self.place)


Node = Leaf | Items | Branch


def tree_from_data(data: object, place: Callable[[tuple[str, ...]], str]) -> Node:
    """Plain dicts, lists, text, bool and None as a tree; `place` names a place by its path of keys.

    Floats are refused (TypeError): they have already lost the text of the number. UserError when it nests too deep.
    """

    def build(value: object, path: tuple[str, ...]) -> Node:
        where = place(path)
        if len(path) > MOST_DEPTH:
            raise too_deep(where)
        if isinstance(value, dict):
            entries = {str(key): build(item, (*path, str(key))) for key, item in value.items()}
            return Branch(where, entries, {key: entries[key].place for key in entries})
        if isinstance(value, list | tuple):
            return Items(
                where,
                tuple(build(item, (*path, str(index))) for index, item in enumerate(value, 1)),
            )
        if value is None or isinstance(value, str):
            return Leaf(where, value)
        if isinstance(value, bool):
            return Leaf(where, "true" if value else "false")
        if isinstance(value, int):
            return Leaf(where, str(value))
        raise TypeError(f"{value!r} at {where} is not text")

    return build(data, ())


def tree_from_json(text: str, name: str) -> Node:
    """JSON text as a tree; numbers keep their text. UserError when it is not JSON."""
    return tree_from_data(json_data(text, name), lambda path: " › ".join((name, *path)))


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf below `node`, in order."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Items):
        for item in node.nodes:
            yield from leaves(item)
    else:
        for entry in node.entries.values():
            yield from leaves(entry)
