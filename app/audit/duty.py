"""The cases in which the law asks for a mandatory audit, as far as the answers go. Which law, which article and what it
says are those of the day the audit began (app.audit.law).

The program holds the answers against what it has read; the bureau draws up the list.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.assessment.indicator_system import DocumentKind, weakest
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.assessment.triggers import Trigger, mandatory_triggers
from app.audit.chemicals import ONLY_AS_TYPED
from app.audit.compliance import compared, exceedances
from app.audit.emitted import permitted_voc
from app.audit.law import Citation, LawEdition
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook
from app.forms.figure import Tone, Worked

KIND = "front.kind"
_BUREAU = "列不列名单由主管部门定"
_SHOWN = 3


def triggers_of(project: AuditProject, assessment: Assessment | None) -> tuple[Trigger, ...]:
    """The cases for a whole audit: its ledgers, and its energy quota where it is assessed against one."""
    figure = project.derivation.figure("chemicals.summary")
    listed = Worked(figure.words, figure.tone, note=ONLY_AS_TYPED)
    over = None
    is_quota = project.system is not None and project.system.kind is DocumentKind.ENERGY_QUOTA
    if assessment is not None and is_quota:
        (over,) = mandatory_triggers(quota=assessment, system=None, is_two_high_project=False)
    voc = project.derivation.figure("voc.emitted").value
    return triggers(project.book, listed, project.law_edition, over_quota=over, voc_emitted=voc)


def triggers(
    book: AnswerBook,
    listed: Worked,
    law: LawEdition,
    quotas: Sequence[str] | None = None,
    *,
    over_quota: Trigger | None = None,
    voc_emitted: Fraction | None = None,
) -> tuple[Trigger, ...]:
    """双超, 超能耗限额, 双有, and the other cases of the state once the law of the day surely has them.

    listed: app.audit.chemicals.summary of the answers. quotas: numbers of the energy quotas for this industry, None when
    nobody looked.
    over_quota: what an assessment against a quota says (app.assessment.triggers). voc_emitted: what the ledger comes to, kg.
    """
    kind = book.text(KIND)
    cases = [
        _exceeding(book, law.cite("trigger.exceeding"), voc_emitted, named=kind == "exceeding"),
        _over_quota(quotas, over_quota, law.cite("trigger.over_quota"), named=kind == "over_quota"),
        _toxic(
            listed,
            law,
            named=kind == "toxic",
            none=book.text("front.chemicals") == "none",
        ),
    ]
    other = law.cite("trigger.other")
    if other.text and law.is_settled:
        found = f"{other.text}。{_reason(other)}"
        cases.append(Trigger("other", None, "其他情形", found, other.marked))
    return tuple(cases)


def _exceeding(
    book: AnswerBook, law: Citation, voc_emitted: Fraction | None, *, named: bool
) -> Trigger:
    if named:
        return Trigger("exceeding", True, "双超", "名单列明的就是这一种", law.marked)
    over = [one for one in exceedances(book) if one.back == 0]
    results, totals = compared(book)
    if over:
        names = "、".join(one.name for one in over[:_SHOWN]) + ("等" if len(over) > _SHOWN else "")
        text = f"填的数里有 {len(over)} 处超过限值或许可量（{names}）。超了排放标准或许可总量，就属于这一种"
    elif (
        voc_emitted is not None and (permit := permitted_voc(book)) and voc_emitted > permit * 1000
    ):
        text = (
            f"台账算出来的 VOC 排放量 {display(voc_emitted / 1000, 2)} t，许可量 {brief(permit)} t：按台账超了；"
            "和填的总量对不上的，先核对。超了排放标准或许可总量，就属于这一种"
        )
    elif book.text("env.penalties") == "yes":
        text = "近一年有处罚、超标或事故。超了排放标准或许可总量，就属于这一种"
    elif results or totals:
        parts = [f"{results} 个监测结果没超限值"] if results else []
        parts += [f"{totals} 项总量没超许可量"] if totals else []
        text = f"填的 {'，'.join(parts)}；没填的排放口和项目不在里面，{_BUREAU}"
    else:
        text = "要对监测结果和许可总量，还不能判断"
    return Trigger("exceeding", None, "双超", text, law.marked)


def _over_quota(
    quotas: Sequence[str] | None, assessed: Trigger | None, law: Citation, *, named: bool
) -> Trigger:
    """Whether the quota is exceeded is a matter of figures; whether that obliges is the law's, and may be open."""
    still = f"。{law.text}；{law.open}" if law.open else ""
    if named:
        text = f"名单列明的就是这一种{still}"
        return Trigger("over_quota", True, "超能耗限额", text, law.marked)
    if assessed is not None and assessed.applies is not None:
        obliges = "，属于应当实施强制性清洁生产审核的情形" if assessed.applies and not still else ""
        applies = None if assessed.applies and still else assessed.applies
        text = f"{assessed.text}{obliges}{still}"
        return Trigger("over_quota", applies, "超能耗限额", text, law.marked)
    if quotas:
        text = f"这个行业有限额标准 {'、'.join(quotas)}，选它对一对才能判断"
    elif quotas is None:
        text = "没有对照能耗限额标准，还不能判断"
    else:
        text = "没收录这个行业的限额标准，还不能判断"
    return Trigger("over_quota", None, "超能耗限额", f"{text}{still}", law.marked)


def _toxic(listed: Worked, law: LawEdition, *, named: bool, none: bool) -> Trigger:
    cited, case = law.cite("trigger.toxic"), law.cite("case.toxic")
    at_place, publish = law.cite("place.toxic"), law.cite("publish.toxic")
    source = _joined(cited, case)
    found = listed.words if listed.tone is Tone.UNSURE else ""
    if named:
        words = f"；{found}" if found else ""
        return Trigger("toxic", True, "双有", f"名单列明的就是这一种{words}", source)
    if found:
        also = f"，{at_place.text}" if at_place.text else ""
        public = f"，{publish.text}" if publish.text else ""
        text = f"{found}。应做强制性审核{public}{also}；{_BUREAU}"
        return Trigger("toxic", True, "双有", text, _joined(cited, case, publish, at_place))
    if listed.words:
        return Trigger("toxic", None, "双有", f"{listed.words}。{listed.note}", source)
    if none:
        text = "填的是名录里的都没用；排不排有毒有害物质要看监测，还不能判断"
    else:
        text = "还没填化学品，还不能判断"
    return Trigger("toxic", None, "双有", text, source)


def _joined(*cited: Citation) -> str:
    """The sources of what a line says, and no other, as sure as the least sure of them."""
    named = [one for one in cited if one.source]
    states = [one.verification for one in named if one.verification is not None]
    source = "；".join(one.source for one in named)
    return Citation(source=source, verification=weakest(states) if states else None).marked


def _reason(cited: Citation) -> str:
    return cited.open or _BUREAU
