#!/bin/sh
# Prove a .deb in a bare Debian root: install, self-test, window, report, downgrade refused, read-only home, full disk, remove.
#   installer/try_linux.sh ROOT PACKAGE.deb [FOLDER FOR SCREENSHOTS]
# ROOT: a fresh `debootstrap --variant=minbase bookworm ROOT`, with apt set up and /proc and /dev mounted. Run as root.
set -eu
root=$1 package=$2 pictures=${3:-}
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/home/li LC_ALL=C.UTF-8 "$@"; }
# As an ordinary user, with the environment of a desktop.
as_user() { inside setpriv --reuid=4711 --regid=4711 --clear-groups env "$@"; }
fail() { echo "没过：$*" >&2; exit 1; }
refused() { # refused WORD COMMAND…: exit status 2 and the word in what it says
    word=$1; shift
    status=0; said=$("$@" 2>&1) || status=$?
    printf '   %s\n' "$said" | tail -n 3
    [ "$status" = 2 ] || fail "退出码 $status：$*"
    case $said in *"$word"*) ;; *) fail "没有说「$word」：$*" ;; esac
    case $said in *Traceback*) fail "说的是程序的错" ;; esac
}

cp "$package" "$root/tmp/new.deb"
audits="/home/li/审核 案卷"
mkdir -p "$root$audits"; chown -R 4711:4711 "$root/home/li"
inside DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends /tmp/new.deb
inside cleanaudit --version

echo "== 自检（没有屏幕，语言没有设）"
chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/home/li setpriv --reuid=4711 --regid=4711 --clear-groups cleanaudit self-test
echo "== 示例、评分、报告"
as_user cleanaudit sample "$audits"
first=$(ls "$root$audits" | grep 还差) ; filled=$(ls "$root$audits" | grep cpaudit | grep -v 还差 | head -n 1)
as_user cleanaudit score "$audits/$filled"
as_user cleanaudit report "$audits/$filled" -o "$audits/报告.pdf"

if [ -n "$pictures" ]; then
    echo "== 真窗口"
    inside DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends xvfb openbox xdotool imagemagick >/dev/null
    cat > "$root/tmp/window.sh" <<'INSIDE'
Xvfb :7 -screen 0 1440x900x24 >/dev/null 2>&1 & x=$!
export DISPLAY=:7
until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.1; done
openbox & wm=$!
for turn in 1 2; do
    start=$(date +%s%N)
    cleanaudit open "$1" & program=$!
    until xdotool search --name 清审通 >/dev/null 2>&1; do sleep 0.02; done
    echo "窗口：$(( ($(date +%s%N) - start) / 1000000 )) ms（第 $turn 次）"
    sleep 4
    import -window root /tmp/window-$turn.png
    grep VmRSS /proc/$program/status
    if [ $turn = 2 ]; then # the report page sets the paper in a child process
        xdotool key ctrl+p; sleep 3; xdotool key F5; sleep 15
        import -window root /tmp/window-report.png
    fi
    xdotool key alt+F4
    timeout 20 tail --pid=$program -f /dev/null || {
        import -window root /tmp/window-stuck.png; kill $program; echo "没过：窗口关不掉" >&2; exit 1; }
    [ $turn = 1 ] && sleep 1
done
kill $wm $x
INSIDE
    sync; echo 3 > /proc/sys/vm/drop_caches 2>/dev/null || true
    as_user sh /tmp/window.sh "$audits/$first"
    cp "$root"/tmp/window-*.png "$pictures"
fi

echo "== 只读的家"
mkdir -p "$root/home/readonly"; chmod 555 "$root/home/readonly"
refused 写不进 as_user HOME=/home/readonly cleanaudit sample /tmp/nowhere
[ ! -e "$root/tmp/nowhere" ] || fail "留下了半份"
echo "== 满的磁盘"
mkdir -p "$root/full"; mount -t tmpfs -o size=300k,mode=777 full "$root/full"
dd if=/dev/zero of="$root/full/filler" bs=1k count=280 2>/dev/null || true
refused 满 as_user cleanaudit sample /full/示例
refused 满 as_user cleanaudit report "$audits/$filled" -o /full/报告.pdf
find "$root/full" -type f ! -name filler | grep . && fail "留下了半份"
umount "$root/full"

echo "== 旧版盖新版"
rm -rf "$root/tmp/older"; mkdir -p "$root/tmp/older"; dpkg-deb -R "$package" "$root/tmp/older"
sed -i 's/^Version: .*/Version: 0.0.1/' "$root/tmp/older/DEBIAN/control"
version=$(dpkg-deb -f "$package" Version); sed -i "s/$version/0.0.1/g" "$root/tmp/older/DEBIAN/preinst"
rm -rf "$root/tmp/older/opt"; dpkg-deb --root-owner-group -b "$root/tmp/older" "$root/tmp/older.deb" >/dev/null
if inside dpkg -i /tmp/older.deb; then fail "旧版装上去了"; fi
[ "$(inside cleanaudit --version)" = "清审通 $version" ] || fail "新版被动过"

echo "== 卸载"
before=$(cd "$root$audits" && sha256sum ./*)
inside apt-get remove -y -q cleanaudit
[ ! -e "$root/opt/cleanaudit" ] || fail "程序没删净"
[ "$before" = "$(cd "$root$audits" && sha256sum ./*)" ] || fail "案卷变了"
echo "全过。"
