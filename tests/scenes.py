"""A small graph that every shape looks at, and random changes of it, for tests that compare two engines."""

from collections.abc import Sequence, Set
from random import Random

from pyoxigraph import Literal, NamedNode, Quad

from contract import ONE, OTHER, ap, entity, quads
from summitry.model import Changeset
from summitry.terms import LABEL, PREFIXES, RDF, TYPE, XSD, Value

STATE = """
country:us a ap:Country ; rdfs:label "United States"@en ; ap:iso2 "US" ; skos:exactMatch wd:Q30 .
country:cn a ap:Country ; rdfs:label "China"@en ; ap:iso2 "CN" ; skos:exactMatch wd:Q148 .
country:hk a ap:Economy ; rdfs:label "Hong Kong"@en .
city:seoul a ap:City ; rdfs:label "Seoul"@en ; ap:inCountry country:cn .
organization:daily a ap:NewsOutlet ; rdfs:label "Daily"@en .
organization:club a ap:IntergovernmentalOrganization ; rdfs:label "club"@en .
person:ann a ap:Person ; rdfs:label "Ann"@en .
person:bob a ap:Person ; rdfs:label "Bob"@en .
person:cid a ap:Person ; rdfs:label "Cid"@en .
office:head-us a ap:LeadershipOffice ; rdfs:label "head"@en ; ap:ofCountry country:us .
office:clerk-cn a ap:Office ; rdfs:label "clerk"@en ; ap:ofCountry country:cn ; ap:seats 2 .
tenure:ann a ap:Tenure ; ap:holder person:ann ; ap:office office:head-us ; ap:from "2021-01-20"^^xsd:date ;
    ap:until "2025-01-20"^^xsd:date .
tenure:bob a ap:Tenure ; ap:holder person:bob ; ap:office office:head-us ; ap:from "2025-01-20"^^xsd:date .
tenure:cid a ap:Tenure ; ap:holder person:cid ; ap:office office:clerk-cn ; ap:from "2020-05-01"^^xsd:date .
membership:us a ap:Membership ; ap:member country:us ; ap:organization organization:club ; ap:kind "member" .
source:whisper a ap:AnonymousSource ; ap:sourceDescription "a whisperer"@en .
document:news a ap:Document ; rdfs:label "news"@en ; ap:title "News"@en ; ap:publisher organization:daily ;
    ap:published "2025-10-24"^^xsd:date .
topic:rice a ap:Topic ; rdfs:label "rice"@en .
commodity:rice a ap:Commodity ; rdfs:label "rice"@en ; skos:notation "1006" .
commodity:line a ap:TariffLine ; rdfs:label "rice in the husk"@en ; skos:notation "10061000" .
meeting:round a ap:Summit ; rdfs:label "round"@en ; ap:organizer organization:club ;
    ap:starts "2025-10-29"^^xsd:date ; ap:ends "2025-10-31"^^xsd:date .
meeting:pair a ap:BilateralMeeting ; rdfs:label "pair"@en ; ap:participant person:bob , person:cid ;
    ap:starts "2025-10-30"^^xsd:date ; ap:partOf meeting:round ; ap:agendaItem agenda:rice .
trip:bob a ap:Trip ; rdfs:label "trip"@en ; ap:participant person:bob ; ap:before meeting:pair .
agenda:rice a ap:AgendaItem ; ap:topic topic:rice ; ap:position 1 .
move:up a ap:MarketMove ; rdfs:label "up"@en ; ap:direction "up" ; ap:market country:hk .
policy:levy a ap:TariffMeasure ; rdfs:label "levy"@en ; ap:imposedBy country:us ; ap:targets country:cn ;
    ap:ratePercent 100 ; ap:rateBasis "additional" ; ap:hasState state:levy-threat , state:levy-force .
policy:pact a ap:Truce ; rdfs:label "pact"@en ; ap:party country:us , country:cn ; ap:hasState state:pact .
state:levy-threat a ap:PolicyState ; ap:status status:threatened ; ap:wouldTakeEffect "2025-11-01"^^xsd:date ;
    ap:from "2025-10-01"^^xsd:date ; ap:until "2025-10-20"^^xsd:date ; ap:inDocument document:news .
state:levy-force a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-10-20"^^xsd:date ;
    ap:inDocument document:news .
state:pact a ap:PolicyState ; ap:status status:in-force ; ap:scheduledUntil "2025-11-10"^^xsd:date ;
    ap:inDocument document:news .
condition:if a ap:Condition ; ap:unless true ; ap:onPolicy policy:levy ; ap:requiredStatus status:revoked .
statement:threat a ap:Threat ; ap:saidBy organization:daily ; ap:threatens policy:levy ;
    ap:inDocument document:news ; ap:saidOn "2025-10-23"^^xsd:date .
statement:hope a ap:Forecast ; ap:saidBy source:whisper ; ap:relayedBy organization:daily ;
    ap:inDocument document:news ; ap:outlook "optimistic" ; ap:asserts claim:place .
claim:place a ap:Claim ; rdf:subject meeting:round ; rdf:predicate ap:location ; rdf:object city:seoul ;
    ap:credence credence:disputed ; ap:saidBy organization:daily ; ap:inDocument document:news .
claim:other a ap:Claim ; rdf:subject meeting:round ; rdf:predicate ap:location ; rdf:object country:us ;
    ap:credence credence:reported ; ap:contradicts claim:place .
"""

# Which entities may bear which properties, with which values: entities by type, or a pool of literals.
BEARS = """
tenure holder person
tenure office office
tenure newInOffice FLAGS
tenure,membership,state from,until,scheduledUntil,observedOn DAYS
tenure,membership,state fromPrecision,untilPrecision,observedOnPrecision,scheduledUntilPrecision PRECISIONS
tenure,membership,state,statement,claim credence CREDENCES
membership member country,person
membership organization organization
membership kind WORDS
office ofCountry country
office ofBody organization
office seats NUMBERS
source sourceDescription TEXTS
country iso2,iso3,m49 CODES
city inCountry country
meeting,trip,move,statement starts,ends DAYS
meeting,trip,move startsPrecision,endsPrecision PRECISIONS
meeting,trip timeZone,eventStatus WORDS
meeting,trip,move location city,country
meeting,trip participant person,country
meeting,trip organizer organization,country
meeting,trip,move partOf,before,onSidelinesOf meeting,trip
meeting agendaItem agenda
agenda topic topic
agenda raisedBy person,country
agenda position NUMBERS
move direction,instrument WORDS
move market country
policy imposedBy,targets,party country
policy hasState state
policy,state ratePercent NUMBERS
policy,state rateBasis WORDS
policy,state onCommodity commodity
policy inResponseTo policy,meeting
state status STATUSES
state targets country
state wouldTakeEffect DAYS
state condition condition
state inDocument document
condition unless FLAGS
condition onPolicy policy
condition requiredStatus STATUSES
condition deadline DAYS
statement,claim saidBy person,organization,country,source
statement,claim relayedBy organization
statement,claim inDocument document
statement threatens policy
statement asserts claim
statement saidOn DAYS
statement saidOnPrecision PRECISIONS
statement saidInPrivate FLAGS
statement outlook WORDS
statement quote,gist TEXTS
document title TEXTS
document publisher organization
document published DAYS
document publishedPrecision PRECISIONS
document publishedBasis WORDS
claim contradicts claim
claim credenceBasis TEXTS
claim rdf:subject meeting,policy
claim rdf:predicate PREDICATES
claim rdf:object city,country
commodity skos:notation CODES
country,person skos:exactMatch MATCHES
country,person,meeting,policy,document,office rdfs:label,skos:altLabel TEXTS
"""


def date(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "date"))


DAYS = ("2021-01-20", "2025-01-19", "2025-10-19", "2025-10-30", "2025-11-02", "2026-01-01")
WORDS = ["up", "flat", "day", "member", "observer", "total", "floor", "UTC", "Asia/Seoul", "held", "planned"]
STATUSES = ["threatened", "in-force", "revoked", "suspended", "unknown"]
CREDENCES = ["disputed", "accepted", "alleged", "reported"]
ITEMS = [
    "http://www.wikidata.org/entity/Q30",
    "http://www.wikidata.org/entity/Q9",
    "https://www.wikidata.org/wiki/Q1",
]
POOLS: dict[str, Sequence[Value]] = {
    "CODES": [Literal(text) for text in ("US", "USA", "840", "usa", "1006", "100610", "1006100000", "100")],
    "CREDENCES": [entity(f"credence/{name}") for name in CREDENCES],
    "DAYS": [date(text) for text in DAYS],
    "FLAGS": [Literal(True), Literal(False)],
    "MATCHES": [NamedNode(item) for item in ITEMS],
    "NUMBERS": [*map(Literal, (0, 1, 2, 1001)), Literal("12.5", datatype=NamedNode(XSD + "decimal"))],
    "PRECISIONS": [Literal(text) for text in ("day", "month", "year", "decade", "morning", "century")],
    "PREDICATES": [ap("location"), ap("status"), ap("starts"), NamedNode(RDF + "type")],
    "STATUSES": [entity(f"status/{name}") for name in STATUSES],
    "TEXTS": [
        Literal("Ann", language="en"),
        Literal("Anne", language="fr"),
        Literal("x" * 201, language="en"),
    ],
    "WORDS": [Literal(text) for text in WORDS],
}
# Not the empty string: rdflib takes it for no term at all, and then finds it everywhere.
ODD = [
    date("2025-02-30"),
    date("2025-10-30Z"),
    Literal("2025-10-30"),
    Literal("2025", datatype=NamedNode(XSD + "gYear")),
    Literal("soon", language="en"),
    Literal("many", datatype=NamedNode(XSD + "integer")),
    Literal("maybe", datatype=NamedNode(XSD + "boolean")),
    Literal(3),
    Literal(-1.5),
    entity("person/ann"),
    entity("thing/undeclared"),
]
ENTITIES = sorted({quad.subject for quad in quads(STATE)}, key=str)
CLASSES = sorted({quad.object for quad in quads(STATE) if quad.predicate == TYPE}, key=str)


def of_types(names: str) -> Sequence[Value]:
    """Give the entities of the types `names`, which are separated by commas."""
    return [node for node in ENTITIES if node.value.split("/")[-2] in names.split(",")]


def predicate(name: str) -> NamedNode:
    prefix, _, local = name.rpartition(":")
    return NamedNode(PREFIXES[prefix or "ap"] + local)


STATEMENTS = [
    (of_types(subjects), predicate(name), POOLS.get(values) or of_types(values))
    for subjects, names, values in map(str.split, BEARS.strip().splitlines())
    for name in names.split(",")
]


def random_change(random: Random, held: Set[Quad]) -> Changeset:
    """Give a change of up to four triples of the source graphs, of which `held` is the content."""
    added: set[Quad] = set()
    removed: set[Quad] = set()
    for _ in range(random.randint(1, 4)):
        match random.choices(["remove", "replace", "retype", "add"], [3, 3, 1, 5])[0]:
            case "remove":
                removed.add(any_of(random, held))
            case "replace":
                quad = any_of(random, held)
                removed.add(quad)
                added.add(other_value(random, quad))
            case "retype":
                subject = random.choice(ENTITIES)
                removed |= {quad for quad in held if quad.subject == subject and quad.predicate == TYPE}
                added.add(Quad(subject, TYPE, random.choice(CLASSES), random.choice([ONE, OTHER])))
            case _:
                added.add(any_statement(random))
    return Changeset(frozenset(added - held - removed), frozenset(removed & held - added))


def any_of(random: Random, held: Set[Quad]) -> Quad:
    return random.choice(sorted(held, key=str))


def any_statement(random: Random) -> Quad:
    """Give a statement that mostly makes sense."""
    subjects, predicate, values = random.choice(STATEMENTS)
    subject = random.choice(subjects if random.random() < 0.9 else ENTITIES)
    value = random.choice(values if random.random() < 0.85 else ODD)
    # All labels into one graph: they are judged graph by graph, which no standard engine does.
    graph = ONE if predicate in (LABEL, ap("sourceDescription")) else random.choice([ONE, OTHER])
    return Quad(subject, predicate, value, graph)


def other_value(random: Random, quad: Quad) -> Quad:
    """Give `quad` with another value that its property may have."""
    pools = [values for _, predicate, values in STATEMENTS if predicate == quad.predicate] or [CLASSES]
    return Quad(quad.subject, quad.predicate, random.choice(random.choice(pools)), quad.graph_name)
