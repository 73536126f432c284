#!/usr/bin/env python3
"""清审通 (CleanAudit): everything a developer or a build machine does, from an empty machine on.

    python3 dev.py run                  set up, then open the program with the sample audit
    python3 dev.py test                 set up, then every check
    python3 dev.py setup                set up only
    python3 dev.py bench [NAME ...]     measure
    python3 dev.py torture [--minutes N] [--only KIND,KIND] [--seed N]
                                        kills, power cuts, damage, full disks, strangers' files, long use: counted
    python3 dev.py walk [LIST.yaml ...] [--only PATTERN] [--pictures FOLDER]
                                        damages of tests/checkup typed in the real window: seen, refused, wrong
    python3 dev.py package linux|windows|picture-reader
    python3 dev.py lock [--upgrade]     renew the lock files from requirements*.in
    python3 dev.py clean                remove everything made here

Only the standard library is used, so that a bare Python is enough to start. Nothing is written outside this folder
but what apt-get and the package caches keep. Mirrors, proxies and certificates are whatever pip, uv and apt-get are
configured with on the machine (configuration files or environment); no host is named here.

Where there is no screen, `run` calls `python -m app tour build/sample`: the same main job without a window, which
leaves the sample audits, the report and a picture of every page there.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (this script is what an older Python meets first)
    sys.exit("需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed, this is " + sys.version)

import argparse
import ast
import hashlib
import importlib.util
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
SAMPLE = BUILD / "sample"
STAMP = VENV / "set-up.json"
LOCK = ROOT / "requirements-dev.lock"
WINDOWS = sys.platform == "win32"
LINUX = sys.platform == "linux"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
UV = VENV / ("Scripts/uv.exe" if WINDOWS else "bin/uv")

# Debian package names. Qt loads these libraries at run time; its wheels do not carry them.
QT_PACKAGES = [
    "ca-certificates",
    "libglib2.0-0",
    "libgl1",
    "libegl1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libfontconfig1",
    "libatomic1",  # QtPdf
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libwayland-cursor0",  # desktops without X11
    "libwayland-egl1",
]
# A display of our own, a window manager and a keyboard for the tests in real windows; pdffonts and qpdf for papers.
TEST_PACKAGES = ["xvfb", "xauth", "openbox", "xdotool", "xclip", "poppler-utils", "qpdf"]
# Workbooks are recalculated, Word files set and the page for readers opened by other programs than ours.
TEST_PACKAGES += ["libreoffice-calc-nogui", "libreoffice-writer-nogui", "chromium"]


class Stopped(Exception):
    """A step could not be done; the text tells which and what to do."""


def say(chinese: str, english: str) -> None:
    print(f"== {chinese} / {english}", flush=True)


def succeeds(
    command: Sequence[object], env: dict[str, str] | None = None, quiet: bool = False
) -> bool:
    sink = subprocess.DEVNULL if quiet else None
    words = [str(word) for word in command]
    env = env or child_environment()
    return (
        subprocess.run(words, cwd=ROOT, env=env, stdout=sink, stderr=sink, check=False).returncode
        == 0
    )


def run(step: str, command: Sequence[object], env: dict[str, str] | None = None) -> None:
    """Run one step in the project folder; its output goes to the terminal.

    Raises Stopped with the name of the step when it ends with an error.
    """
    words = [str(word) for word in command]
    try:
        status = subprocess.run(
            words, cwd=ROOT, env=env or child_environment(), check=False
        ).returncode
    except FileNotFoundError:
        raise Stopped(f"{step}: 找不到命令 / command not found: {words[0]}") from None
    if status != 0:
        raise Stopped(
            f"{step}: 失败，退出码 / failed with exit status {status}\n   {shlex.join(words)}"
        )


def child_environment(**extra: str) -> dict[str, str]:
    env = {**os.environ, "PYTHONUTF8": "1", **extra}
    env.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # without compiled modules every start takes twice as long
    if LINUX:
        # Qt and file names with Chinese characters need a UTF-8 locale; a bare system has none set.
        wanted = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
        if "utf" not in wanted.lower():
            env["LC_ALL"] = "C.UTF-8"
    return env


# --- set-up ------------------------------------------------------------------------------------------------------


def has_screen() -> bool:
    return not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_system_packages(wanted: Sequence[str]) -> list[str]:
    """Those of `wanted` that dpkg does not know as installed; later Debians end some names in t64."""
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if not {name, name + "t64"} & installed]


def install_system_packages(wanted: Sequence[str]) -> None:
    """Install what the system lacks, or name the one command that does when we may not.

    Runs before anything is written, so that a refusal leaves nothing half done.
    """
    wanted = list(wanted)
    if importlib.util.find_spec("ensurepip") is None and not PYTHON.exists():
        wanted.append(f"python3.{sys.version_info.minor}-venv")
    if not LINUX or not wanted:
        return
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        say(
            "本机不是 Debian 系，请自行确认已装有 Qt 所需系统库",
            "not a Debian-like system; please see to it that these libraries are there: "
            + " ".join(wanted),
        )
        return
    missing = missing_system_packages(wanted)
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        as_root = "sudo sh -c" if shutil.which("sudo") else "su -c"
        raise Stopped(
            "缺少系统组件，本用户无权安装。请先运行下面这一条命令，再重试：\n"
            "   System packages are missing and only root may install them. Run this command, then try again:\n\n"
            f"{as_root} 'apt-get update && {shlex.join(install)}'\n"
        )
    say(f"安装系统组件 {len(missing)} 个", "installing system packages: " + " ".join(missing))
    env = child_environment(DEBIAN_FRONTEND="noninteractive")
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    run("更新软件源 / apt-get update", ["apt-get", *wait, "-q", "update"], env)
    # One line a package is enough to see that it moves.
    run(
        "安装系统组件 / apt-get install",
        [*install, *wait, "-q", "-o", "Dpkg::Use-Pty=0"],
        env,
    )


def wanted_stamp() -> dict[str, str]:
    """What the environment was made of and for; any difference makes set-up run again."""
    recipe = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return {"python": platform.python_version(), "folder": str(ROOT), "recipe": recipe}


def read_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def base_python() -> str:
    """The interpreter outside .venv, also when somebody runs this script with the one inside."""
    return getattr(sys, "_base_executable", sys.executable)


def make_environment() -> None:
    """Bring .venv to exactly the locked packages and the project itself in editable form."""
    wanted, found = wanted_stamp(), read_stamp()
    if found == wanted and PYTHON.exists():
        return
    started = time.monotonic()
    moved = found and (found["python"], found["folder"]) != (wanted["python"], wanted["folder"])
    if moved or not PYTHON.exists() or (not UV.exists() and not has_pip()):
        say("建立虚拟环境 .venv", "creating the virtual environment")
        if VENV.exists():
            shutil.rmtree(VENV)
        run("建立虚拟环境 / venv", [base_python(), "-m", "venv", VENV])
    STAMP.unlink(missing_ok=True)
    say(
        "安装锁定的依赖（首次约 270 MB）",
        "installing locked dependencies (about 270 MB the first time)",
    )
    if not install_with_uv():
        say("改用 pip 安装", "uv could not do it, falling back to pip")
        run(
            "安装依赖 / pip install",
            [PYTHON, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", LOCK],
        )
        run(
            "安装本程序 / pip install -e",
            [PYTHON, "-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps", "-e", ROOT],
        )
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    say(f"环境就绪，用时 {time.monotonic() - started:.0f} 秒", "environment ready")


def has_pip() -> bool:
    return succeeds([PYTHON, "-c", "import pip"], quiet=True)


def install_with_uv() -> bool:
    """Install with uv, itself taken from the lock. False where uv is not to be had or fails; pip then tells why."""
    if not UV.exists():
        pinned = re.search(r"^uv==(?:.*\\\n)+.*\n", LOCK.read_text(encoding="utf-8"), re.M)
        if pinned is None:
            raise Stopped("requirements-dev.lock: 缺 uv / uv is missing from the lock")
        with tempfile.TemporaryDirectory() as folder:
            only_uv = Path(folder) / "uv.lock"
            only_uv.write_text(pinned[0], encoding="utf-8")
            command = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", only_uv]
            if not succeeds(command):
                return False
    env = child_environment(**uv_settings_from_pip())
    # Compiled once here, every start of the program saves a second.
    sync = [UV, "pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", LOCK]
    own = [UV, "pip", "install", "-q", "--python", PYTHON]
    own += ["--no-build-isolation", "--no-deps", "-e", ROOT]
    return succeeds(sync, env) and succeeds(own, env)


def uv_settings_from_pip() -> dict[str, str]:
    """pip's mirror and certificate settings in uv's words, since uv does not read pip's configuration."""
    if not has_pip():
        return {}
    listing = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
        env=child_environment(),
    ).stdout
    pip: dict[str, str] = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        if value:
            pip[key.rpartition(".")[2]] = str(ast.literal_eval(value))
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "cert": "SSL_CERT_FILE",
        "trusted-host": "UV_INSECURE_HOST",
    }
    taken = "UV_INDEX_URL" in os.environ
    return {
        uv: pip[key]
        for key, uv in names.items()
        if key in pip and uv not in os.environ and not (taken and uv == "UV_DEFAULT_INDEX")
    }


def build_catalogue() -> None:
    run("生成指标体系目录库 / catalogue", [PYTHON, "-m", "tools.build_catalogue"])


def set_up(system_packages: Sequence[str]) -> None:
    install_system_packages(system_packages)
    make_environment()
    build_catalogue()


# --- sub-commands --------------------------------------------------------------------------------------------------


def do_run() -> None:
    set_up(QT_PACKAGES)
    if has_screen():
        run("写出示例 / sample", [PYTHON, "-m", "app", "sample", SAMPLE])
        audit = min(SAMPLE.glob("*还差*.cpaudit"))
        say("打开示例审核", f"opening the sample audit {audit.relative_to(ROOT)}")
        run("打开程序 / open", [PYTHON, "-m", "app", "open", audit])
    else:
        say("没有屏幕，改为不开窗口做同一件事", "no screen: doing the same job without a window")
        # A home of its own: the pictures show the samples, not the audits of whoever runs this.
        with tempfile.TemporaryDirectory(prefix="cleanaudit-") as home:
            run(
                "无屏示例 / tour",
                [PYTHON, "-m", "app", "tour", SAMPLE],
                child_environment(QT_QPA_PLATFORM="offscreen", CLEANAUDIT_HOME=home),
            )
        for path in sorted(path for path in SAMPLE.iterdir() if path.is_file()):
            print(f"   {path.relative_to(ROOT)}  {path.stat().st_size / 1024:.0f} KB")
        pictures = len(list(SAMPLE.rglob("*.png")))
        print(f"   各页截图 {pictures} 张 / {pictures} pictures of the pages")
        say(f"完成，文件在 {SAMPLE.relative_to(ROOT)}", "done, the files are there")


def pytest_counts(report: Path) -> dict[str, int]:
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        for key in counts:
            counts[key] += int(suite.get(key, 0))
    return counts


@dataclass(frozen=True)
class Step:
    """One check of `test`: its name, its command, what its environment has besides."""

    name: str
    command: Sequence[object]
    environment: Mapping[str, str] = field(default_factory=dict)


def run_lane(steps: Sequence[Step], logs: Path) -> list[tuple[Step, int, float, Path]]:
    """Run steps one after the other, each into a log of its own; (step, exit status, seconds, log) of each."""
    done = []
    for step in steps:
        started = time.monotonic()
        log = logs / (re.sub(r"\W+", "-", step.name.split("/")[-1].strip()) + ".log")
        with log.open("wb") as stream:
            words = [str(word) for word in step.command]
            environment = child_environment(**step.environment)
            status = subprocess.run(
                words, cwd=ROOT, env=environment, stdout=stream, stderr=stream, check=False
            ).returncode
        done.append((step, status, time.monotonic() - started, log))
        say(f"{'通过' if status == 0 else '没有通过'} {done[-1][2]:.0f} 秒", step.name)
        if status != 0:
            sys.stdout.write(log.read_text("utf-8", "replace"))
            sys.stdout.flush()
    return done


ROOM_FOR_TESTS = 6 << 30  # bytes; a run leaves about one and a half


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for the files of tests: in memory where there is room, for each save of an audit waits for the disk."""
    memory = Path("/dev/shm")
    roomy = (
        LINUX
        and os.access(memory, os.W_OK)
        and shutil.disk_usage(memory).free > ROOM_FOR_TESTS
        and os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") > ROOM_FOR_TESTS
    )
    return tempfile.TemporaryDirectory(
        prefix="cleanaudit-tests-", dir=memory if roomy else None, ignore_cleanup_errors=True
    )


def do_test(pytest_arguments: Sequence[str]) -> None:
    """Every check, in lanes side by side: tests without a screen on all cores, the rest beside them."""
    set_up([*QT_PACKAGES, *TEST_PACKAGES])
    with scratch() as folder:
        run_checks(pytest_arguments, Path(folder))


def run_checks(pytest_arguments: Sequence[str], folder: Path) -> None:
    """folder: for what tests write. Stopped with the names of the checks that failed."""
    started = time.monotonic()
    logs = BUILD / "test"
    logs.mkdir(parents=True, exist_ok=True)
    offscreen, on_screen = logs / "offscreen.xml", logs / "real-window.xml"
    once_more = logs / "real-window-again.xml"
    for old in (offscreen, on_screen, once_more):
        old.unlink(missing_ok=True)
    pytest: list[object] = [PYTHON, "-m", "pytest"]
    workers = ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    real_window = [*pytest, f"--basetemp={folder / 'real-window'}", *pytest_arguments]
    real_window += ["tests/real_window", f"--junit-xml={on_screen}"]
    real_window += ["-o", f"cache_dir={logs / 'real-window-cache'}"]  # what failed there, alone
    if LINUX:
        real_window = ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24", *real_window]
    contracts = "from importlinter.cli import lint_imports_command as c; c()"
    beside = [
        Step("排版 / ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Step("代码规则 / ruff check", [PYTHON, "-m", "ruff", "check", "."]),
        Step("分层 / import contracts", [PYTHON, "-c", contracts]),
        Step("数据 / data checks", [PYTHON, "-m", "tools.build_catalogue", "--check"]),
        Step("类型 / mypy --strict", [PYTHON, "-m", "mypy"]),
        Step(
            "测试（真窗口）/ tests in real windows",
            real_window,
            {
                "CLEANAUDIT_REAL_WINDOW": "1",
                "QT_QPA_PLATFORM": "windows" if WINDOWS else "xcb",
            },
        ),
    ]
    # A window that people would wait for goes first: beside busy workers of its own rank it loses keys.
    behind = ["nice", "-n", "10"] if shutil.which("nice") else []
    on_all = [*behind, *pytest, f"--basetemp={folder / 'offscreen'}", *pytest_arguments, *workers]
    alone = Step("测试（无屏）/ tests, offscreen", [*on_all, f"--junit-xml={offscreen}"])
    with ThreadPoolExecutor(2) as lanes:
        running = [lanes.submit(run_lane, steps, logs) for steps in ([alone], beside)]
        done = [one for lane in running for one in lane.result()]
    if (
        done[-1][1] != 0
    ):  # a real window beside three busy processes may lose a key: what failed, once more at rest
        say(
            "真窗口没通过的，等机器空下来再试一次", "what failed in real windows, once more at rest"
        )
        step = beside[-1]
        second = [*real_window, "--last-failed", "--last-failed-no-failures=none"]
        second.append(f"--junit-xml={once_more}")
        done[-1:] = run_lane([Step(f"{step.name}，第二次 / again", second, step.environment)], logs)
    print("\n".join(f"{seconds:7.1f} s  {step.name}" for step, _, seconds, _ in done))
    failed = [step.name for step, status, _, _ in done if status != 0]
    total = [pytest_counts(report) for report in (offscreen, on_screen) if report.exists()]
    if once_more.exists():
        total[-1] |= {key: pytest_counts(once_more)[key] for key in ("failures", "errors")}
    broken = sum(one["failures"] + one["errors"] for one in total)
    passed = sum(one["tests"] - one["skipped"] for one in total) - broken
    skipped = sum(one["skipped"] for one in total)
    words = [f"{passed} passed"]
    words += [f"{broken} failed"] if broken else []
    words += [f"{skipped} skipped"] if skipped else []
    print(f"===== {', '.join(words)} in {time.monotonic() - started:.2f}s =====", flush=True)
    if failed:
        raise Stopped("没有通过 / failed: " + "；".join(failed))
    say(f"全部 {len(done)} 项检查通过", f"all {len(done)} checks passed")


def do_bench(names: Sequence[str]) -> None:
    set_up(QT_PACKAGES)
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists() and (
        model := re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8"))
    ):
        cpu = model[1]
    say(
        f"本机：{os.cpu_count()} 核，{cpu}",
        f"{platform.platform()}, Python {platform.python_version()}",
    )
    run("测速 / bench", [PYTHON, "-m", "tests.bench", *names])


def do_walk(arguments: Sequence[str]) -> None:
    """Part after part of the list side by side would be faster; one window is easier to look at."""
    set_up([*QT_PACKAGES, *TEST_PACKAGES])
    words: list[object] = [PYTHON, "-m", "tests.walk", *arguments]
    if LINUX:
        words = ["xvfb-run", "-a", "-s", "-screen 0 1366x768x24", *words]
    environment = child_environment(QT_QPA_PLATFORM="windows" if WINDOWS else "xcb")
    run("走查 / walk", words, environment)


def do_torture(arguments: Sequence[str]) -> None:
    set_up(QT_PACKAGES)
    run("折腾 / torture", [PYTHON, "-m", "tests.torture", *arguments])


def do_package(target: str, arguments: Sequence[str]) -> None:
    set_up(QT_PACKAGES)
    script = f"build_{target.replace('-', '_')}.py"
    run(f"打包 / package {target}", [PYTHON, ROOT / "installer" / script, *arguments])


def do_lock(upgrade: bool) -> None:
    install_system_packages([])
    if not UV.exists():
        make_environment()
    for name in ("requirements", "requirements-ocr", "requirements-dev"):
        options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
        # Addresses and paths of this machine have no place in the lock.
        plain = ["--no-header", "--no-emit-index-url", "--no-emit-find-links"]
        plain += ["--override", "requirements-overrides.txt"]
        run(
            f"锁定 / lock {name}",
            [UV, "pip", "compile", *options, *plain, f"{name}.in", "-o", f"{name}.lock"]
            + (["--upgrade"] if upgrade else []),
            child_environment(**uv_settings_from_pip()),
        )
    make_environment()


def do_clean() -> None:
    caches = [".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"]
    for path in [VENV, BUILD, *(ROOT / name for name in caches), *ROOT.glob("*.egg-info")]:
        if path.exists():
            say("删除", f"removing {path.relative_to(ROOT)}")
            shutil.rmtree(path)


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        # A Windows console in another code page must not stop us over a character it cannot show.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help="打开程序 / set up and open the program")
    commands.add_parser(
        "test", help="全部检查 / set up and run every check; further arguments go to pytest"
    )
    commands.add_parser("setup", help="只做准备 / set up only")
    commands.add_parser("bench", help="测速 / measure")
    commands.add_parser(
        "torture", help="折腾：断电、损坏、坏文件 / crashes, damage, strangers' files"
    )
    commands.add_parser("walk", help="真窗口走查 / damages entered in the real window")
    commands.add_parser("package", help="打包 / build an installer").add_argument(
        "target", choices=["linux", "windows", "picture-reader"]
    )
    commands.add_parser("lock", help="更新锁定文件 / renew the locks").add_argument(
        "--upgrade", action="store_true"
    )
    commands.add_parser("clean", help="清理 / remove everything made here")
    options, rest = parser.parse_known_args()
    if rest and options.command not in ("test", "bench", "torture", "walk", "package"):
        parser.error(f"不认识的参数 / unknown arguments: {' '.join(rest)}")
    try:
        match options.command:
            case "run":
                do_run()
            case "test":
                do_test(rest)
            case "setup":
                set_up([*QT_PACKAGES, *TEST_PACKAGES])
            case "bench":
                do_bench(rest)
            case "torture":
                do_torture(rest)
            case "walk":
                do_walk(rest)
            case "package":
                do_package(options.target, rest)
            case "lock":
                do_lock(options.upgrade)
            case _:
                do_clean()
    except Stopped as problem:
        print(f"\n** {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\n** 已中断 / interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
