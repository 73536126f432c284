"""Whole audits of honest firms of every kind, made of their entries in honest.yaml and of plain numbers that fit each other."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.assessment.finding import NotApplicable
from app.audit import energy_users
from app.audit.processes import kind_of_waste, parts_of
from app.audit.project import AuditProject, build_project
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.parse import parse_answer
from app.forms.question import QuestionKind, Questionnaire
from app.forms.question_index import QuestionIndex
from tests.helpers.cases import read_yaml
from tests.helpers.fill import filled, project_of
from tests.helpers.forms import shipped_forms, shipped_reference, shipped_rules

_ENTRIES = read_yaml(Path(__file__).parent / "honest.yaml")["firms"]
_BY_NAME = {one["name"]: one for one in _ENTRIES}
FIRMS = [{**_BY_NAME.get(one.get("like", ""), {}), **one} for one in _ENTRIES]
MONTHS = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)]
# A year like any other: winter less, summer more, each year a little above the one before.
SHAPE = (92, 90, 96, 98, 101, 104, 107, 107, 104, 100, 98, 96)
YEARS = {"2023": Fraction(97, 100), "2024": Fraction(101, 100), "2025": Fraction(1)}


def honest(firm: dict[str, Any]) -> AnswerBook:
    """A whole audit: what the firm's entry says, and plain numbers that fit each other for the rest."""
    questionnaire = shipped_forms().questionnaires[firm["set"]]
    book = _Book(filled(questionnaire), questionnaire)
    _about(book, firm)
    _team(book)
    _figures(book, firm)
    _site(book, firm)
    _plan(book, firm)
    return AnswerBook(book.answers, book.rows)


class _Book:
    """Answers being written; questions and columns this set of questions has not are left out."""

    def __init__(self, start: AnswerBook, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.answers: dict[str, Answer] = dict(start.answers)
        self.rows = dict(start.rows)
        self.index = QuestionIndex(questionnaire)

    def put(self, key: str, value: Any) -> None:
        parts = key.split("/")
        place = self.index.places.get(f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key)
        if place is None and not key.startswith(("front.", "audit.")):
            return
        if value is None:
            self.answers.pop(key, None)
        elif isinstance(value, NotApplicable):
            self.answers[key] = value
        elif place is not None and place.question.kind is QuestionKind.NUMBER:
            parsed = parse_answer(place.question, str(value)).answer
            self.answers[key] = parsed if not isinstance(parsed, Given) or parsed.text else Given(str(value))  # fmt: skip
        else:
            self.answers[key] = Given(str(value))

    def table(self, table_id: str, columns: list[str], rows: list[list[Any]]) -> None:
        if table_id not in self.index.tables:
            return
        self.answers = {k: v for k, v in self.answers.items() if not k.startswith(f"{table_id}/")}
        self.rows[table_id] = tuple(f"r{n}" for n in range(1, len(rows) + 1))
        for row, cells in zip(self.rows[table_id], rows, strict=True):
            for column, value in zip(columns, cells, strict=True):
                self.put(cell_key(table_id, row, column), value)


def _about(book: _Book, firm: dict[str, Any]) -> None:
    town, address, industry = firm["place"]
    for key, value in {
        "firm.name": firm["name"], "firm.legal": "陈永昌", "firm.founded": firm.get("founded", 2011),
        "firm.staff": firm.get("staff", 120), "firm.days": 300, "firm.place": town, "firm.address": address,
        "firm.industry": industry, "firm.intro": firm["intro"], "firm.credit_code": "91440605MA05T8K207",
        "process.list": firm.get("process"), "audit.base_year": 2025, "front.kind": "voluntary",
        "front.chemicals": "none", "front.key_lists": "none", "front.had_audit": "no", "front.list_date": None,
        "front.simplified": None, "front.last_date": None, "front.chemical_names": None,
        "materials.has_toxic": "no", "packaging.used": "no", "voc.used": "no", "mfca.used": "no",
        "energy.has_more": "no", "energy.own_used": "no", "energy.has_meters": "no", "energy.by_day": "no",
        "energy.by_equivalent": "no", "energy.unused": None, "energy.by_month": None, "product.has_others": "yes",
        "focus.chosen": "主要用能用水的一处", "focus.reason": firm["focus"],
        "continuing.organisation": firm["organisation"], "continuing.conclusion": firm["conclusion"],
        "continuing.rules": "留下用电用水月报、设备巡检和合理化建议奖励三项制度。", "compare.note": firm["note"],
        "mgmt.energy_person": "李敏仪（行政主管）", "mgmt.done": "2022 年换了 LED 灯，2023 年装了变频空压机。",
        "mgmt.training": 3, "hotel.rooms": 186, "hospital.beds": 420,
        "planting.crops/r1/area": 620, "hospital.mercury": "no", "laundry.dry_cleaned": 900, "laundry.solvent_bought": 30,
    }.items():  # fmt: skip
        book.put(key, value)
    if any(one in firm.get("process", "") for one in ("painting", "printing")):
        book.put("voc.used", "yes")
        columns = ["name", "category", "amount", "percent", "low"]
        book.table("voc.materials", columns, [["PU 底漆", "溶剂型涂料", 8700, 42, "no"], ["PU 面漆", "溶剂型涂料", 6300, 45, "no"]])  # fmt: skip
        for key, value in (
            ("capture", 80),
            ("treatment", 70),
            ("with_waste", 200),
            ("hours", 2400),
        ):
            book.put(f"voc.{key}", value)


def _team(book: _Book) -> None:
    for key, value in {
        "team.mode": "own", "team.start": "2026-03-12",
        "team.support": "总经理陈永昌任组长，2026 年 3 月 12 日签发小组任命文件，首批安排 20 万元。",
    }.items():  # fmt: skip
        book.put(key, value)
    book.table("team.members", ["name", "role", "post", "speciality", "duty", "days"], [
        ["陈永昌", "head", "总经理", "管理", "总负责，批经费", 6], ["李敏仪", "deputy", "行政部", "行政", "组织、台账", 25],
        ["王建国", "member", "生产和设备", "机械", "现场数据、设备", 20], ["刘芳", "member", "财务", "会计", "账单和核算", 10],
    ])  # fmt: skip
    for row, name in (("write", "李敏仪"), ("check", "王建国"), ("approve", "陈永昌")):
        book.put(f"team.signers/{row}/name", name)
    plan = [("a", "2026-03-12", "2026-04-30"), ("b", "2026-05-01", "2026-06-30"), ("c", "2026-07-01", "2026-07-31"),
            ("d", "2026-08-01", "2027-01-31"), ("e", "2027-02-01", "2027-02-28")]  # fmt: skip
    for row, start, end in plan:
        for column, value in (("start", start), ("end", end), ("owner", "行政部 李敏仪"), ("output", "本阶段的记录和数据")):  # fmt: skip
            book.put(f"team.plan/{row}/{column}", value)
    columns = ["topic", "date", "minutes", "people", "lecturer", "place"]
    book.table("team.training", columns, [["启动动员", "2026-03-12", 60, 80, "陈永昌", "会议室"], ["抄表和台账", "2026-04-10", 60, 12, "李敏仪", "会议室"]])  # fmt: skip
    book.table("team.obstacles", ["kind", "shown", "solution"], [["mind", "怕麻烦，觉得影响生产", "先在一个班组试，见效再推开"]])  # fmt: skip


def _figures(book: _Book, firm: dict[str, Any]) -> None:
    power, gas, water = 60000, 2400, 1500
    for month in MONTHS:
        share = YEARS[month[:4]] * SHAPE[int(month[5:]) - 1] / 100
        used = {name: round(amount * share) for name, amount in (("electricity", power), ("gas", gas), ("intake", water))}  # fmt: skip
        bills = {"energy.bills": {"electricity": used["electricity"], "electricity_fee": round(used["electricity"] * 0.72), "gas": used["gas"], "gas_fee": round(used["gas"] * 3.85)},
                 "water.bills": {"intake": used["intake"], "fee": round(used["intake"] * 3.4)}}  # fmt: skip
        for table, cells in bills.items():
            for column, value in cells.items():
                book.put(f"{table}/{month}/{column}", value)
            book.put(f"{table}/{month}/note", None)
    none = NotApplicable("这里不用这种能源")
    for carrier in ("diesel", "heat", "lpg", "gasoline", "coal"):
        book.put(f"energy.{carrier}", none)
        for column in ("y2", "y1"):
            book.put(f"energy.before/{carrier}/{column}", none)
    for year, share in YEARS.items():
        for key in [key for key in book.answers if key.startswith(f"product.years/{year}/")]:
            column = key.rsplit("/", 1)[-1]
            made = {"value": 3600, "pass_rate": 97, "seats": 120, "deaths": 40, "hours": 3600, "rewashed": 60}.get(column, 12000)  # fmt: skip
            book.put(key, made if column in ("pass_rate", "seats") else round(made * share))
    if "products" in firm:
        book.table("product.list", ["name", "unit", "y2", "y1", "y0"], firm["products"])
        steps = [[*one, *([""] * (4 - len(one)))] for one in firm["steps"]]
        book.table("process.steps", ["name", "inputs", "outputs", "waste"], [[c or None for c in one] for one in steps])  # fmt: skip
        rows = [[*one, 2016, "good"] for one in firm["equipment"]]
        book.table("equipment.list", ["name", "model", "power", "count", "used_for", "since", "state"], rows)  # fmt: skip
        book.table("materials.list", ["name", "purpose", "unit", "y2", "y1", "y0"], firm["materials"])  # fmt: skip
        book.table("balance.streams", ["material", "side", "name", "amount", "goes", "where_to"], [
            ["主料", "in", "投入的料", 100000, None, None], ["主料", "out", "进了产品", 93600, "product", "入库"],
            ["主料", "out", "边角料和废品", 5200, "loss", "外卖"],
        ])  # fmt: skip
        book.put("coating.lines/r1/kind", "solvent")
        for column, amount in (("name", "喷漆线"), ("y2", 46000), ("y1", 47500), ("y0", 47000), ("pieces2", 9200), ("pieces1", 9500), ("pieces0", 9400)):  # fmt: skip
            book.put(f"coating.lines/r1/{column}", amount)
    yearly = sum(round(water * SHAPE[m] / 100) for m in range(12))
    for one in ("production", "cooling"):
        if any(o.id == one for o in book.index.places["water.units.kind"].question.options):
            kind = one
    fresh = round(yearly * 0.7), yearly - round(yearly * 0.7) - round(yearly * 0.02)
    book.table("water.units", ["name", "kind", "fresh", "reclaimed", "cascade", "loss", "drain"], [
        ["主要工序", kind, fresh[0], 0, 0, fresh[0] // 5, fresh[0] - fresh[0] // 5],
        ["办公与生活", "living", fresh[1], 0, NotApplicable("生活用水不串级"), fresh[1] // 5, fresh[1] - fresh[1] // 5],
    ])  # fmt: skip
    book.put("water.plant_loss", 20)
    book.put("water.outlet_meter", fresh[0] - fresh[0] // 5 - 40)
    for name in ("gap_meters", "gap_plant", "water", "material", "energy"):
        book.put(f"balance.{name}_note", "差额是没有装表的地面冲洗和读数误差。")
    for key in ("water.night_flow", "water.quota_class", "water.plating_treated"):
        book.put(key, None)
    for row, needed in (("site", 2), ("shop", 8), ("machine", 10)):
        for column, value in (("needed", needed), ("installed", needed), ("working", needed - 1)):
            book.put(f"mgmt.meters/{row}/{column}", value)
    project = project_of(book.questionnaire, AnswerBook(book.answers, book.rows))
    total = project.derivation.figure("energy.total").value or Fraction(0)
    shares = (("主要设备", 55), ("动力和空调", 30), ("照明、办公和其他", 15))
    if firm["set"] == "industry":
        book.table("balance.energy", ["name", "input", "useful"], [[name, f"{float(total * share / 100):.1f}", f"{float(total * share / 140):.1f}"] for name, share in shares])  # fmt: skip
        return
    users = []
    for carrier, of in energy_users.CARRIERS.items():
        billed = project.derivation.figure(of.bill).value
        if billed:
            users += [[name, carrier, round(billed * share / 100)] for name, share in shares]
    book.answers = {k: a for k, a in book.answers.items() if not k.startswith("balance.energy/")}
    book.rows.pop("balance.energy", None)
    book.table("balance.users", ["name", "carrier", "amount"], users)


def _site(book: _Book, firm: dict[str, Any]) -> None:
    for key, value in {
        "env.permit_kind": "registration", "env.permit_no": "91440605MA05T8K207001X", "env.permit_until": "2029-06-30",
        "env.penalties": "no", "env.policy": "对照目录，没有限制类、淘汰类的工艺和设备。",
        "env.plan_no": "440606-2024-0126-L", "env.drill": "2025-09-18",
    }.items():  # fmt: skip
        book.put(key, value)
    book.table("env.projects", ["name", "approval", "approved", "acceptance", "scale", "actual", "same"], [
        ["建设项目", "环审〔2016〕118 号", "2016-06-22", "2017-03-18 自主验收", "按批复的规模", "与批复一致", "yes"],
    ])  # fmt: skip
    book.table("env.outlets", ["name", "kind", "source", "pollutants", "treatment", "height", "target"], [
        ["DW001 综合污水排放口", "water", "生产和生活污水", "COD、氨氮、pH", "沉淀、生化", None, "城镇污水处理厂"],
        ["DA001 排气筒", "gas", "主要工序", "颗粒物、非甲烷总烃", "布袋、活性炭", 15, "大气"],
        ["YS001 雨水排放口", "water", "厂区雨水", "COD", "无", None, "市政雨水管"],
    ])  # fmt: skip
    book.table("env.monitoring", ["outlet", "date", "item", "unit", "result", "limit", "standard", "report"], [
        ["DW001 综合污水排放口", "2025-10-16", "pH", "无量纲", 7.3, "6～9", "DB44/26", "JC2510-21"],
        ["DW001 综合污水排放口", "2025-10-16", "COD", "mg/L", 78, 500, "DB44/26", "JC2510-21"],
        ["DW001 综合污水排放口", "2025-10-16", "氨氮", "mg/L", 8.2, 45, "DB44/26", "JC2510-21"],
        ["DW001 综合污水排放口", "2025-10-16", "六价铬", "mg/L", "0.004L", 0.5, "DB44/26", "JC2510-21"],
        ["DA001 排气筒", "2025-10-16", "颗粒物", "mg/m³", "<20", 120, "DB44/27", "JC2510-22"],
        ["DA001 排气筒", "2025-10-16", "非甲烷总烃", "mg/m³", 6.4, 80, "DB44/2367", "JC2510-22"],
        ["厂界（DA001 排气筒下风向）", "2025-10-16", "颗粒物", "mg/m³", 0.18, 1, "DB44/27", "JC2510-22"],
    ])  # fmt: skip
    book.table("env.totals", ["name", "permitted", "y2", "y1", "y0"], [["COD", 2.0, 1.05, 1.1, 1.08]])  # fmt: skip
    solid = [one for step in firm.get("steps", ()) for one in parts_of(str(step[3] if len(step) > 3 else "")) if kind_of_waste(one) == "S"]  # fmt: skip
    named = {kind: "、".join(["", *dict.fromkeys(one for one in solid if ("漆" in one or "废液" in one or "油墨" in one) is hazardous)])
             for kind, hazardous in (("hazardous", True), ("general", False))}  # fmt: skip
    book.table("env.waste", ["name", "kind", "code", "y2", "y1", "y0", "treatment", "receiver"], [
        ["废机油、废活性炭" + named["hazardous"], "hazardous", "900-249-08", 1.8, 1.9, 1.85, "委外处置", "肇庆绿澄环保科技有限公司"],
        ["一般废料" + named["general"], "general", None, 22, 23, 22.6, "外卖回收", "本地再生资源回收站"],
        ["生活垃圾", "living", None, 12, 12.2, 12.1, "环卫清运", "镇环卫所"],
    ])  # fmt: skip


def _plan(book: _Book, firm: dict[str, Any]) -> None:
    aspects = ("materials_energy", "technology", "equipment", "process_control", "product", "waste", "management", "staff")  # fmt: skip
    for count, row in enumerate(aspects):
        for column, words in (
            ("seen", "看到的现象"),
            ("cause", "查到的原因"),
            ("idea", "想到的办法"),
        ):
            book.put(f"causes.aspects/{row}/{column}", f"第 {count + 1} 方面{words}，已和班组核对")
    book.table("focus.candidates", ["name", "consumption", "waste", "potential"], [
        ["主要用能用水的一处", "用电、用水都在前面", "废水、废气", "省一成"], ["动力和空调", "用电", "噪声", "省半成"],
    ])  # fmt: skip
    targets = [[n, u, now, near, 2027, far, 2029, "自身三年数据和同行水平"] for n, u, now, near, far in firm["targets"]]  # fmt: skip
    columns = ["name", "unit", "now", "near", "near_year", "far", "far_year", "basis"]
    book.table("targets.list", columns, targets)
    states = ("done", "doing", "feasible")
    days = ("2026-08", "2026-12", "2027-01")
    offered = [[*one[:2], "high" if one[4] >= 10 else "low", *one[3:]] for one in firm["measures"]]
    if all(one[2] == "low" for one in offered):
        offered.append(["屋顶光伏 60 kW", "equipment", "high", "少用电 52000 kWh/a", 24, 3.7])
    measures = [
        [*one, "主要工序", states[n % 3], "行政部", days[n % 3], "报价单、照片"]
        for n, one in enumerate(offered)
    ]
    columns = ["name", "aspect", "level", "effect", "cost", "saving", "where", "state", "owner", "done", "evidence"]  # fmt: skip
    book.table("measures.list", columns, measures)
    for prefix in ("measures.savings/", "measures.results/", "measures.screening/", "after.", "targets.done/", "focus.w_", "screening.w_", "measures.tax", "measures.discount", "measures.low_below", "measures.medium_below", "measures.drain"):  # fmt: skip
        book.answers = {k: v for k, v in book.answers.items() if not k.startswith(prefix)}
    saved = {"用电": "electricity", "用水": "water", "天然气": "gas"}
    for row, one in zip(book.rows["measures.list"], offered, strict=True):
        found = re.search(r"\d+", str(one[3]))
        digits = found[0] if found else ""
        for word, stream in saved.items():
            if digits and (f"少{word}" in one[3] or f"少用{word}" in one[3]):
                book.put(f"measures.savings/{row}/{stream}", digits)
                # What is saved at the price of the bills, for the money to agree.
                price = {"electricity": 0.72, "water": 3.4, "gas": 3.85}[stream]
                book.put(f"measures.list/{row}/saving", f"{int(digits) * price / 10000:.2f}")
    if not any(key.startswith("measures.savings/") for key in book.answers):
        book.put("measures.savings/r1/solid", 0.5)
    book.table("continuing.plan", ["kind", "content", "start", "end", "owner"], [
        ["options", "没做完的方案接着做", "2027-03", "2027-12", "行政部"], ["audit", "下一轮审核的数据", "2030-01", "2031-02", "行政部"],
    ])  # fmt: skip


def firm_project(questionnaire: Questionnaire, book: AnswerBook) -> AuditProject:
    """With law and reference tables, as the program has it; no system."""
    forms, reference = shipped_forms(), shipped_reference()
    return build_project(
        book, questionnaire, forms.quantities, forms.factors, rules=shipped_rules(), law=reference.law, reference=reference,
    )  # fmt: skip
