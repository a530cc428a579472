"""Write the pages that are made from the code; tests keep the files equal.

`python -m tools.reference_pages` writes them into the current folder. It reads no settings.
"""

import textwrap
from pathlib import Path

from megabot.settings import Settings, variable
from tools import page_blocks

EXAMPLE = Path("config.example.env")
PAGE = Path("docs/reference/settings.md")
_WIDTH = 100

_EXAMPLE_HEAD = """\
Copy this file to .env next to your templates, or to /etc/megabot/config.env for the service. Remove the #
from the lines that you need, and keep the file private: chmod 600 .env. Put comments on separate lines.
"""

_PAGE_HEAD = """\
# Settings

Every setting is a variable. megabot reads each one from the first of these places that has it:

1. the environment;
2. the file given with `--env FILE`, or else `.env` in the current folder, or else
   `/etc/megabot/config.env`, which the service reads, too;
3. systemd's credentials, under the setting's name in lower case (`LoadCredential=megabot_password:/path`);
4. the default.

With `--account FILE` and for `megabot run --accounts FOLDER`, settings come from the account's file only.

An empty value counts as no value and overrides the places further down. Variables in a value are not
expanded (`$HOME` stays as it is), but a path may start with `~`. An unknown variable that starts with
`MEGABOT_` is an error. All mistakes are reported at once, before megabot does anything. Passwords and other
secrets are never shown. A settings file that contains one must not be readable by everyone.

In a file, put a value that contains ` #` in quotes. Otherwise it ends there. megabot warns about such a
line, about a name in lower case, a line without `=` and a setting that occurs twice, with file and line.

Only commands that talk to a server need `MEGABOT_INSTANCE` and `MEGABOT_USERNAME`. `preview`, `calendar`
and `check` work without any setting.

| setting | meaning | for example |
|---|---|---|
"""

_PAGE_FOOT = """
`config.example.env` has the same settings, ready to copy. `python -m tools.reference_pages` writes both.
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
    page_blocks.write()
