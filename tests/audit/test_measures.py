"""A comparison becomes a row of the table of measures, once, and stays up to date."""

from fractions import Fraction

from app.audit import measures
from app.audit.project import AuditProject, build_project
from app.forms.answer import MISSING, AnswerBook, Change, Given, apply
from tests.helpers.forms import shipped_forms, shipped_rules


def of_book(book: AnswerBook) -> AuditProject:
    forms = shipped_forms()
    questionnaire = forms.questionnaires["industry"]
    return build_project(
        book, questionnaire, forms.quantities, forms.factors, rules=shipped_rules()
    )


def printer() -> AuditProject:
    """The printing works before anything stands in its table of measures."""
    book = shipped_forms().samples["huichuan"].book
    kept = {k: one for k, one in book.answers.items() if not k.startswith(f"{measures.TABLE}/")}
    return of_book(
        AnswerBook(kept, {k: ids for k, ids in book.rows.items() if k != measures.TABLE})
    )


def changed(project: AuditProject, key: str, text: str) -> AuditProject:
    after = Given(text) if text else MISSING
    return of_book(apply(project.book, (Change(key, project.book.get(key), after),)))


def written(project: AuditProject, measure: str) -> AuditProject:
    row = measures.draft(project, measure)
    return of_book(apply(project.book, measures.changes(project, row)))


def test_the_substitution_of_the_printer_as_a_row() -> None:
    # 13,356 − 1,097 = 12,259 kg/a (91.8 %); 6,091 − 482 = 5,609 kg/a; 71.26 − 62.13 = 9.13 万元
    project = changed(printer(), "voc.swap_invest", "36")
    after = written(project, "voc.swap")
    book = after.book
    assert book.row_ids("measures.list") == ("voc_swap",)
    row = "measures.list/voc_swap"
    assert book.text(f"{row}/name") == "溶剂型凹印油墨换成水性凹印油墨（非吸收性承印物）"
    assert book.text(f"{row}/aspect") == "materials_energy"
    assert book.text(f"{row}/effect") == "VOC 少产生 12,259 kg/a（91.8 %），少排 5,609 kg/a"
    assert book.text(f"{row}/saving") == "9.13"
    assert book.text(f"{row}/cost") == "36"
    payback = after.derivation.cell("measures.list", "voc_swap", "payback")
    assert payback.value == Fraction(3600, 913)


def test_the_rows_of_the_sample_are_those_the_comparisons_write() -> None:
    project = of_book(shipped_forms().samples["huichuan"].book)
    for measure in ("voc.swap", "packaging.returnable"):
        row = measures.draft(project, measure)
        assert measures.is_written(project, row)
        assert measures.changes(project, row) == ()


def test_a_second_time_brings_up_to_date_and_leaves_the_users_words() -> None:
    once = written(printer(), "voc.swap")
    assert measures.changes(once, measures.draft(once, "voc.swap")) == ()
    name = "measures.list/voc_swap/name"
    own = changed(once, name, "凹印改水性")
    later = written(changed(own, "voc.swap_cost/energy/new", "25"), "voc.swap")
    assert later.book.row_ids("measures.list") == ("voc_swap",)
    assert later.book.text(name) == "凹印改水性"
    assert later.book.text("measures.list/voc_swap/saving") == "3.93"


def test_a_hole_in_the_comparison_is_named_and_nothing_is_written() -> None:
    open_project = changed(printer(), "voc.swap_cost/waste/new", "")
    row = measures.draft(open_project, "voc.swap")
    assert "voc.swap_cost/waste/new" in row.missing


def test_the_returnable_box_and_one_that_never_pays() -> None:
    # 68 ÷（5.4 − 1.9）= 19.4
    after = written(printer(), "packaging.returnable")
    effect = after.book.text("measures.list/returnable/effect")
    assert effect == "周转箱用 19.4 次回本，以后每次省 3.5 元"
    never = written(changed(printer(), "packaging.return_cost", "6"), "packaging.returnable")
    assert "回不了本" in never.book.text("measures.list/returnable/effect")
    assert measures.draft(
        changed(printer(), "packaging.box_price", ""), "packaging.returnable"
    ).missing


def test_a_measure_that_saves_nothing_has_no_payback() -> None:
    project = written(printer(), "voc.swap")
    project = changed(project, "measures.list/voc_swap/cost", "10")
    project = changed(project, "measures.list/voc_swap/saving", "-2")
    figure = project.derivation.cell("measures.list", "voc_swap", "payback")
    assert figure.value is None
    assert figure.not_applicable
