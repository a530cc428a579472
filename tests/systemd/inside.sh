#!/bin/sh
# What `run.sh` does in the container, as an operator would by docs/how-to/install.md. Every step says what it holds.
set -eu

config=/etc/megabot/config.env

holds() {
    what=$1
    shift
    if "$@" >/tmp/said 2>&1; then echo "ok       $what"; else
        echo "FAILED   $what"
        cat /tmp/said
        journalctl --no-pager -n 20 -u megabot || true
        exit 1
    fi
}

log_says() {
    for _ in $(seq 100); do
        journalctl -u "$1" -o cat --no-pager | grep -q "$2" && return
        sleep 0.2
    done
    return 1
}

as_megabot() { sudo -u megabot "$@"; }

log_in() {
    printf 'correct horse' >/etc/megabot/password
    chown megabot: /etc/megabot/password
    chmod 600 /etc/megabot/password
    as_megabot MEGABOT_PASSWORD_FILE=/etc/megabot/password megabot "$@" login </dev/null
    rm /etc/megabot/password
}

of_unit() { systemctl show "$1" -p "$2" --value; }

is_found_out() {
    for _ in $(seq 60); do
        [ "$(of_unit megabot Result)" = watchdog ] && return
        sleep 0.5
    done
    return 1
}

cp -r /run/checkout /root/megabot
cd /root/megabot
holds "installed" make install
holds "the account is there" id megabot
holds "the settings are root's and megabot's" [ "$(stat -c '%U:%G %a' $config)" = "root:megabot 640" ]
cat >>$config <<'SETTINGS'
MEGABOT_INSTANCE=http://127.0.0.1:8599
MEGABOT_USERNAME=megabot
MEGABOT_COMMUNITY=news
MEGABOT_TICK=5
SETTINGS
cp -r templates /etc/megabot/templates
holds "checked" as_megabot megabot check
holds "signed in" log_in
holds "nothing is missing" as_megabot megabot check --online --wait 1
holds "posted" as_megabot megabot post
holds "started" systemctl enable --now megabot
holds "it says when it looks next" log_says megabot "next edition is due"
before=$(of_unit megabot MainPID)
holds "no capability is left" grep -q '^CapEff:.0000000000000000$' "/proc/$before/status"
holds "root is told the right command" sh -c 'megabot status 2>&1 | grep -q "sudo -u megabot megabot status"'

sed -i 's/^MEGABOT_TICK=.*/MEGABOT_TICK=soon/' $config
holds "reloaded with a bad setting" systemctl reload megabot
holds "which is said, and not used" log_says megabot "the new settings cannot be used"
sed -i 's/^MEGABOT_TICK=.*/MEGABOT_TICK=6/' $config
holds "reloaded with a good one" systemctl reload megabot
holds "which is used" log_says megabot "settings reloaded"
holds "by the same process" [ "$(of_unit megabot MainPID)" = "$before" ]
holds "backed up while it runs" sh -c 'sudo -u megabot megabot backup - >/root/megabot.db && [ -s /root/megabot.db ]'

holds "upgraded" make install
holds "which started it anew" [ "$(of_unit megabot MainPID)" != "$before" ]
holds "and it is ready" systemctl is-active --quiet megabot
mkdir -p /run/systemd/system/megabot.service.d
printf '[Service]\nWatchdogSec=12\n' >/run/systemd/system/megabot.service.d/impatient.conf
systemctl daemon-reload
systemctl restart megabot
holds "fed by progress" sh -c 'sleep 15; systemctl is-active --quiet megabot'
kill -STOP "$(of_unit megabot MainPID)"
holds "what hangs is found out" is_found_out
rm -r /run/systemd/system/megabot.service.d
systemctl daemon-reload
systemctl restart megabot
holds "killed" systemctl kill --signal=KILL megabot
sleep 1
holds "it will be started again" [ "$(of_unit megabot SubState)" = auto-restart ]
holds "and is at once by hand" systemctl restart megabot

mv $config /root/config.env
systemctl restart megabot 2>/dev/null || true
holds "without settings it fails, and is not tried again" [ "$(of_unit megabot SubState)" = failed ]
mv /root/config.env $config

cp /root/megabot.db /var/lib/megabot/ledger.db
chown megabot: /var/lib/megabot/ledger.db
holds "a backup is put back" systemctl start megabot
holds "and knows the post" sh -c 'sudo -u megabot megabot status | grep -q "/post/1"'

install -m 640 -g megabot $config /etc/megabot/books.env
sed -i '/^MEGABOT_STATE_DIR/d' /etc/megabot/books.env
holds "a second bot signs in" log_in --bot books
holds "and starts" systemctl enable --now megabot@books
holds "with a state folder of its own" [ -s /var/lib/megabot/bots/books/ledger.db ]

holds "stopped well" systemctl stop megabot megabot@books
holds "which is a success" [ "$(of_unit megabot Result)" = success ]
holds "uninstalled" make uninstall
holds "nothing is enabled any more" [ -z "$(find /etc/systemd/system -name 'megabot*')" ]
holds "the ledger is kept" [ -s /var/lib/megabot/ledger.db ]
holds "the settings are kept" [ -s $config ]
echo "booted: all of it, under $(systemctl --version | head -n 1)"
