"""The workbook of an indicator system: sheets, columns, accepted words. Said once, used by export, template and import.

Every sheet has its title in row 1, headings in row 2, an explanation of each column in row 3 (first cell marked ▼), data below.
A column carries the path of keys it fills in the document of app.standards.system_reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

HEADING_ROW = 2
HELP_ROW = 3
HELP_MARK = "▼"
TITLE = "清审通 指标体系工作簿"


class CellKind(Enum):
    TEXT = "text"
    LINES = "lines"  # one item a line
    NUMBER = "number"
    YES = "yes"  # 是 / 否, empty = no
    YES_UNKNOWN = "yes_unknown"  # 是 / 否 / 不明
    CHOICE = "choice"
    CHOICES = "choices"  # several, one a line
    DATE = "date"
    UNIT = "unit"
    LEVEL = "level"  # a threshold or requirement


@dataclass(frozen=True)
class Column:
    """path: keys in the document; choices: word in the workbook -> value in the document."""

    path: tuple[str, ...]
    heading: str
    kind: CellKind
    help: str
    width: int = 14
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = False


@dataclass(frozen=True)
class SheetLayout:
    name: str
    title: str
    columns: tuple[Column, ...]


LEVEL_WORDS = {"Ⅰ级": "I", "Ⅱ级": "II", "Ⅲ级": "III"}
VALUE_WORDS = {**LEVEL_WORDS, "权重": "weight"}
STATE_WORDS = {"已核对原文": "verified", "读自来源": "transcribed", "凭记忆": "recalled"}
KIND_WORDS = {
    "清洁生产评价指标体系": "indicator_system",
    "清洁生产标准": "cp_standard",
    "能耗限额": "energy_quota",
    "参考对照表": "reference_table",
}
FAMILY_WORDS = {
    "三级指数（2013 通则、GB/T 43329）": "level-index",
    "P 指数（2005—2009 试行体系）": "p-index",
    "逐项对级（清洁生产标准）": "level-only",
    "计分": "points",
    "能耗限额": "energy-quota",
    "核查清单": "checklist",
}
STATUS_WORDS = {
    "现行": "in_force",
    "已废止": "superseded",
    "试行": "trial",
    "草案": "draft",
    "不明": "unknown",
}
FIELD_WORDS = {
    "工业": "industry",
    "农业": "agriculture",
    "服务业": "services",
    "建筑": "construction",
    "交通": "transport",
    "园区": "park",
}
CONFIDENCE_WORDS = {"高": "high", "中": "medium", "低": "low"}
QUALITY_WORDS = {"完整": "complete", "部分": "partial", "片段": "snippet"}
NOT_APPLICABLE_WORDS = {
    "同类内按比例放大其余权重": "within-category",
    "按分值修正（A1/A2）": "repair-points",
    "不计入": "not-counted",
    "不允许不适用": "forbidden",
}
EMPTY_CATEGORY_WORDS = {"按比例分给其他类": "spread", "不允许整类不适用": "forbidden"}
BASIS_WORDS = {"当量值": "当量值", "等价值": "等价值"}
INDICATOR_KIND_WORDS = {"定量": "quantitative", "定性": "qualitative"}
DIRECTION_WORDS = {"越小越好": "lower", "越大越好": "higher", "区间内为好": "range"}
SHARE_WORDS = {
    "适用的各行均分": "applicable-count",
    "按产量占比": "output",
    "只适用其中一行": "one-of",
}
MODIFIER_WORDS = {"加": "add", "乘": "multiply"}


def _marks(*front: str) -> tuple[Column, ...]:
    """Source and state of what a row says."""
    return (
        Column(
            (*front, "source"), "来源", CellKind.TEXT, "「来源」里的编号；空着＝与上一层相同", 12
        ),
        Column(
            (*front, "verification"),
            "核实状态",
            CellKind.CHOICE,
            "空着＝与上一层相同；「已核对原文」要填核对人、日期、原文",
            12,
            STATE_WORDS,
        ),
        Column((*front, "doubt"), "存疑", CellKind.TEXT, "来源残缺或自相矛盾之处", 20),
        Column((*front, "printed"), "来源原印", CellKind.TEXT, "来源印的原样", 14),
        Column((*front, "inferred"), "推断", CellKind.YES, "不是读到的，是由别的值推出的", 8),
        Column((*front, "cross_checked"), "旁证", CellKind.LINES, "另在何处见到同值，每行一条", 16),
        Column((*front, "checked_by"), "核对人", CellKind.TEXT, "", 10),
        Column((*front, "checked_on"), "核对日期", CellKind.DATE, "2026-11-22", 12),
        Column(
            (*front, "checked_against"), "核对的原文", CellKind.TEXT, "哪一份官方文本、哪一页", 16
        ),
    )


# The first sheet is a list of questions: heading, answer, explanation.
DOCUMENT = SheetLayout(
    "文件",
    "文件与评价方法",
    (
        Column(("id",), "体系编号", CellKind.TEXT, "小写英文字母、数字、连字符，例如 electroplating-2015；定了不要再改", required=True),
        Column(("title",), "名称", CellKind.TEXT, "文件全名", required=True),
        Column(("title_en",), "英文名称", CellKind.TEXT, "可空"),
        Column(("document_no",), "文号", CellKind.TEXT, "公告号或标准号，例如 HJ 450-2008", required=True),
        Column(("kind",), "文件类型", CellKind.CHOICE, "", choices=KIND_WORDS, required=True),
        Column(("jurisdiction",), "适用地区", CellKind.TEXT, "national＝全国；地方写 DB44 等；团体标准写 group"),
        Column(("issued",), "发布日期", CellKind.DATE, "2015-10-28；不知道就空着"),
        Column(("effective",), "施行日期", CellKind.DATE, "2015-10-28；不知道就空着"),
        Column(("status",), "状态", CellKind.CHOICE, "", choices=STATUS_WORDS),
        Column(("status_note",), "状态说明", CellKind.TEXT, "可空"),
        Column(("supersedes",), "代替的文件", CellKind.LINES, "每行一份（Alt+Enter 换行）"),
        Column(("based_on",), "依据", CellKind.TEXT, "例如 GB/T 43329-2023"),
        Column(("fields",), "领域", CellKind.CHOICES, "工业、农业、服务业、建筑、交通、园区，每行一个", choices=FIELD_WORDS),
        Column(("industry_codes",), "行业代码", CellKind.LINES, "GB/T 4754-2017，每行一个，例如 336"),
        Column(("scope",), "适用范围", CellKind.TEXT, "可空"),
        Column(("confidence",), "把握", CellKind.CHOICE, "", choices=CONFIDENCE_WORDS),
        Column(("confidence_note",), "把握的说明", CellKind.TEXT, "可空"),
        Column(("missing",), "没有查到的", CellKind.LINES, "每行一条，程序会告诉使用的人"),
        Column(("notes",), "备注", CellKind.LINES, "每行一条"),
        Column(("source",), "默认来源", CellKind.TEXT, "「来源」里的编号；没有另写来源的值都用它", required=True),
        Column(("verification",), "默认核实状态", CellKind.CHOICE, "刚从原文录入的写「读自来源」", choices=STATE_WORDS, required=True),
        Column(("method", "family"), "评价方法", CellKind.CHOICE, "", choices=FAMILY_WORDS, required=True),
        Column(("method", "below_name"), "达不到最低级时叫", CellKind.TEXT, "空着＝未达到Ⅲ级"),
        Column(("method", "not_applicable"), "不适用的指标", CellKind.CHOICE, "", choices=NOT_APPLICABLE_WORDS),
        Column(("method", "empty_category"), "整类不适用", CellKind.CHOICE, "", choices=EMPTY_CATEGORY_WORDS),
        Column(("method", "energy_basis"), "电力折标", CellKind.CHOICE, "文件没有写就空着", choices=BASIS_WORDS),
        Column(("method", "index_cap"), "指数封顶", CellKind.NUMBER, "有加分类时，例如 100"),
        Column(("method", "quantitative_share"), "定量部分占比", CellKind.NUMBER, "只用于 P 指数，例如 0.7"),
        Column(("method", "qualitative_share"), "定性部分占比", CellKind.NUMBER, "只用于 P 指数，例如 0.3"),
        Column(("method", "ratio_cap"), "单项比值上限", CellKind.TEXT, "只用于 P 指数：k/m 或一个数"),
        Column(("method", "least_met"), "至少达标项数", CellKind.NUMBER, "只用于核查清单"),
        Column(("method", "ratio_index"), "比值指数叫什么", CellKind.TEXT, "只用于核查清单：各项与Ⅰ级值之比的平均 × 100，例如 GI"),
        Column(("method", "recalled_parts"), "评价方法中凭记忆的部分", CellKind.LINES, "每行一条"),
        *(
            Column(mark.path, f"评价方法：{mark.heading}", mark.kind, mark.help, mark.width, mark.choices)
            for mark in _marks("method")
        ),
    ),
)  # fmt: skip

SOURCES = SheetLayout(
    "来源",
    "来源：每个值都要说得出是从哪里看来的",
    (
        Column(("id",), "编号", CellKind.TEXT, "自己起，例如 print", 12, required=True),
        Column(
            ("what",), "看的是什么", CellKind.TEXT, "哪份文件、哪张表、哪几页", 50, required=True
        ),
        Column(("url",), "网址", CellKind.TEXT, "可空", 40),
        Column(("quality",), "完整程度", CellKind.CHOICE, "真正看到了多少", 10, QUALITY_WORDS),
    ),
)

LEVELS_SHEET = SheetLayout(
    "级别",
    "级别：文件怎样定级，从高到低",
    (
        Column(("level",), "级别", CellKind.CHOICE, "Ⅰ级最高", 8, LEVEL_WORDS, required=True),
        Column(("name",), "级别名称", CellKind.TEXT, "照文件写", 26, required=True),
        Column(("min_index",), "指数不低于", CellKind.NUMBER, "例如 85", 12),
        Column(("limiting_level",), "限定性指标须达到", CellKind.CHOICE, "", 16, LEVEL_WORDS),
        Column(
            ("others_level",),
            "其他指标须达到",
            CellKind.CHOICE,
            "文件没有要求就空着",
            16,
            LEVEL_WORDS,
        ),
        Column(("rule_text",), "文件的原话", CellKind.TEXT, "可空", 50),
    ),
)

VARIABLES = SheetLayout(
    "变量",
    "变量：基准值里的字母，例如层数",
    (
        Column(("id",), "编号", CellKind.TEXT, "例如 n", 10, required=True),
        Column(("symbol",), "符号", CellKind.TEXT, "原文写法", 10),
        Column(("meaning",), "含义", CellKind.TEXT, "例如 印制板层数减2", 40, required=True),
    ),
)

TABLES = SheetLayout(
    "评价表",
    "评价表：大多数文件只有一张",
    (
        Column(("id",), "表编号", CellKind.TEXT, "小写英文；空着自动编 t1、t2…", 16),
        Column(("title",), "表名", CellKind.TEXT, "照文件写", 40, required=True),
        Column(("notes",), "表注", CellKind.LINES, "每行一条", 40),
        *_marks(),
    ),
)

CATEGORIES = SheetLayout(
    "一级指标",
    "一级指标（类）",
    (
        Column(("table",), "表", CellKind.TEXT, "「评价表」里的编号或表名；只有一张表可空", 16),
        Column(("id",), "类编号", CellKind.TEXT, "小写英文；空着自动编 c1、c2…", 16),
        Column(("name",), "一级指标", CellKind.TEXT, "照文件写", 24, required=True),
        Column(("weight",), "一级权重", CellKind.NUMBER, "各类相加为 1（加分类除外）；没查到空着", 10),
        Column(("bonus",), "加分类", CellKind.YES, "在 1 之外另加", 8),
        Column(("weights_unknown",), "二级权重没查全", CellKind.YES, "确实查不到才填是", 12),
        Column(("points",), "分值", CellKind.NUMBER, "P 指数和计分用", 8),
        Column(("qualitative_part",), "属于定性部分", CellKind.YES_UNKNOWN, "只用于 P 指数", 10),
        Column(("notes",), "备注", CellKind.TEXT, "", 20),
        *_marks(),
        Column(("weight_source",), "权重的来源", CellKind.TEXT, "与指标不同才填", 12),
        Column(("weight_verification",), "权重的核实状态", CellKind.CHOICE, "与指标不同才填", 12, STATE_WORDS),
    ),
)  # fmt: skip

INDICATORS = SheetLayout(
    "二级指标",
    "二级指标：一行一项，照文件的顺序",
    (
        Column(("table",), "表", CellKind.TEXT, "只有一张表可空", 14),
        Column(("category",), "一级指标", CellKind.TEXT, "「一级指标」里的编号或名称", 18, required=True),
        Column(("id",), "指标编号", CellKind.TEXT, "小写英文；空着自动编 r1、r2…", 18),
        Column(("name",), "二级指标", CellKind.TEXT, "照文件写", 30, required=True),
        Column(("kind",), "类型", CellKind.CHOICE, "定量填数，定性填文字", 8, INDICATOR_KIND_WORDS, required=True),
        Column(("unit",), "单位", CellKind.UNIT, "只用于定量；没有单位写 无量纲", 12),
        Column(("direction",), "方向", CellKind.CHOICE, "只用于定量", 12, DIRECTION_WORDS),
        Column(("limiting",), "限定性", CellKind.YES_UNKNOWN, "文件里带 * 的", 8),
        Column(("weight",), "二级权重", CellKind.NUMBER, "同类相加为 1；几行分摊的填后面三列", 10),
        Column(("levels", "I"), "Ⅰ级", CellKind.LEVEL, "数、6~9、10+5n 或文字；原文没有这一级写 —；没查到空着", 26),
        Column(("levels", "II"), "Ⅱ级", CellKind.LEVEL, "同左", 26),
        Column(("levels", "III"), "Ⅲ级", CellKind.LEVEL, "同左", 26),
        Column(("strict",), "不含等号", CellKind.YES, "文件写 < 或 > 的填是", 8),
        Column(("binary",), "各级要求相同", CellKind.YES, "一条要求，达到即达Ⅰ级", 10),
        Column(("share", "group"), "分摊组", CellKind.TEXT, "小写英文，同组同名", 12),
        Column(("share", "rule"), "分摊规则", CellKind.CHOICE, "", 14, SHARE_WORDS),
        Column(("share", "total"), "分摊合计", CellKind.NUMBER, "整组的权重，例如 0.8", 10),
        Column(("share", "printed"), "分摊的原话", CellKind.TEXT, "可空", 14),
        Column(("notes",), "备注", CellKind.TEXT, "", 30),
        *_marks(),
        Column(("weight_source",), "权重的来源", CellKind.TEXT, "与指标不同才填", 12),
        Column(("weight_verification",), "权重的核实状态", CellKind.CHOICE, "与指标不同才填", 12, STATE_WORDS),
        Column(("points",), "分值", CellKind.NUMBER, "P 指数和计分用", 8),
        Column(("base",), "基准值", CellKind.NUMBER, "P 指数用", 10),
        Column(("recalled_weight",), "记得的权重（不用）", CellKind.NUMBER, "只作提示", 12),
        Column(("item_class",), "条目类别", CellKind.TEXT, "控制项、一般项、优选项", 10),
        Column(("mandatory",), "必做", CellKind.YES_UNKNOWN, "核查清单用", 8),
        Column(("pick_group",), "选做组", CellKind.TEXT, "「其他」里登记的编号", 10),
        Column(("item_no",), "条目号", CellKind.TEXT, "", 8),
        Column(("evidence",), "怎样核查", CellKind.TEXT, "", 14),
    ),
)  # fmt: skip

VALUES = SheetLayout(
    "单个值",
    "单个值：来源或状态与整行不同的阈值和权重",
    (
        Column(("table",), "表", CellKind.TEXT, "只有一张表可空", 14),
        Column(
            ("indicator",), "指标", CellKind.TEXT, "「二级指标」里的编号或名称", 24, required=True
        ),
        Column(("value",), "哪个值", CellKind.CHOICE, "", 10, VALUE_WORDS, required=True),
        *_marks(),
    ),
)

MODIFIERS = SheetLayout(
    "修正",
    "修正：随企业情况改变的阈值（能耗限额常有）",
    (
        Column(("table",), "表", CellKind.TEXT, "只有一张表可空", 14),
        Column(
            ("indicator",), "指标", CellKind.TEXT, "「二级指标」里的编号或名称", 24, required=True
        ),
        Column(("kind",), "方式", CellKind.CHOICE, "", 8, MODIFIER_WORDS, required=True),
        Column(("input",), "要企业填的数", CellKind.TEXT, "小写英文编号", 20, required=True),
        Column(("meaning",), "它的含义", CellKind.TEXT, "", 40, required=True),
        Column(("levels",), "只修正哪几级", CellKind.CHOICES, "空着＝各级", 12, LEVEL_WORDS),
        Column(("amounts", "I"), "Ⅰ级每单位加", CellKind.NUMBER, "空着＝加上企业填的数本身", 12),
        Column(("amounts", "II"), "Ⅱ级每单位加", CellKind.NUMBER, "", 12),
        Column(("amounts", "III"), "Ⅲ级每单位加", CellKind.NUMBER, "", 12),
        Column(("choices",), "只能填", CellKind.LINES, "每行一个数", 12),
        Column(("most",), "最多计到", CellKind.NUMBER, "", 10),
        Column(("printed",), "文件的原话", CellKind.TEXT, "", 40),
    ),
)

OTHER_TEXT = "评价方法原文"
OTHER_PHASE = "阶段权重"
OTHER_POINTS = "条目计分"
OTHER_GRADE = "各等要求"
OTHER_GROUP = "选做组"
OTHER_EXTRA = "附加"
OTHER_COMBINATION = "合并计分"
OTHER_ROW_EXTRA = "指标附加"
_OTHERS = (
    OTHER_TEXT, OTHER_PHASE, OTHER_POINTS, OTHER_GRADE, OTHER_GROUP, OTHER_COMBINATION, OTHER_EXTRA,
)  # fmt: skip
OTHER_WORDS = {word: word for word in (*_OTHERS, OTHER_ROW_EXTRA)}
OTHER = SheetLayout(
    "其他",
    "其他：原文的说明、选做组等，用不到就空着",
    (
        Column(("what",), "是什么", CellKind.CHOICE, "", 14, OTHER_WORDS, required=True),
        Column(
            ("key",),
            "编号或名称",
            CellKind.TEXT,
            "指标附加写 表编号/指标编号/名称",
            30,
            required=True,
        ),
        Column(("text",), "内容", CellKind.TEXT, "", 80),
        Column(("number",), "数", CellKind.NUMBER, "权重，或选做组要做几项", 10),
    ),
)

# How prints head what the template calls otherwise, by sheet: word -> the column it fills; "" = a column nobody needs.
PRINTED_HEADS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    CATEGORIES.name: {
        "一级指标名称": ("name",), "指标类别": ("name",), "权重": ("weight",), "权重值": ("weight",), "一级指标权重": ("weight",),
        "一级权重值": ("weight",), "一级指标权重值": ("weight",), "序号": (),
    },
    INDICATORS.name: {
        "一级指标名称": ("category",), "指标类别": ("category",), "二级指标名称": ("name",), "指标": ("name",), "指标名称": ("name",),
        "指标项": ("name",), "评价指标": ("name",), "计量单位": ("unit",), "指标单位": ("unit",), "权重": ("weight",),
        "权重值": ("weight",), "指标权重": ("weight",), "二级指标权重": ("weight",), "二级权重值": ("weight",),
        "二级指标权重值": ("weight",), "序号": (),
        **{
            f"{head}{tail}": ("levels", code)
            for code, heads in (("I", ("I级", "1级", "一级")), ("II", ("II级", "2级", "二级")), ("III", ("III级", "3级", "三级")))
            for head in heads
            for tail in ("", "基准值", "指标", "水平")
            if f"{head}{tail}" not in ("一级指标", "二级指标", "三级指标")
        },
    },
}  # fmt: skip
# How prints mark a limiting row in a column of its own.
LIMITING_MARKS = ("*", "★", "▲", "√", "限定性", "限定性指标", "限定")

LIST_SHEETS = (
    SOURCES, LEVELS_SHEET, VARIABLES, TABLES, CATEGORIES, INDICATORS, VALUES, MODIFIERS, OTHER,
)  # fmt: skip
OPTIONAL_SHEETS = {VARIABLES.name, VALUES.name, MODIFIERS.name, OTHER.name}
GUIDE_SHEET = "说明"
EXAMPLE_SHEET = "示例"
OPTIONS_SHEET = "选项"
IGNORED_SHEETS = {GUIDE_SHEET, EXAMPLE_SHEET, OPTIONS_SHEET}
