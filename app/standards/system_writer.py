"""IndicatorSystem -> plain document (dicts, lists, text) that system_reader reads back equal. The only writer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from app.assessment.indicator_system import (
    Benchmark,
    Category,
    Indicator,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Linear,
    Method,
    Modifier,
    Provenance,
    Requirement,
    Span,
    Table,
    Verification,
)
from app.assessment.numbers import number_text
from app.standards.system_reader import SCHEMA

Document = dict[str, object]
_Pair = tuple[str, Verification]


class Number(str):
    """Text of an exact number: JSON writes it as text, YAML without quotes."""

    __slots__ = ()


class Inline(dict[str, object]):
    """A small mapping that YAML writes on one line."""


def system_document(system: IndicatorSystem) -> Document:
    """The document of `system` in the shape of resources/indicator_systems/README.md; defaults are left out."""
    usual = _usual(indicator for table in system.tables for indicator in table.indicators())
    # Nobody verifies by default: what is verified says so itself.
    pair = usual or (system.method.provenance.source_id, Verification.TRANSCRIBED)
    return _filled(
        schema=SCHEMA,
        id=system.id,
        title=system.title,
        title_en=system.title_en,
        document_no=system.document_no,
        kind=system.kind.value,
        jurisdiction=system.jurisdiction,
        issued=system.issued,
        effective=system.effective,
        status=system.status,
        status_note=system.status_note,
        supersedes=list(system.supersedes),
        based_on=system.based_on,
        fields=list(system.fields),
        industry_codes=list(system.industry_codes),
        scope=system.scope,
        confidence=system.confidence,
        confidence_note=system.confidence_note,
        missing=list(system.missing),
        notes=list(system.notes),
        extras=dict(system.extras),
        sources={
            source.id: _filled(what=source.what, url=source.url, quality=source.quality)
            for source in system.sources.values()
        },
        source=pair[0],
        verification=pair[1].value,
        method=_method(system.method, pair),
        variables=[
            Inline(id=variable.id, symbol=variable.symbol, meaning=variable.meaning)
            for variable in system.variables
        ],
        tables=[_table(table, pair) for table in system.tables],
        combinations=[
            {
                "id": combination.id,
                "tables": Inline(
                    {name: _number(weight) for name, weight in combination.weights.items()}
                ),
                **_filled(always=list(combination.always)),
                **_marks(combination.provenance, pair),
            }
            for combination in system.combinations
        ],
    )


def _filled(**entries: object) -> Document:
    """Without what says nothing: empty text, empty collections, None, False. Zero stays."""
    return {
        key: value
        for key, value in entries.items()
        if not (value is None or value is False or value == "" or value == [] or value == {})
    }


def _number(value: Fraction | None) -> Number | None:
    return None if value is None else Number(number_text(value))


def _pair(provenance: Provenance) -> _Pair:
    return provenance.source_id, provenance.verification


def _usual(indicators: Iterable[Indicator]) -> _Pair | None:
    """The most frequent source and state, the earliest of equals."""
    counted = Counter(
        _pair(indicator.provenance)
        for indicator in indicators
        if indicator.provenance.verification is not Verification.VERIFIED
    )
    return max(counted, key=lambda pair: counted[pair]) if counted else None


def _marks(provenance: Provenance, above: _Pair, row: Provenance | None = None) -> Document:
    """The marks of one node, without what it inherits (`above`) or shares with its row."""
    verified = provenance.verification is Verification.VERIFIED
    if verified:
        same_state = row is not None and _signature(provenance) == _signature(row)
    else:
        same_state = provenance.verification is above[1]
    shared = row or Provenance(*above)
    marks: Document = {}
    if provenance.source_id != above[0]:
        marks["source"] = provenance.source_id
    if not same_state:
        marks["verification"] = provenance.verification.value
        if verified:
            marks.update(_signature(provenance))
    if provenance.doubt != shared.doubt:
        marks["doubt"] = provenance.doubt
    if provenance.printed != shared.printed:
        marks["printed"] = provenance.printed
    if provenance.inferred != shared.inferred:
        marks["inferred"] = provenance.inferred
    if provenance.cross_checked != shared.cross_checked:
        marks["cross_checked"] = list(provenance.cross_checked)
    return marks


def _signature(provenance: Provenance) -> Document:
    """Who checked a value, when and against what, and who confirmed it."""
    return _filled(
        checked_by=provenance.checked_by,
        checked_on=provenance.checked_on,
        checked_against=provenance.checked_against,
        confirmed_by=provenance.confirmed_by,
        confirmed_on=provenance.confirmed_on,
    )


def _method(method: Method, above: _Pair) -> Document:
    return {
        **_filled(family=method.family.value),
        **_marks(method.provenance, above),
        "levels": [_level_rule(rule) for rule in method.levels],
        **_filled(
            below_name=method.below_name,
            not_applicable=method.not_applicable.value,
            empty_category=method.empty_category.value,
            energy_basis=method.energy_basis,
            index_cap=_number(method.index_cap),
            quantitative_share=_number(method.quantitative_share),
            qualitative_share=_number(method.qualitative_share),
            ratio_cap=method.ratio_cap,
            texts=dict(method.texts),
            recalled_parts=list(method.recalled_parts),
            pick_groups=[
                Inline(id=group.id, title=group.title, pick=Number(group.pick))
                for group in method.pick_groups
            ],
            least_met=None if method.least_met is None else Number(method.least_met),
            phase_weights={name: _number(weight) for name, weight in method.phase_weights.items()},
            item_points=dict(method.item_points),
            grades={
                level.code: Inline(
                    _filled(
                        least=_number(grade.least),
                        below=_number(grade.below),
                        phase=grade.phase,
                        phase_least=_number(grade.phase_least),
                        preferred_each=None
                        if grade.preferred_each is None
                        else Number(grade.preferred_each),
                        preferred_sum=_number(grade.preferred_sum),
                        fails=grade.fails,
                    )
                )
                for level, grade in method.grades.items()
            },
            ratio_index=method.ratio_index,
        ),
    }


def _level_rule(rule: LevelRule) -> Inline:
    return Inline(
        _filled(
            level=rule.level.code,
            name=rule.name,
            min_index=_number(rule.min_index),
            limiting_level=rule.limiting_level.code if rule.limiting_level else None,
            others_level=rule.others_level.code if rule.others_level else None,
            rule_text=rule.rule_text,
        )
    )


def _table(table: Table, above: _Pair) -> Document:
    own = table.provenance
    verified = own.verification is Verification.VERIFIED
    below = (own.source_id, above[1] if verified else own.verification)
    return {
        "id": table.id,
        "title": table.title,
        **_marks(table.provenance, above),
        **_filled(notes=list(table.notes)),
        "categories": [_category(category, below) for category in table.categories],
    }


def _category(category: Category, above: _Pair) -> Document:
    own = category.provenance
    if own.verification is Verification.VERIFIED:
        pair = weight_pair = (own.source_id, above[1])
        marks = _marks(own, above)
    else:
        weight_pair = _pair(own)
        pair = _usual(category.indicators) or weight_pair
        marks = _marks(own, weight_pair)
        if pair[0] != above[0]:
            marks["source"] = pair[0]
        if pair[1] is not above[1]:
            marks["verification"] = pair[1].value
        if weight_pair != pair:
            marks["weight_source"] = weight_pair[0]
            marks["weight_verification"] = weight_pair[1].value
    return {
        "id": category.id,
        "name": category.name,
        **_filled(weight=_number(category.weight), bonus=category.bonus),
        **({} if category.weights_known else {"weights_known": False}),
        **_filled(points=_number(category.points)),
        **(
            {}
            if category.qualitative_part is None
            else {"qualitative_part": category.qualitative_part}
        ),
        **marks,
        **_filled(notes=category.notes),
        "indicators": [
            _indicator(indicator, pair, weight_pair if weight_pair != pair else None)
            for indicator in category.indicators
        ],
    }


def _indicator(row: Indicator, above: _Pair, weight_above: _Pair | None) -> Document:
    share = row.share
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind.value,
        **_filled(
            unit=row.unit,
            direction=row.direction.value if row.direction else None,
            strict=row.strict,
            binary=row.binary,
        ),
        **({"limiting": row.limiting} if row.limiting is not False else {}),
        **_filled(
            weight=_number(row.weight),
            share=None
            if share is None
            else Inline(
                {
                    "total": _number(share.total),
                    "rule": share.rule.value,
                    "group": share.group,
                    **_filled(printed=share.printed),
                }
            ),
            points=_number(row.points),
            base=_number(row.base),
        ),
        **({"levels": _levels(row.benchmarks)} if row.benchmarks else {}),
        **_filled(
            modifiers=[_modifier(modifier) for modifier in row.modifiers],
            recalled_weight=_number(row.recalled_weight),
            item_class=row.item_class,
            pick_group=row.pick_group,
        ),
        **({} if row.mandatory is None else {"mandatory": row.mandatory}),
        **_filled(item_no=row.item_no, evidence=row.evidence),
        **_marks(row.provenance, above),
        **_filled(notes=row.notes, extras=dict(row.extras)),
        **_values(row, weight_above),
    }


def _values(row: Indicator, weight_above: _Pair | None) -> Document:
    """The provenance of single values where it is not the row's."""
    values: Document = {}
    pair = _pair(row.provenance)
    for level, provenance in sorted(row.benchmark_provenance.items()):
        values[level.code] = _marks(provenance, pair, row.provenance)
    weight = row.weight_provenance or row.provenance
    unless_said = Provenance(*weight_above) if weight_above else row.provenance
    if weight != unless_said:
        values["weight"] = _marks(weight, weight_above or pair)
    return _filled(values=values)


def _levels(benchmarks: Mapping[Level, Benchmark | None]) -> Document:
    written = {level.code: _benchmark(item) for level, item in sorted(benchmarks.items())}
    if any(isinstance(item, Requirement) for item in benchmarks.values()):
        return written
    return Inline(written)


def _benchmark(benchmark: Benchmark | None) -> object:
    match benchmark:
        case None:
            return None
        case Limit(value):
            return _number(value)
        case Span(low, high):
            return [_number(low), _number(high)]
        case Linear(base, slope, variable):
            return Inline(base=_number(base), slope=_number(slope), variable=variable)
        case Requirement(text):
            return text


def _modifier(modifier: Modifier) -> Inline:
    return Inline(
        _filled(
            kind=modifier.kind.value,
            input=modifier.input,
            meaning=modifier.meaning,
            levels=[level.code for level in modifier.levels],
            amounts=Inline(
                {level.code: _number(n) for level, n in sorted(modifier.amounts.items())}
            ),
            choices=[_number(choice) for choice in modifier.choices],
            most=_number(modifier.most),
            printed=modifier.printed,
        )
    )
