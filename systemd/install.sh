#!/bin/sh
# Installs megabot for the whole machine, or upgrades it. `make install` runs this.
#
# With DESTDIR all files go to that folder and the machine itself is not changed: this needs no root, creates no
# account and starts no unit. The new version is built beside the old one and activated by one rename, so a
# failure before that does not affect the old one.
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

# Removes an unfinished version, but never the one in use, which the link names.
clean_up() {
    [ -z "$work" ] || rm -rf "$work"
    if [ -n "$new" ] && [ "$(readlink "$destdir$home/current" || true)" != "versions/${new##*/}" ]; then
        rm -rf "$new"
        say "nothing was changed; an earlier installation, if there is one, still works" >&2
    fi
}

check_first() {
    case $destdir in '' | /*) ;; *) fail "DESTDIR must be an absolute path, like DESTDIR=\$PWD/root" ;; esac
    live && [ "$(id -u)" != 0 ] && fail "this needs root: sudo make install (or to a folder: make install DESTDIR=...)"
    "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "$python must be Python 3.11 or newer with venv (Debian: apt install python3-venv); use another one with PYTHON=..."
    base=$("$python" -c 'import sys; print(sys.base_prefix)')
    case $base in
        /home/* | /root/* | /run/user/*)
            live && fail "$python is in $base, which the service cannot read; use PYTHON=/usr/bin/python3"
            say "note: $python is in $base, which a service with ProtectHome cannot read"
            ;;
    esac
    link=$destdir$prefix/bin/megabot
    if [ -e "$link" ] || [ -L "$link" ]; then
        [ "$(readlink "$link")" = "$home/current/bin/megabot" ] || fail "$link belongs to another megabot; remove it first"
    fi
}

# A bot whose ledger is in PostgreSQL needs psycopg; 32-bit machines have no wheels of it. Upgrades keep it.
wants_postgres() {
    [ -n "${POSTGRES:-}" ] || "$destdir$home/current/bin/python" -I -c 'import psycopg' 2>/dev/null ||
        grep -qs '^[[:space:]]*\(export \)\?MEGABOT_DATABASE_URL=' "$destdir$settings"/*.env "$destdir$settings"/accounts/*.env
}

# The page for moderators needs Starlette and uvicorn. Upgrades keep them.
wants_web() {
    [ -n "${WEB:-}" ] || "$destdir$home/current/bin/python" -I -c 'import starlette' 2>/dev/null ||
        grep -qs '^[[:space:]]*\(export \)\?MEGABOT_WEB_URL=' "$destdir$settings"/*.env "$destdir$settings"/accounts/*.env
}

# The builder's pip installs into the new environment, which therefore needs no pip.
build() {
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/pyproject.toml")
    say "building megabot $version"
    work=$(mktemp -d)
    "$python" -m venv "$work/builder"
    pip="$work/builder/bin/python -m pip --quiet --disable-pip-version-check"
    $pip install --no-deps --require-hashes -r "$source/requirements-build.txt"
    $pip wheel --no-deps --no-build-isolation --wheel-dir "$work" "$source"
    new=$destdir$home/versions/$version-$(date -u +%Y%m%dT%H%M%SZ)-$$
    mkdir -p "$new"
    "$python" -m venv --without-pip "$new"
    $pip --python "$new/bin/python" install --no-deps --require-hashes -r "$source/requirements.txt"
    if wants_postgres; then
        $pip --python "$new/bin/python" install --no-deps --require-hashes -r "$source/requirements-postgres.txt"
    fi
    if wants_web; then
        $pip --python "$new/bin/python" install --no-deps --require-hashes -r "$source/requirements-web.txt"
    fi
    $pip --python "$new/bin/python" install --no-deps --no-index "$work"/megabot-*.whl
    write_launcher "$new/bin/megabot"
    "$new/bin/megabot" --version >/dev/null
    "$new/bin/python" -I -c 'import megabot.app, megabot.service.service' # check the imports before anything is swapped
}

# The launcher that pip writes would contain the build folder, including DESTDIR.
write_launcher() {
    cat >"$1" <<'LAUNCHER'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -I -m megabot "$@"
LAUNCHER
    chmod 755 "$1"
}

# Renaming a link over a link is atomic, so megabot is available at every moment.
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
    mkdir -p "$lib/systemd/system" "$lib/sysusers.d" "$lib/tmpfiles.d" "$destdir$settings/accounts"
    for unit in megabot.service megabot@.service megabot-accounts.service megabot-web.service megabot-web@.service; do
        sed "s|/usr/local/bin/|$prefix/bin/|" "$source/systemd/$unit" >"$lib/systemd/system/$unit"
    done
    cp "$source/systemd/sysusers.conf" "$lib/sysusers.d/megabot.conf"
    cp "$source/systemd/tmpfiles.conf" "$lib/tmpfiles.d/megabot.conf"
    chmod 644 "$lib/systemd/system/megabot.service" "$lib/systemd/system/megabot@.service" \
        "$lib/systemd/system/megabot-accounts.service" "$lib/systemd/system/megabot-web.service" \
        "$lib/systemd/system/megabot-web@.service" \
        "$lib/sysusers.d/megabot.conf" "$lib/tmpfiles.d/megabot.conf"
    [ -e "$destdir$settings/config.env" ] || (
        umask 027
        sed "s|^#\(MEGABOT_STATE_DIR=\).*|\1$state|" "$source/config.example.env" >"$destdir$settings/config.env"
    )
    chmod 750 "$destdir$settings" "$destdir$settings/accounts"
}

make_account() {
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$prefix/lib/sysusers.d/megabot.conf"
    elif ! id "$user" >/dev/null 2>&1; then
        useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin "$user"
    fi
    install -d -m 700 -o "$user" -g "$user" "$state" "$state/token" "$state/bots" "$state/accounts"
    chown "root:$user" "$settings" "$settings/accounts" "$settings/config.env"
}

restart_what_ran() {
    systemctl daemon-reload
    systemctl try-restart megabot.service 'megabot@*.service' megabot-accounts.service megabot-web.service 'megabot-web@*.service' || fail "the new megabot does not start; see: \
journalctl -u megabot. To go back: ln -sfn $before $home/current && systemctl restart megabot"
}

say_what_next() {
    if [ -n "$before" ]; then
        say "megabot $version is installed; the previous version is kept in $home/$before"
        return
    fi
    if live; then
        say "megabot $version is installed. Next steps (see docs/how-to/install.md):"
    else
        say "megabot $version is in $destdir; no account was created and no unit was started."
        say "Next steps on the target machine (a package runs the first three automatically):"
        printf '  %-42s %s\n' \
            "systemd-sysusers $prefix/lib/sysusers.d/megabot.conf" "creates the account $user" \
            "systemd-tmpfiles --create $prefix/lib/tmpfiles.d/megabot.conf" "creates its folders" \
            "systemctl daemon-reload" "loads the units"
    fi
    printf '  %-42s %s\n' \
        "sudoedit $settings/config.env" "set the server, the account and the templates" \
        "sudo -u $user megabot check" "checks settings and templates" \
        "sudo -u $user megabot login" "asks for the password, stores only a token" \
        "sudo -u $user megabot check --online" "checks the account and its rights" \
        "sudo systemctl enable --now megabot" "starts the service, also after every boot"
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
    say "note: systemd does not read $prefix/lib; link the unit: systemctl link $prefix/lib/systemd/system/megabot.service"
    ;;
esac
say_what_next
