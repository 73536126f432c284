"""The tables of an audit file, and answers as their columns. Private to this package.

Everything is TEXT except running numbers: exact numbers are the canonical text of the answer, times are ISO 8601
with their zone. Adding a table or column: change it here and in app.storage.present, raise FORMAT in app.storage.database, and write the step in
app.storage.migrations. A later table is under the seal of the file by itself (app.storage.contents.file_seal), which
AuditFile renews with every transaction that wrote something.
"""

import sqlalchemy as sa

from app.assessment.finding import Missing, NotApplicable
from app.forms.answer import MISSING, Answer, Given

metadata = sa.MetaData()

META = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

# The frozen copies of the indicator systems this audit was scored with; the last row is the one in use. Earlier ones
# stay, so that taking a change of system back gives the old result again. Under BASIS_ID stand the frozen texts of the
# data beside the systems (app.audit.basis); the answer audit.basis says which counts.
SYSTEM = sa.Table(
    "system",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("system_id", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("json", sa.Text, nullable=False),
    sa.Column("frozen_at", sa.Text, nullable=False),
)

ANSWER = sa.Table(
    "answer",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('given', 'not_applicable')"),
)

TABLE_ROW = sa.Table(
    "table_row",
    metadata,
    sa.Column("table_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("row_id", sa.Text, nullable=False),
    sa.UniqueConstraint("table_id", "row_id"),
)

# seal: stands for this act and all before it (app.storage.contents.act_seal).
ACT = sa.Table(
    "act",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("seal", sa.Text, nullable=False),
)

# kind 'answer': key is an answer key. kind 'rows': key is a table id and the texts are its row ids, one a line.
CHANGE = sa.Table(
    "change",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("act_id", sa.Integer, sa.ForeignKey("act.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("before_state", sa.Text, nullable=False),
    sa.Column("before_text", sa.Text, nullable=False),
    sa.Column("before_raw", sa.Text, nullable=False),
    sa.Column("before_note", sa.Text, nullable=False),
    sa.Column("after_state", sa.Text, nullable=False),
    sa.Column("after_text", sa.Text, nullable=False),
    sa.Column("after_raw", sa.Text, nullable=False),
    sa.Column("after_note", sa.Text, nullable=False),
    sa.CheckConstraint("kind IN ('answer', 'rows')"),
    sa.Index("change_by_key", "key"),
    sa.Index("change_by_act", "act_id"),
)

# Papers that prove answers, each once by the SHA-256 of its content; what they prove is answers (app.audit.evidence).
# content: NULL where the file lies in the folder beside the audit (app.storage.evidence).
EVIDENCE = sa.Table(
    "evidence",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary),
)


def answer_to_columns(answer: Answer) -> dict[str, str]:
    """state, text, raw and note; state "missing" occurs in the change log only."""
    match answer:
        case Given(text, raw, note):
            return {"state": "given", "text": text, "raw": raw, "note": note}
        case NotApplicable(reason):
            return {"state": "not_applicable", "text": "", "raw": "", "note": reason}
        case Missing():
            return {"state": "missing", "text": "", "raw": "", "note": ""}


def answer_from_columns(columns: sa.RowMapping, prefix: str = "") -> Answer:
    """The answer kept in the columns named `prefix` + state, text, raw, note."""
    match columns[f"{prefix}state"]:
        case "given":
            return Given(
                columns[f"{prefix}text"], columns[f"{prefix}raw"], columns[f"{prefix}note"]
            )
        case "not_applicable":
            return NotApplicable(columns[f"{prefix}note"])
        case _:
            return MISSING
