"""A person's name as it is written in running text, from the Factbook's way with surnames in capitals."""

import re

ROMAN = re.compile(r"[IVX]+")
# A run of letters, with apostrophes inside it.
RUN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Inside a surname these are small: 'VAN DER BELLEN' is Van der Bellen, 'BIN ZAYID' behind MUHAMMAD bin Zayid.
SMALL = {"BIN", "DA", "DE", "DER", "DO", "DOS"}
# The words without a capital that a name may hold; any other belongs to a title that was not recognised.
PARTICLES = {"al", "bin", "da", "de", "dos", "el", "ibni", "i", "la", "le", "e", "y"}
HONORIFIC = re.compile(
    r"^(Air Vice-Marshal|Archbishop|Capt\.|Col\.|Crown Prince|Dame|Dr\.|Gen\.|General|Sir) (?=\S)"
)
WORD = re.compile(r"\"?[^\W\d_](?:[^\W\d_]|[.'’-])*\"?")


def name_of(words: str) -> str | None:
    """Give the name that the words are, without honorifics; None if they are not only a name."""
    while HONORIFIC.match(words):
        words = HONORIFIC.sub("", words)
    parts = words.replace(",", "").split(" ")
    if not all(is_part_of_name(part) for part in parts):
        return None
    cased = [cased_in_place(part, before) for before, part in zip(["", *parts], parts, strict=False)]
    return " ".join(cased).replace(" Jr.", ", Jr.") if ", Jr." in words else " ".join(cased)


def is_part_of_name(part: str) -> bool:
    """Say whether the part is a word with a capital in it, or a particle."""
    return bool(WORD.fullmatch(part)) and (part.lower() != part or part in PARTICLES)


def cased_in_place(part: str, before: str) -> str:
    """Give the part with small letters; a number (LETSIE III) stays, a particle inside a surname is all small."""
    if before and ROMAN.fullmatch(part):
        return part
    if part in SMALL and len(before.strip(".")) > 1 and before.isupper():
        return part.lower()
    return RUN.sub(lambda run: cased(run[0]), part)


def cased(run: str) -> str:
    """Give one run of letters: EL is El, O'NEILL is O'Neill, MULI'AKA'AKA is Muli'aka'aka."""
    if not run.isupper() or len(run) == 1:
        return run
    head, mark, tail = run.partition("'") if "'" in run else run.partition("’")
    if len(head) == 1:
        return f"{head}{mark}{tail.capitalize()}"
    return run.capitalize()
