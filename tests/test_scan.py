"""What would crash, hang or abuse a parser is refused before it; nothing ordinary is.

The bypasses below were all accepted by pyoxigraph 0.5.13, the bounds found by experiment with it.
"""

import subprocess
import sys
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summitry.errors import OutboundRefused, ScanRefused, TooLarge, UnsupportedMedia
from summitry.glance import is_plain
from summitry.media import JSON_LD, N_TRIPLES, RDF_XML, TRIG, TURTLE
from summitry.scan import (
    CLAUSES,
    CLOSURES,
    FORKS,
    PATTERNS,
    QUERY_DEPTH,
    UPLOAD_DEPTH,
    _Query,
    scan_query,
    scan_upload,
)

MIB = 1024 * 1024


def scan(query: str) -> str:
    return scan_query(query.encode(), limit=MIB)


def refusal(query: str) -> str:
    with pytest.raises(ScanRefused) as refused:
        scan(query)
    return str(refused.value)


def where(pattern: str) -> str:
    return f"SELECT * WHERE {{ {pattern} }}"


# Queries: outbound requests

OUTBOUND = [
    "SELECT * { SERVICE <http://x> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE SILENT ?x {} }",
    "SELECT * {serviceSILENT<http://x>{}}",
    "SELECT * {?s ?p 1SERVICE<http://x>{}}",
    "SELECT * {?s ?p 1e5SERVICE<http://x>{}}",
    "SELECT * {?s ?p true.SERVICE<http://x>{}}",
    "SELECT * {?s ?p trueSERVICE<http://x>{}}",
    "SELECT * {?s ?p ex:a.b.SERVICE<http://x>{}}",
    "SELECT * {?s ?p 'a'SERVICE<http://x>{}}",
    "SELECT * {SELECT*{SERVICE?s{}}}",
    "SELECT * { # comment\rSERVICE ?x {} }",
    "SELECT * { FILTER(1<2)SERVICE#>\n?x{} }",
    "SELECT * { FILTER(?a<?b)SERVICE#>\n?x{} }",
    "SELECT * { FILTER(EXISTS{}<?b)SERVICE#>\n?x{} }",
    "SELECT * { FILTER(true-1<?b)SERVICE#>\n?x{} }",
    "SELECT * { FILTER ex:f(?a<?b)SERVICE#>\n?x{} }",
    "SELECT * { FILTERex:f(?a<?b)SERVICE#>\n?x{} }",
    "PREFIX ex: <http://x/> SELECT * {SERVICEex:a{}}",
    "PREFIX SERVICEex: <http://y/> PREFIX ex: <http://x/> SELECT * {SERVICEex:a{}}",
    "PREFIX ex: <http://x/> SELECT * {serviceSILENTex:a {}}",
    "LOAD <http://x>",
    "LOADSILENT<http://x>INTO GRAPH<http://g>",
    "PREFIX ex: <http://x/> LOADex:a",
    "INSERT DATA {} ; load <http://x>",
    "CLEARALL;LOAD<http://x>",
    "INSERT DATA {} ; PREFIX ex: <http://x/> LOADSILENTex:a",
    "SELECT * { S\\u0045RVICE <http://x> { ?s ?p ?o } }",
    "\\U0000004cOAD <http://x>",
]


@pytest.mark.parametrize("query", OUTBOUND)
def test_no_query_reaches_out(query):
    """SPARQL 1.1 §2.1 of Federated Query, §3.1.4 of Update: SERVICE and LOAD call other servers."""
    with pytest.raises(OutboundRefused):
        scan(query)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?service ?load { ?service ?p "SERVICE <x> {} LOAD" , "a\\"SERVICE" , """x "SERVICE" x""" }',
        "SELECT * { ?s ex:service <http://x/SERVICE#LOAD> . # SERVICE <x> {}\n ?s ?p ?o }",
        "PREFIX service: <urn:s> PREFIX load: <urn:l> SELECT * { service:a a load:b . GRAPH service:g { ?s ?p ?o } }",
        "PREFIX load: <urn:l> DESCRIBE load:a",
        "PREFIX load: <urn:l> INSERT DATA { load:a a load:b } ; PREFIX load: <urn:l> COPY load:x TO load:y",
        "SELECT * { VALUES (?a ?b) { (<http://x/load> <http://x/service>) } }",
        "SELECT * { FILTER(?a < ?b && ?c > ?d || ?x IN (<http://x/service>, <http://x/load>)) }",
        "SELECT (COUNT(?a) AS ?load) { { SELECT ?a (STR(?b) AS ?c) { ?a (ex:load|^ex:service)* ?b } GROUP BY ?a } }",
    ],
)
def test_names_texts_and_comments_may_say_service_and_load(query):
    assert scan(query) == query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (r"ASK { ?xx\u0078 :\U00000070 1 }", "ASK { ?xxx :p 1 }"),
        ("ASK { <\\u0078> :p \"\\u0070\", '''\"\\u0070''' } # \\u0070", None),
        (r"ASK { ?s ?p \uD800 , \u0000 , \u00 }", None),
    ],
)
def test_escapes_of_characters_are_read_before_the_grammar(query, expected):
    """SPARQL 1.1 Query §19.2: codepoint escapes may stand anywhere; the engine reads those of strings and IRIs."""
    assert scan(query) == (expected or query)


# Queries: size, characters, nesting


def test_a_query_has_a_limit_of_bytes():
    with pytest.raises(TooLarge, match="11 bytes; 10 are allowed"):
        scan_query("ASK { } # é".encode()[:11], limit=10)


def test_a_query_is_utf8_without_control_characters():
    assert scan_query(b"\xef\xbb\xbfASK {}", limit=99) == "ASK {}"
    with pytest.raises(ScanRefused, match=r"not UTF-8: see byte 6 \(line 2\)"):
        scan_query(b"ASK {\n\xff}", limit=99)
    with pytest.raises(ScanRefused, match=r"U\+0000 at byte 4"):
        scan_query(b"ASK \x00{}", limit=99)


NESTED = {
    "STR(": lambda n: where("FILTER(" + "STR(" * (n - 2) + "?x" + ")" * (n - 1)),
    "(": lambda n: where("FILTER" + "(" * (n - 1) + "?x" + ")" * (n - 1)),
    "{": lambda n: "SELECT * " + "{" * n + "?s ?p ?o" + "}" * n,
    "<<": lambda n: where("<<(?s ?p " * (n - 1) + "?o" + ")>>" * (n - 1) + " ?p ?o"),
    "SELECT": lambda n: "SELECT * " + "{SELECT * " * (n - 1) + "{}" + "}" * (n - 1),
    "not an IRI": lambda n: where("FILTER(?a<" + "STR(" * (n - 2) + "?x" + ")" * (n - 2) + "#>\n)"),
}  # fmt: skip


@pytest.mark.parametrize("shape", NESTED)
def test_brackets_nest_64_deep(shape):
    """STR( nested 940 deep, 5 KB, overflows the stack of the parser and kills the process."""
    assert scan(NESTED[shape](QUERY_DEPTH))
    assert "64 deep" in refusal(NESTED[shape](QUERY_DEPTH + 1))


@pytest.mark.parametrize("call", ["REGEX(", "SUBSTR(", "REPLACE(", "GROUP_CONCAT("])
def test_calls_that_are_read_twice_nest_less(call):
    """The parser tries their form with more arguments first: twenty of them take minutes, wrong or right."""
    assert scan(where(f"FILTER({call * FORKS}?x{')' * FORKS})"))
    assert "BIND" in refusal(where(f"FILTER({call * (FORKS + 1)}?x"))


def test_repeated_paths_nest_three_deep():
    """((p*)*)*: evaluating nine of them takes 7 seconds on a hundred triples."""
    assert scan(where(f"?s {'(' * CLOSURES}ex:p{')*' * CLOSURES} ?o"))
    assert scan(where("?s (ex:a/ex:b*)+/(ex:c|^ex:d*)? ?o"))
    assert "repeats" in refusal(where(f"?s {'(' * 4}ex:p{')+' * 4} ?o"))


def test_a_string_that_never_ends_hides_nothing():
    """The parser falls back to an empty string before it, and reads what follows as query."""
    assert "never closed" in refusal('SELECT * { VALUES ?x { """a" } SERVICE <http://x> {} }')


# Queries: what the planner can bear

TOO_MANY = {
    "triples": lambda n: where(" . ".join(f"?s ?p{i} ?o{i}" for i in range(n))),
    "objects": lambda n: where("?s ?p " + " , ".join(f"?o{i}" for i in range(n))),
    "properties": lambda n: where("?s " + " ; ".join(f"?p{i} ?o{i}" for i in range(n))),
    "optionals": lambda n: where(" ".join(f"OPTIONAL {{ ?s ?p ?o{i} }}" for i in range(n))),
    "graphs": lambda n: where(" ".join(f"GRAPH ?g{i} {{ ?s ?p ?o{i} }}" for i in range(n))),
    "steps": lambda n: where("?s " + "/".join(["ex:p"] * n) + " ?o"),
    "values": lambda n: where(" ".join(f"VALUES ?v{i} {{ 1 2 }}" for i in range(n))),
    "list items": lambda n: where("?s ?p (" + " ".join(f"?v{i}" for i in range(n // 2)) + ")"),
    "items after a call": lambda n: where(
        "?s filter:p (" + " ".join(f"?v{i}" for i in range(n // 2 + 1)) + ")"
    ),
}


@pytest.mark.parametrize("kind", TOO_MANY)
def test_one_query_has_120_triple_patterns(kind):
    """300 patterns, a kilobyte, plan for minutes and cannot be interrupted."""
    assert scan(TOO_MANY[kind](PATTERNS - 2))
    assert "Split it" in refusal(TOO_MANY[kind](PATTERNS + 3))


@pytest.mark.parametrize(
    "many",
    [
        lambda n: where("FILTER(" + "||".join(["?x"] * n) + ")"),
        lambda n: where("FILTER(" + "!" * n + "?x)"),
        lambda n: where("BIND(1 AS ?x) " * n),
        lambda n: where("{} UNION " * n + "{}"),
        lambda n: "DESCRIBE " + "<urn:a> " * n,
    ],
)
def test_one_query_has_a_thousand_keywords_and_operators(many):
    """Three thousand overflow the stack: the parser folds them into a tree that is as deep."""
    assert scan(many(200))
    assert f"{CLAUSES:,}" in refusal(many(CLAUSES + 1))


@pytest.mark.parametrize(
    "text",
    [
        where("VALUES ?x { " + " ".join(f"<http://example.org/{i}>" for i in range(10_000)) + " }"),
        where("VALUES (?x ?y) { " + " ".join(f"(<http://e.org/{i}> UNDEF)" for i in range(10_000)) + " }"),
        where("FILTER(?x IN (" + ", ".join(f"'{i}'@en" for i in range(10_000)) + "))"),
        "INSERT DATA { "
        + " ".join(f"<urn:{i}> a ex:C ; ex:p ({i} [ ex:q 'x' , 'y' ]) ." for i in range(10_000))
        + " }",
        "CONSTRUCT { " + " ".join(f"?s ex:p{i} ?o ." for i in range(5_000)) + " } WHERE { ?s ?p ?o }",
        " ; ".join(f"DELETE DATA {{ GRAPH <urn:g> {{ <urn:{i}> a true }} }}" for i in range(2_000)),
        " ".join(f"PREFIX p{i}: <urn:{i}>" for i in range(300)) + " ASK { p1:a ?p ?o }",
    ],
    ids=["VALUES", "rows", "IN", "INSERT DATA", "CONSTRUCT", "many operations", "many prefixes"],
)
def test_long_lists_of_data_are_no_patterns(text):
    """Ten thousand IRIs in VALUES or IN, or triples to insert, are an ordinary request."""
    assert scan(text) == text


WORDS = """?a $b a 1 2.5 'x' "y" @en ^^ ^ | / * + ? , ; . { } <urn:x> _:b ex:c ex: SELECT ASK WHERE VALUES FILTER
GRAPH UNION OPTIONAL INSERT DELETE DATA SERVICE LOAD # < > = ! && ( ) [ ] << >> \\"""
PIECES = st.sampled_from(WORDS.split())


def is_refused(query: str) -> bool:
    try:
        _Query().read(query)
    except (OutboundRefused, ScanRefused):
        return True
    return False


@given(st.lists(st.tuples(PIECES, st.integers(1, 200)), max_size=12), st.sampled_from(["", " "]))
@settings(max_examples=1000, deadline=None)
def test_what_is_plain_at_a_glance_would_be_refused_by_no_reading_of_its_tokens(pieces, between):
    query = between.join(between.join([piece] * times) for piece, times in pieces)

    assert not (is_plain(query, depth=QUERY_DEPTH, patterns=PATTERNS) and is_refused(query))


def test_a_look_up_is_plain():
    query = "PREFIX ex: <https://a.example/> SELECT ?label { ex:a ?p ?o ; ex:b ex:c . OPTIONAL { ?o ?q 1 } }"

    assert is_plain(query, depth=QUERY_DEPTH, patterns=PATTERNS)


PLAN = "import sys; from pyoxigraph import Store; Store().query(sys.stdin.read())"
AT_THE_LIMIT = [
    TOO_MANY["triples"](PATTERNS),
    TOO_MANY["list items"](PATTERNS - 2),
    where("FILTER(" + "||".join(["?x"] * (CLAUSES - 10)) + ")"),
    where(f"FILTER({'REPLACE(' * FORKS}?x{',?y,?z)' * FORKS})"),
    *(make(QUERY_DEPTH) for make in NESTED.values()),
]


@pytest.mark.parametrize("query", AT_THE_LIMIT)
def test_what_the_scan_lets_pass_the_engine_survives(query):
    scan(query)

    planned = subprocess.run([sys.executable, "-c", PLAN], input=query, text=True, timeout=100, check=False)

    assert planned.returncode == 0


# Uploads


def upload(content: bytes | str, media: str = TURTLE, limit: int = 64 * MIB) -> None:
    scan_upload(content.encode() if isinstance(content, str) else content, media, limit=limit)


def upload_refusal(content: bytes | str, media: str = TURTLE) -> str:
    """Give why the scan refuses `content`; an empty text where it lets it pass."""
    try:
        upload(content, media)
    except ScanRefused as refused:
        return str(refused)
    return ""


def test_an_upload_has_a_limit_of_bytes():
    with pytest.raises(TooLarge, match="Split it"):
        upload("<urn:s> <urn:p> 1 .", limit=10)


def test_a_format_that_nobody_reads_is_named():
    with pytest.raises(UnsupportedMedia, match=r"text/csv is not read here. Send one of text/turtle"):
        upload("a,b", "text/csv")


@pytest.mark.parametrize("content", ["", " \r\n\t", "\ufeff\n"])
def test_an_empty_upload_is_refused(content):
    """It would replace a graph by nothing: that must be said, not slip in."""
    assert "empty" in upload_refusal(content)


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("<urn:s> <urn:p> 'é' .".encode("utf-16"), "UTF-16"),
        ("<urn:s> <urn:p> 'é' .".encode("utf-16-le"), "UTF-16"),
        ("<a>\n<é>".encode("latin-1"), "byte 5 (line 2)"),
        (b"<a> <b>\n\n 'x\x07' .", "U+0007 at byte 12 (line 3)"),
    ],
)
def test_an_upload_is_utf8_without_control_characters(content, hint):
    assert hint in upload_refusal(content)


def test_a_byte_order_mark_is_accepted():
    """RFC 3629 §6: editors write one, and it says nothing."""
    assert upload_refusal("\ufeff<urn:s> <urn:p> 1 .") == ""


XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF>'
DEEP = {
    "[": (TURTLE, lambda n: "<urn:s> <urn:p> " + "[<urn:p> " * n + "1" + "]" * n + " ."),
    "(": (TRIG, lambda n: "<urn:s> <urn:p> " + "(" * n + "1" + ")" * n + " ."),
    "<<": (N_TRIPLES, lambda n: "<urn:s> <urn:p> " + "<<( <urn:s> <urn:p> " * n + "1" + ")>>" * n + " ."),
    "{": (JSON_LD, lambda n: '{"urn:p":' * n + "1" + "}" * n),
    "<a>": (RDF_XML, lambda n: XML.format("<a>" * (n - 1) + "</a>" * (n - 1))),
}  # fmt: skip


@pytest.mark.parametrize("bracket", DEEP)
def test_uploads_nest_100_deep(bracket):
    """JSON-LD nested 3,000 deep, and triple terms 50,000 deep, overflow the stack."""
    media, nest = DEEP[bracket]

    assert upload_refusal(nest(UPLOAD_DEPTH), media) == ""
    assert "Line 1 is nested more than 100 deep" in upload_refusal(nest(UPLOAD_DEPTH + 1), media)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (
            "<urn:s> <urn:p> \"[[[\" , '''((\"((\n''' , \"\\\"[[\" . # [[[[\n<urn:[((> <urn:p> 1 ." * 60,
            TURTLE,
        ),
        ("<urn:s> <urn:p> ex:a\\(\\(\\( ." * 60, TURTLE),
        ('{"urn:p": ["[[[{{{", "\\"[[["]}', JSON_LD),
        (XML.format("<!-- <a><a> --><![CDATA[<a><a>]]><?pi <a><a>?><a b='/'/><a b=\">\" />" * 60), RDF_XML),
    ],
)
def test_brackets_in_texts_names_and_comments_do_not_nest(content, media):
    assert upload_refusal(content, media) == ""


@pytest.mark.parametrize(
    "declaration", ['<!DOCTYPE rdf [ <!ENTITY a "b"> ]>', "<!ENTITY a 'b'>", "<!doctype x>"]
)
def test_rdf_xml_has_no_entities(declaration):
    """604 bytes of them expand to 2.4 GB."""
    assert "line 2" in upload_refusal(f"<?xml version='1.0'?>\n{declaration}" + XML.format(""), RDF_XML)


def test_rdf_xml_that_was_cut_off_is_refused():
    """The parser takes it for complete: half a graph would replace the whole."""
    assert "ends before" in upload_refusal(XML.format("<a/>").removesuffix("</rdf:RDF>"), RDF_XML)


@pytest.mark.parametrize(
    "context",
    [
        '"@context": "http://x.org/c"',
        '"@context" :\n[ "c.jsonld" ]',
        '"@context": {"@import": "http://x.org/c"}',
    ],
)
def test_json_ld_contexts_are_not_fetched(context):
    assert "never fetched" in upload_refusal(f'{{ {context}, "@id": "urn:s" }}', JSON_LD)


def test_json_ld_may_bring_its_context_and_speak_of_contexts():
    content = '{"@context": {"p": "urn:p"}, "p": "\\"@context\\": \\"http://x\\""}'

    assert upload_refusal(content, JSON_LD) == ""


HOSTILE = [
    *(
        (TURTLE, piece)
        for piece in ('"', "'", '""', '"""\\', "<", "<a ", "[]", "[1]", "\\", "#\n", '"\n', "<a>", "a.")
    ),
    *((JSON_LD, piece) for piece in ('"', '"\\', "[]", '"@context":[', "{")),
    *(
        (RDF_XML, piece)
        for piece in ("<a/>", "<a></a>", "<", '<a b="', "<!--", "<![CDATA[", "<?", "<a '", "</")
    ),
]


@pytest.mark.parametrize(("media", "piece"), HOSTILE)
def test_the_scan_takes_time_in_proportion_to_its_input(media, piece):
    """30 MB of any of these take seconds; here a megabyte, with room for a slow machine."""
    content = (piece * (MIB // len(piece))).encode()
    start = time.perf_counter()

    with suppress(ScanRefused):
        scan_upload(content, media, limit=64 * MIB)

    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "piece", ['"', "()", "<", "< ", "a.", "a-", "true-", "1.", "@a-", "_:a..", "a:b..", "\\", '"""\\']
)
def test_the_scan_of_a_query_takes_time_in_proportion_too(piece):
    query = (piece * (MIB // 4 // len(piece))).encode()
    start = time.perf_counter()

    with suppress(ScanRefused):
        scan_query(query, limit=MIB)

    assert time.perf_counter() - start < 4


@pytest.mark.parametrize("content", [b'"AAA"', b"7", b"null"])
def test_json_that_is_no_document_is_refused(content):
    """JSON-LD 1.1 §9: a document is an object or a list; a lone text would empty the graph that it replaces."""
    with pytest.raises(ScanRefused, match="no JSON-LD"):
        scan_upload(content, "application/ld+json", limit=100)
