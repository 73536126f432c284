"""A small restaurant of Dongguan, typed from nothing to a sealed paper, as a tired person types.

    xvfb-run -a -s "-screen 0 1366x768x24" python -m tests.real_window.restaurant_walk [--short] [--pictures FOLDER]

--short stops after the first pages.
"""

import argparse
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.pages.measure_options import OptionsPage
from tests.helpers.typing import focused, press, type_text
from tests.helpers.walker import CONTROL, Walker, explain, papers, row_of, walk


def begin(walker: Walker) -> None:
    """The front door: wrong at first in the code and in a date, which can be mended later."""
    press(Qt.Key.Key_N, CONTROL)
    walker.settle(0.2)
    for text in ("东莞市南城稻香里餐饮店", "92441900MA4X7K2Q", "东莞南城"):
        type_text(text)
        walker.enter()
    type_text("餐饮")
    offered = QApplication.activePopupWidget()
    assert offered is not None, "nothing is offered for 餐饮"
    QTest.keyClick(offered, Qt.Key.Key_Down)
    QTest.keyClick(offered, Qt.Key.Key_Return)
    walker.wait(
        lambda: focused().accessibleName() == "用哪一套问题", "the industry leads to nothing"
    )
    walker.enter()  # 哪一类 has become 餐饮 by itself
    assert focused().accessibleName() == "审核类别：自愿", focused().accessibleName()
    walker.keys(Qt.Key.Key_Right, Qt.Key.Key_Space)
    walker.settle(0.1)
    assert focused().accessibleName() == "审核类别：双超", focused().accessibleName()
    walker.enter()
    for text in ("2026年1月20号", "2026.3.9"):
        type_text(text)
        walker.enter()
    walker.keys(Qt.Key.Key_Space, Qt.Key.Key_Return)
    for words in ("都没有", "都不在"):
        while not focused().accessibleName().endswith(words):
            press(Qt.Key.Key_Tab)
        walker.keys(Qt.Key.Key_Space, Qt.Key.Key_Return)
        if words == "都没有":
            press(Qt.Key.Key_Tab)  # other chemicals: none
    walker.keys(Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Return)
    type_text("２０２５年")
    walker.enter()
    walker.enter()
    walker.wait(lambda: walker.window.audit is not None, "no audit was made")


def profile(walker: Walker) -> None:
    walker.put("firm.credit_code", "９２４４１９００ma4x7k2q27")
    walker.put("firm.legal", "陈穗生")
    walker.put("firm.founded", "2016年")
    walker.put("firm.staff", "２８个")  # of people
    walker.put("firm.days", "360天")
    walker.put("firm.address", "东莞市南城街道鸿福路稻香里 12 号一、二楼")
    walker.put(
        "firm.intro",
        "粤菜小馆，两层，600 平方米，180 个餐位，做午市、晚市和外卖，客人主要是附近写字楼的上班族和住户。",
    )
    walker.put("front.list_date", "2026/1/20")


def team(walker: Walker) -> None:
    walker.put("team.mode", "自己做")
    walker.put("team.registered", "2026-2-10")
    walker.put("team.published", "2026-2-5")
    walker.put(
        "team.support",
        "老板陈穗生任组长，签了任命书，批了 12 万元做改造，2026-03-09 开了启动会。",
    )
    walker.rows(
        "team.members",
        [
            ["陈穗生", "组长", "总经理", "", "拍板、批钱", "3"],
            ["李阿芬", "副组长", "店长", "餐饮管理", "排工作、收单据", "10天"],
            ["黄志强", "成员", "后厨主管", "烹饪", "后厨的水、气、油烟和餐厨垃圾", "8"],
            ["周小雨", "成员", "财务", "会计", "账单和台账", "6"],
        ],
    )
    walker.fill("team.signers", "write", ["周小雨", "财务"])
    walker.fill("team.signers", "check", ["李阿芬", "店长"])
    walker.fill("team.signers", "approve", ["陈穗生", "总经理"])
    for row, texts in {
        "a": ["2026-3-9", "2026-3-31", "周小雨", "账单、台账、现状"],
        "b": ["2026-4-1", "2026-4-15", "李阿芬", "原因、重点、目标"],
        "c": ["2026-4-16", "2026-5-10", "李阿芬", "方案清单和筛选"],
        "d": ["2026-5-11", "2026-9-30", "黄志强", "做完的方案和抄表记录"],
        "e": ["2026-10-1", "2026-10-20", "陈穗生", "报告和持续计划"],
    }.items():
        walker.fill("team.plan", row, texts)
    walker.rows(
        "team.training",
        [["什么是清洁生产，后厨怎么省水省气", "2026-3-12", "90分钟", "26", "李阿芬", "二楼大厅"]],
    )


def scale(walker: Walker) -> None:
    walker.next_page()
    for year, texts in {
        "2023": ["118,600", "600", "54.5吨", "52000套", "792万", "180"],
        "2024": ["126400人次", "600㎡", "53800", "57500", "861", "180"],
        "2025": ["13.12万", "６００", "52480公斤", "61200", "918.5万元", "180个"],
    }.items():
        walker.fill("product.years", year, texts)


POWER = {
    2023: (13200, 12100, 12900, 14100, 15600, 17400, 18900, 19200, 17600, 15300, 13400, 13900),
    2024: (13600, 12000, 13300, 14600, 16100, 17900, 19600, 19800, 18100, 15700, 13900, 14200),
    2025: (13900, 12300, 13700, 14900, 16500, 18300, 20100, 20400, 18500, 16100, 14300, 14600),
}
GAS = {
    2023: (3900, 3300, 3600, 3500, 3400, 3200, 3100, 3100, 3300, 3500, 3700, 4000),
    2024: (4050, 3350, 3750, 3650, 3550, 3350, 3250, 3250, 3400, 3650, 3850, 4150),
    2025: (4150, 3450, 3850, 3750, 3650, 3450, 3350, 3300, 3500, 3750, 3950, 4250),
}
WATER = {
    2023: (590, 520, 570, 580, 600, 620, 640, 640, 610, 600, 590, 610),
    2024: (620, 540, 600, 610, 630, 650, 670, 675, 640, 630, 620, 640),
    2025: (640, 560, 620, 630, 655, 675, 700, 705, 665, 650, 640, 660),
}


def energy(walker: Walker) -> None:
    walker.next_page()
    walker.put("energy.unused", "柴油、外购蒸汽、液化石油气、汽油、煤")
    for year in (2023, 2024, 2025):
        walker.year(year)
        first = f"{year}-01"
        walker.column("energy.bills", first, "electricity", [f"{n:,}" for n in POWER[year]])
        walker.column(
            "energy.bills", first, "electricity_fee", [f"{n * 73 / 100:.0f}" for n in POWER[year]]
        )
        walker.column("energy.bills", first, "gas", [f"{n}方" for n in GAS[year]])
        walker.column("energy.bills", first, "gas_fee", [f"{n * 436 // 100}元" for n in GAS[year]])
    walker.put("energy.by_day", "否")
    walker.put("energy.has_more", "否")


def water(walker: Walker) -> None:
    walker.next_page()
    for year in (2023, 2024, 2025):
        walker.year(year)
        walker.column("water.bills", f"{year}-01", "intake", [f"{n}吨" for n in WATER[year]])
        walker.column(
            "water.bills", f"{year}-01", "fee", [f"{n * 34 / 10:.0f}" for n in WATER[year]]
        )
    walker.put("water.quota_class", "餐饮")
    walker.rows(
        "water.units",
        [
            ["洗菜、粗加工", "经营和作业", "2400", "", "", "240", "2160"],
            ["洗碗间", "经营和作业", "2750吨", "", "", "130", "2620"],
            ["灶台、蒸柜、烧汤", "经营和作业", "1100", "", "", "700", "400"],
            ["地面冲洗", "绿化和冲洗", "620", "", "", "60", "560"],
            ["客人洗手间、员工", "员工生活", "880", "", "", "40", "840"],
        ],
    )


def water_unused(walker: Walker) -> None:
    """The columns a kitchen has nothing for: the empty cells of the whole table, by one key and one reason."""
    walker.reach("water.units")
    press(Qt.Key.Key_Slash, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    walker.settle(0.1)
    type_text("没有回用水和循环水")
    walker.enter()
    for year in (2023, 2024, 2025):
        walker.year(year)
        walker.fill("water.bills", f"{year}-02", ["春节停业 5 天"], first="note")


def kitchen(walker: Walker) -> None:
    walker.next_page()
    walker.put("restaurant.stoves", "十二")
    walker.put("restaurant.stoves", "12个")
    walker.put("restaurant.efficient", "０")
    walker.enter()
    walker.put("restaurant.fume_clean", "60天")
    walker.put("restaurant.fume_devices", "2 套静电，营业时全开")
    walker.put("restaurant.grease", "30")
    walker.put(
        "restaurant.oil_receiver",
        "餐厨垃圾给东莞绿泉环境服务公司，废油脂给东莞粤油油脂回收公司，都有合同",
    )
    walker.put("restaurant.cold", "R404A")
    walker.put("restaurant.thaw", "流水冲")
    walker.put("restaurant.plate", "是")


def materials(walker: Walker) -> None:
    walker.next_page()
    walker.rows(
        "materials.list",
        [
            ["大米", "蒸饭", "吨", "14.2", "15.1", "15.6", "5600"],
            ["食用油", "炒菜、炸", "吨", "8.6", "9.0", "9.3", "8,900"],
            ["肉和水产", "炒、蒸", "吨", "46", "48.5", "50.2", ""],
            ["蔬菜", "各档口", "t", "71", "74.8", "77.5", ""],
            ["一次性餐盒", "外卖", "万套", "5.2", "5.75", "6.12", "9000"],
            ["洗洁精", "洗碗间", "kg", "960", "1010", "1050", "6"],
        ],
    )
    walker.put("materials.has_toxic", "否")
    walker.put("packaging.used", "是")
    walker.rows(
        "packaging.list",
        [
            ["外卖餐盒", "120公斤", "1840", "0", "1810", "10", "140", "15"],
            ["外卖纸袋", "40", "610", "0", "600", "5", "45", "12"],
        ],
    )
    walker.put("packaging.recycled_share", "0")
    walker.enter()


def compliance(walker: Walker) -> None:
    walker.next_page()
    walker.rows(
        "env.projects",
        [
            [
                "稻香里餐饮店",
                "环境影响登记表 2016441900000312",
                "2016-5-18",
                "登记表备案，不用验收",
                "180 个餐位",
                "180 个餐位",
                "对得上",
            ]
        ],
    )
    walker.put("env.permit_kind", "都不需要")
    walker.put(
        "env.penalties_text",
        "2025-11-12 油烟监测 2.6 mg/m³，超过 2.0 的限值；2025-12 换了净化器电场、改成两个月清洗一次，2026-02-25 复测 1.1 mg/m³，达标。",
    )
    walker.put("env.policy", "没有限制类、淘汰类的工艺和设备。")
    walker.rows(
        "env.outlets",
        [
            ["DA001 油烟排口", "废气", "后厨灶台", "油烟", "静电净化器两套", "15米", "楼顶"],
            [
                "DW001 污水排口",
                "废水",
                "洗菜、洗碗、地面",
                "COD、动植物油",
                "隔油池",
                "",
                "市政管网",
            ],
        ],
    )
    walker.rows(
        "env.monitoring",
        [
            [
                "DA001 油烟排口",
                "2025-11-12",
                "油烟",
                "mg/m³",
                "2.6",
                "2.0",
                "GB 18483-2001",
                "GDJC25111203",
            ],
            [
                "DA001 油烟排口",
                "2026-2-25",
                "油烟",
                "mg/m³",
                "1.1",
                "2",
                "GB 18483-2001",
                "GDJC26022507",
            ],
            [
                "DW001 污水排口",
                "2025-11-12",
                "COD",
                "mg/L",
                "312",
                "500",
                "DB44/26-2001 三级",
                "GDJC25111204",
            ],
            [
                "DW001 污水排口",
                "2025-11-12",
                "动植物油",
                "mg/L",
                "38.5",
                "100",
                "DB44/26-2001 三级",
                "GDJC25111204",
            ],
        ],
    )
    assert row_of(walker, "env.waste", "餐厨垃圾") == 0, "food waste is asked twice"
    walker.fill("env.waste", "0", ["收运后厌氧处理", "东莞绿泉环境服务公司"], first="treatment")
    walker.rows(
        "env.waste",
        [
            [
                "废油脂",
                "一般固废",
                "",
                "2.1吨",
                "2200公斤",
                "2.3",
                "回收制生物柴油",
                "东莞粤油油脂回收公司",
            ],
            ["生活垃圾", "生活垃圾", "", "11", "11.5", "12", "环卫清运", "南城环卫所"],
        ],
    )
    walker.put("env.plan_no", "0")
    walker.not_applicable("env.plan_no", "登记表项目，不用备案")
    walker.put("env.drill", "2025-11-20")


def management(walker: Walker) -> None:
    walker.next_page()
    walker.put("mgmt.system", "有零散制度")
    walker.put("mgmt.energy_person", "李阿芬")
    walker.put("mgmt.ledger", "否")
    walker.put("mgmt.training", "1次")
    walker.put("mgmt.reward", "否")
    walker.put("mgmt.done", "2024 年大厅换了 LED 灯。")
    walker.fill("mgmt.meters", "site", ["3", "3", "3"])
    walker.fill("mgmt.meters", "shop", ["4", "0", "0"])
    walker.fill("mgmt.meters", "machine", ["0", "0", "0"])


def compare(walker: Walker) -> None:
    walker.next_page()
    walker.next_page()
    walker.put(
        "compare.note",
        "客人多了，总量涨；每人次的水、气都略降。一次性餐具涨，是外卖单多了。",
    )


def balances(walker: Walker) -> None:
    walker.next_page()
    walker.put("balance.water_note", "总表比各处多 50 吨，是没有分表的制冰机和空调补水。")
    walker.rows(
        "balance.users",
        [
            ["灶台", "天然气 m³", "32,300方", "没有分表，按灶头数和时间估"],
            ["蒸柜和煲汤", "天然气 m³", "1.21万", "没有分表，按灶头数和时间估"],
            ["空调", "电 kWh", "7.5万度", "铭牌和开机时间"],
            ["冷柜", "电 kWh", "49,000"],
            ["照明和其他", "电 kWh", "69 MWh"],
        ],
    )
    walker.put(
        "balance.energy_note",
        "灶台和蒸柜用气按灶头数和时间估，空调和冷柜按铭牌功率和开机时间估，其余是照明、排风和洗碗机。",
    )


def causes(walker: Walker) -> None:
    walker.next_page()
    walker.push("按数据起草现象")
    walker.settle(0.3)
    for row, texts in {
        "materials_energy": ["天然气占能源的七成多，一年 4.44 万方", "灶头热效率低", "换节能灶头"],
        "technology": ["解冻用流水冲，两个水龙头常开", "没有提前一天放冷藏", "改冷藏解冻"],
        "process_control": [
            "油烟净化器两三个月才洗，2025 年 11 月超标一次",
            "没有清洗计划",
            "按月清洗、留记录",
        ],
        "product": ["外卖一次性餐具一年 6.12 万套", "默认每单都放餐具", "下单时问要不要餐具"],
        "waste": ["餐厨垃圾一年 52 吨", "备料估多了，边角料没用", "按预订量备料"],
    }.items():
        walker.fill("causes.aspects", row, texts)
    for row, texts in {
        "equipment": ["灶头是 2016 年开店时装的", "换节能灶头"],
        "management": ["只有总表，不知道哪里用得多", "装水、气分表"],
        "staff": ["新人多，没培训", "每季度培训"],
    }.items():
        walker.fill("causes.aspects", row, texts, first="cause")
    walker.fill("causes.aspects", "staff", ["洗碗、洗菜时水龙头不关"])


def focus(walker: Walker) -> None:
    walker.next_page()
    walker.rows(
        "focus.candidates",
        [
            [
                "后厨灶台",
                "天然气 3.2 万方",
                "油烟",
                "气 8000 方",
                "超标或超总量",
                "8",
                "9",
                "8",
                "7",
                "8",
            ],
            ["洗碗洗菜", "水 5150 吨", "含油污水", "水 900 吨", "", "6", "8", "4", "6", "9"],
            ["外卖打包", "餐盒 6.12 万套", "废包装", "餐具 1.8 万套", "", "5", "4", "2", "5", "6"],
        ],
    )
    walker.put("focus.chosen", "后厨灶台")
    walker.put("focus.reason", "用气最多，油烟去年超标过一次，强制理由成立。")
    walker.rows(
        "targets.list",
        [
            ["每人次取水", "L/人次", "59.5", "52", "2026", "47", "2028", "洗菜洗碗改造能省 900 吨"],
            ["每人次能耗", "kgce/人次", "0.631", "0.56", "2026", "", "", "换节能灶头"],
            ["油烟浓度", "mg/m³", "2.6", "1.2", "2026", "", "", "按月清洗"],
        ],
    )


def measures(walker: Walker) -> None:
    """From the library, from ideas, and two of one's own; then figures, savings and what is known of the firm."""
    walker.go("C2")
    walker.pick("推荐", "餐饮净菜、节水清洗与油水分离")
    walker.pick("推荐", "商用厨房电气化或高效节能灶")
    walker.pick("想到的", "装水、气分表")
    walker.pick("想到的", "下单时问要不要餐具")
    walker.go("C1")
    walker.rows(
        "measures.list",
        [
            ["油烟净化器按月清洗", "过程控制", "后厨", "无低费", "油烟稳定达标", "0.3", "０"],
            ["改冷藏解冻", "技术工艺", "粗加工间", "无低费", "少用水 600 吨", "0", "0.2"],
        ],
    )
    figures = {
        "餐饮净菜、节水清洗与油水分离": ["洗菜间", "无低费", "少用水", "0.8", "0.31"],
        "商用厨房电气化或高效节能灶": ["后厨灶台", "中高费", "少用气 8000 方", "7.2万", "3.49"],
        "装水、气分表": ["后厨", "无低费", "找出漏水漏气", "0.6", "0"],
        "下单时问要不要餐具": ["外卖", "无低费", "少用餐具 1.8 万套", "0", "1.6"],
    }
    for name, texts in figures.items():
        walker.fill(
            "measures.list", str(row_of(walker, "measures.list", name)), texts, first="where"
        )
    for name in (*figures, "油烟净化器按月清洗", "改冷藏解冻"):
        at = str(row_of(walker, "measures.list", name))
        owner = "李阿芬" if name in ("装水、气分表", "下单时问要不要餐具") else "黄志强"
        month = {"商用厨房电气化或高效节能灶": "2026-06"}.get(name, "2026年5月份")
        walker.fill("measures.list", at, ["8" if "节能灶" in name else "5"], first="life")
        walker.fill("measures.list", at, ["可行", owner, month], first="state")
    for name, column, text in (
        ("餐饮净菜、节水清洗与油水分离", "water", "900吨"),
        ("餐饮净菜、节水清洗与油水分离", "drain", "850"),
        ("商用厨房电气化或高效节能灶", "gas", "8000方"),
        ("改冷藏解冻", "water", "600"),
        ("改冷藏解冻", "drain", "600"),
        ("下单时问要不要餐具", "solid", "0.5"),
        ("下单时问要不要餐具", "extra", "1.6"),
    ):
        at = str(row_of(walker, "measures.list", name))
        walker.fill("measures.savings", at, [text], first=column)
    walker.put("measures.tax", "小型微利企业 5%")


def screening(walker: Walker) -> None:
    walker.go("C3")
    for n, texts in enumerate(
        (["9", "8", "8", "8", "9"], ["8", "9", "8", "6", "9"], ["9", "5", "4", "8", "10"],
         ["9", "6", "9", "9", "8"], ["10", "9", "3", "9", "10"], ["9", "7", "6", "8", "9"])
    ):  # fmt: skip
        walker.fill("measures.screening", str(n), texts)


def mend_measures(walker: Walker) -> None:
    """What the page asked to be looked at: the formula's numbers, and the firm's own limit of a low cost."""
    walker.go("C1")
    wanted = "餐饮净菜、节水清洗与油水分离"
    walker.fill(
        "measures.list",
        str(row_of(walker, "measures.list", wanted)),
        ["d=360；v1=14.3；v2=11.8"],
        first="inputs",
    )
    walker.put("measures.low_below", "5万")


def results(walker: Walker) -> None:
    walker.go("D1")
    for name, texts in {
        "餐饮净菜、节水清洗与油水分离": ["2026-5-6", "2026-5-20", "0.85", "0.3", "0"],
        "商用厨房电气化或高效节能灶": ["2026-5-25", "2026-6-18", "7.35", "3.3", "0"],
        "装水、气分表": ["2026-5-11", "2026-5-15", "0.6", "0", "0"],
        "下单时问要不要餐具": ["2026-5-4", "2026-5-4", "0", "1.5", "0"],
        "油烟净化器按月清洗": ["2026-5-1", "2026-5-1", "0.3", "0", "0"],
        "改冷藏解冻": ["2026-5-8", "2026-5-8", "0", "0.19", "0"],
    }.items():
        walker.fill("measures.results", str(row_of(walker, "measures.list", name)), texts)
    for name, column, text in (
        ("餐饮净菜、节水清洗与油水分离", "water", "880"),
        ("餐饮净菜、节水清洗与油水分离", "drain", "830"),
        ("商用厨房电气化或高效节能灶", "gas", "7600"),
        ("改冷藏解冻", "water", "560"),
        ("改冷藏解冻", "drain", "560"),
        ("下单时问要不要餐具", "solid", "0.45"),
    ):
        at = str(row_of(walker, "measures.list", name))
        walker.fill("measures.results", at, [text], first=column)
    for n in range(6):
        walker.fill(
            "measures.results", str(n), ["7 到 9 月抄表折年", "发票、照片、抄表记录"], first="note"
        )
    walker.put("after.period", "2026 年 7 至 9 月折年")
    walker.wait(
        lambda: walker.model.book.text("after.output_before") == "131200", "covers are asked twice"
    )
    walker.put("after.output", "132,400")
    for row, texts in {
        "electricity": ["194,800", "客人略多"],
        "gas": ["37,100", "客人略多，各方案外没有别的变化"],
        "water": ["6,450", "客人略多"],
    }.items():
        walker.fill("after.plant", row, texts)
    for n, texts in enumerate((["48.7"], ["0.556"], ["1.1"])):
        walker.fill("targets.done", str(n), texts)


def again(walker: Walker) -> None:
    """Back to the page of monitoring with the report of after the measures."""
    walker.reach("env.monitoring")
    cells = ["DA001 油烟排口", "2026-9-10", "油烟", "mg/m³", "1.0", "2", "GB 18483-2001"]
    walker.rows("env.monitoring", [[*cells, "GDJC26091003"]])


def continuing(walker: Walker) -> None:
    walker.go("E1")
    walker.put(
        "continuing.organisation", "店长李阿芬管，后厨主管黄志强和财务周小雨配合，每月碰一次头。"
    )
    walker.put("continuing.rules", "油烟净化器清洗记录、水气分表抄表记录、备料和剩余登记。")
    walker.rows(
        "continuing.plan",
        [
            ["方案实施", "冷柜门封更换", "2027-3", "2027-5", "后厨"],
            ["培训", "新员工节水节气培训，每季度一次", "2026-11", "2027-10", "店长"],
            ["下一轮审核", "下一轮清洁生产审核", "2031-3", "2031-10", "店长"],
        ],
    )
    walker.put(
        "continuing.conclusion",
        "六个方案都做完了，油烟达标，用水用气都降了。全年取水从 {全年取水} 降下来，接着把冷柜做完。",
    )


REASONS = {
    "simplified_not_for": "名单通知第 3 条写明可以用简易流程",
    "no_monitoring_after": "污水没有变化，油烟已在 9 月复测",
}


def explained(walker: Walker) -> None:
    explain(walker, REASONS)


def own_library(walker: Walker) -> None:
    """The measures kept for the next client: stored, written to a file, one taken out, brought in again."""
    walker.go("C2")
    page = walker.screen.page_widget(walker.screen.current_page)
    assert isinstance(page, OptionsPage)
    walker.push("我的", page.sources)
    page.search.setFocus()
    press(Qt.Key.Key_A, CONTROL)
    press(Qt.Key.Key_Delete)
    walker.push("存入这个案卷的方案", page)
    kept = len(walker.model.book.row_ids("measures.list"))
    walker.wait(lambda: page.view.list.count() == kept, "not every measure was kept")
    target = walker.model.session.path.parent / "我的方案.json"
    walker.save_as(lambda: walker.push("导出", page), target)
    walker.wait(target.is_file, "the own measures were not written")
    walker.push("从我的库里删掉", page)
    walker.wait(lambda: page.view.list.count() == kept - 1, "the measure is still there")
    walker.save_as(lambda: walker.push("导入", page), target)
    walker.wait(lambda: page.view.list.count() == kept, "the own measures did not come back")
    walker.picture("own")


STAGES = (
    begin, profile, team, scale, energy, water, water_unused, kitchen, materials, compliance, management,
    compare, balances, causes, focus, measures, screening, mend_measures,
    results, again, continuing, explained, papers, own_library,
)  # fmt: skip

SHORT = (begin, profile, team)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--short", action="store_true")
    arguments.add_argument("--pictures", type=Path)
    given = arguments.parse_args()
    walk(SHORT if given.short else STAGES, given.pictures)
