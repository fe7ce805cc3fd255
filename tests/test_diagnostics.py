"""A curator is told each cause once, where it is, what to write instead, and apart what was so before."""

import pytest
from pyoxigraph import Store

from contract import HEAD, OTHER, copy, make, quads, with_ontology
from scenes import STATE
from summitry.model import Changeset, Finding, Method, Severity, Upload
from summitry.rehearse import Rules, rehearse
from summitry.source import Source
from summitry.terms import ENTITIES, PREFIXES

SOURCE = "graph:other prov:wasDerivedFrom document:news .\n"
TENURE = "tenure:t a ap:Tenure ; ap:holder person:cid ; ap:office office:clerk-cn"
LEVY = (
    'policy:p a ap:TariffMeasure ; rdfs:label "p"@en ; ap:imposedBy country:us ;\n ap:rateBasis "additional"'
)
RULES = Rules(ENTITIES, 10**6)


@pytest.fixture(scope="module")
def graph() -> Store:
    """Give a store of ontology, shapes and a graph that breaks none of them. It must not be changed."""
    store = with_ontology(shapes=True)
    make(store, Changeset(quads(STATE)))
    return store


def found(store: Store, turtle: str, method: Method = Method.REPLACE, head: str = HEAD) -> list[Finding]:
    """Give what is found about a document in a graph of its own."""
    upload = Upload((head + SOURCE + turtle).encode(), "text/turtle", OTHER, name="draft.ttl", method=method)
    return list(rehearse(copy(store), upload, RULES).report.findings)


def one(store: Store, turtle: str) -> Finding:
    """Give the only finding about a document."""
    (finding,) = found(store, turtle)
    return finding


def mended(store: Store, turtle: str, head: str = HEAD) -> str:
    """Give the document with every certain mend made, without its head."""
    text = head + SOURCE + turtle
    edits = [edit for finding in found(store, turtle, head=head) for edit in finding.edits]
    return Source(text).edited(edits).removeprefix(head).removeprefix(SOURCE)


# One cause, once


def test_a_misspelt_class_is_one_cause(graph):
    """What is untyped because of it follows, and so does what no shape could look at."""
    finding = one(graph, TENURE.replace("ap:Tenure", "ap:Tenur") + " .")

    assert finding.message == "ap:Tenur is not a term of the ontology; did you mean ap:Tenure?"


def test_what_needs_an_entity_of_a_class_is_not_blamed_for_the_misspelt_one(graph):
    finding = one(graph, "policy:p a ap:Tarif .\nstatement:threat ap:threatens policy:p .")

    assert finding.message.startswith("ap:Tarif is not a term")


def test_a_misspelt_property_is_one_cause(graph):
    """The tenure lacks ap:holder only because that is misspelt."""
    finding = one(graph, TENURE.replace("ap:holder", "ap:holdr") + ' ; ap:from "2025-11-10"^^xsd:date .')

    assert finding.message == "ap:holdr is not a term of the ontology; did you mean ap:holder?"


def test_a_misspelt_property_excuses_nothing_else(graph):
    messages = [
        f.message
        for f in found(graph, "tenure:t a ap:Tenure ; ap:holdr person:cid ; ap:from '2025-11-10'^^xsd:date .")
    ]

    assert len(messages) == 2
    assert "A tenure is in exactly one office" in messages[0] + messages[1]


def test_a_term_that_is_misspelt_often_is_shown_where_it_stands_first(graph):
    text = f"{TENURE} ;\n ap:untl '2025-01-01'^^xsd:date , '2025-01-02'^^xsd:date .\nperson:ann ap:untl 1 ."

    (finding,) = [f for f in found(graph, text) if "term" in f.message]

    assert "is not a term of the ontology (and 2 more places); did you mean ap:until?" in finding.message
    assert (finding.line, finding.column) == (HEAD.count("\n") + 3, 2)


def test_a_value_of_the_wrong_kind_breaks_one_rule(graph):
    """That "much" is no number is said once, not by each rule that compares numbers."""
    assert one(graph, f'{LEVY} ; ap:ratePercent "much" .').message.startswith("A rate is a number in percent")


def test_a_word_instead_of_one_of_a_list_is_said_once(graph):
    """That ap:status takes entities follows from which ones it takes."""
    text = 'state:s a ap:PolicyState ; ap:status "announced" ; ap:inDocument document:news .'

    messages = [finding.message for finding in found(graph, text) if "announced" in finding.value]

    assert [message.partition(":")[0] for message in messages] == ["That is no status of the list"]


def test_what_two_shapes_say_alike_is_said_once(graph):
    text = 'country:xx a ap:Country , ap:Economy ; rdfs:label "X" .'

    messages = [finding.message for finding in found(graph, text)]

    assert len(messages) == len(set(messages))


# Typical mistakes


@pytest.mark.parametrize(
    "written",
    [
        '"2025-11-10"',
        '"Nov 10, 2025"^^xsd:date',
        '"10 November 2025"',
        '"November 10th, 2025"@en',
        '"2025/11/10"^^xsd:date',
        '"2025-11-10"^^xsd:string',
    ],
)
def test_a_date_in_another_form_is_written_as_one(graph, written):
    finding = one(graph, f"{TENURE} ; ap:from {written} .")

    assert finding.fix == '"2025-11-10"^^xsd:date'
    assert mended(graph, f"{TENURE} ; ap:from {written} .") == f"{TENURE} ; ap:from {finding.fix} ."


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        (
            '"2025-11-31"^^xsd:date',
            'November 2025 has 30 days: write one of them, such as "2025-11-30"^^xsd:date',
        ),
        ('"2025-02-29"', 'February 2025 has 28 days: write one of them, such as "2025-02-28"^^xsd:date'),
        ('"2025-13-01"^^xsd:date', 'There is no month 13: write a day such as "2025-11-10"^^xsd:date'),
        ('"10/11/2025"', '"2025-11-10"^^xsd:date, or "2025-10-11"^^xsd:date, whichever is meant'),
        ('"31/10/2025"', '"2025-10-31"^^xsd:date'),
        ('"2025-11-10Z"^^xsd:date', '"2025-11-10"^^xsd:date'),
        (
            '"2025-11"^^xsd:gYearMonth',
            '"2025-11-01"^^xsd:date, and say with the property …Precision that it is known to the "month"',
        ),
        ('"soon"', ""),
    ],
)
def test_what_day_is_meant_is_asked_where_it_is_not_certain(graph, written, fix):
    finding = one(graph, f"{TENURE} ; ap:from {written} .")

    assert (finding.fix, finding.edits) == (fix, ())


@pytest.mark.parametrize(
    ("written", "fix"),
    [('"100%"', "100"), ('"12.5 %"', "12.5"), ('"1,000"', "1000"), ('"100"@en', "100"), ('"about 100"', "")],
)
def test_a_rate_is_a_number(graph, written, fix):
    assert one(graph, f"{LEVY} ; ap:ratePercent {written} .").fix == fix
    assert mended(graph, f"{LEVY} ; ap:ratePercent {written} .").endswith(
        f"ap:ratePercent {fix or written} ."
    )


def test_a_comma_may_be_a_decimal_one(graph):
    """Or one that separates two rates, so it is left to the curator."""
    finding = one(graph, f'{LEVY} ; ap:ratePercent "10,5" .')

    assert (finding.fix, finding.edits) == ("10.5", ())


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ('ap:newInOffice "true"', "ap:newInOffice true"),
        ('ap:fromPrecision "mounth"', 'ap:fromPrecision "month"'),
        ('ap:fromPrecision "day"@en', 'ap:fromPrecision "day"'),
    ],
)
def test_other_values_that_are_nearly_right(graph, line, mend):
    text = f'{TENURE} ; ap:from "2025-11-10"^^xsd:date ; {{}} .'

    assert mended(graph, text.format(line)) == text.format(mend)


def test_a_type_is_written_in_full_where_its_prefix_is_missing(graph):
    """A mend must not need another."""
    head = HEAD.replace(f"@prefix xsd: <{PREFIXES['xsd']}> .\n", "")

    text = mended(graph, f'{TENURE} ; ap:from "2025-11-10" .', head)

    assert text.endswith(f'"2025-11-10"^^<{PREFIXES["xsd"]}date> .')


def test_a_text_where_an_entity_is_needed_is_answered_with_the_entity_of_that_name(graph):
    finding = one(graph, TENURE.replace("person:cid", '"Cid"') + " ; ap:from '2025-11-10'^^xsd:date .")

    assert (finding.fix, finding.edits) == ("person:cid", ())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("country:usa", "country:us"),
        ("country:hong-kong", "country:hk"),
        ("country:unitedstates", ""),
        ("policy:lvey", "policy:levy"),
        ("meeting:paris", ""),
    ],
)
def test_a_misspelt_entity_is_answered_with_the_nearest_of_its_type(graph, written, meant):
    (finding,) = [f for f in found(graph, f"statement:s ap:about {written} .") if "declares" in f.message]

    assert finding.fix == meant
    assert finding.severity is (Severity.WARNING if meant else Severity.INFO)
    assert finding.edits == ()


def test_an_entity_of_the_same_document_may_be_meant(graph):
    declared = 'topic:semiconductor-access a ap:Topic ; rdfs:label "x"@en .'
    text = f"{declared}\nstatement:s ap:about topic:semi-conductor-acces ."

    assert "topic:semiconductor-access" in [finding.fix for finding in found(graph, text)]


def test_another_year_is_another_thing(graph):
    text = 'meeting:apec-2025 a ap:Meeting ; rdfs:label "x"@en ; ap:before meeting:apec-2024 .'

    assert [f.fix for f in found(graph, text) if "declares" in f.message] == [""]


def test_two_holders_of_one_office_are_told_of_where_the_document_makes_them(graph):
    text = TENURE.replace("clerk-cn", "head-us") + ' ; ap:from "2025-03-01"^^xsd:date .'

    finding = one(graph, text)

    assert "person:bob holds office:head-us too" in finding.message
    assert finding.line == HEAD.count("\n") + 2


@pytest.mark.parametrize(
    "written",
    [
        f"statement:s ap:about <{ENTITIES}person/%C3%A9> .",
        f"statement:s ap:about <{ENTITIES}person/{'x' * 10**5}> .",
        f"statement:s ap:about <{ENTITIES}> .",
        f'{TENURE} ; ap:from "Nov {"9" * 10**5}" .',
        f'{TENURE} ; ap:from "0000-00-00" .',
        f'{TENURE} ; ap:from "9999-99-99" .',
        f'{TENURE} ; ap:from "Nov 99999, 0" .',
        f'{LEVY} ; ap:ratePercent "{"9" * 10**5}%" .',
        f"{TENURE} ; ap:{'x' * 10**5} 1 .",
    ],
)
def test_no_advice_is_dear_or_fails(graph, written):
    """What a client wrote may be anything; the least that is said of it is what is wrong."""
    assert found(graph, written)


# Certain mends of syntax


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        (
            "person:x a ap:Person\n  ; rdfs:label “Who”@en .",
            'person:x a ap:Person\n  ; rdfs:label "Who"@en .',
        ),
        ('person:x a ap:Person\n  rdfs:label "Who"@en .', 'person:x a ap:Person ;\n  rdfs:label "Who"@en .'),
        ('person:x rdfs:label "Who"@en', 'person:x rdfs:label "Who"@en .'),
        ("person:x ap:from 2025-11-10 .", 'person:x ap:from "2025-11-10"^^xsd:date .'),
        ("policy:p ap:ratePercent 100% .", "policy:p ap:ratePercent 100 ."),
        ('person:x rdfs:label "Who"@en_US .', 'person:x rdfs:label "Who"@en-US .'),
        ("person:x rdfs:seeAlso http://a.example/b .", "person:x rdfs:seeAlso <http://a.example/b> ."),
        ("tenure:t ap:newInOffice TRUE .", "tenure:t ap:newInOffice true ."),
        (
            'person:x rdfs:label "x"@en ;\nperson:y a ap:Person .',
            'person:x rdfs:label "x"@en .\nperson:y a ap:Person .',
        ),
        (
            "policy:p ap:imposedBy country:us .\n  ap:ratePercent 10 .",
            "policy:p ap:imposedBy country:us ;\n  ap:ratePercent 10 .",
        ),
        ('tenure:t ap:from "2025-11-10"^xsd:date .', 'tenure:t ap:from "2025-11-10"^^xsd:date .'),
        ("tenure:t ap:holder person:donald–trump .", "tenure:t ap:holder person:donald-trump ."),
        ("policy:p\u00a0\u00a0ap:ratePercent\u00a010 .", "policy:p  ap:ratePercent 10 ."),
        ("policy:p ap:\u200bratePercent 10 .", "policy:p ap:ratePercent 10 ."),
    ],
)
def test_a_certain_mend_is_an_edit(graph, written, mend):
    assert mended(graph, written) == mend


@pytest.mark.parametrize(
    "written",
    [
        'person:x rdfs:label "a "b" c"@en .',
        "person:x rdfs:seeAlso <http://a b> .",
        "person:x/y a ap:Person .",
        "o:x a ap:Person .",
        'person:x rdfs:label "x"@en ; ap:type a ap:Person .',
    ],
)
def test_what_could_mean_two_things_is_left_to_the_curator(graph, written):
    assert found(graph, written)
    assert mended(graph, written) == written


def test_a_known_prefix_is_declared_among_the_others(graph):
    line = f"@prefix person: <{PREFIXES['person']}> .\n"
    text = "person:x a ap:Person ; rdfs:label 'x'@en .\n"

    assert mended(graph, text, HEAD.replace(line, "")) == HEAD + SOURCE + text


@pytest.mark.parametrize("written", ["ap:form", "ap:holders", "ap:Office"])
def test_a_term_is_mended_where_one_other_is_meant_for_sure(graph, written):
    """ap:form may be ap:from, or anything; ap:Office and ap:office are two terms."""
    edits = [edit for finding in found(graph, f"tenure:t {written} 1 .") for edit in finding.edits]

    assert [edit.text for edit in edits] == (["ap:holder"] if written == "ap:holders" else [])


@pytest.mark.parametrize(
    ("prefix", "written"),
    [
        ("ap", "https://w3id.org/summitry/ns/"),
        ("ap", "http://w3id.org/summitry/ns#"),
        ("xsd", "http://www.w3.org/2001/XMLSchema"),
        ("rdfs", "https://www.w3.org/2000/01/rdf-schema#"),
    ],
)
def test_a_prefix_that_is_nearly_the_projects_is_one_cause_and_mended(graph, prefix, written):
    """Nothing that it names is known, which would be said of every line."""
    right = f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n"
    head = HEAD.replace(right, f"@prefix {prefix}: <{written}> .\n")
    text = 'tenure:t a ap:Tenure ; rdfs:label "x"@en ; ap:from "2025-11-10"^^xsd:date .'

    (finding,) = found(graph, text, head=head)

    assert finding.message == f"The prefix {prefix}: stands for <{PREFIXES[prefix]}>, not for <{written}>."
    assert head.splitlines()[finding.line - 1][finding.column - 1 :] == f"<{written}> ."
    assert Source(head).edited(finding.edits) == HEAD


def test_a_prefix_may_be_declared_otherwise(graph):
    head = HEAD + "@prefix schema: <http://schema.org/> .\n@prefix state: <https://a.example/state/> .\n"
    text = 'person:who a ap:Person ; rdfs:label "Who"@en .'

    assert not found(graph, text, head=head)


# What was so before


def test_what_was_so_before_is_shown_apart_and_refuses_nothing(graph):
    store = copy(graph)
    make(store, Changeset(quads(f'{TENURE} ; ap:from "2025-11-31"^^xsd:date .')))

    (finding,) = found(store, "tenure:t ap:newInOffice true .")

    assert finding.standing
    assert finding.severity is Severity.VIOLATION


def test_what_the_change_breaks_is_new(graph):
    assert not one(graph, f'{TENURE} ; ap:from "2025-11-31"^^xsd:date .').standing
