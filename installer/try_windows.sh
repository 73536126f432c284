#!/bin/sh
# Prove a setup under Wine 10: silent install into a path with spaces and Chinese, self-test, report, window, refusals, uninstall.
#   installer/try_windows.sh ROOT CleanAudit-VERSION-setup.exe [FOLDER FOR SCREENSHOTS]
# ROOT: a Debian 13 root with wine, xvfb, openbox, xdotool, imagemagick, and /proc and /dev mounted. Run as root.
# What Wine cannot show is in CHECKLIST.md.
set -eu
root=$1 setup=$2 pictures=${3:-/tmp}
cp "$setup" "$root/tmp/setup.exe"
cat > "$root/tmp/try.sh" <<'INSIDE'
set -eu
export HOME=/root WINEPREFIX=/root/.wine-try WINEDEBUG=-all LC_ALL=C.UTF-8 DISPLAY=:8
key='HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\CleanAudit'
folder='C:\程序 文件\清 审通' here="$WINEPREFIX/drive_c/程序 文件/清 审通"
audits='C:\审核 案卷' there="$WINEPREFIX/drive_c/审核 案卷"
fail() { echo "没过：$*" >&2; exit 1; }
w() { echo | wine "$@" 2>/dev/null | cat; }
into() { wine reg add "$key" /v InstallLocation /d "$1" /f >/dev/null 2>&1; }
status() { # status WANTED COMMAND…
    wanted=$1 got=0; shift; wine "$@" >/dev/null 2>&1 </dev/null || got=$?
    [ "$got" = "$wanted" ] || fail "退出码 $got，应是 $wanted：$*"
    echo "   退出码 $got：$*"
}
now() { date +%s%N; }
took() { echo "$2：$(( ($(now) - $1) / 1000000 )) ms"; }
rm -rf "$WINEPREFIX"
Xvfb :8 -screen 0 1440x900x24 >/dev/null 2>&1 & x=$!
trap 'wineserver -k || true; kill $x' EXIT
until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.1; done
openbox & wineboot -i >/dev/null 2>&1; wineserver -w

echo "== 盘太小、盘只读：什么都不留"
mkdir -p /tmp/small /tmp/locked
mount -t tmpfs -o size=90m small /tmp/small; mount -t tmpfs -o ro locked /tmp/locked
ln -sfn /tmp/small "$WINEPREFIX/dosdevices/s:"; ln -sfn /tmp/locked "$WINEPREFIX/dosdevices/l:"
into 'S:\CleanAudit'; status 2 /tmp/setup.exe /S
[ -z "$(ls /tmp/small)" ] || fail "小盘上留下了东西"
into 'L:\CleanAudit'; status 2 /tmp/setup.exe /S
umount /tmp/small /tmp/locked
echo "== 文件夹里有别人的 app"
mkdir -p "$WINEPREFIX/drive_c/别人/app"; touch "$WINEPREFIX/drive_c/别人/app/重要"
into 'C:\别人'; status 2 /tmp/setup.exe /S; [ -e "$WINEPREFIX/drive_c/别人/app/重要" ] || fail "动了别人的文件"

echo "== 静默安装到 $folder"
into "$folder"; start=$(now); status 0 /tmp/setup.exe /S; took "$start" 安装
[ -e "$here/app/LICENSE" ] || fail "少了 LICENSE"; [ ! -e "$here/CleanAudit.new" ] || fail "没收拾干净"
echo "装后 $(du -sm --apparent-size "$here" | cut -f1) MB（$(find "$here" -type f | wc -l) 个文件）"
echo "== 自检"
start=$(now); w "$here/CleanAuditConsole.exe" self-test | tee /tmp/self-test.txt; took "$start" 自检
grep -q '自检全过' /tmp/self-test.txt || fail 自检
echo "== 示例、评分、报告"
w "$here/CleanAuditConsole.exe" sample "$audits"
filled=$(ls "$there" | grep cpaudit | grep -v 还差 | head -n 1); first=$(ls "$there" | grep 还差)
w "$here/CleanAuditConsole.exe" score "$audits\\$filled"
w "$here/CleanAuditConsole.exe" report "$audits\\$filled" -o "$audits\\报告.pdf"
head -c 5 "$there/报告.pdf" | grep -q %PDF- || fail 报告
echo "== 真窗口"
for turn in 1 2; do
    start=$(now)
    wine "$here/CleanAudit.exe" open "$audits\\$first" >/dev/null 2>&1 </dev/null & program=$!
    until xdotool search --name '清审通' >/dev/null 2>&1; do sleep 0.05; done
    took "$start" "窗口（第 $turn 次）"
    sleep 8; import -window root "/tmp/wine-$turn.png"
    for process in /proc/[0-9]*; do
        if grep -qa 'CleanAudit.exe' "$process/cmdline" 2>/dev/null; then grep VmRSS "$process/status"; fi
    done
    [ "$turn" = 1 ] && { echo "== 开着时安装、卸载"; status 4 /tmp/setup.exe /S
        # The uninstaller goes on as a copy of itself, so its exit status says nothing: look.
        wine "$here/uninstall.exe" /S >/dev/null 2>&1; sleep 4; [ -e "$here/CleanAudit.exe" ] || fail "开着时被卸掉了"; }
    if [ "$turn" = 2 ]; then # the report page sets the paper in a child process
        xdotool key ctrl+p; sleep 4; xdotool key F5; sleep 20
        import -window root /tmp/wine-report.png
    fi
    xdotool key alt+F4
    timeout 40 tail --pid=$program -f /dev/null || fail "窗口关不掉"
done
echo "== 装过更新的版本"
wine reg add "$key" /v DisplayVersion /d 99.0.0 /f >/dev/null 2>&1
before=$(cd "$here" && find . -type f -exec sha256sum {} + | sort | sha256sum)
status 3 /tmp/setup.exe /S
[ "$before" = "$(cd "$here" && find . -type f -exec sha256sum {} + | sort | sha256sum)" ] || fail "动了已装的版本"
wine reg add "$key" /v DisplayVersion /d 0.0.1 /f >/dev/null 2>&1
echo "== 升级"
status 0 /tmp/setup.exe /S; w "$here/CleanAuditConsole.exe" --version
echo "== 静默卸载"
kept=$(cd "$there" && sha256sum ./*)
status 0 "$here/uninstall.exe" /S
for _ in $(seq 600); do [ -e "$here" ] || break; sleep 0.2; done # a copy of it goes on
[ ! -e "$here" ] || fail "没删净：$(ls "$here")"
[ "$kept" = "$(cd "$there" && sha256sum ./*)" ] || fail "案卷变了"
if wine reg query "$key" >/dev/null 2>&1; then fail "注册表里还有"; fi
echo "全过。"
INSIDE
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh /tmp/try.sh
cp "$root"/tmp/wine-*.png "$pictures"
