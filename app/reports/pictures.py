"""Charts as pictures, for papers that are no PDF: drawn by the same painter, then rastered."""

import io

import pypdfium2
from reportlab.pdfgen import canvas

from app.audit.charts.shapes import Chart
from app.reports import fonts
from app.reports.alone import alone
from app.reports.painting import paint_chart

_DPI = 220


@alone
def chart_png(chart: Chart) -> bytes:
    """The chart at 220 dpi on white. Same bytes for the same chart."""
    fonts.register()
    page = io.BytesIO()
    sheet = canvas.Canvas(page, pagesize=(chart.width, chart.height), invariant=1)
    paint_chart(sheet, chart)
    sheet.save()
    document = pypdfium2.PdfDocument(page.getvalue())
    try:
        picture = document[0].render(scale=_DPI / 72).to_pil()
    finally:
        document.close()
    out = io.BytesIO()
    picture.save(
        out, format="PNG", compress_level=3
    )  # flat areas: smaller than the usual 6, in a third of the time
    return out.getvalue()
