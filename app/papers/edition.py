"""The sealed edition of a paper: the frozen data package that travels inside it, its number, and the page that tells both.

The number names the package, not the PDF (which cannot hold its own hash): `QS26-XXXX-XXXXC`, the first 40 bits of the SHA-256
in Crockford's base 32 (no I L O U), lowest digit first, with a check character (design/report/guide.md, section 8).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from app import __version__
from app.assessment.finding import NotApplicable
from app.assessment.result import Assessment
from app.audit.editions import AnswerChange, without_editions
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.forms.answer import Answer, AnswerBook, Given
from app.papers.document import (
    Attachment,
    Block,
    Chapter,
    Column,
    Document,
    EditionBox,
    Paragraph,
    Row,
    Section,
    Size,
    Table,
)
from app.standards.system_json import content_hash, system_to_json

FORMAT = "cleanaudit-package/1"
ATTACHMENT = "清审数据.json"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Package:
    """What a sealed paper was made of. basis: text of the data beside the system; system: its text, "" without one."""

    program: str
    state: str
    day: date
    questionnaire: str
    book: AnswerBook
    system: str
    basis: str
    result: Mapping[str, object]
    previous: "Previous | None" = None


@dataclass(frozen=True)
class Previous:
    """The edition before, and what the audit says otherwise since."""

    place: int
    number: str
    state: str
    day: str
    changes: tuple[AnswerChange, ...]


def package_of(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: str,
    day: date,
    previous: Previous | None = None,
) -> bytes:
    """The canonical JSON that is frozen: every answer and row order, the system and the data it rests on, the result, and
    what changed since the edition before."""
    answers: dict[str, object] = {}
    book = without_editions(project.book)
    for key, answer in book.answers.items():
        match answer:
            case Given(text, raw, note):
                answers[key] = {"text": text, "raw": raw, "note": note}
            case NotApplicable(reason):
                answers[key] = {"not_applicable": reason}
            case _:
                pass
    plain = {
        "format": FORMAT,
        "program": __version__,
        "state": state,
        "day": day.isoformat(),
        "questionnaire": project.questionnaire.id,
        "answers": answers,
        "rows": {table: list(ids) for table, ids in book.rows.items()},
        "system": "" if project.system is None else system_to_json(project.system),
        "basis": project.basis_text,
        "result": _result(assessment),
        "previous": None if previous is None else asdict(previous),
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def is_package(content: bytes) -> bool:
    """Is it a sealed package, of whatever version? A draft carries its data in another form."""
    return b'"format":"cleanaudit-package/' in content


def read_package(content: bytes) -> Package:
    """UserError when the bytes are no package of this program."""
    try:
        plain = json.loads(content)
        if plain["format"] != FORMAT:
            raise ValueError(plain["format"])
        answers: dict[str, Answer] = {
            key: NotApplicable(one["not_applicable"])
            if "not_applicable" in one
            else Given(one["text"], one["raw"], one["note"])
            for key, one in plain["answers"].items()
        }
        rows = {str(table): tuple(map(str, ids)) for table, ids in plain["rows"].items()}
        texts = [
            str(plain[name]) for name in ("program", "state", "questionnaire", "system", "basis")
        ]
        return Package(
            texts[0],
            texts[1],
            date.fromisoformat(plain["day"]),
            texts[2],
            AnswerBook(answers, rows),
            texts[3],
            texts[4],
            dict(plain["result"]),
            _previous(plain["previous"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(
            Problem("报告里的数据包", "读不懂，不是清审通封存的，或者被改过", "向编制单位要原文件")
        ) from error


def _previous(plain: Mapping[str, Any] | None) -> Previous | None:
    if plain is None:
        return None
    changes = tuple(AnswerChange(**one) for one in plain["changes"])
    return Previous(**{**plain, "changes": changes})


def _result(assessment: Assessment | None) -> dict[str, object]:
    if assessment is None:
        return {}
    return {
        "level": None if assessment.level is None else assessment.level.code,
        "index_range": {
            level.code: [str(interval.low), str(interval.high)]
            for level, interval in assessment.index_range.items()
        },
        "scores": {
            name: [str(score.low), str(score.high)] for name, score in assessment.scores.items()
        },
    }


def edition_number(package: bytes) -> str:
    """「QS26-7K3M-92QF5」 of a package; the year of the scheme, not of the audit, stands in it."""
    value = int(hashlib.sha256(package).hexdigest()[:10], 16)
    body = "".join(_ALPHABET[(value >> (5 * place)) & 31] for place in range(8))
    return f"QS26-{body[:4]}-{body[4:]}{check_character(body)}"


def check_character(body: str) -> str:
    """Of the eight characters before it. The weights are odd, so any one wrong character is caught."""
    return _ALPHABET[
        sum((2 * place + 1) * _ALPHABET.index(one) for place, one in enumerate(body)) % 32
    ]


def sealed(document: Document, project: AuditProject, package: bytes, day: date) -> Document:
    """The paper with number and short hash on every page, the page 版本与核验, and the package inside."""
    digest, number = hashlib.sha256(package).hexdigest(), edition_number(package)
    page = Chapter("版本与核验", _page(project, package, digest, number, day))
    attachment = Attachment(
        ATTACHMENT, package, "application/json", "封存的数据包：全部回答、体系、系数和结果"
    )
    others = tuple(one for one in document.attachments if one.name != ATTACHMENT)
    return replace(
        document,
        foot=f"{document.state.value}　{number}",
        check=f"校验 {digest[:4]} {digest[4:8]}",
        appendices=(*document.appendices, page),
        attachments=(attachment, *others),
    )


def _page(
    project: AuditProject, package: bytes, digest: str, number: str, day: date
) -> tuple[Block, ...]:
    answers = json.loads(package)["answers"]
    kept = [
        ("全部回答", f"{len(answers)} 个", content_hash(_canonical(answers))),
        ("系数、公式、问题、标准数据", "", project.basis_hash),
    ]
    if project.system is not None:
        kept.append(("指标体系", project.system.document_no, project.system_hash))
    rows = tuple(Row((name, what, digest_of[:16])) for name, what, digest_of in kept)
    box = EditionBox(
        number,
        digest,
        f"QINGSHEN:1:{number}:{digest.upper()}",
        f"封存日期 {day.year} 年 {day.month} 月 {day.day} 日，清审通 {__version__}",
    )
    columns = (
        Column("封存了什么", 0.4),
        Column("是哪一份", 0.35),
        Column("SHA-256 前 16 位", 0.25),
    )
    ways = (
        "纸上核：每一页页脚的定稿号和校验码相同，且与上面方框里的一致。",
        "程序核：用清审通打开这份 PDF 核验，或运行 cleanaudit verify 报告.pdf，不需要联网；"
        "加上案卷文件还能列出案卷后来改过什么。",
        "人工核：PDF 里带着数据包（附件「清审数据.json」），它的 SHA-256 就是上面的数，任何工具都能算。",
    )
    previous = read_package(package).previous
    return (
        box,
        Paragraph(("这个号由封存的数据算出。数据改一个字，号就不同；改过再出的报告是新的一版。",)),
        Table("edition", "封存的内容", columns, rows, size=Size.SMALL),
        *(Paragraph((f"（{place}）{way}",)) for place, way in enumerate(ways, 1)),
        *([] if previous is None else _since(previous)),
    )


_MOST_CHANGES = 400  # rows of the list; the package holds all


def _since(previous: Previous) -> list[Block]:
    lead = (
        f"前一版是第 {previous.place} 版{previous.state}（{previous.number}，{previous.day}）。"
        f"那以后案卷改了 {len(previous.changes)} 处"
    )
    if not previous.changes:
        return [Section("和前一版相比"), Paragraph((f"{lead}，数据和前一版相同。",))]
    columns = (Column("哪一处", 0.4), Column("前一版", 0.3), Column("这一版", 0.3))
    shown = previous.changes[:_MOST_CHANGES]
    rows = tuple(Row((one.label, one.before, one.after)) for one in shown)
    more = (
        "" if len(shown) == len(previous.changes) else f"，表里列前 {len(shown)} 处，全部在数据包里"
    )
    return [
        Section("和前一版相比"),
        Paragraph((f"{lead}{more}。",)),
        Table("edition-changes", "和前一版不同的地方", columns, rows, size=Size.SMALL),
    ]


def _canonical(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
