"""Build the Debian package: PyInstaller one-folder, trimmed, packed as .deb with menu entry, icon and file type.

Run through `python3 dev.py package linux`, inside the project's virtual environment.
"""

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from installer import common

LINUX = common.ROOT / "installer" / "linux"
WORK = common.WORK / "linux"
PACKAGE_LOCK = common.ROOT / "installer" / "requirements-package.lock"

# Qt parts that come along as libraries of libraries but are never used by the program.
UNUSED = (
    "libQt6Qml*", "libQt6Quick*", "libQt6VirtualKeyboard*", "libQt6WaylandEgl*", "libQt6OpenGLWidgets*",
    "libQt6Designer*", "libQt6WaylandCompositor*", "libQt6EglFs*",
)  # fmt: skip
UNUSED_FOLDERS = (
    "plugins/platformthemes/libqgtk3.so", "plugins/virtualkeyboard", "plugins/egldeviceintegrations",
    "plugins/wayland-graphics-integration-*", "plugins/platforms/libqwayland-egl.so", "plugins/platforms/libqeglfs.so",
    "plugins/platforms/libqvkkhrdisplay.so", "plugins/platforms/libqlinuxfb.so", "plugins/platforms/libqvnc.so",
    "plugins/generic", "plugins/tls", "plugins/networkinformation", "plugins/platforms/libqminimalegl.so",
    "plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", "plugins/qmltooling", "plugins/sqldrivers", "qml",
)  # fmt: skip

# Libraries Qt opens by name while it runs, so that no file says it needs them.
OPENED_LATER = ("libgl1", "libegl1", "libxcb-cursor0")


def environment() -> Path:
    """A virtual environment with exactly the locked runtime and PyInstaller; returns its python."""
    folder = WORK / "venv"
    python = folder / "bin" / "python"
    if not python.exists():
        common.run([sys.executable, "-m", "venv", folder])
    for lock in (common.ROOT / "requirements.lock", PACKAGE_LOCK):
        common.run(
            [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "-r",
                lock,
            ]
        )
    return python


def python_licence_file() -> Path:
    """Python's own licence text: in its library folder, or where Debian keeps it."""
    for path in (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path("/usr/share/doc/python3.11/copyright"),
    ):
        if path.exists():
            return path
    raise common.Stopped("找不到 Python 的许可文本 LICENSE.txt")


def program_modules() -> list[str]:
    """Every module of the program: some are imported by name only when needed."""
    names = []
    for path in sorted((common.ROOT / "app").rglob("*.py")):
        parts = path.relative_to(common.ROOT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def freeze(python: Path) -> Path:
    """The trimmed one-folder program."""
    payload = WORK / "payload"
    shutil.rmtree(payload, ignore_errors=True)
    payload.mkdir(parents=True)
    common.copy_resources(payload)
    library = python.parent.parent / "lib" / "python3.11"
    common.collect_licences(library / "site-packages", python_licence_file(), payload / "licences")
    common.run(
        [
            python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
            "--distpath", WORK / "dist", "--workpath", WORK / "work",
            common.ROOT / "installer" / "cleanaudit.spec",
        ],
        CLEANAUDIT_ROOT=str(common.ROOT),
        CLEANAUDIT_PAYLOAD=str(payload),
        CLEANAUDIT_MODULES=",".join(program_modules()),
    )  # fmt: skip
    folder = WORK / "dist" / "cleanaudit"
    trim(folder / "_internal")
    leave_to_the_system(folder / "_internal")
    return folder


def trim(internal: Path) -> None:
    """Remove Qt parts the program never loads, and symbols."""
    qt = internal / "PySide6" / "Qt"
    for pattern in UNUSED:
        for path in [*internal.glob(pattern), *(qt / "lib").glob(pattern)]:
            path.unlink()
    for pattern in UNUSED_FOLDERS:
        for path in qt.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (qt / "translations").glob("*.qm"):
        if not path.name.startswith("qtbase_zh_CN"):
            path.unlink()
    # python-docx looks for its templates by way of this folder, which holds code only and so is not there.
    (internal / "docx" / "parts").mkdir(exist_ok=True)
    for path in internal.rglob("*.so*"):
        # strip leaves libraries that auditwheel patched (OpenBLAS of numpy) with pages that cannot be loaded.
        if path.is_file() and not path.is_symlink() and not path.parent.name.endswith(".libs"):
            subprocess.run(
                ["strip", "--strip-unneeded", path], check=False, stderr=subprocess.DEVNULL
            )


def leave_to_the_system(internal: Path) -> None:
    """Remove the libraries that PyInstaller copied from this system: Debian brings them, with their licences and updates."""
    for path in internal.glob("lib*.so*"):
        ours = path.is_symlink() or path.name.startswith("libpython")
        if (
            not ours
            and subprocess.run(
                ["dpkg-query", "-S", f"*/{path.name}"], check=False, capture_output=True
            ).stdout
        ):
            path.unlink()


def dependencies(internal: Path) -> str:
    """The `Depends:` of the package: what its files need of this system, with the versions they need."""
    notes = WORK / "shlibdeps"
    shutil.rmtree(notes, ignore_errors=True)
    (notes / "debian").mkdir(parents=True)
    (notes / "debian" / "control").write_text(
        "Source: cleanaudit\n\nPackage: cleanaudit\nArchitecture: amd64\n", "utf-8"
    )
    files = [path for path in sorted(internal.rglob("*.so*")) if not path.is_symlink()]
    own = sorted({path.parent for path in files})
    result = subprocess.run(
        ["dpkg-shlibdeps", "-O", "--ignore-missing-info", *[f"-l{path}" for path in own], *[f"-e{path}" for path in files],
         internal.parent / "cleanaudit"],
        cwd=notes, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode != 0:
        raise common.Stopped(f"算不出依赖：\n{result.stderr}")
    found = result.stdout.strip().removeprefix("shlibs:Depends=").split(", ")
    named = {entry.split()[0] for entry in found}
    return ", ".join(sorted([*found, *(set(OPENED_LATER) - named)]))


def pack(folder: Path) -> Path:
    """The .deb with everything below /opt/cleanaudit."""
    number = common.version()
    tree = WORK / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    program = tree / "opt" / "cleanaudit"
    shutil.copytree(folder, program, symlinks=True)
    tools = {name: number for name, number, _ in common.locked(PACKAGE_LOCK)}
    pyinstaller = tools["pyinstaller"]
    common.write_bill_of_materials(
        common.ROOT / "requirements.lock",
        program / "bom.cdx.json",
        extra=[
            {"name": "CPython", "version": platform.python_version(), "licence": "PSF-2.0"},
            {"name": "ICU", "version": "73", "licence": "Unicode-DFS-2016"},
            {
                "name": "PyInstaller bootloader",
                "version": pyinstaller,
                "licence": "GPL-2.0-or-later WITH Bootloader-exception",
            },
            *common.FONT_COMPONENTS,
        ],
    )
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/cleanaudit").symlink_to("/opt/cleanaudit/cleanaudit")
    for name, target in (
        ("cleanaudit.desktop", "usr/share/applications"),
        ("cleanaudit.xml", "usr/share/mime/packages"),
    ):
        (tree / target).mkdir(parents=True)
        shutil.copy2(LINUX / name, tree / target / name)
    icons = tree / "usr/share/icons/hicolor/scalable/apps"
    icons.mkdir(parents=True)
    shutil.copy2(common.ROOT / "resources/icons/logo.svg", icons / "cleanaudit.svg")
    papers = tree / "usr/share/doc/cleanaudit"
    papers.mkdir(parents=True)
    shutil.copy2(common.ROOT / "LICENSE", papers / "copyright")
    shutil.copy2(common.ROOT / "THIRD-PARTY-NOTICES.md", papers)
    control = tree / "DEBIAN"
    control.mkdir()  # dpkg-shlibdeps, too, knows the package's root by it
    (control / "control").write_text(
        f"Package: cleanaudit\nVersion: {number}\nArchitecture: amd64\nSection: misc\nPriority: optional\n"
        f"Maintainer: CleanAudit contributors <noreply@cleanaudit.example>\nInstalled-Size: {int(common.folder_size_mb(tree) * 1e6 / 1024)}\n"
        f"Depends: {dependencies(program / '_internal')}\nDescription: 清审通，清洁生产审核\n"
        " 离线做完一次清洁生产审核：填账单、算等级、打印审核报告。\n",
        "utf-8",
    )
    for name in ("preinst", "postinst", "postrm"):
        script = control / name
        script.write_text((LINUX / name).read_text("utf-8").replace("@VERSION@", number), "utf-8")
        script.chmod(0o755)
    common.settle(tree)
    package = common.PACKAGES / f"cleanaudit_{number}_amd64.deb"
    package.unlink(missing_ok=True)
    common.run(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, package])
    return package


def main() -> int:
    try:
        common.need_python()
        common.need("dpkg-deb", "dpkg")
        common.need("strip", "binutils")
        common.need("dpkg-shlibdeps", "dpkg-dev")
        common.PACKAGES.mkdir(parents=True, exist_ok=True)
        WORK.mkdir(parents=True, exist_ok=True)
        folder = freeze(environment())
        package = pack(folder)
    except common.Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 1
    print(
        f"{package.relative_to(common.ROOT)}: {package.stat().st_size / 1e6:.1f} MB，装后 {common.folder_size_mb(folder):.0f} MB"
    )
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
