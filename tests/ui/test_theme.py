"""Colours: the contrast table of the design guide (section 4), worked out again from the tokens."""

import re
from itertools import pairwise

import pytest

from app import paths
from app.ui import theme

# text role -> grounds it stands on
TEXT = {
    "ink": "surface canvas raised sunken select hover derived jade_mid jade_bg ochre_bg cinnabar_bg title indigo_bg",
    "ink2": "surface canvas raised sunken select derived ochre_bg cinnabar_bg title jade_bg indigo_bg",
    "ink3": "surface canvas raised sunken select hover derived ochre_bg cinnabar_bg jade_bg indigo_bg",
    "indigo": "surface canvas raised select indigo_bg derived jade_bg ochre_bg cinnabar_bg",
    "on_indigo": "indigo indigo_h",
    "jade": "surface canvas jade_bg select derived raised",
    "on_jade": "jade",
    "ochre": "surface canvas ochre_bg select derived raised",
    "cinnabar": "surface canvas cinnabar_bg select derived raised",
    "surface": "cinnabar ink2",
}
PARTS = (
    ("border", "surface"),
    ("border", "canvas"),
    ("focus", "surface"),
    ("focus", "canvas"),
    ("indigo", "surface"),
    ("jade", "surface"),
    ("ochre_line", "surface"),
    ("cinnabar_line", "surface"),
)
THEMES: tuple[theme.ThemeName, ...] = ("light", "dark")


def luminance(shade: str) -> float:
    """WCAG 2 relative luminance of #RRGGBB."""
    channels = [int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_every_text_can_be_read_on_every_ground_it_stands_on(name: theme.ThemeName) -> None:
    shades = theme.tokens(name).color
    low = {
        (text, ground): round(contrast(shades[text], shades[ground]), 2)
        for text, grounds in TEXT.items()
        for ground in grounds.split()
        if contrast(shades[text], shades[ground]) < 4.5
    }
    assert not low


@pytest.mark.parametrize("name", THEMES)
def test_outlines_and_marks_stand_out(name: theme.ThemeName) -> None:
    shades = theme.tokens(name).color
    low = {pair: contrast(shades[pair[0]], shades[pair[1]]) for pair in PARTS}
    assert min(low.values()) >= 3.0, low


def test_the_calculation_agrees_with_the_guide() -> None:
    light = theme.tokens("light").color
    assert round(contrast(light["ink"], light["surface"]), 1) == 15.7
    assert round(contrast(light["on_jade"], light["jade"]), 1) == 7.5


@pytest.mark.parametrize("name", THEMES)
def test_the_style_sheet_uses_known_roles_only_and_no_colour_of_its_own(
    name: theme.ThemeName,
) -> None:
    source = (paths.resources_dir() / "design" / "style.qss").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", source)
    assert "@" not in re.sub(r"/\*.*?\*/", "", theme.style_sheet(name), flags=re.S)


@pytest.mark.parametrize("name", THEMES)
def test_the_pictures_in_the_style_sheet_have_the_colours_of_the_theme(
    name: theme.ThemeName,
) -> None:
    folder = paths.resources_dir() / "design"
    shades = theme.tokens(name).color
    assert shades["ink2"] in (folder / f"chevron-{name}.svg").read_text()
    assert shades["on_indigo"] in (folder / f"check-{name}.svg").read_text()


def test_both_themes_have_the_same_roles() -> None:
    for first, second in pairwise(THEMES):
        assert theme.tokens(first).color.keys() == theme.tokens(second).color.keys()


def test_nothing_of_the_look_is_left_over() -> None:
    """Icons, sizes and style rules that no screen names any more mislead whoever looks for the one to change."""
    root = paths.resources_dir()
    screens = "".join(
        path.read_text(encoding="utf-8") for path in (root.parent / "app").rglob("*.py")
    )
    rules = (root / "design" / "style.qss").read_text(encoding="utf-8")
    tokens = theme.tokens("light")
    named = {
        *(path.stem for path in (root / "icons").glob("*.svg")),
        *tokens.type_pt,
        *tokens.size_px,
        *re.findall(r'\[\w+="([\w-]+)"\]', rules),
    }
    named.discard("logo")  # spoken of as logo.svg
    assert not {name for name in named if f'"{name}"' not in screens}
    assert not {
        role for role in tokens.color if f'"{role}"' not in screens and f"@{role}" not in rules
    }
