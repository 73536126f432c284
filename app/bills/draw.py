"""Pages of papers as pictures, for thumbnails and the viewer. Child process only, as all reading of what comes from outside."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app import files, paths
from app.bills import invoice_xml, ofd, pdf_text, pictures
from app.bills.invoice import Invoice
from app.bills.page import Sheet, Word, stacked

_FONT = "CPASansSC-Regular.ttf"
_QUALITY = 82  # of a JPEG: a photograph on paper


def draw_page(source: Path, page: int, longest: int, target: Path) -> int:
    """Write the page as PNG, as JPEG where `target` ends so; the number of pages. Raises for what has no picture."""
    data = source.read_bytes()
    if b"%PDF-" in data[:1024]:
        document = pdf_text.open_pdf(data, source.name, (page,))
        try:
            count = len(document)
            drawn = pdf_text.picture_of(document, min(page, count - 1), longest)
            with Image.open(io.BytesIO(drawn)) as image:
                _save(image.convert("RGB"), target)
            return count
        finally:
            document.close()
    if data[:2] == b"PK":
        invoice, sheet = ofd.read_ofd(data, source.name)[0]
        if not sheet.words and invoice is not None:
            sheet = _listed([invoice])
        _draw(sheet, page, longest, target)
        return len(sheet.sizes)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        _draw(
            _listed(invoice_xml.invoices_of(invoice_xml.parse(data, source.name))),
            0,
            longest,
            target,
        )
        return 1
    picture = pictures.upright(data, longest, Image.Resampling.BILINEAR)
    _save(picture, target)
    return 1


def _save(picture: Image.Image, target: Path) -> None:
    is_for_paper = target.suffix == ".jpg"
    with files.written_beside(target, is_for_now=is_for_paper) as beside:
        if is_for_paper:
            picture.save(beside, "JPEG", quality=_QUALITY)
        else:
            picture.save(beside, "PNG")


def _draw(sheet: Sheet, page: int, longest: int, target: Path) -> None:
    """The words of a page where they stand: an invoice without its lines and stamp, but with every figure."""
    page = min(page, len(sheet.sizes) - 1)
    width, height = sheet.sizes[page]
    top = sum(size[1] for size in sheet.sizes[:page])
    scale = longest / max(width, height)
    image = Image.new("RGB", (max(1, round(width * scale)), max(1, round(height * scale))), "white")
    pen = ImageDraw.Draw(image)
    file = paths.fonts_dir() / _FONT
    for word in sheet.words:
        if top <= word.centre < top + height:
            font = ImageFont.truetype(file, max(6, word.height * scale * 0.72))
            pen.text((word.x0 * scale, (word.y0 - top) * scale), word.text, "black", font)
    _save(image, target)


def _listed(invoices: Iterable[Invoice]) -> Sheet:
    """An invoice that is data only, written out as lines."""
    lines: list[str] = []
    for one in invoices:
        lines += [
            "电子发票（XML，没有版面）",
            f"发票号码：{one.number}　开票日期：{one.issued or ''}",
            f"购买方：{one.buyer}",
            f"销售方：{one.seller}",
            "",
        ]
        for line in one.lines:
            lines.append(
                f"{line.item}　{line.quantity} {line.unit} × {line.price}　金额 {line.amount}　税额 {line.tax}"
            )
        lines += ["", f"价税合计：{one.words}　{one.gross}", f"备注：{one.remark}", ""]
    words = [
        Word(text, 12, 14 + 9 * row, 198, 20 + 9 * row) for row, text in enumerate(lines) if text
    ]
    return stacked([(210, max(140, 30 + 9 * len(lines)), words)])
