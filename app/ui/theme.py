"""Colours, type and sizes of the whole program, read from resources/design/tokens.json; nobody else names a colour.

Two themes with the same roles. Widgets get their look from one style sheet, chosen by dynamic properties
(`role`, `tone`, `state`); painted parts ask `color(role)` while painting, so they follow a change of theme by themselves.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QByteArray, QDir, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app import paths

ThemeName = Literal["light", "dark"]
SCREEN_FACE = "Microsoft YaHei UI"
SHIPPED_FACE = "CPA Sans SC"
# Drawn at these scales, so that icons stay sharp at 100, 150, 200 and 300 %.
_ICON_SCALES = (1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class Tokens:
    """One theme: colour roles as #RRGGBB, type sizes in pt, sizes in px at 96 dpi."""

    color: Mapping[str, str]
    type_pt: Mapping[str, float]
    size_px: Mapping[str, int]


@functools.cache
def tokens(theme: ThemeName) -> Tokens:
    """The roles of one theme. KeyError when the file lacks it."""
    data = json.loads(
        (paths.resources_dir() / "design" / "tokens.json").read_text(encoding="utf-8")
    )
    return Tokens(data["color"][theme], data["type_pt"], data["size_px"])


_current: ThemeName = "light"
_face = SHIPPED_FACE


def current() -> ThemeName:
    """The theme that is on the screen now."""
    return _current


@functools.cache
def _color(theme: ThemeName, role: str) -> QColor:
    return QColor(tokens(theme).color[role])


def color(role: str) -> QColor:
    """The colour of a role in the current theme. KeyError for an unknown role."""
    return QColor(_color(_current, role))


def size(role: str) -> int:
    """A size of `size_px`, in device independent pixels."""
    return tokens("light").size_px[role]


def font(role: str = "body", *, bold: bool = False) -> QFont:
    """The screen font at the size of a `type_pt` role, with figures of equal width."""
    return QFont(_font(_face, role, bold))


@functools.cache
def _font(face: str, role: str, bold: bool) -> QFont:
    result = QFont(face)
    result.setPointSizeF(tokens("light").type_pt[role])
    result.setBold(bold)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def figure_font(points: float) -> QFont:
    """For the few big figures (13 to 18 pt)."""
    result = font(bold=True)
    result.setPointSizeF(points)
    return result


# ------------------------------------------------------------------ icons


@functools.cache
def _svg(name: str) -> bytes:
    return (paths.resources_dir() / "icons" / f"{name}.svg").read_bytes()


@functools.lru_cache(maxsize=512)
def icon_pixmap(
    name: str, hex_color: str, side: int, scale: float, opacity: float = 1.0
) -> QPixmap:
    """One icon in one colour."""
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(_svg(name).replace(b"#000", hex_color.encode())))
    pixmap = QPixmap(QSize(round(side * scale), round(side * scale)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@functools.cache
def _icon(theme: ThemeName, name: str, role: str) -> QIcon:
    shade = tokens(theme).color[role]
    side = size("icon")
    result = QIcon()
    for scale in _ICON_SCALES:
        result.addPixmap(icon_pixmap(name, shade, side, scale))
        result.addPixmap(icon_pixmap(name, shade, side, scale, 0.38), QIcon.Mode.Disabled)
    return result


def icon(name: str, role: str = "ink2") -> QIcon:
    """An icon of resources/icons in the colour of `role` in the current theme. Buttons take `set_icon` instead."""
    return _icon(_current, name, role)


def set_icon(button: QAbstractButton, name: str, role: str = "ink2") -> None:
    """Give a button an icon that follows the theme."""
    button.setProperty("iconName", name)
    button.setProperty("iconRole", role)
    button.setIcon(icon(name, role))


# ------------------------------------------------------------------ style


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a dynamic property has changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def set_property(widget: QWidget, name: str, value: str | bool) -> None:
    """Set a dynamic property the style sheet looks at, restyling only on a change."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        restyle(widget)


@functools.cache
def load_fonts() -> None:
    """Choose the face of the screen: the system's own Chinese one on Windows, the shipped one elsewhere.

    Once: a font that comes again makes Qt forget all it has drawn and measured.
    """
    global _face
    if SCREEN_FACE in QFontDatabase.families():
        _face = SCREEN_FACE
        return
    for file in sorted((paths.resources_dir() / "fonts").glob("CPASansSC-*.ttf")):
        QFontDatabase.addApplicationFont(str(file))
    _face = SHIPPED_FACE


def apply_theme(app: QApplication, theme: ThemeName) -> None:
    """Put the whole program into one theme; safe to call at any time, and for nothing while it is in it."""
    global _current
    if theme == _current and app.styleSheet() == style_sheet(theme) and app.font() == font():
        return
    _current = theme
    QDir.setSearchPaths("design", [str(paths.resources_dir() / "design")])
    app.setFont(font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    for widget in app.allWidgets():
        name = widget.property("iconName")
        if name and isinstance(widget, QAbstractButton):
            widget.setIcon(icon(name, widget.property("iconRole")))


def _palette(theme: ThemeName) -> QPalette:
    shade = tokens(theme).color
    palette = QPalette()
    for group_role, role in (
        (QPalette.ColorRole.Window, "canvas"),
        (QPalette.ColorRole.WindowText, "ink"),
        (QPalette.ColorRole.Base, "surface"),
        (QPalette.ColorRole.AlternateBase, "raised"),
        (QPalette.ColorRole.Text, "ink"),
        (QPalette.ColorRole.PlaceholderText, "ink3"),
        (QPalette.ColorRole.Button, "surface"),
        (QPalette.ColorRole.ButtonText, "ink"),
        (QPalette.ColorRole.ToolTipBase, "surface"),
        (QPalette.ColorRole.ToolTipText, "ink"),
        (QPalette.ColorRole.Highlight, "select"),
        (QPalette.ColorRole.HighlightedText, "ink"),
        (QPalette.ColorRole.Link, "indigo"),
        (QPalette.ColorRole.Accent, "indigo"),
        (QPalette.ColorRole.Light, "raised"),
        (QPalette.ColorRole.Midlight, "line"),
        (QPalette.ColorRole.Mid, "line2"),
        (QPalette.ColorRole.Dark, "border"),
        (QPalette.ColorRole.Shadow, "border"),
    ):
        palette.setColor(group_role, QColor(shade[role]))
    for group_role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, group_role, QColor(shade["ink3"]))
    return palette


@functools.cache
def style_sheet(theme: ThemeName) -> str:
    """The style sheet of one theme: every `@role` replaced by its colour."""
    text = (paths.resources_dir() / "design" / "style.qss").read_text(encoding="utf-8")
    shades = tokens(theme).color
    for role in sorted(shades, key=len, reverse=True):
        text = text.replace(f"@{role}", shades[role])
    return text.replace("@theme", theme)
