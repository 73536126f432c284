"""Words of the standards desk for kinds, states and why a system gives no level."""

from PySide6.QtCore import QCoreApplication

from app.assessment.indicator_system import DocumentKind, Family, Verification
from app.standards.library import SystemSummary

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
