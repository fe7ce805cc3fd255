"""What names are compared by, when neither case nor accents count."""

import unicodedata


def collated(name: str) -> str:
    """Give `name` in compatible characters, without case, accents, control characters or surplus white space."""
    plain = unicodedata.normalize("NFKD", " ".join(name.split()))
    return "".join(
        char for char in plain if char.isprintable() and not unicodedata.combining(char)
    ).casefold()
