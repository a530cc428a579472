#!/bin/sh
# Signs megabot out and removes it from the machine, but keeps the ledger and the settings. `make uninstall` runs
# this; DESTDIR and PREFIX as for install.sh.
set -eu

destdir=${DESTDIR:-}
prefix=${PREFIX:-/usr/local}
home=/opt/megabot
settings=/etc/megabot
state=/var/lib/megabot
user=megabot

say() { echo "uninstall: $*"; }

live() { [ -z "$destdir" ]; }

with_systemd() { live && [ -d /run/systemd/system ]; }

check_first() {
    if live && [ "$(id -u)" != 0 ]; then
        echo "uninstall: this needs root: sudo make uninstall" >&2
        exit 1
    fi
    [ -e "$destdir$home/current" ] || { say "megabot is not installed in $destdir$home" && exit 0; }
}

# One unit for each settings file; a unit that was never enabled is not an error.
stop_services() {
    systemctl disable --quiet --now megabot.service || true
    systemctl disable --quiet --now megabot-accounts.service megabot-web.service || true
    for file in "$settings"/*.env; do
        name=$(basename "$file" .env)
        [ "$name" = config ] || systemctl disable --quiet --now "megabot@$name.service" "megabot-web@$name.service" || true
    done
    systemctl stop 'megabot@*.service' 'megabot-web@*.service'
}

run_megabot() {
    if live; then
        runuser -u "$user" -- "$home/current/bin/megabot" "$@"
    else
        STATE_DIRECTORY=$destdir$state MEGABOT_STATE_DIR=$destdir$state "$destdir$home/current/bin/megabot" "$@"
    fi
}

# One bot for each settings file. If it is not signed in, `megabot logout` does nothing.
sign_out() {
    for file in "$destdir$settings"/*.env "$destdir$settings"/accounts/*.env; do
        [ -e "$file" ] || continue
        name=$(basename "$file" .env)
        case $file in
            */accounts/*.env) chosen=--account=$file ;;
            *) if live && [ "$name" != config ]; then chosen=--bot=$name; else chosen=--env=$file; fi ;;
        esac
        run_megabot "$chosen" logout ||
            say "$file: could not sign out, see above; a token that is still valid ends when the account's password changes"
    done
}

remove_files() {
    lib=$destdir$prefix/lib
    if [ "$(readlink "$destdir$prefix/bin/megabot")" = "$home/current/bin/megabot" ]; then
        rm -f "$destdir$prefix/bin/megabot"
    fi
    rm -f "$lib/systemd/system/megabot.service" "$lib/systemd/system/megabot@.service" \
        "$lib/systemd/system/megabot-accounts.service" "$lib/systemd/system/megabot-web.service" \
        "$lib/systemd/system/megabot-web@.service" \
        "$lib/sysusers.d/megabot.conf" "$lib/tmpfiles.d/megabot.conf"
    rm -rf "${destdir}${home:?}"
}

check_first
if with_systemd; then stop_services; fi
sign_out
remove_files
if with_systemd; then systemctl daemon-reload; fi
say "megabot was removed. Kept: the settings in $destdir$settings and the ledger in $destdir$state (or in MEGABOT_STATE_DIR)"
say "to delete them too, run: rm -r $destdir$settings $destdir$state"
if live; then say "and to delete the account: userdel $user"; fi
