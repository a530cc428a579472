"""What a thread's title image may be: an address, or a picture of the source. Runs in the render child."""

from collections.abc import Collection, Iterator, Mapping

from megabot.source import limits

PARTS = ("image", "image_alt", "thumbnail")
"""The texts of the front matter that are rendered for it."""


def mistakes(text: Mapping[str, str], pictures: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Find what the server would refuse or readers would miss: the part, what is wrong, what to do."""
    for part in ("image", "thumbnail"):
        where = text[part]
        if where.startswith(("http://", "https://")):
            if len(where) > limits.URL_LONGEST or where.split() != [where]:
                yield part, f"{part} is no address that Lemmy takes", "2,000 characters, no spaces"
        elif where and where not in pictures:
            hint = "write an address, https://..., or the path of a picture in images/"
            yield part, f"{part}: there is no picture {where} in the source", hint
    if limits.utf16_units(text["image_alt"]) > limits.ALT_TEXT_LONGEST:
        yield "image_alt", "image_alt is too long", f"{limits.ALT_TEXT_LONGEST:,} characters are the most"
    if "\n" in text["image_alt"]:
        yield "image_alt", "image_alt has more than one line", "write it in one"


def oddities(text: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Find what is worth a warning."""
    if text["image"] and not text["image_alt"]:
        yield "image", "a title image without image_alt", "describe it for those who cannot see it"
