"""The index of names: a derived copy of what entities are called, in SQLite, for search as fast as typing.

It knows the revision that it is at and follows the ledger from there. One that is damaged, ahead of the
store or too far behind is made anew.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import process
from rapidfuzz.distance import OSA

from summitry import patch
from summitry.collation import collated
from summitry.errors import UnknownRevision
from summitry.store.base import GraphStore, Name, Reader, Row
from summitry.terms import AP, LABEL, SKOS, TYPE, is_source

_FAR: Final = 100  # revisions; from here on, reading all names costs less than following
_KEPT: Final = 2  # indexes of the past
_AT_ONCE: Final = 1000
_TRIGRAM: Final = 3
_WORDS: Final = 10
_SLIPS: Final = ((8, 2), (4, 1), (0, 0))  # letters of a word from, and how many of them may be wrong
_ALIKE: Final = 10
_PROPERTIES: Final = frozenset(
    {LABEL, TYPE, NamedNode(SKOS + "altLabel"), NamedNode(SKOS + "notation")}
    | {NamedNode(AP + local) for local in ("title", "sourceDescription", "iso2", "iso3", "m49")}
)
# Names are collated before they come here, so the tokenizers have neither case nor accents to think of.
_TABLES: Final = """
    BEGIN;
    DROP TABLE IF EXISTS vocabulary; DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS trigrams;
    DROP TABLE IF EXISTS name; DROP TABLE IF EXISTS revision;
    CREATE TABLE revision (number INTEGER);
    INSERT INTO revision VALUES (0);
    CREATE TABLE name (
        id INTEGER PRIMARY KEY, entity TEXT, type TEXT, property TEXT, text TEXT, language TEXT, collated TEXT);
    CREATE INDEX of_entity ON name (entity);
    CREATE INDEX exact ON name (collated);
    CREATE VIRTUAL TABLE words USING fts5(collated, content=name, content_rowid=id, prefix='1 2 3');
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
    CREATE VIRTUAL TABLE trigrams USING fts5(collated, content=name, content_rowid=id, tokenize='trigram');
    PRAGMA user_version = 1;
    COMMIT;
"""
# Made of all names at once, which is faster than name by name, and leaves the interpreter to others meanwhile.
_INDEXES: Final = """
    BEGIN;
    INSERT INTO words(words) VALUES ('rebuild');
    INSERT INTO trigrams(trigrams) VALUES ('rebuild');
    CREATE TRIGGER added AFTER INSERT ON name BEGIN
        INSERT INTO words(rowid, collated) VALUES (new.id, new.collated);
        INSERT INTO trigrams(rowid, collated) VALUES (new.id, new.collated);
    END;
    CREATE TRIGGER removed AFTER DELETE ON name BEGIN
        INSERT INTO words(words, rowid, collated) VALUES ('delete', old.id, old.collated);
        INSERT INTO trigrams(trigrams, rowid, collated) VALUES ('delete', old.id, old.collated);
    END;
    COMMIT;
"""
_FORM: Final = 1  # the user_version of these tables; those of another are made anew
_ADD: Final = "INSERT INTO name(entity, type, property, text, language, collated) VALUES (?, ?, ?, ?, ?, ?)"
_HEAD: Final = "UPDATE revision SET number = ?"
_FOUND: Final = "SELECT name.entity, name.type, name.property, name.text, name.language FROM name"


class SqliteNames:
    """The names in the file `path`, or in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = Lock()
        self._vocabulary: list[str] = []
        self._past: OrderedDict[int, SqliteNames] = OrderedDict()
        self._database = self._opened()

    def of(self, reader: Reader, store: GraphStore) -> "SqliteNames":
        """Give the index of what `reader` reads; see Names. One of the past is kept in memory for a while."""
        if reader is store:
            self.follow(store)
            return self
        with self._lock:
            past = self._past.pop(reader.head(), None) or _made_of(reader)
            self._past[reader.head()] = past
            while len(self._past) > _KEPT:
                self._past.popitem(last=False)
        return past

    def follow(self, store: GraphStore) -> None:
        """Bring the index to the head of `store`."""
        with self._lock:
            head, revision = store.head(), self._revision()
            if revision == head:
                return
            self._vocabulary = []
            changed = self._changed(store, revision, head)
            if changed is None:
                self._remake(store, head)
            else:
                self._exchange(store, changed, head)

    def exact(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names that are `text`."""
        query = f"{_FOUND} WHERE collated = ?{_of(types)} ORDER BY id LIMIT ?"
        return self._names(query, (collated(text), *types, limit))

    def beginning(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names with all words of `text`, of which the last may be a word's beginning."""
        words = [_quoted(word) for word in collated(text).split()]
        match = " ".join(words) + "*" if words else ""
        return self._matching("words", match, limit, types)

    def containing(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names that contain `text`."""
        plain = collated(text)
        if len(plain) >= _TRIGRAM:
            return self._matching("trigrams", _quoted(plain), limit, types)
        if plain.isascii():
            return []  # one or two letters are within half of all names; of Chinese they are a word
        query = f"{_FOUND} WHERE instr(collated, ?){_of(types)} ORDER BY length(collated), id LIMIT ?"
        return self._names(query, (plain, *types, limit))

    def similar(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names with all words of `text` or of words that differ in a letter or two."""
        meant = [self._like(word) for word in collated(text).split()[:_WORDS]]
        match = " AND ".join(f"({' OR '.join(map(_quoted, words))})" for words in meant)
        return self._matching("words", match, limit, types) if all(meant) else []

    def _like(self, word: str) -> list[str]:
        """Give the words of the index that `word` was most likely meant to be."""
        with self._lock:
            if not self._vocabulary:
                self._vocabulary = [term for (term,) in self._database.execute("SELECT term FROM vocabulary")]
        allowed = next(slips for letters, slips in _SLIPS if len(word) >= letters)
        found = process.extract(
            word, self._vocabulary, scorer=OSA.distance, score_cutoff=allowed, limit=_ALIKE
        )
        return [term for term, *_ in found]

    def take(self, reader: Reader) -> None:
        """Make the index anew of what `reader` reads."""
        self._remake(reader, reader.head())

    def close(self) -> None:
        """Close the index."""
        self._database.close()

    def _matching(self, table: str, match: str, limit: int, types: Set[str]) -> list[Name]:
        if not match:
            return []
        query = (
            f"{_FOUND} JOIN {table} ON name.id = {table}.rowid WHERE {table} MATCH ?{_of(types)} "
            "ORDER BY length(name.collated), name.id LIMIT ?"
        )
        return self._names(query, (match, *types, limit))

    def _names(self, query: str, values: tuple[str | int, ...]) -> list[Name]:
        with self._lock:
            return [Name(*row) for row in self._database.execute(query, values)]

    def _opened(self) -> sqlite3.Connection:
        """Give the database at the path, made anew where it is damaged or of another form."""
        if self._path is None:
            return _with_tables(_connected(":memory:"))
        with suppress(sqlite3.DatabaseError):
            return _with_tables(_connected(str(self._path)))
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()
        return _with_tables(_connected(str(self._path)))

    def _revision(self) -> int:
        return int(self._database.execute("SELECT number FROM revision").fetchone()[0])

    def _changed(self, store: GraphStore, revision: int, head: int) -> set[NamedNode] | None:
        """Give the entities whose names may have changed since `revision`; None where all must be read."""
        if not 0 < revision <= head or head - revision > _FAR:
            return None
        found: set[NamedNode] = set()
        with suppress(UnknownRevision):
            for number in range(revision + 1, head + 1):
                change = patch.read(store.patch(number))
                for quad in change.added | change.removed:
                    if quad.predicate in _PROPERTIES and is_source(quad.graph_name):
                        found |= {quad.subject} if isinstance(quad.subject, NamedNode) else set()
        return found

    def _remake(self, store: Reader, head: int) -> None:
        self._database.executescript(_TABLES)
        with self._database:
            self._database.executemany(_ADD, _rows(store, None))
        self._database.executescript(_INDEXES)
        with self._database:
            self._database.execute(_HEAD, (head,))

    def _exchange(self, store: Reader, entities: Iterable[NamedNode], head: int) -> None:
        listed = sorted(entities, key=str)
        with self._database:
            for start in range(0, len(listed), _AT_ONCE):
                some = listed[start : start + _AT_ONCE]
                gone = [(entity.value,) for entity in some]
                self._database.executemany("DELETE FROM name WHERE entity = ?", gone)
                self._database.executemany(_ADD, _rows(store, some))
            self._database.execute(_HEAD, (head,))


def _connected(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False)
    # A kill loses nothing that could not be read again, and damages nothing.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    return database


def _with_tables(database: sqlite3.Connection) -> sqlite3.Connection:
    with closing(database.execute("PRAGMA user_version")) as version:
        is_whole = version.fetchone()[0] == _FORM
    if not is_whole:
        database.executescript(_TABLES)
    return database


def _made_of(reader: Reader) -> SqliteNames:
    names = SqliteNames()
    names.take(reader)
    return names


def _rows(store: Reader, entities: Sequence[NamedNode] | None) -> Iterator[tuple[str, ...]]:
    """Give the names of `entities`, or of all, as the table has them."""
    bindings = None if entities is None else {"entity": entities}
    types = _types(store.select("classes-in-sources", bindings))
    for row in store.select("names-in-sources", bindings):
        name, entity = row["name"], row["entity"]
        if isinstance(name, Literal) and isinstance(entity, NamedNode) and entity in types:
            language = (name.language or "").lower()
            stated = (entity.value, types[entity], row["property"].value, name.value, language)
            yield (*stated, collated(name.value))


def _types(rows: Iterable[Row]) -> dict[NamedNode, str]:
    """Give one class of each entity: of several the first by name."""
    types: dict[NamedNode, str] = {}
    for row in rows:
        entity, local = row["entity"], row["class"].value.removeprefix(AP)
        if isinstance(entity, NamedNode):
            types[entity] = min(local, types.get(entity, local))
    return types


def _of(types: Set[str]) -> str:
    """Give the condition that a name is of one of as many classes."""
    return f" AND type IN ({', '.join('?' * len(types))})" if types else ""


def _quoted(text: str) -> str:
    """Give `text` as one string of the query language of FTS5."""
    return '"' + text.replace('"', '""') + '"'
