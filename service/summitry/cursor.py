"""A place in a query that moves on token by token, and gives what it passed as text."""

from itertools import islice
from typing import Final, NoReturn

from summitry.errors import NotTakenApart
from summitry.scan import Token, tokens

_TOKENS: Final = 4000
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "<<": ">>", "<<(": ")>>", "{|": "|}"}
_CLOSING: Final = frozenset(_PAIRS.values())
_VALUES: Final = frozenset({"variable", "name", "number", "string", "constant", "iri"})
_END: Final = Token("end", "", 0)


class Cursor:
    """Stands before the token number `at` of a query; it never goes past the end."""

    def __init__(self, query: str) -> None:
        """Stand at the beginning. Raises NotTakenApart for a query of very many tokens."""
        self.query = query
        self.at = 0
        self._tokens = list(islice(tokens(query), _TOKENS + 1))
        if len(self._tokens) > _TOKENS:
            raise NotTakenApart(f"it has more than {_TOKENS:,} words and marks")

    @property
    def token(self) -> Token:
        """Give the next token, or at the end one without text."""
        return self._tokens[self.at] if self.at < len(self._tokens) else _END

    @property
    def text(self) -> str:
        """Give the text of the next token."""
        return self.token.text

    @property
    def keyword(self) -> str:
        """Give the next token in capitals, if it is a word."""
        return self.token.text.upper() if self.token.kind == "word" else ""

    @property
    def opens(self) -> bool:
        """Tell whether the next token is a bracket that opens."""
        return self.token.text in _PAIRS

    @property
    def is_at_end(self) -> bool:
        """Tell whether no token is left."""
        return self.token is _END

    def take(self, count: int = 1) -> Token:
        """Pass over `count` tokens and give the last. Raises NotTakenApart at the end."""
        if self.at + count > len(self._tokens):
            self.give_up()
        self.at += count
        return self._tokens[self.at - 1]

    def skip(self, *, is_expression: bool = False) -> None:
        """Pass over what stands between two brackets, with them. Raises NotTakenApart where none opens."""
        if not self.opens:
            self.give_up()
        expected: list[str] = []
        before = _END
        while True:
            token = self.take()
            if token.text in _PAIRS:
                expected.append(_PAIRS[token.text])
            elif token.text in _CLOSING and token.text != expected.pop():
                self.give_up()
            elif is_expression and token.kind == "iri" and expected[-1] == ")" and _is_value(before):
                raise NotTakenApart(f"{token.text} may be two comparisons; put spaces around < and >")
            if not expected:
                return
            before = token

    def since(self, start: int, end: int = 0) -> str:
        """Give the text from the token number `start` to the one before `end`, or before the next."""
        last = self._tokens[(end or self.at) - 1]
        return self.query[self._tokens[start].start : last.start + len(last.text)]

    def place(self, number: int) -> tuple[int, int]:
        """Give the line and the column, from 1, where the token `number` begins."""
        position = self._tokens[number].start if number < len(self._tokens) else len(self.query)
        line = self.query.count("\n", 0, position) + 1
        return line, position - self.query.rfind("\n", 0, position)

    def give_up(self) -> NoReturn:
        """Say that what stands here is not followed. Raises NotTakenApart."""
        line, _ = self.place(self.at)
        raise NotTakenApart(f"what stands at “{self.text[:40]}” on line {line} is not followed here")


def _is_value(token: Token) -> bool:
    return token.kind in _VALUES or token.text == ")"
