"""One file to its bills. Runs in the child process (app.bills.worker): what comes from outside may be broken or hostile."""

import re
from collections.abc import Callable
from pathlib import Path

from app import files
from app.bills import grid_notice, invoice_page, invoice_xml, ofd, other_papers
from app.bills.invoice import bills_of
from app.bills.page import Sheet
from app.bills.reading import NEEDS_READER, Reading, unread
from app.errors import UserError

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
MOST_BYTES = 80_000_000
SHAPES_ONLY = "票面是图形，没有文字，读不出来：打印成 PDF 或拍照后再拖进来"
NOT_KNOWN = "没认出这是什么单据"

Recognise = Callable[[bytes], Sheet]
"""A picture (any format) to words with places; UserError when it is no picture or too big."""


def read_file(path: Path, recognise: Recognise | None) -> list[Reading]:
    """Every bill in the file, not yet judged. recognise: None where the reader of pictures is not installed."""
    name = path.name
    try:
        files.refuse_odd(path)
        size = path.stat().st_size
        if size == 0:
            return [unread(name, "文件是空的")]
        if size > MOST_BYTES:
            return [unread(name, f"文件有 {size // 1_000_000} MB，太大了，没有读")]
        data = path.read_bytes()
        return _read(data, name, recognise)
    except UserError as error:
        return [unread(name, f"{problem.what}：{problem.remedy}") for problem in error.problems[:1]]
    except OSError as error:
        return [unread(name, f"打不开：{error.strerror}")]


def _read(data: bytes, name: str, recognise: Recognise | None) -> list[Reading]:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in data[:1024]:
        return _read_pdf(data, name, recognise)
    if start.startswith(b"PK") or name.lower().endswith(".ofd"):
        if name.lower().endswith(".ofd") or ofd.is_ofd(data):
            return _read_ofd(data, name)
        if name.lower().endswith(".xlsx"):
            return [unread(name, "是 Excel 表：到账单那一页点「导入 .xlsx」")]
        return [unread(name, "是压缩包或 Office 文件：解开、或导出成 PDF 再拖进来")]
    if _is_picture(data):
        if recognise is None:
            return [unread(name, NEEDS_READER)]
        return readings_of(recognise(data), name)
    if start.startswith(b"<") or name.lower().endswith(".xml"):
        root = invoice_xml.parse(data, name)
        if not invoice_xml.is_invoice(root):
            return [unread(name, "这份 XML 不是发票")]
        return [
            reading
            for invoice in invoice_xml.invoices_of(root)
            for reading in bills_of(invoice, name)
        ]
    return [unread(name, NOT_KNOWN)]


def _is_picture(data: bytes) -> bool:
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"BM", b"II*\0", b"MM\0*", b"GIF8"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or data[4:12] in (b"ftypheic", b"ftypmif1", b"ftypheix")
    )


def _read_pdf(data: bytes, name: str, recognise: Recognise | None) -> list[Reading]:
    from app.bills import pdf_text

    document = pdf_text.open_pdf(data, name, range(pdf_text.MOST_PAGES))
    try:
        count = len(document)
        if count > pdf_text.MOST_PAGES:
            return [
                unread(
                    name,
                    f"有 {count} 页，不像账单，没有读：只留账单的那几页（{pdf_text.MOST_PAGES} 页以内）",
                )
            ]
        sheet = pdf_text.sheet_of(document, range(count))
        if len(re.sub(r"\s", "", sheet.text())) >= 20:
            return readings_of(sheet, name)
        if recognise is None:
            return [unread(name, NEEDS_READER)]
        readings: list[Reading] = []
        for number in range(min(count, 6)):
            picture = pdf_text.picture_of(document, number, 2000)
            readings += _on_page(readings_of(recognise(picture), name), number)
        return readings
    finally:
        document.close()


def _on_page(readings: list[Reading], number: int) -> list[Reading]:
    from dataclasses import replace

    return [
        replace(
            reading,
            places={key: replace(place, page=number) for key, place in reading.places.items()},
        )
        for reading in readings
    ]


def _read_ofd(data: bytes, name: str) -> list[Reading]:
    readings: list[Reading] = []
    for invoice, sheet in ofd.read_ofd(data, name):
        if invoice is not None:
            readings += bills_of(invoice, name)
        elif not sheet.words:
            readings.append(unread(name, SHAPES_ONLY))
        else:
            readings += readings_of(sheet, name)
    return readings


def readings_of(sheet: Sheet, name: str) -> list[Reading]:
    """The bills on a sheet of words, whatever it was read from."""
    if grid_notice.is_notice(sheet):
        return grid_notice.read_notices(sheet, name)
    if invoice_page.is_invoice(sheet):
        return [
            reading
            for invoice in invoice_page.invoices_of(sheet)
            for reading in bills_of(invoice, name, pictured=sheet.pictured)
        ]
    entry = other_papers.paper_of(sheet)
    if entry is not None:
        return [other_papers.read_paper(sheet, entry, name)]
    return [unread(name, NOT_KNOWN)]
