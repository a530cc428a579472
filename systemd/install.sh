#!/bin/sh
# Installs megabot for the whole machine, or brings what is installed up to date. `make install` runs this.
#
# With DESTDIR everything goes into that folder and the machine itself is left alone: no root is needed, no
# account made, no unit started. The new megabot is built beside the old one and put in its place by one
# rename, so whatever fails before leaves the old one as it was.
set -eu
umask 022

python=${PYTHON:-python3}
destdir=${DESTDIR:-}
prefix=${PREFIX:-/usr/local}
home=/opt/megabot
settings=/etc/megabot
state=/var/lib/megabot
user=megabot

source=$(cd "$(dirname "$0")/.." && pwd)
work=''
new=''

say() { echo "install: $*"; }

fail() {
    echo "install: $*" >&2
    exit 1
}

live() { [ -z "$destdir" ]; }

with_systemd() { live && [ -d /run/systemd/system ]; }

# Removes what was begun; what is in use is not touched. The link says what that is.
clean_up() {
    [ -z "$work" ] || rm -rf "$work"
    if [ -n "$new" ] && [ "$(readlink "$destdir$home/current" || true)" != "versions/${new##*/}" ]; then
        rm -rf "$new"
        say "nothing was changed; what was installed before, if anything, is as it was" >&2
    fi
}

check_first() {
    case $destdir in '' | /*) ;; *) fail "DESTDIR must be a whole path, as in DESTDIR=\$PWD/root" ;; esac
    live && [ "$(id -u)" != 0 ] && fail "this needs root: sudo make install (or into a folder: make install DESTDIR=...)"
    "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "$python must be Python 3.11 or newer with venv (Debian: apt install python3-venv); another: PYTHON=..."
    base=$("$python" -c 'import sys; print(sys.base_prefix)')
    case $base in
        /home/* | /root/* | /run/user/*)
            live && fail "$python lives in $base, which the service may not read; use PYTHON=/usr/bin/python3"
            say "note: $python lives in $base: a service with ProtectHome may not read it"
            ;;
    esac
    link=$destdir$prefix/bin/megabot
    if [ -e "$link" ] || [ -L "$link" ]; then
        [ "$(readlink "$link")" = "$home/current/bin/megabot" ] || fail "$link is another megabot's; remove it first"
    fi
}

# pip of the builder fills the new environment, which therefore needs none of its own.
build() {
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/pyproject.toml")
    say "building megabot $version beside what is there"
    work=$(mktemp -d)
    "$python" -m venv "$work/builder"
    pip="$work/builder/bin/python -m pip --quiet --disable-pip-version-check"
    $pip install --no-deps --require-hashes -r "$source/requirements-build.txt"
    $pip wheel --no-deps --no-build-isolation --wheel-dir "$work" "$source"
    new=$destdir$home/versions/$version-$(date -u +%Y%m%dT%H%M%SZ)-$$
    mkdir -p "$new"
    "$python" -m venv --without-pip "$new"
    $pip --python "$new/bin/python" install --no-deps --require-hashes -r "$source/requirements.txt"
    $pip --python "$new/bin/python" install --no-deps --no-index "$work"/megabot-*.whl
    write_launcher "$new/bin/megabot"
    "$new/bin/megabot" --version >/dev/null
    "$new/bin/python" -I -c 'import megabot.app, megabot.service.service' # the heaviest imports, before anything is swapped
}

# pip's own would name the folder that it was made in, DESTDIR and all.
write_launcher() {
    cat >"$1" <<'LAUNCHER'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -I -m megabot "$@"
LAUNCHER
    chmod 755 "$1"
}

# Renaming a link over a link is one step: at no moment is there no megabot.
swap() {
    before=$(readlink "$destdir$home/current" || true)
    ln -s "versions/${new##*/}" "$destdir$home/current.new"
    mv -T "$destdir$home/current.new" "$destdir$home/current"
    mkdir -p "$destdir$prefix/bin"
    ln -sfn "$home/current/bin/megabot" "$destdir$prefix/bin/megabot"
    for old in "$destdir$home"/versions/*; do
        case versions/${old##*/} in "versions/${new##*/}" | "$before") ;; *) rm -rf "$old" ;; esac
    done
}

place_files() {
    lib=$destdir$prefix/lib
    mkdir -p "$lib/systemd/system" "$lib/sysusers.d" "$lib/tmpfiles.d" "$destdir$settings"
    for unit in megabot.service megabot@.service; do
        sed "s|/usr/local/bin/|$prefix/bin/|" "$source/systemd/$unit" >"$lib/systemd/system/$unit"
    done
    cp "$source/systemd/sysusers.conf" "$lib/sysusers.d/megabot.conf"
    cp "$source/systemd/tmpfiles.conf" "$lib/tmpfiles.d/megabot.conf"
    chmod 644 "$lib/systemd/system/megabot.service" "$lib/systemd/system/megabot@.service" \
        "$lib/sysusers.d/megabot.conf" "$lib/tmpfiles.d/megabot.conf"
    [ -e "$destdir$settings/config.env" ] || (
        umask 027
        sed "s|^#\(MEGABOT_STATE_DIR=\).*|\1$state|" "$source/config.example.env" >"$destdir$settings/config.env"
    )
    chmod 750 "$destdir$settings"
}

make_account() {
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$prefix/lib/sysusers.d/megabot.conf"
    elif ! id "$user" >/dev/null 2>&1; then
        useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin "$user"
    fi
    install -d -m 700 -o "$user" -g "$user" "$state" "$state/bots"
    chown "root:$user" "$settings" "$settings/config.env"
}

restart_what_ran() {
    systemctl daemon-reload
    systemctl try-restart megabot.service 'megabot@*.service' || fail "the new megabot does not start; see: \
journalctl -u megabot. To go back: ln -sfn $before $home/current && systemctl restart megabot"
}

say_what_next() {
    if [ -n "$before" ]; then
        say "megabot $version is in place; the one before is kept in $home/$before"
        return
    fi
    if live; then
        say "megabot $version is installed. Next (docs/how-to/install.md):"
    else
        say "megabot $version is in $destdir; nothing else was changed: no account made, no unit started."
        say "Next, on the machine where these files are the system (a package runs the first three itself):"
        printf '  %-42s %s\n' \
            "systemd-sysusers $prefix/lib/sysusers.d/megabot.conf" "makes the account $user" \
            "systemd-tmpfiles --create $prefix/lib/tmpfiles.d/megabot.conf" "gives it its folders" \
            "systemctl daemon-reload" "finds the units"
    fi
    printf '  %-42s %s\n' \
        "sudoedit $settings/config.env" "the server, the account, where the templates are" \
        "sudo -u $user megabot check" "settings and templates" \
        "sudo -u $user megabot login" "asks for the password, keeps only the token" \
        "sudo -u $user megabot check --online" "the account and its rights" \
        "sudo systemctl enable --now megabot" "starts it now and at every boot"
}

trap clean_up EXIT
trap 'exit 130' HUP INT TERM
check_first
build
swap
place_files
if live; then make_account; fi
if with_systemd; then restart_what_ran; fi
case $prefix in /usr | /usr/local) ;; *)
    say "note: systemd does not look into $prefix/lib; link the units: systemctl link $prefix/lib/systemd/system/megabot.service"
    ;;
esac
say_what_next
