"""Papers fit for keeping: PDF/A-2b, PDF/A-3b with data inside. By the rules of veraPDF as pikepdf has them, and by our own look."""

import dataclasses
import importlib.util
import re
from pathlib import Path

import pikepdf
import pytest

from app.papers.document import Chapter, Paragraph, State
from app.reports.pdf import write_pdf
from app.reports.sealed_file import read_sealed, seal
from tests.reports.example_document import example

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
ODD = "甲&乙 <b>\x00\x1b\ufffe\ud83d𠮷🙂"


@pytest.fixture(scope="module", params=[*State, "form", "odd names"])
def paper(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    document = example(request.param if isinstance(request.param, State) else State.DRAFT)
    if request.param == "form":
        pages = (Chapter("一张表", (Paragraph(("写一行。",)),)),)
        document = dataclasses.replace(
            document, cover=None, signatures=None, front=(), appendices=(), chapters=pages, attachments=()
        )  # fmt: skip
    if request.param == "odd names":
        document = dataclasses.replace(document, title=ODD, author=ODD, keywords=(ODD,))
    target = tmp_path_factory.mktemp("archive") / "paper.pdf"
    write_pdf(document, target)
    if request.param is State.FINAL:
        target.write_bytes(seal(target.read_bytes()))
    return target


def test_every_rule_of_the_checker_is_kept(paper: Path) -> None:
    if importlib.util.find_spec("jsonschema") is None:
        pytest.skip("the checker's own libraries are not installed")
    from pikepdf import pdfa

    with pikepdf.open(paper) as file:
        flavour = "3b" if file.attachments else "2b"
    report = pdfa.validate_written(paper, flavour)
    assert report.passed, [str(one) for one in report.findings]


def test_language_title_metadata_and_colours_are_declared(paper: Path) -> None:
    with pikepdf.open(paper) as file:
        root = file.Root
        assert str(root.Lang) == "zh-CN"
        assert root.ViewerPreferences.DisplayDocTitle
        assert "/Outlines" in root or len(file.pages) < 3
        intent = root.OutputIntents[0]
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        with file.open_metadata() as metadata:
            assert metadata[f"{PDFA}part"] == ("3" if file.attachments else "2")
            assert metadata[f"{PDFA}conformance"] == "B"
            assert metadata["dc:title"] == str(file.docinfo.Title)
    assert not re.search(rb"/(LZW|ASCII85|ASCIIHex|RunLength|JPX)Decode", paper.read_bytes())


def test_fonts_are_whole_and_what_is_no_reading_matter_is_marked(paper: Path) -> None:
    with pikepdf.open(paper) as file:
        for page in file.pages:
            for font in page.Resources.Font.values():
                assert "/FontFile2" in font.FontDescriptor
                assert "/ToUnicode" in font
                assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont))
            for note in page.get("/Annots", []):
                assert note.F == 4, "a link is printed with its page"
            code = page.Contents.read_bytes()
            assert code.count(b"BDC") == code.count(b"EMC")
            if page.index > 1 or "/Outlines" not in file.Root:
                assert b"/Artifact" in code, "heads and feet are no reading matter"


def test_the_seal_stands_before_the_end_and_holds_every_byte(tmp_path: Path) -> None:
    write_pdf(example(State.FINAL), tmp_path / "paper.pdf", invariant=True)
    bare = (tmp_path / "paper.pdf").read_bytes()
    sealed = seal(bare)
    assert sealed.rstrip().endswith(b"%%EOF")
    assert read_sealed(sealed, "清审数据.json").bytes_hold is True
    end = sealed.rindex(b"startxref")
    for place in (0, 9, len(bare) // 2, end - 90, end, len(sealed) - 8):
        changed = bytearray(sealed)
        changed[place] ^= 1
        try:
            found = read_sealed(bytes(changed), "清审数据.json").bytes_hold
        except Exception:  # noqa: BLE001 - it does not even open
            continue
        assert found is not True, place
    assert read_sealed(sealed + b" ", "清审数据.json").bytes_hold is not True or sealed.endswith(
        b" "
    )
    assert read_sealed(bare, "清审数据.json").bytes_hold is None


def test_a_seal_of_an_older_paper_at_its_very_end_is_still_read(tmp_path: Path) -> None:
    import hashlib

    write_pdf(example(State.FINAL), tmp_path / "paper.pdf")
    bare = (tmp_path / "paper.pdf").read_bytes()
    old = bare + f"%CleanAudit-Seal sha256={hashlib.sha256(bare).hexdigest()}\n".encode()
    assert read_sealed(old, "清审数据.json").bytes_hold is True
    assert (
        read_sealed(old.replace(b"/Lang (zh-CN)", b"/Lang (zh-TW)"), "清审数据.json").bytes_hold
        is False
    )
