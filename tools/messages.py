"""Collect what megabot says to people on Lemmy and to readers of the site, for translators.

`python -m tools.messages` writes `megabot.pot`, updates each translation from it and compiles it. With
`--new LANGUAGE` it begins a translation. Babel does the work; the service never loads it.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "megabot"
LOCALES = PACKAGE / "i18n" / "locale"
TEMPLATE = LOCALES / "megabot.pot"
KEYWORDS = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "NP_": ((1, "c"), 2),
}
_CHARSET = b"""msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_HEADER = "# What megabot says to people on Lemmy and to readers of the site.\n#"


def extract() -> Catalog:
    """Collect the messages from the code, each with the modules that say it."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        PACKAGE,
        method_map=[("**.py", "python"), ("web/templates/**.html", "jinja2")],
        keywords=KEYWORDS,
        comment_tags=["Translators:"],
        strip_comment_tags=True,
    )
    for file, line, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalog.add(message, None, [(f"megabot/{file}", line)], auto_comments=comments, context=context)
    return catalog


def template(catalog: Catalog) -> bytes:
    """Return the `.pot` file, without dates and line numbers: it changes with the messages alone.

    It says its charset, or translators' tools take it for ASCII and refuse it.
    """
    return _CHARSET + _written(catalog, omit_header=True)


def translations() -> list[Path]:
    """List the `.po` files."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/megabot.po"))


def read(path: Path) -> Catalog:
    """Read a `.po` file; its language is its folder's name."""
    with path.open("rb") as opened:
        return read_po(opened, locale=path.parent.parent.name, domain="megabot", abort_invalid=True)


def updated(path: Path, catalog: Catalog) -> bytes:
    """Return a translation with the messages of the code: new ones are empty, gone ones are dropped."""
    found = read(path)
    found.update(catalog, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    return _written(found)


def compiled(path: Path) -> bytes:
    """Return the `.mo` file for a translation."""
    out = BytesIO()
    write_mo(out, read(path))
    return out.getvalue()


def _written(catalog: Catalog, *, omit_header: bool = False) -> bytes:
    out = BytesIO()
    write_po(
        out,
        catalog,
        width=100,
        omit_header=omit_header,
        ignore_obsolete=True,
        sort_by_file=True,
        include_lineno=False,
    )
    return out.getvalue()


def _begin(language: str, catalog: Catalog) -> Path:
    path = LOCALES / language / "LC_MESSAGES" / "megabot.po"
    path.parent.mkdir(parents=True)
    made = Catalog(
        locale=language,
        project="megabot",
        version="1",
        header_comment=_HEADER,
        msgid_bugs_address="see CONTRIBUTING.md",
        last_translator="megabot contributors",
        language_team=language,
        charset="utf-8",
        fuzzy=False,
    )
    with path.open("wb") as opened:
        write_po(opened, made)
    return path


def main(arguments: list[str]) -> None:
    catalog = extract()
    LOCALES.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(template(catalog))
    if arguments[:1] == ["--new"] and len(arguments) == 2:  # noqa: PLR2004  the option and its value
        print(f"begun: {_begin(arguments[1], catalog)}")
    elif arguments:
        sys.exit("usage: python -m tools.messages [--new LANGUAGE]")
    for path in translations():
        path.write_bytes(updated(path, catalog))
        path.with_suffix(".mo").write_bytes(compiled(path))
        found = read(path)
        missing = sum(1 for message in found if message.id and not any(_forms(message.string)))
        print(f"{path.relative_to(PACKAGE.parent)}: {len(found)} messages, {missing} not translated")


def _forms(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (str(string),)


if __name__ == "__main__":
    main(sys.argv[1:])
