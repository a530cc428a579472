"""The pages about settings, made from the fields themselves; a test keeps the files equal.

`python -m tools.reference_pages` writes them into the current folder. Settings are not read here.
"""

import textwrap
from pathlib import Path

from megabot.settings import Settings, variable

EXAMPLE = Path("config.example.env")
PAGE = Path("docs/settings.md")
_WIDTH = 100

_EXAMPLE_HEAD = """\
Copy this to .env beside your templates, or to /etc/megabot/config.env for the service, take the # off
the lines that you need, and let nobody else read it: chmod 600 .env. Comments go on lines of their own.
"""

_PAGE_HEAD = """\
# Settings

Every setting is a variable. The first place that names it wins:

1. the environment;
2. the file given with `--env FILE`; without one, `.env` in the current folder; without that,
   `/etc/megabot/config.env`, which the service reads too;
3. systemd's credentials, named as the setting in lower case (`LoadCredential=megabot_password:/path`);
4. the default.

An empty value is the same as none, and hides what the places after it say. Nothing in a value is
replaced (`$HOME` stays as it is), but a path may begin with `~`. A variable that begins with `MEGABOT_`
and is not listed here is an error. Every mistake is reported at once, before anything is done. Passwords
and other secrets are never shown; a settings file that holds one must not be readable for everyone.

In a file, a value that has a ` #` in it needs quotes, or it ends there. megabot warns of this, of a name in
small letters, of one without `=` and of one that is set twice, each with file and line.

Only what talks to a server needs `MEGABOT_INSTANCE` and `MEGABOT_USERNAME`: `preview`, `calendar` and
`check` work without any setting.

| setting | meaning | for example |
|---|---|---|
"""

_PAGE_FOOT = """
This page and `config.example.env` are made by `python -m tools.reference_pages`.
"""


def example() -> str:
    """Write the settings file with every setting in it, all commented out."""
    blocks = [_commented(_EXAMPLE_HEAD)]
    for name, field in Settings.model_fields.items():
        meaning = _commented((field.description or "").replace("`", ""))
        blocks.append(f"{meaning}\n#{variable(name)}={_quoted(_example_of(name))}")
    return "\n\n".join(blocks) + "\n"


def page() -> str:
    """Write the page of the documentation."""
    rows = [
        f"| `{variable(name)}` | {field.description} | `{_example_of(name)}` |"
        for name, field in Settings.model_fields.items()
    ]
    return _PAGE_HEAD + "\n".join(rows) + "\n" + _PAGE_FOOT


def _example_of(name: str) -> str:
    return str((Settings.model_fields[name].examples or [""])[0])


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _commented(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent="# ", subsequent_indent="# ")


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
