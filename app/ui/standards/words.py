"""Words of the standards desk for kinds, states and why a system gives no level."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.assessment.indicator_system import DocumentKind, Family, Verification
from app.standards.library import SystemSummary
from app.ui.outline import Findable

STATES = (Verification.VERIFIED, Verification.TRANSCRIBED, Verification.RECALLED)


def tr(text: str) -> str:
    return QCoreApplication.translate("standards", text)


def kind_name(kind: DocumentKind) -> str:
    """The kind of a document in the words of the trade."""
    return {
        DocumentKind.INDICATOR_SYSTEM: tr("评价指标体系"),
        DocumentKind.CP_STANDARD: tr("清洁生产标准"),
        DocumentKind.ENERGY_QUOTA: tr("能耗限额"),
        DocumentKind.REFERENCE_TABLE: tr("参考表"),
    }[kind]


def status_name(status: str) -> str:
    """Whether a document holds, in a word."""
    return {
        "in_force": tr("现行"),
        "superseded": tr("已被代替"),
        "trial": tr("试行"),
        "draft": tr("草案"),
    }.get(status, tr("状态不明"))


def why_no_level(summary: SystemSummary) -> str:
    """「可定级」, or in a few words why not."""
    if summary.kind is DocumentKind.ENERGY_QUOTA:
        return tr("逐产品定能耗等级")
    if summary.kind is DocumentKind.REFERENCE_TABLE:
        return tr("只作参考")
    if summary.scorable:
        return tr("可定级")
    if summary.family is Family.LEVEL_ONLY:
        return tr("逐项看等级")
    return tr("权重没收录全")


def findables(systems: Sequence[SystemSummary]) -> tuple[Findable, ...]:
    """The library and every system of it, for the search palette."""
    lines = [
        Findable(
            one.title,
            f"{kind_name(one.kind)} · {status_name(one.status)}",
            tr("体系"),
            "",
            f"system:{one.id}",
            one.document_no,
        )
        for one in systems
    ]
    head = Findable(
        tr("指标体系库"), tr("{n} 份").format(n=len(systems)), tr("体系"), "", "system:"
    )
    return (head, *lines)
