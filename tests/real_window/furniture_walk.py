"""A small furniture painter of Foshan, typed from nothing to a sealed paper, as a tired person types.

python -m tests.real_window.furniture_walk [--pictures FOLDER] on a display of 1366 × 768, some five minutes.
"""

import argparse
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.helpers.typing import focused, press, type_text
from tests.helpers.walker import CONTROL, Walker, explain, papers, row_of, walk

_CODE = "91440606MA5F7K2X"  # the last two are left away at first


def _tab_to(words: str, most: int = 60) -> None:
    """Tab until the focus is on what ends with these words."""
    for _ in range(most):
        if focused().accessibleName().endswith(words):
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not lead to {words}: {focused().accessibleName()}")


def _mark(words: str) -> None:
    """Tab to a chip and press Space."""
    _tab_to(words)
    press(Qt.Key.Key_Space)


def begin(walker: Walker) -> None:
    """The front door: a code that is too short, a trade in the shop's own word, dates as people write them."""
    press(Qt.Key.Key_N, CONTROL)
    walker.settle(0.3)
    for text in ("佛山市顺德区龙江和枫家具厂", _CODE, "佛山顺德龙江"):
        type_text(text)
        walker.enter()
    type_text("木家具")
    offered = QApplication.activePopupWidget()
    assert offered is not None, "nothing is offered for 木家具"
    walker.picture("trade")
    QTest.keyClick(offered, Qt.Key.Key_Down)
    QTest.keyClick(offered, Qt.Key.Key_Return)
    walker.wait(lambda: focused().accessibleName() == "用哪一套问题", "no question set follows")
    walker.enter()
    assert focused().accessibleName() == "审核类别：自愿", focused().accessibleName()
    for _ in range(3):  # all four, until 双有
        walker.keys(Qt.Key.Key_Right, Qt.Key.Key_Space)
    assert focused().accessibleName() == "审核类别：双有", focused().accessibleName()
    walker.enter()
    walker.settle(0.1)
    for text in ("2026年1月15", "2026.3.2"):
        type_text(text)
        walker.enter()
    walker.settle(0.1)
    walker.picture("kind")
    _mark("喷漆")
    _mark("木工开料")
    _mark("涂胶拼板")
    walker.enter()
    _mark("甲苯")
    walker.enter()
    type_text("二甲苯")
    press(Qt.Key.Key_Tab)
    _mark("都不在")
    walker.enter()
    walker.picture("lists")
    walker.keys(Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Return)  # no fines
    _mark("没做过")
    walker.enter()
    type_text("２０２５年")
    walker.enter()
    walker.picture("door")
    walker.enter()
    walker.wait(lambda: walker.window.audit is not None, "no audit was made")


def profile(walker: Walker) -> None:
    walker.put("firm.credit_code", "91440606ma5f7k2x5m")
    walker.put("firm.legal", "何木生")
    walker.put("firm.founded", "2014年")
    walker.put("firm.staff", "６8人")
    walker.put("firm.days", "290天")
    walker.put("firm.address", "佛山市顺德区龙江镇旺岗工业区 7 号")
    walker.put(
        "firm.intro",
        "做实木餐桌、餐椅，自己开料、拼板、打磨、喷漆，油漆主要用 PU 漆，每年三万多件，卖给龙江和乐从的家具商场。",
    )
    walker.put("front.simplified", "没写")


def team(walker: Walker) -> None:
    walker.put("team.mode", "自己做")
    walker.put("team.published", "2026-2-10")
    walker.put("team.support", "老板何木生任组长，开了启动会，先批了二十万元改造的钱。")
    walker.rows(
        "team.members",
        [
            ["何木生", "组长", "总经理", "", "拍板、批钱", "5"],
            ["罗小燕", "副组长", "行政兼环保", "环境工程", "组织、收单据、填表", "３0天"],
            ["苏强", "成员", "油漆房主管", "涂装", "喷漆房的漆、废气和漆渣", "12"],
            ["梁慧", "成员", "财务", "会计", "账单、采购台账", "8"],
        ],
    )
    for row, texts in {
        "write": ["罗小燕", "行政兼环保"],
        "check": ["苏强", "油漆房主管"],
        "approve": ["何木生", "总经理"],
    }.items():
        walker.fill("team.signers", row, texts)
    for row, texts in {
        "a": ["2026-3-2", "2026-3-25", "罗小燕", "三年数据和现状"],
        "b": ["2026-3-26", "2026-4-10", "苏强", "原因、重点、目标"],
        "c": ["2026-4-11", "2026-4-30", "罗小燕", "方案清单和筛选"],
        "d": ["2026-5-1", "2026-11-15", "苏强", "做完的方案和实测"],
        "e": ["2026-11-16", "2026-12-10", "罗小燕", "报告和持续计划"],
    }.items():
        walker.fill("team.plan", row, texts)
    walker.rows(
        "team.training",
        [
            ["清洁生产启动会", "2026-3-2", "60分钟", "4２", "何木生", "饭堂"],
            ["调漆和省漆的办法", "2026-3-9", "90", "16", "苏强", "油漆房"],
        ],
    )
    walker.rows("team.obstacles", [["思想观念", "师傅说水性漆不好用", "先在底漆试一个月"]])


def products(walker: Walker) -> None:
    walker.next_page()
    for year, texts in {
        "2023": ["2,860", "96.5"],
        "2024": ["3010万", "96.8%"],
        "2025": ["３１８０", "97"],
    }.items():
        walker.fill("product.years", year, texts)
    walker.rows(
        "coating.lines",
        [
            ["底漆房", "溶剂型漆", "68,000", "71500", "74800㎡"],
            ["面漆房", "溶剂型漆", "68000", "71500", "74800", "30200", "31800", "33400"],
        ],
    )
    walker.put("product.has_others", "是")
    walker.rows(
        "product.list",
        [
            ["实木餐椅", "把", "36000", "25200", "26500", "27800"],
            ["实木餐桌", "张", "7000", "5000", "5300", "5600"],
        ],
    )
    walker.rows(
        "process.steps",
        [
            ["开料、刨木", "实木板", "木料", "木屑、边角料、噪声", "木工"],
            ["拼板", "木料、白乳胶", "拼板", "有机废气", "木工"],
            ["打磨", "砂纸", "白坯", "木粉尘", "木工"],
            ["喷底漆", "PU底漆、固化剂、天那水", "底漆件", "有机废气、漆渣", "油漆"],
            ["喷面漆", "PU面漆、固化剂、天那水", "成品", "有机废气、漆渣", "油漆"],
            ["包装", "纸箱", "成品", "废纸", "包装"],
        ],
    )


def equipment(walker: Walker) -> None:
    walker.rows(
        "equipment.list",
        [
            ["水帘喷漆柜", "SLG-4", "Y2-132M-4", "7.5kW", "4台", "喷漆", "2014", "能用但费能"],
            ["推台锯", "MJ6130", "YE3-132S-4", "5.5", "3", "开料", "2018", "正常"],
            ["螺杆空压机", "30A", "Y-200L-4", "22", "2", "喷漆、打磨", "2013", "能用但费能"],
            ["中央除尘", "CX-22", "YE3-180M-4", "22", "1", "木工", "2019", "正常"],
            ["活性炭箱和风机", "HXT-30000", "YE3-200L-4", "30", "1", "喷漆废气", "2020", "正常"],
        ],
    )
    walker.put("trade.spray", "人工空气喷枪")
    walker.put("trade.transfer", "35")
    walker.put("trade.overspray", "水帘柜，漆渣捞起来当危废")


POWER = {
    2023: (41200, 26500, 42300, 42800, 43100, 44600, 46200, 46800, 44900, 43300, 43800, 44500),
    2024: (43000, 25800, 44200, 44900, 45300, 46500, 48100, 48700, 46600, 44800, 45500, 46100),
    2025: (44100, 27900, 45800, 46200, 46900, 48300, 50100, 50600, 48400, 46500, 47300, 47900),
}  # fmt: skip
WATER = {
    2023: (310, 190, 315, 320, 330, 345, 360, 365, 340, 325, 320, 315),
    2024: (320, 185, 330, 335, 340, 355, 375, 380, 350, 335, 332, 327),
    2025: (330, 200, 340, 345, 350, 370, 390, 395, 365, 345, 340, 340),
}  # fmt: skip


def energy(walker: Walker) -> None:
    """Two years come from the accountant's table, the base year is typed from the bills."""
    walker.next_page()
    walker.put("energy.unused", "天然气、外购蒸汽、液化石油气、汽油、煤")
    for year in (2023, 2024, 2025):
        walker.year(year)
        walker.column("energy.bills", f"{year}-01", "electricity", [f"{n:,}" for n in POWER[year]])
        walker.column(
            "energy.bills",
            f"{year}-01",
            "electricity_fee",
            [f"{n * 71 / 100:.0f}" for n in POWER[year]],
        )
    walker.put("energy.diesel", "2.9吨")
    walker.fill("energy.before", "diesel", ["2700", "2800"])
    walker.put("energy.has_more", "否")


def water(walker: Walker) -> None:
    walker.next_page()
    for year in (2023, 2024, 2025):
        walker.year(year)
        walker.column("water.bills", f"{year}-01", "intake", [f"{n}" for n in WATER[year]])
        walker.column(
            "water.bills", f"{year}-01", "fee", [f"{n * 35 / 10:.0f}" for n in WATER[year]]
        )
    walker.rows(
        "water.units",
        [
            ["水帘柜补水", "其他生产", "1150", "0", "0", "1150", "0"],
            ["办公、宿舍、饭堂", "办公与生活", "2880", "0", "0", "420", "2460"],
        ],
    )
    walker.put("water.plant_loss", "0")
    walker.enter()  # nought: yes
    walker.not_applicable("water.outlet_meter", "没有废水站和在线表，生活污水进镇污水厂")


def materials(walker: Walker) -> None:
    walker.next_page()
    walker.rows(
        "materials.list",
        [
            ["白蜡木、橡胶木板", "开料", "m³", "1,240", "1300", "1365", "4200"],
            ["PU底漆", "喷底漆", "kg", "9,200", "9600", "10000", "24"],
            ["PU面漆", "喷面漆", "kg", "7,000", "7300", "7600", "29元"],
            ["固化剂", "底漆和面漆", "kg", "4700", "4950", "5200", "31"],
            ["天那水", "调漆、洗枪", "吨", "8.1", "8.6", "9", "11000"],
            ["白乳胶", "拼板", "kg", "4000", "4150", "4300", "8.5"],
            ["纸箱", "包装", "个", "30200", "31800", "33400", "13"],
        ],
    )
    walker.put("materials.has_toxic", "是")
    walker.rows(
        "materials.toxic",
        [["天那水", "甲苯、二甲苯", "108-88-3", "", "调漆、洗枪", "防爆柜", "能"]],
    )
    walker.put("packaging.used", "否")


def voc(walker: Walker) -> None:
    walker.next_page()
    walker.put("voc.used", "是")
    walker.settle(0.1)
    walker.put("voc.judged_on", "2025-12-31")
    walker.rows(
        "voc.materials",
        [
            ["PU底漆", "", "", "48", "", "", "否"],
            ["PU面漆", "", "7,600", "52%", "", "", "否"],
            ["固化剂", "", "", "35", "", "", "否"],
            ["天那水", "稀释剂", "９000", "100", "", "", "否"],
            ["白乳胶", "", "4300公斤", "", "40", "1.05", "是"],
        ],
    )
    amounts = [walker.model.book.text(f"voc.materials/{row}/amount") for row in walker.model.book.row_ids("voc.materials")]  # fmt: skip
    assert amounts == ["10000", "7600", "5200", "9000", "4300"], f"asked twice: {amounts}"
    walker.put("voc.capture_kind", "半密闭，只留一个操作面，风速够")
    walker.put("voc.treatment_kind", "活性炭，按更换量算")
    walker.settle(0.1)
    walker.put("voc.carbon_replaced", "14.4吨")
    walker.put("voc.with_waste", "500")
    walker.put("voc.hours", "2,320小时")


def swap(walker: Walker) -> None:
    """PU base coat against a water-borne one: names from the ledger, and only what the ledger does not know."""
    walker.put("voc.swap_wanted", "是")
    walker.settle(0.1)
    walker.reach("voc.swap_now_name")
    type_text("底漆")
    walker.settle(0.1)
    walker.picture("swap-offers")
    walker.keys(Qt.Key.Key_Down, Qt.Key.Key_Return)
    walker.settle(0.1)
    walker.put("voc.swap_new_name", "水性底漆")
    walker.settle(0.1)
    walker.fill("voc.swap", "percent", ["", "9"])
    walker.fill("voc.swap", "solids", ["46", "38"])
    walker.fill("voc.swap", "solvent", ["4600", "0"])
    walker.fill("voc.swap", "waste", ["250", "40"])
    for row, texts in {
        "material": ["24", "29.1"],
        "thinner": ["5.06", "0"],
        "treatment": ["9.6", "4.8"],
        "waste": ["7.5", "3.2"],
        "energy": ["0", "0.9"],
        "other": ["0", "0.6"],
    }.items():
        walker.fill("voc.swap_cost", row, texts)
    walker.put("voc.swap_invest", "18万")


def compliance(walker: Walker) -> None:
    walker.next_page()
    walker.rows(
        "env.projects",
        [
            ["龙江和枫家具厂", "顺管龙环审〔2014〕0118号", "2014-6-9", "顺管龙环验〔2015〕0046号", "餐椅3.6万把、餐桌7000张", "餐椅27800把、餐桌5600张", "对得上"]
        ],
    )  # fmt: skip
    walker.put("env.permit_kind", "许可证")
    walker.settle(0.1)
    walker.put("env.permit_no", "91440606MA5F7K2X5M001Q")
    walker.put("env.permit_until", "2028年7月12日")
    walker.put("env.policy", "没有限制类、淘汰类的工艺。")
    walker.rows(
        "env.outlets",
        [
            ["DA001 喷漆废气", "废气", "底漆房、面漆房", "总VOCs、甲苯与二甲苯、漆雾", "水帘柜+活性炭吸附", "18米", "楼顶"],
            ["DA002 木工粉尘", "废气", "木工车间", "颗粒物", "布袋除尘", "15", ""],
            ["DW001 生活污水", "废水", "宿舍、饭堂", "COD、氨氮", "三级化粪池", "", "龙江污水处理厂"],
        ],
    )  # fmt: skip
    walker.rows(
        "env.monitoring",
        [
            ["DA001 喷漆废气", "2025-9-18", "总VOCs", "mg/m³", "24.6", "30", "DB44/814-2010 Ⅱ时段", "FS2509181"],
            ["DA001 喷漆废气", "2025-9-18", "甲苯与二甲苯合计", "mg/m³", "11.8", "20", "DB44/814-2010 Ⅱ时段", "FS2509181"],
            ["DA002 木工粉尘", "2025-9-18", "颗粒物", "mg/m³", "16", "120", "DB44/27-2001 第二时段二级", "FS2509181"],
            ["DW001 生活污水", "2025-9-18", "COD", "mg/L", "186", "500", "DB44/26-2001 第二时段三级", "FS2509182"],
        ],
    )  # fmt: skip
    walker.rows("env.totals", [["VOCs", "18.5", "15.7", "16.4", "17.1"]])
    walker.rows(
        "env.waste",
        [
            ["废漆渣", "危险废物", "900-252-12", "6.8", "7.1", "7.4吨", "委托处置", "有危废许可证的单位"],
            ["废活性炭", "危险废物", "900-039-49", "14.6", "15.4", "16.5", "委托处置", "有危废许可证的单位"],
            ["废漆桶", "危险废物", "900-041-49", "1.1", "1.2", "1.2", "委托处置", "有危废许可证的单位"],
            ["木屑、边角料", "一般固废", "", "148", "155", "161", "卖给颗粒燃料厂", "佛山南柴生物质颗粒厂"],
            ["生活垃圾", "生活垃圾", "", "18", "19", "20", "环卫清运", "龙江环卫站"],
        ],
    )  # fmt: skip
    walker.put("env.plan_no", "440606-2023-0218-L")
    walker.put("env.drill", "2025/10/22")


def management(walker: Walker) -> None:
    walker.next_page()
    walker.put("mgmt.system", "有零散制度")
    walker.put("mgmt.energy_person", "罗小燕")
    walker.put("mgmt.ledger", "否")
    walker.put("mgmt.training", "2次")
    walker.put("mgmt.reward", "否")
    walker.put("mgmt.done", "2020 年装了活性炭箱，2021 年灯换成 LED。")
    walker.fill("mgmt.meters", "site", ["2", "2", "2"])
    walker.fill("mgmt.meters", "shop", ["4", "1", "1"])
    walker.fill("mgmt.meters", "machine", ["3", "0", "0"])


def compare(walker: Walker) -> None:
    """B begins with a page this shop has no use for: no document gives its trade a level."""
    walker.next_page()
    walker.picture("benchmark")
    walker.put(
        "compare.note", "产量一年年涨，用电、用水跟着涨，单耗略降。2 月过年停工，用电用水少。"
    )


def balances(walker: Walker) -> None:
    walker.put("balance.gap_meters_note", "总表比各处多 80 吨，是冲地和消防，没装分表。")
    walker.put("balance.water_note", "水帘柜补水多半蒸发，捞渣时换水；生活污水进镇污水厂。")
    walker.rows(
        "balance.streams",
        [
            ["油漆", "投入", "底漆、面漆、固化剂、天那水", "31800", "", "", ""],
            ["油漆", "产出", "漆膜", "5300", "", "进了产品", "家具"],
            ["油漆", "产出", "挥发", "19572", "", "损失", "大气、活性炭"],
            ["油漆", "产出", "漆渣和过喷", "6500", "", "损失", "危废"],
        ],
    )
    walker.put("balance.material_note", "差 428 公斤是桶底和洗枪剩的，算在漆桶里。")
    walker.rows(
        "balance.energy",
        [
            ["空压机", "18.6", "9.8"],
            ["喷漆房风机", "17.4", "12.1"],
            ["木工设备和除尘", "21", "16"],
            ["照明和生活", "7.5", "6.2"],
        ],
    )
    walker.put("balance.energy_note", "按铭牌功率和开机时间估的。")


def causes(walker: Walker) -> None:
    walker.go("B3.1")
    walker.push("按数据起草现象")
    walker.settle(0.3)
    for row, texts in {
        "materials_energy": ["底漆、面漆都是 PU 漆，还要加天那水", "底漆换水性"],
        "equipment": ["电机是旧型号，空压机天天开两台", "换永磁变频空压机"],
        "waste": ["活性炭只按半年换，去除率低", "加密换炭，先减源头"],
        "management": ["没想过要装分表", "油漆房、空压机装电表"],
    }.items():
        walker.fill("causes.aspects", row, texts, first="cause")
    for row, texts in {
        "technology": ["人工空气喷枪上漆率约 35%", "枪老，气压开得大", "换 HVLP 喷枪"],
        "process_control": ["天那水凭手感加", "没有量杯和配比表", "定量调漆"],
        "product": ["深色产品面漆喷三遍", "标准一直没改", "试两遍"],
        "staff": ["新来的师傅过喷多", "没培训就上岗", "上岗前培训"],
    }.items():
        walker.fill("causes.aspects", row, texts)


def focus(walker: Walker) -> None:
    walker.next_page()
    walker.rows(
        "focus.candidates",
        [
            ["油漆房", "漆和天那水 31.8 吨", "有机废气、漆渣、废活性炭", "少用天那水 3 吨", "有毒有害", "10", "9", "9", "8", "8"],
            ["空压机站", "电 15 万度", "废机油", "省电 4 万度", "", "3", "8", "2", "6", "9"],
            ["木工车间", "木板 1365 方", "木屑、粉尘", "少 1%", "", "6", "6", "3", "5", "5"],
        ],
    )  # fmt: skip
    walker.put("focus.chosen", "油漆房")
    walker.put("focus.reason", "用了甲苯，VOC 几乎都从这里来，危废也是。")
    walker.rows(
        "targets.list",
        [
            ["VOC 排放量", "kg", "17076", "9500", "2026年", "6000", "2028", "底漆换水性"],
            ["用电量", "kWh", "550,000", "515000", "2026", "490000", "2028", "空压机改造"],
            ["危险废物", "t", "25.1", "21", "2026", "16", "2028", "漆渣和活性炭减量"],
        ],
    )


def measures(walker: Walker) -> None:
    """The comparison becomes a measure by one key; three from the library, two from ideas, one of the shop's own."""
    walker.go("7.19")
    walker.push("换料写进方案")
    walker.settle(0.2)
    walker.go("C2")
    walker.pick("推荐", "压缩空气检漏与堵漏制度")
    walker.pick("推荐", "空气喷涂改HVLP、静电或往复机/机器人喷涂")
    walker.pick("推荐", "淘汰低效电机，换一级/二级能效或永磁电机")
    walker.pick("想到的", "定量调漆")
    walker.pick("想到的", "油漆房、空压机装电表")
    walker.go("C1")
    walker.rows(
        "measures.list",
        [["活性炭每月称重、到量就换", "过程控制", "废气治理", "无低费", "去除率提高", "0.6", "0"]],
    )
    for name, (texts, life, state, owner, done, saved) in PLANNED.items():
        at = str(row_of(walker, "measures.list", name))
        if texts:
            walker.fill("measures.list", at, texts, first="where")
        walker.fill("measures.list", at, [life], first="life")
        walker.fill("measures.list", at, [state, owner, done], first="state")
        for column, text in saved.items():
            walker.fill("measures.savings", at, [text], first=column)
    walker.put("measures.tax", "小型微利企业 5%")


# name: (where, cost class, effect, investment, money a year), life, state, who, when, what is saved
PLANNED: dict[str, tuple[list[str], str, str, str, str, dict[str, str]]] = {
    "PU底漆换成水性底漆": ([], "8", "可行", "苏强", "2026-7", {"electricity": "-12600", "hazardous": "4.2"}),
    "压缩空气检漏与堵漏制度": (
        ["空压机站", "无低费", "少用电 1.2 万度", "0.2", "0.85"], "5", "可行", "苏强", "2026年5月", {"electricity": "12000"},
    ),
    "空气喷涂改HVLP、静电或往复机/机器人喷涂": (
        ["面漆房", "中高费", "上漆率 35% 到 50%，少用漆", "6.5万", "5.1"], "5", "可行", "苏强", "2026-6", {"voc_made": "1700", "voc": "1470", "material": "1.9"},
    ),
    "淘汰低效电机，换一级/二级能效或永磁电机": (
        ["空压机站", "中高费", "少用电 2.6 万度", "7.8", "1.85"], "8", "可行", "罗小燕", "2026-8", {"electricity": "26000"},
    ),
    "定量调漆": (["调漆间", "无低费", "少用天那水 0.6 吨", "0.1", "0.66"], "5", "可行", "苏强", "2026-5", {"material": "0.6", "voc_made": "600", "voc": "519"}),
    "油漆房、空压机装电表": (["油漆房、空压机", "无低费", "看得见哪里用电多", "0.3", "0"], "5", "可行", "罗小燕", "2026-5", {}),
    "活性炭每月称重、到量就换": ([], "5", "可行", "苏强", "2026-6", {}),
}  # fmt: skip


def screening(walker: Walker) -> None:
    walker.go("C3")
    for n, texts in enumerate(
        (["8", "10", "8", "6", "7"], ["10", "5", "9", "9", "10"], ["8", "8", "8", "7", "8"],
         ["9", "6", "6", "8", "10"], ["10", "7", "9", "9", "9"], ["9", "4", "3", "9", "10"],
         ["9", "7", "3", "9", "10"])
    ):  # fmt: skip
        walker.fill("measures.screening", str(n), texts)


def results(walker: Walker) -> None:
    """Half a year later: what was done, and the plant's figures after it."""
    walker.go("D1")
    for name, (texts, saved) in DONE.items():
        at = str(row_of(walker, "measures.list", name))
        walker.fill("measures.list", at, ["做完"], first="state")
        walker.fill("measures.results", at, texts)
        for column, text in saved.items():
            walker.fill("measures.results", at, [text], first=column)
        walker.fill(
            "measures.results", at, ["8 到 10 月的数折成一年", "发票、照片、领料单"], first="note"
        )
    walker.put("after.period", "2026 年 8 至 10 月折年")
    walker.put("after.output_unit", "件")
    walker.put("after.output_before", "33400")
    walker.put("after.output", "34,000")
    for row, texts in {
        "electricity": ["524,500", "多做了些货"],
        "water": ["4150", "跟着产量涨"],
        "voc": ["8320", "差的是产量"],
        "hazardous": ["21.5", "产量多了一点"],
    }.items():
        walker.fill("after.plant", row, texts)
    for n, texts in enumerate((["8320"], ["524500"], ["21.5"])):
        walker.fill("targets.done", str(n), texts)


# name: (begun, in use, investment, money a year, running costs), what was measured
DONE: dict[str, tuple[list[str], dict[str, str]]] = {
    "PU底漆换成水性底漆": (["2026-5-20", "2026-7-18", "18.6", "5.6", "0"], {"voc_made": "8000", "voc": "6920", "hazardous": "3.4"}),
    "压缩空气检漏与堵漏制度": (["2026-5-6", "2026-5-20", "0.2", "0.8", "0"], {"electricity": "11200"}),
    "空气喷涂改HVLP、静电或往复机/机器人喷涂": (["2026-5-25", "2026-6-15", "6.7万", "4.6", "0"], {"voc_made": "1500", "voc": "1300", "material": "1.7"}),
    "淘汰低效电机，换一级/二级能效或永磁电机": (["2026-7-1", "2026-8-2", "7.8", "1.7", "0"], {"electricity": "24000"}),
    "定量调漆": (["2026-5-6", "2026-5-8", "0.1", "0.6", "0"], {"material": "0.5", "voc_made": "500", "voc": "430"}),
    "油漆房、空压机装电表": (["2026-5-10", "2026-5-16", "0.32", "0", "0"], {}),
    "活性炭每月称重、到量就换": (["2026-6-1", "2026-6-1", "0.6", "0", "0"], {}),
}  # fmt: skip


def continuing(walker: Walker) -> None:
    walker.go("E1")
    walker.put("continuing.organisation", "罗小燕管，油漆房主管苏强和财务梁慧配合，每月对一次数。")
    walker.put("continuing.rules", "调漆配比表、活性炭更换台账、空压机检漏表、电表抄表记录。")
    walker.rows(
        "continuing.plan",
        [
            ["方案实施", "面漆试水性漆", "2027-3", "2028-6", "油漆房"],
            ["培训", "新师傅喷枪培训，每季度一次", "2027-1", "2027-12", "油漆房"],
            ["下一轮审核", "下一轮清洁生产审核", "2031-1", "2031-10", "行政"],
        ],
    )
    walker.put(
        "continuing.conclusion",
        "七个方案都做完了，VOC 少了一半多，接着试面漆换水性。",
    )


def mend(walker: Walker) -> None:
    """What the check-up asks for, mended or explained one by one until nothing is left."""
    walker.put("team.registered", "2026-2-9")
    walker.go("8.8")
    walker.fill("env.outlets", "0", ["总VOCs、甲苯与二甲苯"], first="pollutants")
    walker.fill("env.outlets", "2", ["COD"], first="pollutants")
    walker.rows(
        "env.monitoring",
        [
            ["DA001 喷漆废气", "2026-10-21", "总VOCs", "mg/m³", "13.2", "30", "DB44/814-2010 Ⅱ时段", "FS2610213"],
            ["DA001 喷漆废气", "2026-10-21", "甲苯与二甲苯合计", "mg/m³", "5.4", "20", "DB44/814-2010 Ⅱ时段", "FS2610213"],
            ["DA002 木工粉尘", "2026-10-21", "颗粒物", "mg/m³", "14", "120", "DB44/27-2001 第二时段二级", "FS2610213"],
            ["DW001 生活污水", "2026-10-21", "COD", "mg/L", "171", "500", "DB44/26-2001 第二时段三级", "FS2610214"],
        ],
    )  # fmt: skip
    walker.rows(
        "env.waste", [["废纸", "一般固废", "", "1.1", "1.2", "1.3", "卖给回收站", "龙江废品回收站"]]
    )
    walker.fill("balance.energy", "2", ["28.3", "21"], first="input")
    for name, texts in {
        "压缩空气检漏与堵漏制度": ["E=60000；L1=0.3；L2=0.1"],
        "空气喷涂改HVLP、静电或往复机/机器人喷涂": ["G=5700；TE1=0.35；TE2=0.5"],
        "淘汰低效电机，换一级/二级能效或永磁电机": ["Pn=44；lf=0.75；h=4000；e1=0.85；e2=0.96"],
    }.items():
        at = str(row_of(walker, "measures.list", name))
        walker.fill("measures.list", at, texts, first="inputs")
    walker.put("measures.low_below", "5万")
    for n, text in enumerate(
        ("", "空压机 8 月才换，只算了半年；明年再看", "漆渣要等水性漆用满一年")
    ):
        if text:
            walker.fill("targets.done", str(n), [text], first="note")


def explained(walker: Walker) -> None:
    explain(walker, {"page": "过年停工，2 月用得少"})


STAGES = (
    begin, profile, team, products, equipment, energy, water, materials, voc, swap, compliance, management,
    compare, balances, causes, focus, measures, screening, results, continuing, mend, explained, papers,
)  # fmt: skip


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pictures", type=Path)
    walk(STAGES, arguments.parse_args().pictures)
