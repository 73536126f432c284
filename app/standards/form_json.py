"""Question sets, quantities, factors, derivation maps and sample audits as canonical JSON, for the catalogue, and back.

The shape of the JSON is the shape of the dataclasses; a member of a union carries its class name as "is".
"""

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar, cast

from app.assessment.finding import NotApplicable
from app.errors import ProgramError
from app.forms.answer import Given
from app.forms.condition import AllOf, AnyOf, Comparison
from app.forms.question import ChartItem, FigureStrip, MeasureItem, Question, TableQuestion

_UNION_MEMBERS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Question,
        TableQuestion,
        FigureStrip,
        ChartItem,
        MeasureItem,
        Comparison,
        AllOf,
        AnyOf,
        Given,
        NotApplicable,
    )
}

_T = TypeVar("_T")


def to_json(value: object) -> str:
    """Canonical: keys sorted, no blanks, values equal to their default left out."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(kind: type[_T], text: str) -> _T:
    """The object `to_json` wrote, the same one for the same text. ProgramError when the text is of another kind."""
    return cast(_T, _read(cast(Any, kind), text))


@lru_cache(maxsize=64)
def _read(kind: Any, text: str) -> object:
    return _reader(kind)(json.loads(text))


def from_plain(kind: type[_T], plain: object) -> _T:
    """The same from parsed JSON."""
    return cast(_T, _reader(cast(Any, kind))(plain))


def mapping_from_json(kind: type[_T], text: str) -> dict[str, _T]:
    """A JSON object of objects of one kind, by id."""
    return dict(cast(dict[str, _T], _read(dict[str, kind], text)))  # type: ignore[valid-type]


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        name = type(value).__name__
        result: dict[str, object] = {"is": name} if name in _UNION_MEMBERS else {}
        for item in dataclasses.fields(value):
            content = getattr(value, item.name)
            if content != _default(item):
                result[item.name] = _plain(content)
        return result
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(content) for key, content in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(content) for content in value]
    return value


def _default(item: "dataclasses.Field[Any]") -> object:
    if item.default is not dataclasses.MISSING:
        return item.default
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return dataclasses.MISSING


RENAMED: dict[str, dict[str, str]] = {}
"""Class -> field as older audits have it frozen -> its present name. Whoever renames or drops a field of what an audit
freezes adds a line here, or a step that reads the old one: tests/frozen_files holds a file of every edition."""


Reader = Callable[[Any], object]


@lru_cache(maxsize=256)
def _reader(kind: Any) -> Reader:
    """What makes a `kind` of its parsed JSON; found once for all values of the kind, of which there are thousands."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _object_reader(kind)
    if kind is Fraction or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        return cast(Reader, kind)
    if kind in (str, int, bool):
        return _as_it_is
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin is tuple:
        each = _reader(arguments[0])
        return lambda data: tuple([each(value) for value in data])
    if origin in (dict, Mapping):
        each = _reader(arguments[1])
        return lambda data: {key: each(value) for key, value in data.items()}
    if origin in (typing.Union, types.UnionType):
        return _optional_reader(next(a for a in arguments if a is not type(None)))
    raise ProgramError(f"cannot read {kind} from JSON")


def _as_it_is(data: object) -> object:
    return data


def _optional_reader(kind: Any) -> Reader:
    """Of a union, which names its member in the data, or of something that may be absent."""

    def read(data: Any) -> object:
        if data is None:
            return None
        return _reader(_member(data) or kind)(data)

    return read


def _member(data: Any) -> type | None:
    return _UNION_MEMBERS[data["is"]] if isinstance(data, dict) and "is" in data else None


def _object_reader(kind: Any) -> Reader:
    hints: dict[str, Any] = typing.get_type_hints(kind)
    readers: dict[str, Reader] = {}  # filled when first needed: a kind may hold its own kind

    def read(data: Any) -> object:
        named = data.get("is", kind.__name__)
        if named != kind.__name__:
            return _reader(_UNION_MEMBERS[named])(data)
        renamed = RENAMED.get(kind.__name__, {})
        fields = {}
        for key, value in data.items():
            if key == "is":
                continue
            name = renamed.get(key, key)
            each = readers.get(name)
            if each is None:
                each = readers[name] = _reader(hints[name])
            fields[name] = each(value)
        return kind(**fields)

    return read
