"""The job that answers a SPARQL query; the request's body is its text."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from pyoxigraph import (
    BlankNode,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from summitry.errors import BadParameter, MalformedQuery, OutboundRefused, UnsupportedMedia
from summitry.functions import lacking
from summitry.grammar import malformed
from summitry.hints import hints
from summitry.terms import MERGE, PREFIXES, Graph
from summitry.workers.frames import Facts, Message
from summitry.workers.jobs.rows import bounded, counted

Results = QuerySolutions | QueryBoolean | QueryTriples

_PREFIXES: Final = dict(PREFIXES)
_WITHOUT_PREFIXES: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the results in the media type that `solutions` or `graph` names, as the query's form needs.

    `default_graphs` and `named_graphs` are the IRIs of the query's dataset (SPARQL 1.1 Protocol §2.1.4);
    where either is given, FROM and FROM NAMED do not count. With a `base`, relative IRIs are resolved against
    it, no prefix is known that the query does not declare, and a function that does not exist is an error of the
    expression alone: the standard's own reading.

    Raises:
        MalformedQuery: no SPARQL query, or one with a function that does not exist.
        OutboundRefused: it asks another server, to which a child cannot connect.
        UnsupportedMedia: no serialiser writes that media type.
    """
    with translated(request):
        facts = _write(execute(store, request), request, output)
        found = hints_of(store, request)
        return {**facts, "hints": found} if found else facts


@contextmanager
def translated(request: Message) -> Iterator[None]:
    """Raise what the engine says of the query of `request` as errors of ours; see `run`."""
    try:
        yield
    except SyntaxError as error:
        raise malformed(str(error.msg), _text(request.body), has_base=bool(request.text("base"))) from error
    except RuntimeError as error:
        raise MalformedQuery(str(error)) from error
    except ConnectionError:
        raise
    except OSError as error:
        raise OutboundRefused("the query asks another server (SERVICE); load its data here") from error


def hints_of(store: Store, request: Message) -> list[str]:
    """Give a sentence for each of the first names in the query that nothing bears."""
    is_plain = bool(request.text("base"))  # a plain store has no terms of its own
    return [] if is_plain else hints(store, _text(request.body), request.text("instance_base"))


def execute(store: Store, request: Message) -> Results:
    """Give the results of the query, over the dataset of the request."""
    source, default, named = _dataset(store, request)
    sparql, base = _text(request.body), request.text("base")
    if not base:
        return source.query(sparql, prefixes=_prefixes_in(sparql), default_graph=default, named_graphs=named)
    return lacking(
        lambda functions: source.query(
            sparql, base_iri=base, default_graph=default, named_graphs=named, custom_functions=functions
        )
    )


def _dataset(
    store: Store, request: Message
) -> tuple[Store, list[Graph] | None, list[NamedNode | BlankNode] | None]:
    """Give a store, and of its graphs those that are the dataset of the request; None where the query says which."""
    if not {"default_graphs", "named_graphs"} & request.facts.keys():
        return store, None, None
    default = [_graph(iri) for iri in request.texts("default_graphs")]
    named = [_graph(iri) for iri in request.texts("named_graphs")]
    if len(default) < 2:
        return store, [*default], [*named]
    return _merged(store, default=default, named=named), [MERGE], [*named]


def _prefixes_in(sparql: str) -> dict[str, str]:
    """Give the prefixes that `sparql` may use: the engine takes time for each that it is given."""
    return {name: space for name, space in _PREFIXES.items() if f"{name}:" in sparql}


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise MalformedQuery("the query is not in UTF-8; SPARQL knows no other encoding") from error


def _graph(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise BadParameter(f"{iri!r} is no absolute IRI; name a graph like https://a.example/b") from error


def _merged(store: Store, *, default: list[NamedNode], named: list[NamedNode]) -> Store:
    """Give a store of that dataset alone.

    The engine gives a triple that two default graphs hold twice, where the standard wants their merge.
    """
    dataset = Store()
    for graph in default:
        quads = store.quads_for_pattern(None, None, None, graph)
        dataset.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, MERGE) for quad in quads)
    for graph in named:
        dataset.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return dataset


def _write(results: Results, request: Message, output: BinaryIO) -> Facts:
    limit = int(request.number("result_rows"))
    if isinstance(results, QueryTriples):
        media = request.text("graph")
        _write_graph(results, media, output, limit=limit, has_prefixes=not request.text("base"))
        return {"form": "graph", "media": media}
    media = request.text("solutions")
    results_format = QueryResultsFormat.from_media_type(media)
    if results_format is None:
        raise UnsupportedMedia(f"no solutions as {media!r}; ask for application/sparql-results+json")
    results.serialize(bounded(output, media, limit), results_format)
    return {"form": "boolean" if isinstance(results, QueryBoolean) else "solutions", "media": media}


def _write_graph(
    triples: QueryTriples, media: str, output: BinaryIO, *, limit: int, has_prefixes: bool
) -> None:
    rdf_format = RdfFormat.from_media_type(media)
    if rdf_format is None:
        raise UnsupportedMedia(f"no graph as {media!r}; ask for text/turtle")
    try:
        if rdf_format in _WITHOUT_PREFIXES:
            triples.serialize(bounded(output, media, limit), rdf_format)
        else:
            prefixes = _PREFIXES if has_prefixes else None
            serialize(counted(triples, limit), output, rdf_format, prefixes=prefixes)
    except OSError as error:
        # JSON-LD 1.1 has no triple terms, and the engine says so as it would of a file.
        if "RDF 1.2" not in str(error):
            raise
        raise UnsupportedMedia(f"{media} has no triple terms; ask for text/turtle") from error
