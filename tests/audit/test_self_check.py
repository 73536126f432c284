"""自评参考: only what is known per year, the best year, the distance; never a level."""

from fractions import Fraction

from app.audit.self_check import self_check
from app.forms.answer import MISSING, Change, Given, apply
from tests.helpers.forms import sample_book, sample_project


def test_the_sample_is_at_its_best_in_the_base_year() -> None:
    found = self_check(sample_project())
    assert {one.quantity_id for one in found} == {
        "energy.per_area", "energy.per_value", "water.per_area", "water.per_value",
        "coating.energy_area", "coating.energy_piece", "coating.water_area",
    }  # fmt: skip
    for one in found:
        assert one.best_year == 2025
        assert one.behind == Fraction(0)
        assert len(one.figures) == 3


def test_a_better_earlier_year_gives_the_distance() -> None:
    key = "product.years/2024/value"
    doubled = Given(str(2 * int(sample_book().text(key))))
    book = apply(sample_book(), (Change(key, sample_book().get(key), doubled),))
    found = {one.quantity_id: one for one in self_check(sample_project(book))}
    water = found["water.per_value"]
    assert water.best_year == 2024
    now, best = water.figures[2].value, water.figures[1].value
    assert now is not None
    assert best is not None
    assert water.behind == (now - best) * 100 / best > Fraction(50)


def test_a_missing_base_year_leaves_the_distance_open() -> None:
    key = "product.years/2025/value"
    book = apply(sample_book(), (Change(key, sample_book().get(key), MISSING),))
    found = {one.quantity_id: one for one in self_check(sample_project(book))}
    assert found["water.per_value"].behind is None
    assert found["water.per_value"].best_year == 2024


def test_without_years_there_is_nothing_to_compare() -> None:
    book = sample_book()
    change = Change("audit.base_year", book.get("audit.base_year"), MISSING)
    assert self_check(sample_project(apply(book, (change,)))) == ()
