#!/bin/sh
# The units under a real systemd as PID 1: boots a folder with a Debian in it (systemd-nspawn, root needed), installs
# this checkout there, and goes through what docs/how-to/install.md says. `make booted ROOTFS=FOLDER` runs this.
#
# The folder is made once: debootstrap --variant=minbase \
#   --include=systemd,systemd-sysv,dbus,python3,python3-venv,sudo,make,git,ca-certificates bookworm FOLDER
# What is done in it stays in memory. The libraries come from PIP_FIND_LINKS, or from the checkout's own pip.
set -eu

rootfs=${ROOTFS:?name a folder with a Debian in it: make booted ROOTFS=FOLDER}
here=$(cd "$(dirname "$0")/../.." && pwd)
python=$here/.venv/bin/python
work=$(mktemp -d)
container=''
sandbox=''

clean_up() {
    [ -z "$container" ] || kill "$container" 2>/dev/null || true
    [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
    wait
    rm -rf "$work"
}

# The container's PID 1 as this machine counts: the one child of systemd-nspawn.
leader() { tr -d ' ' <"/proc/$container/task/$container/children"; }

inside() {
    nsenter -t "$(leader)" -a env -i HOME=/root PIP_NO_INDEX=1 PIP_FIND_LINKS=/run/wheels \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

wait_for_boot() {
    for _ in $(seq 120); do
        [ -n "$(leader)" ] && case $(inside systemctl is-system-running 2>/dev/null || true) in
            running | degraded) return ;;
        esac
        sleep 0.5
    done
    echo "booted: no systemd came up in $rootfs" >&2
    exit 1
}

trap clean_up EXIT
trap 'exit 130' HUP INT TERM
mkdir "$work/wheels"
"$python" -m pip download --quiet --no-deps --require-hashes --dest "$work/wheels" -r "$here/requirements.txt"
"$python" -m pip download --quiet --no-deps --require-hashes --dest "$work/wheels" -r "$here/requirements-build.txt"
"$python" -m megabot sandbox --port 8599 >"$work/sandbox.log" &
sandbox=$!
systemd-nspawn --quiet --keep-unit --register=no --console=passive --volatile=overlay --boot --directory "$rootfs" \
    --bind-ro="$here:/run/checkout" --bind-ro="$work/wheels:/run/wheels" >"$work/console.log" 2>&1 &
container=$!
wait_for_boot
inside sh /run/checkout/tests/systemd/inside.sh
