"""What the parts of a document are called where it is written: keys in a file, columns in a workbook.

The validator puts these words into its messages; whoever reads another kind of document gives it other words. Each says what to
do or which part is meant, without a stop at its end.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Terms:
    """In a file (YAML, JSON)."""

    source: str = "来源（source）"
    state: str = "核实状态（verification）"
    direction: str = "方向（direction）"
    share: str = "分摊（share）"
    mark_weights_unknown: str = "在这一类写 weights_known: false"
    choose_direction: str = "写 lower（越小越好）、higher（越大越好）或 range（区间内为好）"
    make_lower_or_higher: str = "把 direction 改成 lower 或 higher"
    make_range: str = "把 direction 改成 range"
    make_quantitative: str = "把 kind 改成 quantitative"
    make_quantitative_whole: str = "把 kind 改成 quantitative 并写方向和单位"
    write_unit: str = "写单位；纯数值写 dimensionless（无量纲）"
    write_span: str = "写成 [下限, 上限]"
    explain_variable: str = "在文件开头的 variables 里写明它的含义"
    in_variables: str = " variables 里"
    in_sources: str = " sources 里"
    in_pick_groups: str = " method.pick_groups 里"
    write_unknown: str = "没有查到写 null"
    wrote_verified: str = "写了 verified"
    name_checker: str = "补上 checked_by、checked_on、checked_against"
    same_in_group: str = "同一组的每一行写同样的 total 和 rule"
    give_source: str = "在这里，或在它所属的类、表、文件开头写 source，每个值都要有来源"
    give_state: str = (
        "在这里，或在它所属的类、表、文件开头写 transcribed（读自来源）或 recalled（凭记忆）"
    )
    give_least_index: str = "补上 min_index，例如 85"


IN_FILE = Terms()
IN_WORKBOOK = Terms(
    source="来源",
    state="核实状态",
    direction="方向",
    share="分摊",
    mark_weights_unknown="在工作表「一级指标」把「二级权重没查全」填是",
    choose_direction="选 越小越好、越大越好 或 区间内为好",
    make_lower_or_higher="把方向改成 越小越好 或 越大越好",
    make_range="把方向改成 区间内为好",
    make_quantitative="把类型改成定量",
    make_quantitative_whole="把类型改成定量，并填方向和单位",
    write_unit="填单位；没有单位填 无量纲",
    write_span="写成 6~9 的样子",
    explain_variable="在工作表「变量」里写明它的含义",
    in_variables="工作表「变量」里",
    in_sources="工作表「来源」里",
    in_pick_groups="工作表「其他」里",
    write_unknown="没有查到就空着",
    wrote_verified="选了「已核对原文」",
    name_checker="补上核对人、核对日期、核对的原文",
    same_in_group="同一组的每一行填同样的规则和合计",
    give_source="在工作表「文件」填默认来源，或在这一行填来源；每个值都要有来源",
    give_state="在工作表「文件」选默认核实状态，或在这一行选",
    give_least_index="填「指数不低于」，例如 85",
)
