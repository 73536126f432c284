"""The sealed edition of a paper: the frozen data package that travels inside it, its number, and the page that tells both.

The number names the package, not the PDF (which cannot hold its own hash): `QS26-XXXX-XXXXC`, the first 40 bits of the SHA-256
in Crockford's base 32 (no I L O U), lowest digit first, with a check character (design/report/guide.md, section 8).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, field, replace
from datetime import date
from typing import Any

from app import __version__
from app.assessment.finding import NotApplicable
from app.assessment.result import Assessment
from app.audit.editions import AnswerChange, without_editions
from app.audit.evidence import numbered
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.forms.answer import Answer, AnswerBook, Given
from app.papers.answers import DASH
from app.papers.digits import grouped
from app.papers.document import (
    Attachment,
    Block,
    Chapter,
    Column,
    Document,
    EditionBox,
    Paragraph,
    Picture,
    Purpose,
    Row,
    Section,
    Size,
    Table,
)
from app.standards.limits import refuse_half_characters
from app.standards.system_json import content_hash, system_to_json

FORMAT = "cleanaudit-package/1"
ATTACHMENT = "清审数据.json"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Package:
    """What a sealed paper was made of. pictures: SHA-256 of a paper of the binder -> of its printed picture. basis: text of the data beside the system; system: its text, "" without one."""

    program: str
    state: str
    day: date
    questionnaire: str
    book: AnswerBook
    system: str
    basis: str
    result: Mapping[str, object]
    previous: "Previous | None" = None
    purpose: str = Purpose.AUDIT.value
    pictures: Mapping[str, str] = field(default_factory=dict)


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
    purpose: str = Purpose.AUDIT.value,
    pictures: Mapping[str, Picture] | None = None,
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
    plain: dict[str, object] = {
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
    if purpose != Purpose.AUDIT.value:  # papers of before keep their number
        plain["purpose"] = purpose
    if pictures:
        plain["pictures"] = {
            name: hashlib.sha256(one.content).hexdigest() for name, one in pictures.items()
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
        refuse_half_characters(plain)
        answers = {key: _answer(one) for key, one in plain["answers"].items()}
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
            Purpose(plain.get("purpose", Purpose.AUDIT)).value,
            {str(name): str(one) for name, one in plain.get("pictures", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(
            Problem("报告里的数据包", "读不懂，不是清审通封存的，或者被改过", "向编制单位要原文件")
        ) from error


def _answer(plain: Mapping[str, object]) -> Answer:
    if not all(isinstance(one, str) for one in plain.values()):
        raise TypeError("an answer holds texts")
    texts = {name: str(one) for name, one in plain.items()}
    if "not_applicable" in texts:
        return NotApplicable(texts["not_applicable"])
    return Given(texts["text"], texts["raw"], texts["note"])


def _previous(plain: Mapping[str, Any] | None) -> Previous | None:
    if plain is None:
        return None
    changes = tuple(AnswerChange(**one) for one in plain["changes"])
    texts = (
        plain["number"],
        plain["state"],
        plain["day"],
        *(t for one in changes for t in astuple(one)),
    )
    if not all(isinstance(one, str) for one in texts) or type(plain["place"]) is not int:
        raise TypeError("an edition holds texts and its place")
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


def picture_file(sha256: str) -> str:
    """The name of a printed picture among the attachments of a sealed paper."""
    return f"附图 {sha256[:16]}.jpg"


def sealed(
    document: Document,
    project: AuditProject,
    package: bytes,
    day: date,
    pictures: Mapping[str, Picture] | None = None,
    copy: str = "",
) -> Document:
    """The paper with number and short hash on every page, the page 版本与核验, and the package inside.

    copy: what the paper is when it is none that can be verified (「Word 文件」): its page leads to the PDF of the same number.
    """
    digest, number = hashlib.sha256(package).hexdigest(), edition_number(package)
    page = Chapter("版本与核验", _page(project, package, digest, number, day, copy))
    attachment = Attachment(
        ATTACHMENT, package, "application/json", "封存的数据包：全部回答、体系、系数和结果"
    )
    others = tuple(one for one in document.attachments if one.name != ATTACHMENT)
    photos = tuple(
        Attachment(picture_file(name), one.content, "image/jpeg", "报告里的图")
        for name, one in sorted((pictures or {}).items())
    )
    return replace(
        document,
        foot=f"{document.state.value}　{number}",
        check=f"校验 {digest[:4]} {digest[4:8]}",
        appendices=(*document.appendices, page),
        attachments=(attachment, *others, *photos),
    )


def _page(
    project: AuditProject, package: bytes, digest: str, number: str, day: date, copy: str
) -> tuple[Block, ...]:
    answers = json.loads(package)["answers"]
    frozen = read_package(package)
    previous = frozen.previous
    size = grouped(str(len(package)))
    kept = [
        (f"附件“{ATTACHMENT}”", f"{size} 字节", digest),
        ("全部回答", f"{len(answers)} 个", content_hash(_canonical(answers))),
        ("系数、公式、问题、标准数据", "", project.basis_hash),
    ]
    if project.system is not None:
        kept.append(("指标体系", project.system.document_no, project.system_hash))
    papers = sorted(one.paper.sha256 for one in numbered(project.book))
    if papers:
        kept.append(("收存的佐证材料", f"{len(papers)} 件", content_hash("\n".join(papers))))
    if frozen.pictures:
        shown = [f"{name} {one}" for name, one in sorted(frozen.pictures.items())]
        kept.append(("报告里的图", f"{len(shown)} 幅", content_hash("\n".join(shown))))
    rows = tuple(Row((name, what or DASH, digest_of[:16])) for name, what, digest_of in kept)
    box = EditionBox(
        number,
        digest,
        f"QINGSHEN:1:{number}:{digest.upper()}",
        f"封存日期 {day.year} 年 {day.month} 月 {day.day} 日，清审通 {__version__}",
    )
    columns = (
        Column("封存内容", 0.4),
        Column("数量或版本", 0.35),
        Column("SHA-256 前 16 位", 0.25),
    )
    ways: tuple[str, ...] = (
        "核对纸面：各页页脚的编号和校验码应相同，且与上方框内一致。",
        "核对文件：在清审通中打开本 PDF 选“核验”，或运行 cleanaudit verify 报告.pdf，不需要联网；"
        "同时给出案卷文件，可列出封存以后案卷的改动。",
        "不用程序核对：取出本 PDF 的附件“清审数据.json”，用任何工具计算其 SHA-256，应与上方框内一致。",
    )
    if copy:
        ways = (
            f"本{copy}与编号相同的 PDF 由同一份封存数据生成，文字、数字和图表编号相同；本{copy}可以改动，不作为核验的依据，以 PDF 为准。",
            "编号和校验码与 PDF 各页页脚相同，即为同一版；数据包在 PDF 的附件里，用清审通“核验”或 cleanaudit verify 报告.pdf 核对。",
        )
    edition = (
        f"本稿为第 {previous.place + 1} 版，替代第 {previous.place} 版{previous.state}（{previous.number}）。"
        if previous is not None
        else ""
    )
    return (
        box,
        Paragraph(
            (
                f"{edition}本编号由封存的数据计算得出，数据有任何改动，编号即不同；改动后再出的报告为新的一版。",
            )
        ),
        Table("edition", "封存的内容", columns, rows, size=Size.SMALL),
        *(Paragraph((f"（{place}）{way}",)) for place, way in enumerate(ways, 1)),
        *([] if previous is None else _since(previous)),
    )


_MOST_CHANGES = 400  # rows of the list; the package holds all


def _since(previous: Previous) -> list[Block]:
    lead = (
        f"前一版为第 {previous.place} 版{previous.state}（{previous.number}，{previous.day}）。"
        f"其后案卷改动 {len(previous.changes)} 处"
    )
    if not previous.changes:
        return [Section("与前一版的差异"), Paragraph((f"{lead}，数据与前一版相同。",))]
    columns = (Column("位置", 0.4), Column("前一版", 0.3), Column("本版", 0.3))
    shown = previous.changes[:_MOST_CHANGES]
    rows = tuple(Row((one.label, one.before, one.after)) for one in shown)
    more = (
        ""
        if len(shown) == len(previous.changes)
        else f"，表中列前 {len(shown)} 处，全部改动见数据包"
    )
    return [
        Section("与前一版的差异"),
        Paragraph((f"{lead}{more}。",)),
        Table("edition-changes", "与前一版的差异", columns, rows, size=Size.SMALL),
    ]


def _canonical(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
