"""Question sets, quantities, factors, derivation maps and sample audits as canonical JSON, for the catalogue, and back.

The shape of the JSON is the shape of the dataclasses; a member of a union carries its class name as "is".
"""

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Mapping
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
    return _build(kind, json.loads(text))


def from_plain(kind: type[_T], plain: object) -> _T:
    """The same from parsed JSON."""
    return cast(_T, _build(kind, plain))


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


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


RENAMED: dict[str, dict[str, str]] = {}
"""Class -> field as older audits have it frozen -> its present name. Whoever renames or drops a field of what an audit
freezes adds a line here, or a step that reads the old one: tests/frozen_files holds a file of every edition."""


def _build(kind: Any, data: Any) -> object:
    if isinstance(data, dict) and "is" in data:
        kind = _UNION_MEMBERS[data["is"]]
        data = {key: value for key, value in data.items() if key != "is"}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        renamed = RENAMED.get(kind.__name__, {})
        return kind(
            **{
                name: _build(hints[name], value)
                for key, value in data.items()
                for name in (renamed.get(key, key),)
            }
        )
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(data)
    if kind is Fraction:
        return Fraction(data)
    if kind in (str, int, bool):
        return data
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin is tuple:
        return tuple(_build(arguments[0], value) for value in data)
    if origin in (dict, Mapping):
        return {key: _build(arguments[1], value) for key, value in data.items()}
    if origin in (typing.Union, types.UnionType):
        if data is None:
            return None
        return _build(next(a for a in arguments if a is not type(None)), data)
    raise ProgramError(f"cannot read {kind} from JSON")
