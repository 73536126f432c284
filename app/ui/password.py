"""Asking for the password of an audit, and for a new one."""

import enum
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.errors import UserError
from app.services import passwords
from app.services.passwords import LEAST
from app.ui import widgets

_SHOWN = 8


class CopiesWish(enum.Enum):
    """What to do about copies without password."""

    LOCK = enum.auto()
    REMOVE = enum.auto()
    LEAVE = enum.auto()


def ask_password(parent: QWidget | None, name: str, wrong: str = "") -> str | None:
    """The password of the audit called `name`; None when the user gives up. wrong: why the last one was not taken."""
    asked = QCoreApplication.translate("password", "「{name}」加了密码").format(name=name)
    text, accepted = QInputDialog.getText(
        parent,
        asked,
        wrong or QCoreApplication.translate("password", "输入密码："),
        QLineEdit.EchoMode.Password,
    )
    return text if accepted else None


class NewPasswordDialog(QDialog):
    """Twice the same, long enough; what a forgotten password means is said before it is set."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("给「{name}」加密码").format(name=name))
        self.setFixedWidth(480)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(12)
        box.addWidget(
            widgets.label(
                self.tr(
                    "加了密码，案卷和这台电脑上它的备份都打不开、看不了，除非输入密码。"
                    "忘了密码谁也找不回来，我们也不行：写下来，锁好。"
                    "以前拷到别处的副本、印出的报告不会跟着加密。"
                ),
                "second",
                wrap=True,
            )
        )
        form = QFormLayout()
        self.first, self.second = QLineEdit(), QLineEdit()
        for field, words in (
            (self.first, self.tr("新密码，至少 {n} 个字符").format(n=LEAST)),
            (self.second, self.tr("再输一遍")),
        ):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setAccessibleName(words)
            field.textChanged.connect(self._check)
            form.addRow(words, field)
        box.addLayout(form)
        self.said = QLabel()
        self.said.setProperty("role", "note")
        box.addWidget(self.said)
        self.buttons = QDialogButtonBox()
        self.set_button = self.buttons.addButton(
            self.tr("加密码"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.buttons.addButton(self.tr("不加了"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        box.addWidget(self.buttons)
        self._check()

    @property
    def password(self) -> str:
        return self.first.text()

    def _check(self) -> None:
        first, second = self.first.text(), self.second.text()
        if len(first) < LEAST:
            said = self.tr("还差 {n} 个字符").format(n=LEAST - len(first)) if first else ""
        elif first != second:
            said = self.tr("两遍不一样") if second else ""
        else:
            said = ""
        self.said.setText(said)
        self.set_button.setEnabled(len(first) >= LEAST and first == second)


class OpenCopiesDialog(QDialog):
    """Older copies of an audit that has a password now can still be read: encrypt them, delete them, or leave them."""

    def __init__(self, copies: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wish = CopiesWish.LEAVE
        self.setWindowTitle(self.tr("还有没加密的旧副本"))
        self.setFixedWidth(560)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(12)
        words = self.tr(
            "这台电脑上还有 {n} 份同一案卷的旧文件没加密（升级前的原件、恢复和救出的、旧备份），"
            "没有密码也读得出来："
        )
        box.addWidget(widgets.label(words.format(n=len(copies)), "second", wrap=True))
        lines = [f"· {one.name}　{one.parent}" for one in copies[:_SHOWN]]
        if len(copies) > _SHOWN:
            lines.append(self.tr("……还有 {n} 份").format(n=len(copies) - _SHOWN))
        box.addWidget(widgets.label("\n".join(lines), "note", wrap=True))
        box.addWidget(
            widgets.label(self.tr("拷到别处的、发给别人的，要自己处理。"), "second", wrap=True)
        )
        self.buttons = QDialogButtonBox()
        for text, role, wish in (
            (
                self.tr("都加密，用同一个密码"),
                QDialogButtonBox.ButtonRole.AcceptRole,
                CopiesWish.LOCK,
            ),
            (self.tr("都删掉"), QDialogButtonBox.ButtonRole.DestructiveRole, CopiesWish.REMOVE),
            (self.tr("先留着"), QDialogButtonBox.ButtonRole.RejectRole, CopiesWish.LEAVE),
        ):
            button = self.buttons.addButton(text, role)
            button.clicked.connect(lambda _=False, wish=wish: self._choose(wish))
            button.setDefault(wish is CopiesWish.LOCK)
        box.addWidget(self.buttons)

    def _choose(self, wish: CopiesWish) -> None:
        self.wish = wish
        self.done(1)


def unlock(parent: QWidget | None, path: Path) -> bool:
    """Ask for the password of an audit until it is right; False when the user gives up."""
    wrong = ""
    while (password := ask_password(parent, path.name, wrong)) is not None:
        try:
            passwords.unlock(path, password)
        except UserError as error:
            wrong = str(error)
        else:
            return True
    return False
