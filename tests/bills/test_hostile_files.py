"""Files that are broken, locked, huge or made to choke a reader: said in plain words, and the others are still read."""

import io
import zipfile
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from app.bills import worker
from app.bills.read import read_file
from app.bills.reading import Reading
from app.services.bill_reading import read_folder
from tests.helpers.bill_papers import Paper, invoice_ofd, invoice_xml, write_invoice_pdf


def _locked(folder: Path) -> bytes:
    path = write_invoice_pdf(folder / "plain.pdf", [Paper()])
    out = io.BytesIO()
    with pikepdf.open(path) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    path.unlink()
    return out.getvalue()


def _pages(count: int) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


def _endless() -> bytes:
    """A page tree that contains itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", b"<a>" + b" " * 150_000_000)
    return out.getvalue()


def _entities() -> bytes:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><EInvoice>&a11;</EInvoice>'.encode()


def _outside() -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><EInvoice><BuyerName>&e;</BuyerName></EInvoice>'


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


HOSTILE = {
    "encrypted.pdf": (_locked, "密码"),
    "500-pages.pdf": (lambda _: _pages(500), "500 页"),
    "endless-tree.pdf": (lambda _: _endless(), "PDF"),
    "no-pdf.pdf": (lambda _: b"%PDF-1.7 nothing here", "PDF"),
    "cut.ofd": (lambda _: _cut(invoice_ofd(Paper())), "不完整"),
    "not-a-zip.ofd": (lambda _: b"PK\x03\x04 nothing", "不完整"),
    "bomb.ofd": (lambda _: _zip_bomb(), "太大"),
    "entities.xml": (lambda _: _entities(), "实体"),
    "outside.xml": (lambda _: _outside(), "实体"),
    "cut.xml": (lambda _: _cut(invoice_xml(Paper()).encode()), "XML"),
    "other.xml": (lambda _: b"<html><body>hello</body></html>", "不是发票"),
    "empty.pdf": (lambda _: b"", "空的"),
    "words.docx": (lambda _: b"PK\x05\x06" + b"\0" * 18, "Office"),
    "program.exe": (lambda _: b"MZ\x90\x00" + b"\0" * 500, "没认出"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_said_in_plain_words(tmp_path: Path, name: str) -> None:
    make, word = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(make(tmp_path))
    (reading,) = read_file(path, None)
    assert reading.kind == "unread"
    assert word in reading.why
    assert "Error" not in reading.why


def test_deeply_nested_xml_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "deep.xml").write_bytes(
        b"<EInvoice>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</EInvoice>"
    )
    (tmp_path / "good.xml").write_text(invoice_xml(Paper()), "utf-8")
    deep, good = read_folder([tmp_path]).readings
    assert deep.kind == "unread"
    assert good.quantity == 10000


def test_a_child_that_dies_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.xml", "b.xml", "c.xml"):
        (tmp_path / name).write_text(invoice_xml(Paper()), "utf-8")
    killer = (
        "import sys, os, json; from pathlib import Path; from app.bills import worker, read; real = read.read_file\n"
        "def odd(path, recognise):\n    if path.name == 'b.xml': os._exit(9)\n    return real(path, recognise)\n"
        "read.read_file = odd; sys.exit(worker.run_job(Path(sys.argv[1])))"
    )
    command = worker.child_command(Path("x"))[:1]
    monkeypatch.setattr(worker, "child_command", lambda job: [*command, "-c", killer, str(job)])
    found = worker.read_files(sorted(tmp_path.iterdir()))
    assert [one[0].kind for one in found] == ["electricity", "unread", "electricity"]
    assert "跳过" in found[1][0].why


def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xml").write_text(invoice_xml(Paper()), "utf-8")
    sleeper = (
        "import json, sys, time; out = open(sys.argv[1][:-3] + 'out', 'a')\n"
        "print(json.dumps({'begin': 0}), file=out, flush=True); time.sleep(600)"
    )
    command = worker.child_command(Path("x"))[:1]
    monkeypatch.setattr(worker, "child_command", lambda job: [*command, "-c", sleeper, str(job)])
    monkeypatch.setattr(worker, "_TEXT_SECONDS", 1)
    ((reading,),) = worker.read_files([tmp_path / "a.xml"])
    assert "太久" in reading.why


def test_cancelled(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(invoice_xml(Paper()), "utf-8")
    with pytest.raises(worker.Cancelled):
        worker.read_files([tmp_path / "a.xml"], cancelled=lambda: True)


def _picture(size: tuple[int, int], fmt: str = "PNG") -> bytes:
    image = Image.new("RGB", size, (200, 180, 150))
    ImageDraw.Draw(image).ellipse((20, 20, size[0] - 20, size[1] - 20), fill=(120, 90, 60))
    out = io.BytesIO()
    image.save(out, fmt)
    return out.getvalue()


@pytest.mark.skipif(
    not worker.has_picture_reader(), reason="the reader of pictures is not installed"
)
def test_pictures_that_are_no_bills(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(_picture((900, 700)))
    (tmp_path / "cut.jpg").write_bytes(_cut(_picture((900, 700), "JPEG")))
    (tmp_path / "huge.png").write_bytes(_huge_head())
    (tmp_path / "tiny.png").write_bytes(_picture((60, 60)))
    readings: dict[str, Reading] = {one.file: one for one in read_folder([tmp_path]).readings}
    assert {one.kind for one in readings.values()} == {"unread"}
    assert "没认出" in readings["cat.png"].why
    assert "太大" in readings["huge.png"].why
    assert "太小" in readings["tiny.png"].why
    assert not any("Error" in one.why for one in readings.values())


def _huge_head() -> bytes:
    """A PNG whose head promises 60,000 × 60,000 dots."""
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 4) + b"IDAT" + b"\0\0\0\0" + struct.pack(">I", zlib.crc32(b"IDAT\0\0\0\0"))
    )  # fmt: skip
