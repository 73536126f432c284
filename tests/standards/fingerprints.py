"""What a document holds, in numbers: counts of rows, thresholds and marks, exact sums, and a hash of every text.

The expected figures (fingerprints.json) were counted from the raw research files, not from the YAML under test, so that a
row, a digit or a mark lost on the way shows. Six text hashes were renewed when the word "recalled" in sentences became 凭记忆.
"""

import hashlib
from fractions import Fraction

from app.assessment.indicator_system import (
    IndicatorSystem,
    Limit,
    Linear,
    Requirement,
    Span,
    Verification,
)
from app.assessment.numbers import number_text


def fingerprint(system: IndicatorSystem) -> dict[str, object]:
    rows = [row for table in system.tables for row in table.indicators()]
    categories = [category for table in system.tables for category in table.categories]
    numbers = Fraction(0)
    texts: list[str] = [system.title, system.document_no, *system.missing]
    thresholds = printed = 0
    for table in system.tables:
        texts.append(table.title)
        for category in table.categories:
            texts.append(category.name)
            for row in category.indicators:
                texts.extend((row.name, row.notes))
                for level, benchmark in row.benchmarks.items():
                    thresholds += benchmark is not None
                    printed += bool(row.provenance_of(level).printed)
                    match benchmark:
                        case Limit(value):
                            numbers += value * level
                        case Linear(base, slope, _):
                            numbers += (base + 7 * slope) * level
                        case Requirement(text):
                            texts.append(text)
                        case Span() | None:
                            pass
    return {
        "indicators": len(rows),
        "thresholds": thresholds,
        "numbers": number_text(numbers),
        "texts": hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16],
        "tables": len(system.tables),
        "categories": len(categories),
        "recalled": sum(row.provenance.verification is Verification.RECALLED for row in rows),
        "recalled_categories": sum(
            category.provenance.verification is Verification.RECALLED for category in categories
        ),
        "limiting": sum(row.limiting is True for row in rows),
        "limiting_unknown": sum(row.limiting is None for row in rows),
        "strict": sum(row.strict for row in rows),
        "binary": sum(row.binary for row in rows),
        "bonus": sum(category.bonus for category in categories),
        "shares": sum(row.share is not None for row in rows),
        "weights": number_text(
            sum((row.weight or Fraction(0) for row in rows), Fraction(0))
            + sum((category.weight or Fraction(0) for category in categories), Fraction(0))
        ),
        "recalled_weights": number_text(
            sum((row.recalled_weight or Fraction(0) for row in rows), Fraction(0))
        ),
        "inferred": sum(row.provenance.inferred for row in rows),
        "inferred_weights": sum(
            bool(row.weight_provenance and row.weight_provenance.inferred) for row in rows
        ),
        "printed": printed,
        "cross_checked": sum(len(row.provenance.cross_checked) for row in rows),
        "doubts": sum(
            bool(row.provenance.doubt)
            or any(mark.doubt for mark in row.benchmark_provenance.values())
            for row in rows
        ),
        "modified": sum(bool(row.modifiers) for row in rows),
        "notes": sum(bool(row.notes) for row in rows),
        "missing": len(system.missing),
    }
