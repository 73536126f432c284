"""Layouts and faults beyond the given papers: each is read right, or asked about; never silently wrong."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bills.amounts import money_in_words, month_of, months, span
from app.bills.read import read_file
from app.bills.reading import Reading, State
from app.bills.together import judge
from tests.helpers.bill_papers import (
    FIRM,
    Goods,
    Notice,
    Paper,
    Register,
    in_words,
    invoice_ofd,
    invoice_xml,
    write_invoice_pdf,
    write_notices,
)

FOUR = (
    Register("尖", D(5856), D("1.449")),
    Register("峰", D(29282), D("1.1591")),
    Register("平", D(40019), D("0.6818")),
    Register("谷", D(22451), D("0.259")),
)
NOTICE = Notice(FOUR)
GOODS = Goods()
PAPER = Paper()
WATER = Goods("*水冰雪*自来水", "吨", "100", "3.5", "3%")


def _files(folder: Path, *contents: Paper | Notice, fmt: str = "xml") -> list[Reading]:
    found: list[Reading] = []
    for number, one in enumerate(contents):
        path = folder / f"{number}.{'pdf' if isinstance(one, Notice) else fmt}"
        if isinstance(one, Notice):
            write_notices(path, [one])
        elif fmt == "pdf":
            write_invoice_pdf(path, [one])
        elif fmt == "ofd":
            path.write_bytes(invoice_ofd(one))
        else:
            path.write_text(invoice_xml(one), "utf-8")
        found += read_file(path, None)
    return judge(found)


NOTICES = {
    "plain": (NOTICE, D(97608)),
    "before 2024, no column for 尖峰调整": (replace(NOTICE, with_peak=False), D(97608)),
    "flat rate": (replace(NOTICE, registers=(Register("有功总", D(45000)),)), D(45000)),
    "changed meter, corrected, losses": (
        replace(NOTICE, registers=(*FOUR[:3], replace(FOUR[3], changed=D(1200), corrected=D(-340), loss=D(55)))),
        D(98523),
    ),
    "尖峰调整 moves, nothing is added": (
        replace(NOTICE, registers=(replace(FOUR[0], peak=D(-5856)), replace(FOUR[1], peak=D(5856)), *FOUR[2:])),
        D(97608),
    ),
    "two meters on one notice": (
        replace(NOTICE, registers=(*FOUR, *(replace(one, meter="0399", before=D(7)) for one in FOUR))),
        D(195216),
    ),
    "no 无功": (replace(NOTICE, reactive=False), D(97608)),
    "from the 26th to the 25th": (replace(NOTICE, start="20250226", end="20250325"), D(97608)),
    "last day is the first of the next": (replace(NOTICE, end="20250401"), D(97608)),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTICES)
def test_notice(tmp_path: Path, name: str) -> None:
    notice, kwh = NOTICES[name]
    (reading,) = _files(tmp_path, notice)
    assert (reading.quantity, reading.money, reading.month) == (kwh, notice.total, "2025-03")
    assert (reading.state, reading.why, reading.buyer) == (State.READ, "", FIRM)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_turned_page(tmp_path: Path, turned: int) -> None:
    (reading,) = judge(read_file(write_notices(tmp_path / "n.pdf", [NOTICE], turned), None))
    assert (reading.quantity, reading.state) == (D(97608), State.READ)


WRONG_NOTICES = {
    "a row that does not add up": (
        replace(NOTICE, registers=(*FOUR[:3], replace(FOUR[3], stated=D(22450)))), "各栏相加",
    ),
    "total of money": (replace(NOTICE, money=D("90000.00")), "应收合计"),
    "words": (replace(NOTICE, words="玖万元整"), "大写"),
    "words that cannot be read": (replace(NOTICE, words="玖X元整"), "没有读懂"),
    "two months in one": (replace(NOTICE, end="20250430"), "不是一个月"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_NOTICES)
def test_notice_that_is_asked_about(tmp_path: Path, name: str) -> None:
    notice, why = WRONG_NOTICES[name]
    (reading,) = _files(tmp_path, notice)
    assert reading.state is State.ASK
    assert why in reading.why


def test_several_points_and_months_in_one_file(tmp_path: Path) -> None:
    notices = [NOTICE, replace(NOTICE, point="333", registers=FOUR[:2]), replace(NOTICE, start="20250401", end="20250430")]  # fmt: skip
    found = judge(read_file(write_notices(tmp_path / "n.pdf", notices), None))
    assert [one.quantity for one in found] == [D(97608), D(35138), D(97608)]
    assert [one.month for one in found] == ["2025-03", "2025-03", "2025-04"]
    assert {one.state for one in found} == {State.READ}


def test_two_points_under_one_total_are_one_bill(tmp_path: Path) -> None:
    path = write_notices(
        tmp_path / "n.pdf", [replace(NOTICE, more_points=((Register("有功总", D(1200)),),))]
    )
    (reading,) = judge(read_file(path, None))
    assert (reading.quantity, reading.point) == (D(98808), "222222、2222221")
    assert (reading.state, reading.why) == (State.READ, "")


def test_next_month_begins_where_the_last_ended(tmp_path: Path) -> None:
    one = Register("有功总", D(45000), before=D("100.00"))
    good = Notice((replace(one, before=D("145.00")),), "20250401", "20250430")
    bad = replace(good, registers=(replace(one, before=D("150.00")),))
    assert [r.state for r in _files(tmp_path, Notice((one,)), good)] == [State.READ] * 2
    second = _files(tmp_path, Notice((one,)), bad)[1]
    assert second.state is State.ASK
    assert "上月止码" in second.why


def _goods(**values: object) -> Paper:
    return replace(PAPER, goods=(replace(GOODS, **values),))  # type: ignore[arg-type]


INVOICES: dict[str, tuple[Paper, str, D | None, str]] = {
    "13%": (PAPER, "electricity", D(10000), ""),
    "0.13": (_goods(rate="0.13"), "electricity", D(10000), ""),
    "度": (_goods(unit="度"), "electricity", D(10000), ""),
    "万千瓦时": (_goods(unit="万千瓦时", quantity="1.2345", price="6500"), "electricity", D(12345), ""),
    "no quantity": (_goods(quantity="", price="", unit="", amount=D(6500)), "electricity", None, "没有数量"),
    "several prices": (replace(PAPER, goods=(GOODS, replace(GOODS, quantity="500", price="1.1"))), "electricity", D(10500), ""),
    "basic charge is money only": (
        replace(PAPER, goods=(GOODS, Goods("*供电*基本电费", "千伏安", "800", "23"))), "electricity", D(10000), "",
    ),
    "words differ": (replace(PAPER, words="壹佰圆整"), "electricity", D(10000), "大写"),
    "tax and total differ": (replace(PAPER, money=D(9999)), "electricity", D(10000), "价税合计"),
    "price × quantity differs": (_goods(amount=D(6000)), "electricity", D(10000), "对不上"),
    "rounded price proves nothing": (_goods(quantity="10001", amount=D(6500)), "electricity", D(10001), "四舍五入"),
    "price of many digits": (
        replace(PAPER, goods=(Goods("*燃气*天然气", "Nm³", "12866", "3.552293642157", "9%", D("45703.81")),)), "gas", D(12866), "",
    ),
    "no month": (replace(PAPER, remark=""), "electricity", D(10000), "哪个月"),
    "two months": (replace(PAPER, remark="电费所属期：2025年1-2月"), "electricity", D(10000), "不是一个月"),
    "two months listed": (replace(PAPER, remark="电费所属期：2025年1、2月"), "electricity", D(10000), "几个月"),
    "from and to apart": (replace(PAPER, remark="所属期起：2025-03-01 所属期止：2025-03-31"), "electricity", D(10000), ""),
    "red": (_goods(quantity="-10000"), "electricity", D(-10000), "红字"),
    "diesel": (_goods(item="*成品油*0号车用柴油", unit="升"), "other", None, "柴油"),
    "LPG is no natural gas": (_goods(item="*燃气*液化石油气", unit="公斤"), "other", D(10000), "液化石油气"),
    "steam": (_goods(item="*供热*蒸汽", unit="吨", quantity="120"), "steam", D(120), ""),
}  # fmt: skip


@pytest.mark.parametrize("fmt", ["xml", "ofd", "pdf"])
@pytest.mark.parametrize("name", INVOICES)
def test_invoice(tmp_path: Path, name: str, fmt: str) -> None:
    paper, kind, quantity, why = INVOICES[name]
    (reading,) = _files(tmp_path, paper, fmt=fmt)
    assert (reading.kind, reading.quantity, reading.money) == (kind, quantity, paper.gross)
    assert reading.state is (State.ASK if why else State.READ)
    assert why in reading.why
    if fmt == "pdf" and quantity is not None:
        assert "quantity" in reading.places
        assert "money" in reading.places


def test_sewage_is_money_of_the_water_bill_and_no_water(tmp_path: Path) -> None:
    sewage = Goods("*水冰雪*污水处理费", "吨", "100", "1.4", "免税")
    month = "所属期：2025-03"
    both, alone = (
        replace(PAPER, goods=goods, remark=month, number=number)
        for goods, number in (((WATER, sewage), "1" * 20), ((sewage,), "2" * 20))
    )
    water, other = _files(tmp_path, both, alone)
    assert (water.kind, water.quantity, water.money) == ("water", D(100), both.gross)
    assert (other.kind, other.state) == ("other", State.LEFT_OUT)


def test_a_landlords_invoice_is_taken_apart(tmp_path: Path) -> None:
    rent = Goods("*企业管理服务*物业费", "月", "1", "2000")
    paper = replace(PAPER, goods=(GOODS, WATER, rent), remark="2025年3月水电费")
    power, water = _files(tmp_path, paper)
    assert (power.kind, power.quantity, power.money, power.state) == ("electricity", D(10000), GOODS.net + GOODS.tax, State.READ)  # fmt: skip
    assert (water.kind, water.quantity, water.money, water.state) == ("water", D(100), WATER.net + WATER.tax, State.READ)  # fmt: skip


OFDS: dict[str, Callable[[], bytes]] = {
    "tags that are not well-formed": lambda: invoice_ofd(PAPER, broken_tags=True),
    "names of older years": lambda: invoice_ofd(PAPER, old_names=True),
}


@pytest.mark.parametrize("name", OFDS)
def test_ofd_of_other_issuers(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.ofd").write_bytes(OFDS[name]())
    (reading,) = judge(read_file(tmp_path / "a.ofd", None))
    assert (reading.quantity, reading.money, reading.state) == (D(10000), PAPER.gross, State.READ)


def test_ofd_drawn_as_shapes_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.ofd").write_bytes(invoice_ofd(PAPER, shapes=True))
    (reading,) = judge(read_file(tmp_path / "a.ofd", None))
    assert (reading.kind, reading.state) == ("unread", State.ASK)
    assert "图形" in reading.why


def test_older_invoice_and_encodings(tmp_path: Path) -> None:
    old = replace(
        PAPER, number="12345678", code="044002000111", remark="户号：08009999\n电费年月：202503"
    )
    (reading,) = judge(read_file(write_invoice_pdf(tmp_path / "o.pdf", [old], old=True), None))
    assert (reading.buyer, reading.seller) == (FIRM, old.seller)
    assert (reading.quantity, reading.month, reading.state) == (D(10000), "2025-03", State.READ)
    text = invoice_xml(PAPER)
    for number, data in enumerate((text.encode("gbk"), text.replace("UTF-8", "GBK").encode("gbk"), text.encode("utf-8-sig"))):  # fmt: skip
        path = tmp_path / f"{number}.xml"
        path.write_bytes(data)
        assert judge(read_file(path, None))[0].state is State.READ


# --- several files ------------------------------------------------------------------------------------------------------


def test_the_same_invoice_twice_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(invoice_xml(PAPER), "utf-8")
    write_invoice_pdf(tmp_path / "b.pdf", [PAPER])
    found = judge([*read_file(tmp_path / "a.xml", None), *read_file(tmp_path / "b.pdf", None)])
    assert [one.state for one in found] == [State.READ, State.LEFT_OUT]
    assert "a.xml" in found[1].why


def test_a_notice_and_its_invoice_are_one_bill(tmp_path: Path) -> None:
    notice = Notice((Register("有功总", D(10000)),))
    found = _files(tmp_path, PAPER, notice)
    assert [one.state for one in found] == [State.LEFT_OUT, State.READ]
    assert "1.pdf" in found[0].why
    other = _files(tmp_path, _goods(quantity="9000"), notice)
    assert [one.state for one in other] == [State.ASK, State.READ]


def test_red_invoice_and_its_original_cancel(tmp_path: Path) -> None:
    red = replace(_goods(quantity="-10000"), number="9" * 20, remark=f"被红冲蓝字数电票号码：{PAPER.number} 电费年月：202503")  # fmt: skip
    again = replace(PAPER, number="8" * 20)
    found = _files(tmp_path, PAPER, red, again)
    assert [one.state for one in found] == [State.LEFT_OUT, State.LEFT_OUT, State.READ]
    part = _files(tmp_path, PAPER, replace(red, goods=(replace(GOODS, quantity="-1000"),)))
    assert [one.state for one in part] == [State.ASK, State.ASK]


def test_another_buyer_and_another_year(tmp_path: Path) -> None:
    papers = [
        replace(PAPER, number=f"{month:020d}", remark=f"电费年月：2025{month:02d}")
        for month in (1, 2, 3)
    ]
    stranger = replace(PAPER, number="7" * 20, buyer="别家公司", remark="电费年月：202504")
    old = replace(PAPER, number="6" * 20, remark="电费年月：202404")
    states = [one.state for one in _files(tmp_path, *papers, stranger, old)]
    assert states == [State.READ] * 3 + [State.ASK, State.LEFT_OUT]


def test_two_invoices_of_one_month(tmp_path: Path) -> None:
    water = replace(PAPER, goods=(WATER,), remark="水费所属期：202503 水表号：A1")
    meters = _files(
        tmp_path, water, replace(water, number="5" * 20, remark="水费所属期：202503 水表号：B2")
    )
    assert [one.state for one in meters] == [State.READ] * 2
    doubtful = _files(tmp_path, water, replace(water, number="5" * 20))
    assert [one.state for one in doubtful] == [State.READ, State.ASK]


# --- words and months ---------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**11), 10**11))
def test_money_in_words_is_read_back(cents: int) -> None:
    value = D(cents) / 100
    assert money_in_words(in_words(value)) == value


def test_months_and_spans() -> None:
    assert months("所属期2025年03月", bare=True) == {"2025-03"}
    assert months("2025-02-01 2025年2月3日") == set()
    assert months("号码25440000202501000001", bare=True) == set()
    days = span("用气期间：2025.1.1-2025.1.31")
    assert days is not None
    assert month_of(*days) == "2025-01"
    assert span("2025年1月1日至31日") == days
    assert span("20250101-20250131") == days
    assert span("所属期起：2025-01-01 所属期止：2025-01-31") == days
    assert span("2025.1.31-2025.1.1") is None
