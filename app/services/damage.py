"""What screens know of damaged files and backups, from the storage below; and what is damaged, as people call it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from app.forms.answer import AnswerBook
from app.forms.dated import dated
from app.forms.question_index import QuestionIndex
from app.storage.backups import Backup as Backup
from app.storage.backups import Compared as Compared
from app.storage.catalogue_store import Catalogue
from app.storage.database import DamagedFile as DamagedFile

# What is no question of a page, by the beginning of its key.
_OTHERS = {
    "audit.system": "用哪份指标体系", "audit.table": "用哪张表", "audit.basis": "用哪一版题目和系数", "audit.edition": "封存的版本",
    "@basis": "题目和系数", "@": "封存时的回答", "evidence/": "一份凭证", "override/": "自己改写的数", "table_weight/": "各表的权重",
    "reason/": "体检里写的原因",
}  # fmt: skip


_ROW_ID = re.compile(r"r[0-9]+|[0-9a-f]{6,}")  # says nothing to anybody


@contextmanager
def in_words(catalogue: Catalogue) -> Iterator[None]:
    """A damaged file is told with the names of questions, not with their keys."""
    try:
        yield
    except DamagedFile as error:
        if not error.key:
            raise
        raise error.called(_label(catalogue, error.key)) from error


@lru_cache(maxsize=1)
def _indexes(catalogue: Catalogue) -> tuple[QuestionIndex, ...]:
    return tuple(QuestionIndex(dated(one, None)) for one in catalogue.questionnaires())


def _label(catalogue: Catalogue, key: str) -> str:
    for index in _indexes(catalogue):
        label = index.label_of(key, AnswerBook())
        if label != key:
            return " › ".join(part for part in label.split(" › ") if not _ROW_ID.fullmatch(part))
    for system in catalogue.systems():
        if key == system.id:
            return system.title
    return next((words for start, words in _OTHERS.items() if key.startswith(start)), "一处回答")
