"""Settings: where they come from, what is refused, and that no secret is ever shown."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from megabot import settings_sources
from megabot.errors import ConfigError
from megabot.settings import Settings
from tools import reference_pages

ROOT = Path(__file__).parents[2]
CANARY = "canary-3f9a"
Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(env_file: Path | None = None, **environ: str) -> Settings:
        return settings_sources.load(
            environ, env_file=env_file, cwd=tmp_path, system_file=tmp_path / "etc/config.env"
        )

    return loaded


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def mistakes(load: Load, env_file: Path | None = None, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(env_file, **environ)
    assert CANARY not in str(caught.value)
    return str(caught.value).splitlines()


def test_nothing_has_to_be_set(load: Load, tmp_path: Path) -> None:
    settings = load()

    assert settings.source == tmp_path / "templates"
    assert settings.tick == timedelta(seconds=30)
    assert (settings.password_text(), settings.totp_text(), settings.log_level) == ("", "", "INFO")


def test_what_online_verbs_miss_is_named_with_an_example(load: Load) -> None:
    missing = load().missing_for_online(needs_community=True)

    assert missing == [
        "MEGABOT_INSTANCE is not set, for example: MEGABOT_INSTANCE=https://lemmy.example",
        "MEGABOT_USERNAME is not set, for example: MEGABOT_USERNAME=megabot",
        "MEGABOT_COMMUNITY is not set, for example: MEGABOT_COMMUNITY=birds",
    ]


def test_online_verbs_refuse_to_start_without_a_server(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"MEGABOT_INSTANCE is not set(.|\n)*run: megabot init"):
        load().require_online()
    load(MEGABOT_INSTANCE="https://lemmy.example", MEGABOT_USERNAME="megabot").require_online()


def test_the_environment_wins_over_the_file_and_that_over_credentials(load: Load, tmp_path: Path) -> None:
    written(tmp_path / ".env", "MEGABOT_USERNAME=file\nMEGABOT_COMMUNITY=file\n")
    written(tmp_path / "creds/megabot_username", "credential\n")
    written(tmp_path / "creds/megabot_community", "credential\n")
    written(tmp_path / "creds/megabot_password", "from systemd\n")
    settings = load(MEGABOT_USERNAME="environment", CREDENTIALS_DIRECTORY=str(tmp_path / "creds"))

    assert (settings.username, settings.community) == ("environment", "file")
    assert settings.password_text() == "from systemd"


def test_a_named_file_is_read_instead_of_the_one_in_the_current_folder(load: Load, tmp_path: Path) -> None:
    written(tmp_path / ".env", "MEGABOT_USERNAME=current\nMEGABOT_COMMUNITY=current\n")
    named = written(tmp_path / "other/bot.env", "MEGABOT_USERNAME=named\n")

    assert (load(named).username, load(named).community) == ("named", "")


def test_the_installed_file_is_read_when_there_is_no_other(load: Load, tmp_path: Path) -> None:
    written(tmp_path / "etc/config.env", "MEGABOT_USERNAME=installed\n")

    assert load().username == "installed"
    written(tmp_path / ".env", "MEGABOT_COMMUNITY=here\n")
    assert load().username == ""


def test_a_folder_called_env_is_no_settings_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()

    assert load().username == ""


def test_a_named_file_that_is_not_there_is_an_error(load: Load, tmp_path: Path) -> None:
    (line,) = mistakes(load, tmp_path / "typo.env")

    assert line.startswith("cannot read ")
    assert line.endswith("typo.env: No such file or directory")


def test_paths_start_at_the_file_that_names_them(load: Load, tmp_path: Path) -> None:
    named = written(tmp_path / "bots/a.env", "MEGABOT_STATE_DIR=state\n")
    settings = load(named)

    assert (settings.source, settings.state_dir) == (tmp_path / "bots/templates", tmp_path / "bots/state")
    assert load(named, MEGABOT_SOURCE="threads").source == tmp_path / "threads"
    assert load(named, MEGABOT_STATE_DIR="/var/lib/a").state_dir == Path("/var/lib/a")


def test_an_empty_variable_takes_back_what_the_file_says(load: Load, tmp_path: Path) -> None:
    named = written(tmp_path / "bots/a.env", "MEGABOT_STATE_DIR=state\n")

    assert load(named).state_dir_chosen
    assert not load(named, MEGABOT_STATE_DIR="").state_dir_chosen


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"STATE_DIRECTORY": "/var/lib/megabot:/var/lib/b", "XDG_STATE_HOME": "/x"}, "/var/lib/megabot"),
        ({"XDG_STATE_HOME": "/x", "HOME": "/home/robin"}, "/x/megabot"),
        ({"XDG_STATE_HOME": "x", "HOME": "/home/robin"}, "/home/robin/.local/state/megabot"),
        ({"HOME": "/home/robin"}, "/home/robin/.local/state/megabot"),
    ],
)
def test_the_state_folder_is_the_services_or_the_users(
    load: Load, environ: dict[str, str], folder: str
) -> None:
    assert load(**environ).state_dir == Path(folder)
    assert not load(**environ).state_dir_chosen
    assert load(MEGABOT_STATE_DIR="/y", **environ).state_dir == Path("/y")
    assert load(MEGABOT_STATE_DIR="/y", **environ).state_dir_chosen


def test_every_mistake_is_said_at_once_a_line_each(load: Load, tmp_path: Path) -> None:
    written(tmp_path / ".env", "MEGABOT_INSTANCE=http://lemmy.example\nMEGABOT_TICK=1h\n")
    lines = mistakes(load, MEGABOT_USERNMAE="megabot", MEGABOT_LOG_LEVEL="loud", MEGABOT_ZZZ="1")

    assert lines == [
        "MEGABOT_USERNMAE (the environment) is not a setting; did you mean MEGABOT_USERNAME?",
        "MEGABOT_ZZZ (the environment) is not a setting; see docs/reference/settings.md for the list",
        (
            f"MEGABOT_INSTANCE ({tmp_path}/.env:1): write https://, as in https://lemmy.example; "
            "http:// is only for this machine's own address"
        ),
        f"MEGABOT_TICK ({tmp_path}/.env:2): write whole seconds from 5 to 60, like 30 or 30 s",
        "MEGABOT_LOG_LEVEL (the environment): write debug, info, warning or error",
    ]


def test_variables_of_others_are_nobodys_business(load: Load, tmp_path: Path) -> None:
    written(tmp_path / ".env", "COMPOSE_PROJECT=x\nMEGABOT_COMMUNITY=birds # the main one\n")

    assert load(PATH="/bin", LANG="C").community == "birds"


def test_lines_that_cannot_be_read_are_named_by_number(load: Load, tmp_path: Path) -> None:
    path = written(tmp_path / ".env", f"A=1\n\n= {CANARY}\nB=2\nMEGABOT_PASSWORD='{CANARY}\n")

    assert mistakes(load) == [
        f"{path}:3: this is not a valid line; write NAME=value",
        f"{path}:5: this is not a valid line; write NAME=value",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n\nmegabot_username=x", ["3: megabot_username is ignored"]),
        ("Megabot-Username=x", ["1: Megabot-Username is ignored", "like MEGABOT_USERNAME"]),
        ("# comment\nMEGABOT_USERNAME", ["2: MEGABOT_USERNAME has no ="]),
        ("MEGABOT_TICK=7\n\nMEGABOT_TICK=8", ["3: MEGABOT_TICK is also set in line 1; this line is used"]),
        (f"MEGABOT_PASSWORD={CANARY} #rest", ["1: the value of MEGABOT_PASSWORD ends before the #"]),
        (f"export MEGABOT_PASSWORD = {CANARY}\t# rest", ["1: the value of", "MEGABOT_PASSWORD='...'"]),
        ("MEGABOT_PASSWORD= #rest", ["1: the value of MEGABOT_PASSWORD ends before the #"]),
        (f"MEGABOT_PASSWORD='{CANARY} #rest'", []),
        (f'MEGABOT_PASSWORD="{CANARY} #rest" # a comment', []),
        (f"MEGABOT_PASSWORD={CANARY}#rest", []),
        (f"MEGABOT_PASSWORD=#{CANARY}", []),
        ("# MEGABOT_TICK=7 # off\nOTHER=a # b\nother=1\nother=2\nOTHER2", []),
    ],
)
def test_lines_that_mean_something_else_than_they_say_are_warned_of(
    load: Load, tmp_path: Path, text: str, expected: list[str]
) -> None:
    path, told = written(tmp_path / ".env", f"{text}\n"), list[str]()
    settings_sources.load({}, env_file=None, cwd=tmp_path, warn=told.append)

    assert len(told) == min(len(expected), 1)
    assert all(part in told[0] for part in expected)
    assert all(sentence.startswith(f"{path}:") for sentence in told)
    assert CANARY not in "".join(told)


def test_a_setting_in_small_letters_in_the_environment_is_warned_of(tmp_path: Path) -> None:
    told = list[str]()
    settings_sources.load({"megabot_password": CANARY}, env_file=None, cwd=tmp_path, warn=told.append)

    (sentence,) = told
    assert sentence.startswith("the environment: megabot_password is ignored")
    assert sentence.endswith("like MEGABOT_PASSWORD")


def test_a_file_that_is_no_text_is_refused(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"MEGABOT_USERNAME=\xff\n")

    assert mistakes(load) == [f"{tmp_path}/.env is not UTF-8 text; save it as UTF-8"]


def test_nothing_in_a_value_is_replaced(load: Load, tmp_path: Path) -> None:
    written(tmp_path / ".env", "MEGABOT_PASSWORD='a${HOME}$b'\n")

    assert load(HOME="/home/robin").password_text() == "a${HOME}$b"


def test_a_password_file_loses_its_last_line_end_and_nothing_else(load: Load, tmp_path: Path) -> None:
    """G02."""
    written(tmp_path / "secret/password", " pass word \n")

    assert load(MEGABOT_PASSWORD_FILE="secret/password").password_text() == " pass word "


@pytest.mark.parametrize(
    ("text", "mode", "hint"),
    [
        ("\n", 0o600, "is empty; write the password to it"),
        (CANARY, 0o640, "other users can read {path}; run: chmod 600 {path}"),
        (CANARY, 0o604, "other users can read {path}; run: chmod 600 {path}"),
    ],
)
def test_a_password_file_that_is_empty_or_open_is_refused(
    load: Load, tmp_path: Path, text: str, mode: int, hint: str
) -> None:
    """G02."""
    path = written(tmp_path / "password", text, mode)
    (line,) = mistakes(load, MEGABOT_PASSWORD_FILE=str(path))

    assert line.startswith("MEGABOT_PASSWORD_FILE: ")
    assert line.endswith(hint.format(path=path))


def test_systemds_own_folder_of_credentials_may_be_its_groups(load: Load, tmp_path: Path) -> None:
    path = written(tmp_path / "creds/pw", "x", 0o440)

    settings = load(MEGABOT_PASSWORD_FILE=str(path), CREDENTIALS_DIRECTORY=str(tmp_path / "creds"))
    assert settings.password_text() == "x"


def test_two_passwords_are_one_too_many(load: Load, tmp_path: Path) -> None:
    written(tmp_path / "password", "x")

    assert mistakes(load, MEGABOT_PASSWORD=CANARY, MEGABOT_PASSWORD_FILE="password") == [
        "MEGABOT_PASSWORD and MEGABOT_PASSWORD_FILE are both set; remove one of them"
    ]


def test_a_settings_file_with_a_secret_in_it_must_not_be_everyones(load: Load, tmp_path: Path) -> None:
    path = written(tmp_path / ".env", f"MEGABOT_PASSWORD={CANARY}\n", 0o644)

    assert mistakes(load) == [f"{path} contains a secret and all users can read it; run: chmod o-rwx {path}"]
    written(path, "MEGABOT_PASSWORD=\n", 0o644)
    assert load().password_text() == ""


def test_secrets_are_shown_nowhere(load: Load, tmp_path: Path) -> None:
    settings = load(MEGABOT_PASSWORD=CANARY, MEGABOT_TOTP_SECRET="CANARYCANARYCANA")
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"

    assert CANARY not in shown
    assert "CANARYCANARY" not in shown
    assert (settings.password_text(), settings.totp_text()) == (CANARY, "CANARYCANARYCANA")


def test_settings_cannot_be_changed(load: Load) -> None:
    """G06."""
    with pytest.raises(ValueError, match="frozen"):
        load().username = "other"


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("INSTANCE", "https://Lemmy.Example/c/birds?x=1", "instance", "https://lemmy.example"),
        ("INSTANCE", "http://127.0.0.1:8536/", "instance", "http://127.0.0.1:8536"),
        ("INSTANCE", "http://[::1]:8536", "instance", "http://[::1]:8536"),
        ("USERNAME", "@megabot", "username", "megabot"),
        ("COMMUNITY", "!birds@other.example", "community", "birds@other.example"),
        ("TICK", "30 s", "tick", timedelta(seconds=30)),
        ("TICK", "5", "tick", timedelta(seconds=5)),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
    ],
)
def test_values_are_taken_as_people_write_them(
    load: Load, name: str, text: str, field: str, value: object
) -> None:
    assert getattr(load(**{f"MEGABOT_{name}": text}), field) == value


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("INSTANCE", f"https://robin:{CANARY}@lemmy.example", "must not contain a user name or password"),
        ("INSTANCE", "https://lemmy.example:port", "this is not a web address"),
        ("INSTANCE", "ftp://lemmy.example", "write https://"),
        ("INSTANCE", f"http://lemmy.example/{CANARY}", "write https://"),
        ("INSTANCE", "https://lemmy .example", "this is not a web address"),
        ("USERNAME", "megabot@lemmy.example", "without @host"),
        ("COMMUNITY", "birds@", "name or name@host"),
        ("TOTP_SECRET", f"{CANARY}!", "base32"),
        ("TOTP_SECRET", "otpauth://totp/x?issuer=y", "base32"),
        ("TICK", "4", "5 to 60"),
        ("TICK", "9999999999999", "5 to 60"),
        ("TICK", "soon", "5 to 60"),
        ("SOURCE", f"https://{CANARY}@git.example/threads.git", "must not contain a token"),
        ("SOURCE", f"https://git.example/threads.git?private_token={CANARY}", "must not contain a token"),
        ("SOURCE", "http://git.example/threads.git", "write https://, ssh://, git@HOST:PATH or file:///PATH"),
    ],
)
def test_wrong_values_are_met_with_what_to_write(load: Load, name: str, text: str, hint: str) -> None:
    """G05."""
    (line,) = mistakes(load, None, **{f"MEGABOT_{name}": text})

    assert line.startswith(f"MEGABOT_{name} (the environment): ")
    assert hint in line


@pytest.mark.parametrize(
    "text",
    [
        "jbsw y3dp-ehpk 3pxp",
        "otpauth://totp/lemmy:megabot?secret=JBSWY3DPEHPK3PXP&algorithm=SHA1&issuer=lemmy",
    ],
)
def test_a_totp_secret_may_be_a_link_or_in_groups(load: Load, text: str) -> None:
    assert load(MEGABOT_TOTP_SECRET=text).totp_text() == "JBSWY3DPEHPK3PXP"


def test_the_example_file_shows_every_setting_as_it_is() -> None:
    assert (ROOT / reference_pages.EXAMPLE).read_text("utf-8") == reference_pages.example()


def test_the_page_of_settings_shows_every_setting_as_it_is() -> None:
    assert (ROOT / reference_pages.PAGE).read_text("utf-8") == reference_pages.page()


def test_every_setting_says_what_it_means_and_gives_an_example() -> None:
    bare = [
        name for name, field in Settings.model_fields.items() if not (field.description and field.examples)
    ]

    assert bare == []


def test_every_example_is_taken(load: Load, tmp_path: Path) -> None:
    lines = reference_pages.example().replace("\n#MEGABOT_", "\nMEGABOT_").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("MEGABOT_PASSWORD_FILE"))

    assert load(written(tmp_path / "all.env", text)).state_dir == Path("/var/lib/megabot")


def test_a_proxys_password_is_a_secret_like_the_others(load: Load, tmp_path: Path) -> None:
    url = f"http://bot:{CANARY}@proxy.example:3128"
    settings = load(MEGABOT_PROXY=url)

    assert settings.secret_texts()[0] == CANARY
    assert CANARY not in repr(settings)
    (mistake,) = mistakes(load, MEGABOT_PROXY=f"socks5://bot:{CANARY}@proxy.example")
    assert mistake.startswith("MEGABOT_PROXY (the environment): write http://HOST:PORT or ")
    path = written(tmp_path / ".env", f"MEGABOT_PROXY={url}\n", mode=0o644)
    assert mistakes(load) == [f"{path} contains a secret and all users can read it; run: chmod o-rwx {path}"]
    written(tmp_path / ".env", "MEGABOT_PROXY=http://proxy.example:3128\n", mode=0o644)
    assert load().secret_texts() == []


# -- one of many accounts


def account(path: Path, **environ: str) -> Settings:
    return settings_sources.load_account(path, environ, warn=pytest.fail)


def test_an_account_takes_its_settings_from_its_file_alone(tmp_path: Path) -> None:
    file = written(tmp_path / "books.env", "MEGABOT_USERNAME=books\n")
    settings = account(file, MEGABOT_COMMUNITY="birds", MEGABOT_USERNAME="other")

    assert (settings.username, settings.community) == ("books", "")
    assert settings.source == tmp_path / "templates"


def test_an_account_has_a_state_folder_by_its_name(tmp_path: Path) -> None:
    file = written(tmp_path / "books.env", "")
    own = written(tmp_path / "films.env", "MEGABOT_STATE_DIR=state\n")

    assert account(file, STATE_DIRECTORY="/var/lib/x").state_dir == Path("/var/lib/x/accounts/books")
    assert account(file, XDG_STATE_HOME="/s").state_dir == Path("/s/megabot/accounts/books")
    assert account(own).state_dir == tmp_path / "state"
    assert account(file).state_dir_chosen


def test_a_command_finds_the_state_of_an_installed_account_as_the_service_does() -> None:
    """A command has no STATE_DIRECTORY."""
    folder = Path("/etc/megabot/accounts")

    assert settings_sources.accounts_state(folder, {}) == Path("/var/lib/megabot/accounts")
    assert settings_sources.accounts_state(folder, {"STATE_DIRECTORY": "/var/lib/megabot"}) == Path(
        "/var/lib/megabot/accounts"
    )


@pytest.mark.parametrize("name", ["Books", "a b", "-x", "x" * 41])
def test_a_name_that_no_account_can_have_is_refused(tmp_path: Path, name: str) -> None:
    file = written(tmp_path / f"{name}.env", "")

    with pytest.raises(ConfigError, match="is not a valid name; use lower-case letters, digits and dashes"):
        account(file)


def test_a_mistake_in_an_accounts_file_has_its_line_and_no_secret(tmp_path: Path) -> None:
    file = written(tmp_path / "books.env", f"MEGABOT_PASSWORD={CANARY}\n\nMEGABOT_TICK=soon\nMEGABOT_X=1\n")
    with pytest.raises(ConfigError) as caught:
        account(file)

    assert CANARY not in str(caught.value)
    assert [line.partition(")")[0] for line in str(caught.value).splitlines()] == [
        f"MEGABOT_X ({file}:4",
        f"MEGABOT_TICK ({file}:3",
    ]


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("https://megabot.example", "https://megabot.example"),
        ("https://Megabot.Example:8443/", "https://megabot.example:8443"),
        ("http://localhost:8642", "http://localhost:8642"),
        ("megabot.example", "https://megabot.example"),
    ],
)
def test_the_page_for_moderators_has_an_address_without_a_slash_at_the_end(
    load: Load, written: str, used: str
) -> None:
    assert load(MEGABOT_WEB_URL=written).web_url == used


@pytest.mark.parametrize(
    "written",
    [
        "http://megabot.example",
        "https://megabot.example/page",
        "https://megabot.example?a=b",
        "https://kim:pass@megabot.example",
        "ftp://megabot.example",
        "a b",
    ],
)
def test_another_address_is_none_for_the_page_for_moderators(load: Load, written: str) -> None:
    (line,) = mistakes(load, MEGABOT_WEB_URL=written)

    assert line.startswith("MEGABOT_WEB_URL (the environment): ")


def test_there_is_no_page_for_moderators_unless_its_address_is_set(load: Load) -> None:
    assert load().web_url == load(MEGABOT_WEB_URL="").web_url == ""
