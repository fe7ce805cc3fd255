"""Every statement has its place in the file, every mistake has its place and its remedy."""

import random
import subprocess
import sys

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad

from summitry.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from summitry.model import Severity, Upload
from summitry.parse import Parsed, parse
from summitry.terms import AP, SHAPES

GRAPH = NamedNode("https://w3id.org/summitry/graph/seed")
PREFIXES = "@prefix ap: <https://w3id.org/summitry/ns#> .\n@prefix ex: <http://example.org/> .\n"


def read(text: str, media: str = TURTLE) -> Parsed:
    return parse(Upload(text.encode(), media, GRAPH, name="seed.ttl"), base=GRAPH.value)


def mistakes(text: str, media: str = TURTLE) -> list[tuple[int, int, str, str]]:
    return [(f.line, f.column, f.message, f.fix) for f in read(text, media).findings]


# Places


class Draft:
    """A random Turtle document, written piece by piece, that knows where it put each object.

    Every property and every leaf is unique: `of_property` has the places of all objects of one,
    `of_leaf` the place of one IRI, name or literal.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.newline = self.random.choice(["\n", "\n", "\r\n"])
        self.text = ""
        self.count = 0
        self.of_property: dict[str, list[tuple[int, int]]] = {}
        self.of_leaf: dict[str, tuple[int, int]] = {}
        self.write(f"@prefix : <urn:x:> .{self.newline}PREFIX ap: <{AP}>")
        for _ in range(self.random.randint(1, 8)):
            self.statement()

    def write(self, text: str) -> None:
        self.text += text

    def gap(self) -> None:
        comment = f' # it\'s a "comment" ; [ <x> . é{self.newline}'
        blank_lines = self.newline * 2 + "  "
        self.write(self.random.choice([" ", " ", "  ", "\t", self.newline, blank_lines, comment]))

    def fresh(self) -> str:
        self.count += 1
        return f"n{self.count}"

    def place(self) -> tuple[int, int]:
        lines = self.text.replace("\r\n", "\n").split("\n")
        return len(lines), len(lines[-1]) + 1

    def statement(self) -> None:
        self.gap()
        subject = self.random.choice(["<urn:s>", "_:s.t", "[ ]", "node", "collection"])
        if subject == "collection":
            self.collection(depth=1)
        elif subject == "node":
            self.node(depth=1)
        else:
            self.write(subject)
        self.properties(depth=0)
        self.gap()
        self.write(".")

    def properties(self, depth: int) -> None:
        for index in range(self.random.randint(1, 3)):
            if index:
                self.write(self.random.choice([" ;", ";", " ; ;"]))
            self.gap()
            name = self.fresh()
            self.write(f":{name}")
            places = self.of_property.setdefault(f"urn:x:{name}", [])
            for position in range(self.random.randint(1, 3)):
                if position:
                    self.write(self.random.choice([",", " , "]))
                self.gap()
                places.append(self.place())
                # Twice the same statement would have one place only.
                self.value(depth, twice=position > 0)

    def value(self, depth: int, *, twice: bool = False) -> None:
        kinds = ["iri", "name", "text", "long", "tagged", "typed", "number", "empty"]
        kinds += [] if twice else ["nothing"]
        kind = self.random.choice(kinds if depth > 3 else [*kinds, "node", "collection"])
        if kind == "node":
            self.node(depth + 1)
        elif kind == "collection":
            self.collection(depth + 1)
        else:
            self.leaf(kind)

    def node(self, depth: int) -> None:
        self.write("[")
        self.properties(depth)
        self.gap()
        self.write("]")

    def collection(self, depth: int) -> None:
        self.write("(")
        for _ in range(self.random.randint(1, 3)):
            self.gap()
            self.value(depth)
        self.gap()
        self.write(")")

    def leaf(self, kind: str) -> None:
        name = self.fresh()
        quote = self.random.choice("'\"")
        spelled = {
            "iri": f"<urn:y:{name}>",
            "name": f":{name}.b",
            "text": f"{quote}{name} \\{quote} # “é” <x> ({quote}",
            "long": f"{quote * 3}{name}{self.newline}{quote} \\{quote}{self.newline * 2}# . ;{quote * 3}",
            "tagged": f"{quote}{name}{quote}@en-GB",
            "typed": f"{quote}{name}{quote}^^{self.random.choice([':t', '<urn:t>'])}",
            "number": f"{self.count}.5",
            "empty": "[ ]",
            "nothing": "()",
        }
        self.of_leaf[{"iri": f"urn:y:{name}", "name": f"urn:x:{name}.b"}.get(kind, name)] = self.place()
        self.write(spelled[kind])
        if kind in ("text", "long"):
            # The parser waits for a suffix of these, past any line end.
            self.gap()


@pytest.mark.parametrize("seed", range(300))
def test_every_statement_is_found_where_its_object_begins(seed):
    draft = Draft(seed)

    parsed = read(draft.text)

    found: dict[str, list[tuple[int, int]]] = {}
    for quad in parsed.quads:
        found.setdefault(quad.predicate.value, []).append(parsed.places[quad])
        leaf = quad.object.value.split(maxsplit=1)[0]
        assert draft.of_leaf.get(leaf, parsed.places[quad]) == parsed.places[quad], draft.text
    assert parsed.findings == ()
    assert {name: sorted(places) for name, places in found.items() if name.startswith("urn:")} == {
        name: sorted(places) for name, places in draft.of_property.items()
    }, draft.text


def places(text: str, media: str = TURTLE) -> list[tuple[int, int]]:
    parsed = read(text, media)
    return [parsed.places[quad] for quad in parsed.quads]


def test_a_text_that_waits_for_its_suffix_keeps_its_own_line():
    """The parser gives the statement when it has read the dot, three lines below."""
    assert places('<urn:s> <urn:p> "text"\n\n# comment\n.') == [(1, 17)]


def test_a_bracket_stands_where_it_opens():
    assert sorted(places("<urn:s> <urn:p> [\n  <urn:q> 1\n] .")) == [(1, 17), (2, 11)]


def test_a_statement_that_is_there_twice_is_shown_where_it_stands_first():
    assert places("<urn:s> <urn:p> 1 .\n<urn:s> <urn:p> 1 .") == [(1, 17), (1, 17)]


def test_columns_count_characters_and_lines_end_in_three_ways():
    assert places('<urn:é😀> <urn:p> "ü" ,\r\n "b" ,\r "c" .') == [(1, 18), (2, 2), (3, 2)]


def test_a_byte_order_mark_moves_nothing():
    assert places("\ufeff<urn:s> <urn:p> 1 .") == [(1, 17)]


def test_lines_of_n_quads_have_places():
    text = '<urn:s> <urn:p> <urn:o> <urn:g> .\n# comment\n_:a <urn:p> "x"@en .\n'

    parsed = read(text, N_QUADS)

    assert [quad.graph_name for quad in parsed.quads] == [NamedNode("urn:g"), GRAPH]
    assert list(parsed.places.values()) == [(3, 13), (1, 17)]


def test_statements_of_trig_keep_their_graphs():
    text = "<urn:s> <urn:p> 1 .\nGRAPH <urn:g> { <urn:s> <urn:p> 2 }\n<urn:h> { <urn:s> <urn:p> 'x' , 'y' . }"

    parsed = read(text, TRIG)

    graphs = [(quad.graph_name, parsed.places[quad]) for quad in parsed.quads]
    named = [NamedNode("urn:g"), NamedNode("urn:h"), NamedNode("urn:h")]
    assert graphs == list(zip([GRAPH, *named], [(1, 17), (2, 33), (3, 27), (3, 33)], strict=True))


@pytest.mark.parametrize(
    ("text", "media"),
    [
        ('{"@id": "urn:s", "urn:p": {"@id": "_:b"}}', JSON_LD),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="urn:">'
            '<rdf:Description rdf:about="urn:s"><p rdf:nodeID="b"/></rdf:Description></rdf:RDF>',
            RDF_XML,
        ),
    ],
)
def test_other_formats_have_no_places_and_keep_labels(text, media):
    parsed = read(text, media)

    assert parsed.quads == (Quad(NamedNode("urn:s"), NamedNode("urn:p"), BlankNode("b"), GRAPH),)
    assert parsed.places == {}


def test_prefixes_and_relative_iris_are_those_of_the_document():
    parsed = read("@prefix ex: <http://example.org/> . <#s> ex:p <x> .")

    (quad,) = parsed.quads
    assert parsed.prefixes == {"ex": "http://example.org/"}
    assert (quad.subject.value, quad.object.value) == (f"{GRAPH.value}#s", GRAPH.value.replace("seed", "x"))


# Mistakes

# What a curator writes below two lines of prefixes, where the mistake is, and the remedy.
# ⏎ is a line end, ␣ a no-break space, ␀ a space of no width.
TABLE = r'''
ap:a ap:b person:xi .
    3:11 The prefix person: is not declared.
    Add @prefix person: <https://w3id.org/summitry/id/person/> . at the top.

ap:a eg:b eg:c . eg:d ap:b 1 .
    3:6 The prefix eg: is not declared (used 3 times).
    Write ex: if you mean that one, or add @prefix eg: <…> . at the top.

zz:a ap:b 1 .⏎@prefix zz: <urn:z> .
    3:1 The prefix zz: is declared further down only.
    Move its @prefix line to the top.

ap:a ap:b “fentanyl”@en .
    3:11 “ does not quote a text.
    Write straight quotes: "fentanyl".

ap:a ap:b 1⏎  ap:c 2 .
    3:12 The statement is not finished: a semicolon is missing after 1.
    Write 1 ;

ap:a ap:b "x"@en  # why⏎⏎  ap:c 2 .
    3:17 The statement is not finished: a semicolon is missing after "x"@en.
    Write "x"@en ;

ap:a ap:b ap:c⏎ap:d ap:e 2 .
    3:15 The statement is not finished: a dot is missing after ap:c.
    Write ap:c .

ap:a ap:b ap:c ap:d .
    3:15 The statement is not finished: a comma is missing after ap:c.
    Write ap:c ,

ap:a ap:b ap:c
    3:15 The last statement is not finished: a dot is missing.
    Write ap:c .

ap:a ap:b ex:trump/xi .
    3:19 A name such as ex:trump cannot contain a slash.
    Write <http://example.org/trump/xi>, or ex:trump-xi if you may choose the name.

ap:a ap:b <http://example.org/a b> .
    3:11 An IRI cannot contain a space.
    Write <http://example.org/a%20b>.

ap:a ap:b <http://x ;⏎ ap:c 1 .
    3:11 The IRI that begins here is not closed.
    Write <http://x>.

ap:a ap:b https://x.org/y .
    3:11 An IRI needs angle brackets.
    Write <https://x.org/y>.

ap:a ap:b "open ;⏎ ap:c "ok" .
    3:11 The text that begins here is not closed on this line.
    Write " where it ends, or """ on both sides of a text of several lines.

ap:a ap:b """open .⏎
    3:11 The text that begins here is never closed.
    Write """ where it ends.

ap:a ap:b "say "no" now" .
    3:11 This text is closed by a quote inside of it.
    Write \" for a quote inside of a text: "say \"no\" now".

ap:a ap:b [ ap:c 1 .
    3:11 The [ that opens here is not closed.
    Write ] after 1.

ap:a ap:b ( 1 2 .
    3:11 The ( that opens here is not closed.
    Write ) after 2.

ap:a ap:b 1 ] .
    3:13 No [ is open that this ] could close.
    Remove it.

ap:a ap:b .
    3:10 ap:b has no value.
    Write a value after ap:b, or remove it.

ap:a ap:b 1 , .
    3:13 After this comma comes no value.
    Remove the comma.

ap:a ap:b "x"@en ;⏎ap:d a ap:C .
    3:18 A statement about ap:d begins after a semicolon, not after a dot.
    Write "x"@en .

ap:a ap:b ap:c ,⏎ap:d a ap:C ; ap:e 1 .
    3:16 A statement about ap:d begins after a comma, not after a dot.
    Write ap:c .

ap:a ap:b ap:c .⏎  ap:d 10 ;⏎  ap:e "y" .
    3:16 A dot ends the statement before ap:d, which says more about ap:a.
    Write ap:c ;

ap:a ap:b "x"@en .⏎  ap:d ap:e .
    3:18 A dot ends the statement before ap:d, which says more about ap:a.
    Write "x"@en ;

ap:a ap:b 1 .⏎ap:d 10 .
    4:6 10 is no property.
    Write a property such as ap:imposedBy.

ap:a .
    3:5 ap:a is followed by no property.
    Write a property and its value after ap:a.

ap:a ap:b "x" ; "y" .
    3:17 "y" is no property.
    Between two values of one property write a comma, not a semicolon.

ap:a ap:b True .
    3:11 True is written in lower case.
    Write true.

ap:a ap:b 100% .
    3:14 A number has no percent sign.
    Write 100 alone.

ap:a ap:b 2025-11-01 .
    3:11 A date needs quotes and a type.
    Write "2025-11-01"^^xsd:date.

ap:a ap:b "2025-11-01"^ex:date .
    3:23 Before a type stand two carets.
    Write ^^ here.

ap:a ap:b ex:trump–xi .
    3:19 – is a dash and no hyphen.
    Write - here.

ap:a ap:b −10 .
    3:11 − is a dash and no hyphen.
    Write - here.

ap:a ap:b ␣␣1 .
    3:11 The character U+00A0 looks like a space and is none.
    Write an ordinary space.

ap:a ap:␀b 1 .
    3:9 The character U+200B, which nobody sees, does not belong here.
    Remove it.

ap:a ap:b "x"@en_US .
    3:17 A language tag has hyphens.
    Write @en-US, not @en_US.

ap:a ap:b "x"@zh_Hans .
    3:17 A language tag has hyphens.
    Write @zh-Hans, not @zh_Hans.

ap:a ap:b China .
    3:11 China is neither a name nor a quoted text.
    Write "China"@en for a text, or a name with its prefix, such as country:us.

ap:a ap:b "a\d" .
    3:13 \d is no escape.
    Write \\ for a backslash.

prefix zz: <urn:z> .
    3:20 PREFIX and BASE without @ have no dot.
    Remove it, or write @prefix.

ap:g { ap:a ap:b 1 }
    3:6 { is no property.
    Named graphs need TriG: send the document as application/trig (a file .trig).
'''
TYPICAL = [tuple(line.strip() for line in record.split("\n")) for record in TABLE.strip().split("\n\n")]


def typed(written: str) -> str:
    """Give what a row of the table stands for."""
    return written.translate({ord("⏎"): "\n", ord("␣"): "\u00a0", ord("␀"): "\u200b"})


@pytest.mark.parametrize(("written", "mistake", "fix"), TYPICAL)
def test_a_typical_mistake_is_shown_once_with_its_remedy(written, mistake, fix):
    found = mistakes(PREFIXES + typed(written))

    assert [(f"{line}:{column} {message}", remedy) for line, column, message, remedy in found] == [
        (mistake, fix)
    ]


@pytest.mark.parametrize(
    "written", [row[0] for row in TYPICAL if '"""' not in row[0] and "last" not in row[1]]
)
def test_no_mistake_hides_the_ones_in_statements_after_it(written):
    """All mistakes are found in one pass, except in a text that never ends."""
    text = typed(written)

    found = mistakes(f"{PREFIXES}{text}\n\nap:x ap:y Nonsense .\nap:x ap:y ap:z")

    assert [message for _, _, message, _ in found[-2:]] == [
        "Nonsense is neither a name nor a quoted text.",
        "The last statement is not finished: a dot is missing.",
    ]


@pytest.mark.parametrize(
    "mistake",
    [
        "ap:a ap:b China .",
        "ap:a ap:b 1 ;\n ap:c a ap:D ; ap:e 1 .",
        "ap:a ap:b 1\n ap:c ap:d ap:e .",
        "ap:a ap:b .",
    ],
)
def test_a_mistake_within_a_graph_of_trig_is_told_once(mistake):
    text = f"{PREFIXES}ap:g {{\n {mistake}\n ap:x ap:y 1 .\n}}\nap:h {{ ap:x ap:y 2 }}\n"

    assert len(mistakes(text, TRIG)) == 1


def test_each_of_several_mistakes_has_its_line():
    text = "ap:a ap:b 1\nap:c ap:d 2\nap:e ap:f [ ap:g “x” .\nap:h ap:i xx:j , 100% ] .\n"

    lines = [(line, message.split(":")[0]) for line, _, message, _ in mistakes(PREFIXES + text)]

    assert lines == [
        (3, "The statement is not finished"),
        (4, "The statement is not finished"),
        (5, "The [ that opens here is not closed."),
        (5, "“ does not quote a text."),
        (6, "The prefix xx"),
        (6, "A number has no percent sign."),
        (6, "No [ is open that this ] could close."),
    ]


def test_a_document_with_mistakes_says_nothing():
    parsed = read(PREFIXES + "ap:a ap:b 1 . ap:c ap:d")

    assert (parsed.quads, parsed.places) == ((), {})


def test_a_finding_names_file_severity_and_rule():
    (finding,) = read("<urn:s> <urn:p> .").findings

    assert (finding.file, finding.severity, finding.component, finding.shape) == (
        "seed.ttl",
        Severity.VIOLATION,
        SHAPES + "Syntax",
        "",
    )


@pytest.mark.parametrize("text", ["ap:a ap:b xx . " * 300, '<a> <b> "x\n' * 300, "“ " * 300, "x" * 3000])
def test_there_are_at_most_a_hundred_findings(text):
    assert 1 <= len(mistakes(text)) <= 100


def test_turtle_in_n_triples_is_one_mistake():
    text = "@prefix ex: <urn:x> .\nex:a ex:b ex:c .\nex:d ex:e ex:f .\n"

    ((line, column, message, _),) = mistakes(text, N_TRIPLES)

    assert (line, column) == (1, 1)
    assert message == "N-Triples and N-Quads know no prefixes: @prefix is Turtle."


def test_every_line_of_n_triples_has_its_own_mistake():
    text = (
        "<urn:a> <urn:b> 5 .\n<urn:a> <urn:b> <rel> .\n<urn:a> <urn:b> <urn:c>\n<urn:a> <urn:b> <urn:d> .\n"
    )

    assert [(line, message) for line, _, message, _ in mistakes(text, N_TRIPLES)] == [
        (1, "The object must be an IRI, a blank node or a literal."),
        (2, "The IRI is not complete."),
        (3, "The statement is not finished: a dot is missing after <urn:c>."),
    ]


def test_json_ld_tells_where_it_breaks():
    assert mistakes('{"@id": "urn:s",\n "urn:p": 1,}', JSON_LD) == [
        (2, 13, "A comma with nothing after it ends here.", "Remove the comma before this.")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{'@id': 'urn:s'}", "The character ' does not belong here."),
        ('{"@id": "urn:s', "The document ends in the middle."),
    ],
)
def test_json_that_is_none_is_explained(text, message):
    [(line, _, told, fix)] = mistakes(text, JSON_LD)

    assert (line, told, bool(fix)) == (1, message, True)


def test_no_context_is_fetched():
    text = '{"@context": [{}, "http://example.org/c"], "@id": "urn:s", "http://p": 1}'

    assert mistakes(text, JSON_LD) == [
        (0, 0, "Contexts are never fetched.", "Write the definitions into @context.")
    ]


XML_PREFIX = 'Declare it in rdf:RDF, as in xmlns:ap="https://w3id.org/summitry/ns#".'


def test_rdf_xml_names_its_first_error_only():
    """Its parser goes on in the middle of what it could not read."""
    text = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a:b>x</a:b></rdf:RDF>'

    assert mistakes(text, RDF_XML) == [(1, 66, "The prefix a: is not declared.", XML_PREFIX)]


@pytest.mark.parametrize(
    ("element", "told"),
    [
        (
            "<ap:é>x</ap:e>",
            (2, 16, "</ap:e> stands where </ap:é> was to be.", "Write the name that was opened."),
        ),
        ("<ap:b>x & y</ap:b>", (2, 16, "In XML, & begins an escape.", "Write &amp; for an & of a text.")),
        (
            "<ap:B about='urn:s'/>",
            (0, 0, "A name has no prefix.", "Write rdf:about for about, rdf:ID for ID."),
        ),
    ],
)
def test_rdf_xml_is_placed_where_it_is_not_well_formed(element, told):
    """The parser for RDF tells no place, that for XML does, of what is wrong as XML."""
    space = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ap="urn:"'
    inner = element if element.startswith("<ap:B") else f"<ap:B>{element}</ap:B>"

    assert mistakes(f"<rdf:RDF {space}>\n{inner}</rdf:RDF>", RDF_XML) == [told]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<?xml version="1.0"?>\n<rdf:RDF><a b="c d">e f</a></rdf:RDF>', "This is RDF/XML and no Turtle."),
        ('\n{\n "@id": "urn:s",\n "urn:p": 1\n}', "This is JSON and no Turtle."),
        ('[{"@id": "urn:s"}]', "This is JSON and no Turtle."),
        ("<!DOCTYPE html><html><p>Sign in, please</html>", "This is a web page and no RDF."),
    ],
)
def test_a_document_of_another_form_is_one_mistake(text, message):
    assert [told for _, _, told, _ in mistakes(text)] == [message]


@pytest.mark.parametrize(
    ("text", "media", "place"),
    [
        ("<urn:s> <urn:p> <urn:o> .\n<< <urn:s> <urn:p> <urn:o> >> <urn:q> 1 .", TURTLE, (2, 1)),
        ("<urn:s> <urn:p> <urn:o> {| <urn:q> 1 |} .", TURTLE, (1, 25)),
        ("<urn:s> <urn:p> <<( <urn:s> <urn:p> <urn:o> )>> .", N_TRIPLES, (1, 17)),
    ],
)
def test_a_statement_about_a_statement_is_to_be_a_claim(text, media, place):
    """The graph is RDF 1.1 (domain decision 3): RDF 1.2 is a form of export."""
    ((line, column, _, fix),) = mistakes(text, media)

    assert (line, column) == place
    assert "ap:Claim" in fix


def test_a_direction_of_text_is_refused():
    assert mistakes('<urn:s> <urn:p> "x"@ar--rtl .') == [
        (1, 20, "The direction of a text (--rtl) is not stored.", "Write @ar alone.")
    ]


def test_a_graph_needs_an_iri():
    ((_, _, _, fix),) = mistakes("_:g { <urn:s> <urn:p> 1 }", TRIG)

    assert fix == "Name each graph by an IRI."


def test_a_text_beyond_the_buffer_of_the_parser_is_a_mistake():
    """oxttl holds 16 MiB of one token; what is longer raises MemoryError."""
    text = f'<urn:s> <urn:p> "{"x" * 17_000_000}" .'

    assert mistakes(text) == [
        (0, 0, "One text or name is longer than 16 MiB.", "Link to long texts, do not quote them.")
    ]


def test_a_long_document_with_a_mistake_is_read_once():
    """Mending and reading again would take minutes there."""
    text = "<urn:s> <urn:p> 1 .\n" * 60_000 + "<urn:s> <urn:p> 1\n<urn:s> <urn:p> 2 ."

    assert mistakes(text) == [
        (60_002, 1, "The statement before this is not finished.", "Write a dot, ; or a comma.")
    ]


IN_A_WORKER = """
import resource
from pyoxigraph import NamedNode
from summitry.model import Upload
from summitry.parse import parse
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
for text in ("<urn:s> <urn:p> 1 .", "<urn:s> zz:p “x” , 100% ."):
    parsed = parse(Upload(text.encode(), "text/turtle", NamedNode("urn:g")), base="urn:g")
    print(len(parsed.quads), len(parsed.findings))
"""


def test_it_works_where_no_file_can_be_opened():
    """Workers have RLIMIT_NOFILE 0: not even a module may be imported late."""
    worker = subprocess.run([sys.executable, "-c", IN_A_WORKER], capture_output=True, text=True, check=False)

    assert (worker.stdout, worker.stderr) == ("1 0\n0 3\n", "")
