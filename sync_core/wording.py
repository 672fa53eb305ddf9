"""How counts are told: `1 asset is`, `1,250 assets are`."""


def many(count: int, noun: str, nouns: str = "") -> str:
    """Tell a count with its noun; `nouns` is a plural that takes more than an s."""
    return f"{count:,} {verb(count, noun, nouns or noun + 's')}"


def verb(count: int, of_one: str, of_several: str) -> str:
    """Return the word that agrees with a count."""
    return of_one if count == 1 else of_several
