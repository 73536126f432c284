"""Bills of firms that do not exist, in the layouts firms get, for tests: grid notices (PDF) and e-invoices (XML, OFD, PDF)."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FIRM = "东莞市云岭电子有限公司"
_FONT = "BillFont"
_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def in_words(value: Decimal) -> str:
    """Money in the characters of a bill."""
    whole, rest = divmod(int(abs(value) * 100), 100)
    text, zero = "", False
    for section, unit in (
        (whole // 10**8, "亿"),
        (whole // 10**4 % 10**4, "万"),
        (whole % 10**4, ""),
    ):
        part = ""
        for place, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
            digit = section // place % 10
            if digit:
                part += ("零" if zero and (text or part) else "") + _DIGITS[digit] + name
                zero = False
            else:
                zero = True
        if part:
            text += part + unit
    jiao, fen = divmod(rest, 10)
    text = (text or "零") + "圆"
    if not rest:
        text += "整"
    else:
        text += (_DIGITS[jiao] + "角") if jiao else "零"
        text += (_DIGITS[fen] + "分") if fen else ""
    return ("负" if value < 0 else "") + text


def bill_font() -> str:
    """A Chinese font, registered once."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        file = Path(__file__).parents[2] / "resources/fonts/CPASansSC-Regular.ttf"
        pdfmetrics.registerFont(TTFont(_FONT, str(file)))
    return _FONT


# --- the grid's notice --------------------------------------------------------------------------------------------------

HEADS = (
    "抄见电量",
    "换表电量",
    "退补电量",
    "变/线损电量",
    "公摊电量",
    "免费电量",
    "分表电量",
    "尖峰调整电量",
    "合计电量",
)


@dataclass(frozen=True)
class Register:
    """kwh: read off; the rest is what the office adds."""

    type: str
    kwh: Decimal
    price: Decimal = Decimal("0.65")
    changed: Decimal = Decimal(0)
    corrected: Decimal = Decimal(0)
    loss: Decimal = Decimal(0)
    peak: Decimal | None = Decimal(0)
    before: Decimal = Decimal("100.00")
    meter: str = "0301SG5433"
    stated: Decimal | None = None  # a total that is printed wrong

    @property
    def total(self) -> Decimal:
        added = self.kwh + self.changed + self.corrected + self.loss + (self.peak or 0)
        return added if self.stated is None else self.stated


@dataclass(frozen=True)
class Notice:
    registers: tuple[Register, ...]
    start: str = "20250301"
    end: str = "20250331"
    firm: str = FIRM
    account: str = "08009999"
    point: str = "222222"
    ratio: int = 1000
    fixed: Decimal = Decimal("2300.00")
    with_peak: bool = True
    reactive: bool = True
    money: Decimal | None = None  # printed wrong
    words: str | None = None

    more_points: tuple[
        tuple[Register, ...], ...
    ] = ()  # further metering points under the same total

    @property
    def billed(self) -> tuple[Register, ...]:
        return (*self.registers, *(one for some in self.more_points for one in some))

    @property
    def amounts(self) -> list[Decimal]:
        return [cents(one.total * one.price) for one in self.billed]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, Decimal(0)) + self.fixed


def write_notices(path: Path, notices: Sequence[Notice], rotate: int = 0) -> Path:
    """A page for each notice."""
    canvas = Canvas(str(path), pagesize=(595, 640))
    for notice in notices:
        if rotate:
            canvas.setPageRotation(rotate)
        _draw_notice(canvas, notice)
        canvas.showPage()
    canvas.save()
    return path


def _draw_notice(canvas: Canvas, notice: Notice) -> None:
    font = bill_font()

    def at(x: float, top: float, text: str, size: float = 6.5, middle: bool = False) -> None:
        canvas.setFont(font, size)
        (canvas.drawCentredString if middle else canvas.drawString)(x, 640 - top, text)

    at(297, 20, "中国南方电网公司 广东电网公司 电费通知单", 13, True)
    for row, (label, value) in enumerate((
        ("尊敬的：", notice.firm), ("用户编号：", notice.account), ("结算户号：", "85" + notice.account),
        ("结算户名：", notice.firm), ("计量点编号：", notice.point),
    )):  # fmt: skip
        at(20, 45 + 13 * row, label, 8)
        at(80, 45 + 13 * row, value, 8)
    at(200, 125, "用电开始时间：", 8)
    at(275, 125, notice.start, 8)
    at(200, 139, "用电结束时间：", 8)
    at(275, 139, notice.end, 8)
    heads = [head for head in HEADS if notice.with_peak or head != "尖峰调整电量"]
    columns = [26, 66, 106, 148, 190] + [232 + 41 * index for index in range(len(heads))]
    top = 165
    for place, some in enumerate((notice.registers, *notice.more_points)):
        if place:
            at(20, top, f"计量点编号：{notice.point}{place}", 8)
            top += 14
        for x, head in zip(
            columns,
            ("表计资产编号", "示数类型", "上次表示数", "本次表示数", "倍率", *heads),
            strict=True,
        ):
            at(x, top, head, 5.5, True)
            if head in heads:
                at(x, top + 7, "(千瓦时)", 5.5, True)
        rows = list(some)
        if notice.reactive:
            rows.append(Register("无功总", Decimal(8000), peak=None))
        for number, one in enumerate(rows):
            y = top + 20 + 12 * number
            after = one.before + one.kwh / notice.ratio
            values = [
                one.kwh,
                one.changed,
                one.corrected,
                one.loss,
                Decimal(0),
                Decimal(0),
                Decimal(0),
            ]
            texts = [f"{value:.2f}" for value in values]
            if notice.with_peak:
                texts.append("" if one.peak is None else f"{one.peak:.2f}")
            cells = (
                one.meter,
                one.type,
                f"{one.before:.2f}",
                f"{after:.2f}",
                str(notice.ratio),
                *texts,
                f"{one.total:.2f}",
            )
            for x, text in zip(columns, cells, strict=True):
                at(x, y, text, 5, True)
        y = top = top + 30 + 12 * len(rows)
    at(5, y, "电价信息 Electricity Price Information", 9)
    at(5, y + 14, "电费信息 Electricity Bill Information", 9)
    y += 28
    for x, head in zip(
        (70, 195, 305, 415, 535),
        ("类别", "项目", "电量(千瓦时)", "电价(元/千瓦时)", "金额(元)"),
        strict=True,
    ):
        at(x, y, head, 6, True)
    for number, (one, amount) in enumerate(zip(notice.billed, notice.amounts, strict=True), 1):
        y += 12
        cells = (
            "大工业1-10千伏",
            f"({number}){one.type}",
            f"{one.total:.2f}",
            f"{one.price:.8f}",
            f"{amount:.2f}",
        )
        for x, text in zip((70, 195, 305, 415, 535), cells, strict=True):
            at(x, y, text, 6, True)
    number = len(notice.billed) + 1
    at(535, y + 14, f"({number})容(需)量电费(元)", 6, True)
    at(535, y + 26, f"{notice.fixed:.2f}", 6, True)
    total = notice.total if notice.money is None else notice.money
    words = in_words(total) if notice.words is None else notice.words
    at(20, y + 46, f"应收电费合计（大写）：{words}", 7)
    at(430, y + 46, "应收电费合计（小写）：", 7)
    at(512, y + 46, f"{total:.2f} 元", 7)


# --- e-invoices ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Goods:
    item: str = "*供电*电力"
    unit: str = "千瓦时"
    quantity: str = "10000"
    price: str = "0.65"
    rate: str = "13%"
    amount: Decimal | None = None
    spec: str = ""

    @property
    def net(self) -> Decimal:
        if self.amount is not None:
            return self.amount
        return cents(Decimal(self.quantity) * Decimal(self.price))

    @property
    def tax(self) -> Decimal:
        part = (
            Decimal(self.rate.rstrip("%")) / (100 if "%" in self.rate else 1)
            if self.rate[0].isdigit()
            else 0
        )
        return cents(self.net * part)


@dataclass(frozen=True)
class Paper:
    """An invoice. money, words: printed wrong."""

    goods: tuple[Goods, ...] = (Goods(),)
    number: str = "25440000000000000001"
    issued: str = "2025-04-08"
    buyer: str = FIRM
    seller: str = "广东电网有限责任公司"
    remark: str = "户号：08009999 电费年月：202503"
    money: Decimal | None = None
    words: str | None = None
    code: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.goods), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((one.tax for one in self.goods), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax if self.money is None else self.money

    @property
    def said(self) -> str:
        return in_words(self.gross) if self.words is None else self.words


def invoice_xml(paper: Paper) -> str:
    lines = "".join(
        f"<IssuItemInformation><ItemName>{one.item}</ItemName><SpecMod>{one.spec}</SpecMod><MeaUnits>{one.unit}</MeaUnits>"
        + (f"<Quantity>{one.quantity}</Quantity>" if one.quantity else "")
        + (f"<UnPrice>{one.price}</UnPrice>" if one.price else "")
        + f"<Amount>{one.net}</Amount><TaxRate>{one.rate}</TaxRate><ComTaxAm>{one.tax}</ComTaxAm></IssuItemInformation>"
        for one in paper.goods
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><EInvoice><Header><EIid>{paper.number}</EIid></Header><EInvoiceData>'
        f"<SellerInformation><SellerName>{paper.seller}</SellerName></SellerInformation>"
        f"<BuyerInformation><BuyerName>{paper.buyer}</BuyerName></BuyerInformation><BasicInformation>"
        f"<TotalAmWithoutTax>{paper.net}</TotalAmWithoutTax><TotalTaxAm>{paper.tax}</TotalTaxAm>"
        f"<TotalTax-includedAmount>{paper.gross}</TotalTax-includedAmount>"
        f"<TotalTax-includedAmountInChinese>{paper.said}</TotalTax-includedAmountInChinese></BasicInformation>{lines}"
        f"<AdditionalInformation><Remark>{paper.remark}</Remark></AdditionalInformation></EInvoiceData>"
        f"<TaxSupervisionInfo><InvoiceNumber>{paper.number}</InvoiceNumber><IssueTime>{paper.issued}</IssueTime>"
        f"</TaxSupervisionInfo></EInvoice>"
    )


def invoice_ofd(
    paper: Paper,
    *,
    broken_tags: bool = False,
    old_names: bool = False,
    tags: bool = True,
    shapes: bool = False,
) -> bytes:
    """broken_tags: `<:eInvoice xmlns:="">`; old_names: of the years before 2022; shapes: no text at all."""
    names = {"number": "InvoiceNumber", "issued": "IssueTime", "buyer": "BuyerName", "seller": "SellerName", "net": "TotalAmWithoutTax",
             "tax": "TotalTaxAm", "words": "TotalTax-includedAmountInChinese", "gross": "TotalTax-includedAmount"}  # fmt: skip
    if old_names:
        names |= {"number": "InvoiceNo", "issued": "IssueDate", "net": "TaxExclusiveTotalAmount", "tax": "TaxTotalAmount",
                  "gross": "TaxInclusiveTotalAmount", "words": "TaxInclusiveTotalAmountWithWords"}  # fmt: skip
    texts: list[tuple[str, str, float, float]] = [
        (names["number"], paper.number, 150, 8), (names["issued"], paper.issued, 150, 14), (names["buyer"], paper.buyer, 25, 25),
        (names["seller"], paper.seller, 120, 25), (names["net"], f"¥{paper.net}", 130, 85), (names["tax"], f"¥{paper.tax}", 185, 85),
        (names["words"], paper.said, 50, 92), (names["gross"], f"¥{paper.gross}", 150, 92), ("Note", paper.remark, 20, 102),
    ]  # fmt: skip
    for row, one in enumerate(paper.goods):
        below = 50 + 5 * row
        cells = (("Item", one.item, 5), ("MeasurementDimension", one.unit, 75), ("Quantity", one.quantity, 90),
                 ("Price", one.price, 110), ("Amount", str(one.net), 130), ("TaxScheme", one.rate, 155), ("TaxAmount", str(one.tax), 185))  # fmt: skip
        texts += [(name, text, x, below) for name, text, x in cells if text]
    objects, refs = "", ""
    for key, (name, text, x, y) in enumerate(texts, 100):
        objects += (f'<ofd:TextObject ID="{key}" Boundary="{x} {y} 60 4" Font="1" Size="3"><ofd:TextCode X="0" Y="3">{text}'
                    "</ofd:TextCode></ofd:TextObject>")  # fmt: skip
        refs += f'<{":" if broken_tags else "ofd:"}{name}><ObjectRef PageRef="1">{key}</ObjectRef></{":" if broken_tags else "ofd:"}{name}>'
    if shapes:
        objects = '<ofd:PathObject ID="5" Boundary="0 0 10 10"><ofd:AbbreviatedData>M 0 0 L 5 5</ofd:AbbreviatedData></ofd:PathObject>'
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    root = (
        f'<:eInvoice xmlns:="">{refs}</:eInvoice>'
        if broken_tags
        else f"<ofd:eInvoice {ns}>{refs}</ofd:eInvoice>"
    )
    parts = {
        "OFD.xml": f"<ofd:OFD {ns}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {ns}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
        f'<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        + ("<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>" if tags and not shapes else "")
        + "</ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {ns}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>",
        "Doc_0/Tags/CustomTags.xml": f"<ofd:CustomTags {ns}><ofd:CustomTag><ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>",
        "Doc_0/Tags/CustomTag.xml": root,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def write_invoice_pdf(
    path: Path, papers: Sequence[Paper], *, old: bool = False, spread_heads: bool = True
) -> Path:
    """A page for each; old: the layout before all-digital invoices (seller below, number of 8 digits, 密码区)."""
    canvas = Canvas(str(path), pagesize=(610, 394))
    for paper in papers:
        _draw_invoice(canvas, paper, old, spread_heads)
        canvas.showPage()
    canvas.save()
    return path


def _draw_invoice(canvas: Canvas, paper: Paper, old: bool, spread: bool) -> None:
    font = bill_font()

    def at(x: float, top: float, text: str, size: float = 8) -> None:
        canvas.setFont(font, size)
        canvas.drawString(x, 394 - top, text)

    at(200, 28, "广东增值税电子普通发票" if old else "电子发票（增值税专用发票）", 14)
    if old:
        at(420, 15, f"发票代码：{paper.code}")
    at(420, 25, f"发票号码：{paper.number}")
    year, month, day = paper.issued.split("-")
    at(420, 38, f"开票日期：{year}年{month}月{day}日")
    for letter, y in zip("购买方信息", range(55, 105, 10), strict=True):
        at(16, y, letter, 7)
    at(30, 62, f"名称：{paper.buyer}" if not old else f"名　　称：{paper.buyer}")
    at(
        30,
        78,
        f"统一社会信用代码/纳税人识别号：{paper.extra.get('buyer_id', '914419001234567890')}",
    )
    if old:
        at(370, 62, "密")
        at(385, 62, "03<4/>2-8+91*5<7>65-/28+4")
        at(385, 72, "20250101-20250131*6>1<4/7")
    else:
        at(320, 62, f"名称：{paper.seller}")
        at(320, 78, "统一社会信用代码/纳税人识别号：91440000MA000000X1")
    gap = "　" if spread else ""
    heads = ((60, "货物或应税劳务、服务名称" if old else "项目名称"), (150, "规格型号"), (205, f"单{gap}位"), (262, f"数{gap}量"), (327, f"单{gap}价"),
             (402, f"金{gap}额"), (450, "税率" if old else "税率/征收率"), (535, f"税{gap}额"))  # fmt: skip
    for x, head in heads:
        at(x, 105, head)
    for row, one in enumerate(paper.goods):
        y = 121 + 12 * row
        at(18, y, one.item, 7.5)
        at(150, y, one.spec, 7.5)
        at(205, y, one.unit)
        for right, text in (
            (292, one.quantity),
            (365, one.price),
            (436, f"{one.net:.2f}"),
            (577, f"{one.tax:.2f}"),
        ):
            canvas.setFont(font, 8)
            canvas.drawRightString(right, 394 - y, text)
        at(465, y, one.rate)
    at(60, 212, f"合{gap}计")
    canvas.drawRightString(436, 394 - 212, f"¥{paper.net:.2f}")
    canvas.drawRightString(577, 394 - 212, f"¥{paper.tax:.2f}")
    at(38, 232, "价税合计（大写）")
    at(170, 232, ("ⓧ" if old else "") + paper.said)
    at(425, 232, f"（小写）¥{paper.gross:.2f}")
    at(16, 262, "备", 7)
    at(16, 275, "注", 7)
    if old:
        at(30, 256, f"名　　称：{paper.seller}")
        at(30, 268, "纳税人识别号：91440000MA000000X1")
        at(30, 280, "开户行及账号：中国银行 44050110200000202501")
    for row, text in enumerate(paper.remark.split("\n")):
        at(330 if old else 60, 256 + 12 * row, text)
    at(40, 330, "开票人：王明")


def changed(paper: Paper, **values: object) -> Paper:
    return replace(paper, **values)  # type: ignore[arg-type]
