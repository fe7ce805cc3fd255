"""A statement is compared and stored in one form, the same for the same file every time."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from summitry.canonical import canonical, skolemised
from summitry.media import JSON_LD, TURTLE
from summitry.model import Upload
from summitry.parse import parse
from summitry.terms import SKOLEM, XSD

GRAPH = NamedNode("https://w3id.org/summitry/graph/seed")
SUBJECT, PROPERTY = NamedNode("urn:s"), NamedNode("urn:p")
QUICK = settings(derandomize=True, deadline=None, max_examples=100)

DATATYPES = [
    "string",
    "integer",
    "decimal",
    "double",
    "boolean",
    "date",
    "dateTime",
    "time",
    "duration",
    "byte",
]
LEXICAL = st.one_of(
    st.from_regex(r"[+-]?0{0,2}[0-9]{1,4}(\.[0-9]{0,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"20[0-9]{2}-[01][0-9]-[0-3][0-9](Z|[+-]0[0-9]:00)?", fullmatch=True),
    st.sampled_from(
        ["true", "1", "0", "NaN", "INF", "P1Y12M", "2025-10-30T24:00:00", "12:00:00.50", " 1", "é"]
    ),
)
TYPED = st.builds(
    lambda text, kind: Literal(text, datatype=NamedNode(XSD + kind)), LEXICAL, st.sampled_from(DATATYPES)
)
TAGGED = st.builds(
    lambda text, tag: Literal(text, language=tag), LEXICAL, st.sampled_from(["en", "en-US", "zh-Hans"])
)


def quad(object_: Literal | NamedNode | BlankNode) -> Quad:
    return Quad(SUBJECT, PROPERTY, object_, GRAPH)


def upload(text: str, media: str = TURTLE) -> tuple[Quad, ...]:
    parsed = parse(Upload(text.encode(), media, GRAPH), base=GRAPH.value)
    assert parsed.findings == ()
    return parsed.quads


@pytest.mark.parametrize(
    ("written", "datatype", "stored"),
    [
        ("01", "integer", "1"),
        ("100.0", "decimal", "100"),
        ("1.0E5", "double", "100000"),
        ("1", "boolean", "true"),
        ("2025-10-30+00:00", "date", "2025-10-30Z"),
        ("2025-11-31", "date", "2025-11-31"),
        ("Nov 10, 2025", "date", "Nov 10, 2025"),
    ],
)
def test_literals_take_the_spelling_of_the_store(written, datatype, stored):
    """What is no value of its datatype keeps its spelling: the shapes will speak of it as it was written."""
    kind = NamedNode(XSD + datatype)
    before = quad(Literal(written, datatype=kind))

    assert canonical([before], GRAPH) == {before: quad(Literal(stored, datatype=kind))}


@QUICK
@given(st.lists(st.one_of(TYPED, TAGGED), max_size=20))
def test_the_canonical_form_is_what_a_store_gives_back(literals):
    quads = [quad(literal) for literal in literals]
    store = Store()
    store.extend(quads)

    assert set(canonical(quads, GRAPH).values()) == set(store)


@QUICK
@given(st.lists(st.one_of(TYPED, TAGGED), max_size=20))
def test_the_canonical_form_of_a_canonical_form_is_itself(literals):
    once = canonical([quad(literal) for literal in literals], GRAPH)

    assert canonical(once.values(), GRAPH) == {form: form for form in once.values()}


DOCUMENT = """
@prefix ap: <https://w3id.org/summitry/ns#> .
<a> ap:rate 01 , 1.50 ; ap:list ( 1 [ ap:x "x"@EN ] ) ; ap:near [ ap:y [] ] .
[] ap:z _:named . [ ap:w "w" ] ap:v () .
"""


def test_the_same_file_gives_the_same_quads_every_time():
    """Anonymous nodes have new labels whenever the parser reads them; their names must not."""
    first, second = (canonical(upload(DOCUMENT), GRAPH) for _ in range(2))

    assert first.keys() != second.keys()
    assert list(first.values()) == list(second.values())


def test_no_blank_node_is_left():
    """SPARQL 1.1 Update §3.1.2: blank nodes cannot be deleted, so none is stored."""
    forms = canonical(upload(DOCUMENT), GRAPH).values()

    assert not [form for form in forms if BlankNode in (type(form.subject), type(form.object))]
    named = {
        term
        for form in forms
        for term in form
        if isinstance(term, NamedNode) and term.value.startswith(SKOLEM)
    }
    assert len(named) == 8


def test_nodes_stay_apart_and_labels_keep_their_names():
    """`_:b1` and the first node without a label are two; a label means the same wherever it stands."""
    one = skolemised(upload("_:b1 <p> [] , _:b2 ."), GRAPH)
    other = skolemised(upload("_:b2 <p> _:b1 . [] <p> [] ."), GRAPH)

    def names(quads, index):
        return [form[index].value for form in quads.values()]

    assert len({*names(one, 0), *names(one, 2)}) == 3
    assert names(other, 2)[0] == names(one, 0)[0]
    assert names(other, 0)[0] == names(one, 2)[1]


def test_the_same_label_in_two_graphs_is_two_nodes():
    """RDF 1.1 Concepts §3.4: a label has no meaning outside of its document."""
    quads = upload("_:a <p> <o> .")
    elsewhere = NamedNode("https://w3id.org/summitry/graph/other")

    assert set(skolemised(quads, GRAPH).values()) != set(skolemised(quads, elsewhere).values())


def test_labels_of_json_ld_are_kept_as_well():
    text = '{"@id": "_:a", "http://x/p": {"@id": "_:b"}}'

    (form,) = skolemised(upload(text, JSON_LD), GRAPH).values()

    (twin,) = skolemised(upload("_:a <http://x/p> _:b ."), GRAPH).values()
    assert form == twin


IN_A_WORKER = """
import resource
from pyoxigraph import NamedNode, Literal, Quad
from summitry.canonical import canonical
from summitry.terms import XSD
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
graph = NamedNode("urn:g")
one = Quad(graph, graph, Literal("01", datatype=NamedNode(XSD + "integer")), graph)
print(canonical([one], graph)[one].object.value)
"""


def test_it_works_where_no_file_can_be_opened():
    """Workers have RLIMIT_NOFILE 0: the store that is asked opens none."""
    worker = subprocess.run([sys.executable, "-c", IN_A_WORKER], capture_output=True, text=True, check=False)

    assert (worker.stdout, worker.stderr) == ("1\n", "")
