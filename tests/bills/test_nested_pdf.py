"""PDFs whose forms draw each other: told before a reader of pages touches them; honest ones are read as ever."""

import io
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pytest

from app.bills import worker
from app.bills.worker import Drawing
from app.bootstrap import load_catalogue
from app.errors import UserError
from app.nested_pdf import refuse_nested
from app.services.cases import Cases
from app.services.verifying import verify

HOSTILE = Path(__file__).parents[1] / "hostile_files" / "form_recursive.pdf"


def _pdf(page: str, forms: Mapping[str, str], *, shared: bool = False) -> bytes:
    """A page and forms, each with its words; every form knows all others. shared: by the page's own table of resources."""
    out = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        streams = {
            name: pikepdf.Stream(
                file,
                words.encode(),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[0, 0, 9, 9],
            )
            for name, words in forms.items()
        }
        table = file.make_indirect(
            pikepdf.Dictionary(
                XObject=pikepdf.Dictionary({f"/{name}": one for name, one in streams.items()})
            )
        )
        for one in streams.values():
            if not shared:
                one.Resources = table
        file.pages[0].Resources = table
        file.pages[0].Contents = file.make_stream(page.encode())
        file.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("page", "forms"),
    [
        ("/F Do", {"F": "/F Do /F Do"}),
        ("/F Do", {"F": "/G Do", "G": "/H Do", "H": "/F Do"}),
        ("/F Do", {"F": "/#47 Do", "G": "/F Do"}),
        ("/F9 Do", {"F0": "", **{f"F{n}": f"/F{n - 1} Do " * 10 for n in range(1, 10)}}),
        ("/F40 Do", {"F0": "", **{f"F{n}": f"/F{n - 1} Do" for n in range(1, 41)}}),
        ("/F Do " * 60_000, {"F": ""}),
    ],
)
@pytest.mark.parametrize("shared", [False, True])
def test_forms_without_end_are_told(page: str, forms: Mapping[str, str], shared: bool) -> None:
    with pytest.raises(UserError, match="自己套着自己"):
        refuse_nested(_pdf(page, forms, shared=shared), "x.pdf")


@pytest.mark.parametrize(
    ("page", "forms"),
    [
        ("/F Do", {"F": "/G Do /G Do", "G": "", "H": "/F Do"}),
        ("/F Do " * 2000, {"F": "/G Do", "G": ""}),
        ("q (F Do) Tj Q", {"F": "/F Do"}),  # in the table, never drawn
    ],
)
def test_honest_forms_are_let_through(page: str, forms: Mapping[str, str]) -> None:
    refuse_nested(_pdf(page, forms, shared=True), "x.pdf")


def test_only_the_pages_that_are_looked_at_count() -> None:
    with (
        pikepdf.open(HOSTILE) as bad,
        pikepdf.open(io.BytesIO(_pdf("/F Do", {"F": ""}))) as file,
    ):
        file.pages.extend(bad.pages)
        out = io.BytesIO()
        file.save(out)
    refuse_nested(out.getvalue(), "x.pdf", (0,))
    for pages in ((1,), (7,), range(40), None):
        with pytest.raises(UserError):
            refuse_nested(out.getvalue(), "x.pdf", pages)


def test_what_is_no_pdf_is_left_to_its_reader() -> None:
    refuse_nested(b"%PDF-1.7\nnothing", "x.pdf")
    refuse_nested(HOSTILE.read_bytes()[:300], "x.pdf")


def test_every_reader_of_pdf_asks_first(tmp_path: Path) -> None:
    ((reading,),) = worker.read_files([HOSTILE], pictures=False)
    assert "自己套着自己" in reading.why
    assert worker.draw([Drawing(HOSTILE, 0, 200, tmp_path / "x.png")]) == [0]


def test_a_sealed_paper_is_asked_too() -> None:
    with pytest.raises(UserError, match="自己套着自己"):
        verify(HOSTILE, None, Cases(load_catalogue()))
