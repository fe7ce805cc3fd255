"""A graph of the domain of any size, valid by the shapes and the same for the same size and seed.

It is made of blocks. A block is a document and what it reports: a leader with an office, a tariff with two
states, a meeting, some opinions. All blocks share ten countries of the shipped graph, so that a hub grows
with the graph as it does in real data.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import click

_ID: Final = "https://w3id.org/summitry/id/"
_GRAPHS: Final = "https://w3id.org/summitry/graph/generated-"
_PROLOGUE: Final = """\
@prefix ap: <https://w3id.org/summitry/ns#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

"""
_STATEMENTS: Final = 7
_TRIPLES_PER_BLOCK: Final = 76
_COUNTRIES: Final = ("us", "cn", "jp", "kr", "my", "de", "fr", "br", "in", "za")


@dataclass(frozen=True, slots=True)
class _Block:
    """What the entities of a block have in common: their number, two countries, a first and a last day."""

    number: int
    ours: str
    theirs: str
    start: date
    end: date


def generate(triples: int, seed: int = 1) -> Iterator[str]:
    """Give the Turtle of one graph of about `triples` triples, block by block."""
    return document("all", range(blocks(triples)), seed)


def blocks(triples: int) -> int:
    """Give how many blocks make about `triples` triples."""
    return max(1, round(triples / _TRIPLES_PER_BLOCK))


def graph(name: str) -> str:
    """Give the IRI of the generated graph `name`."""
    return _GRAPHS + name


def document(name: str, numbers: range, seed: int = 1, *, statements: int = _STATEMENTS) -> Iterator[str]:
    """Give the Turtle of the graph `name`, which has the blocks `numbers`, each with so many statements."""
    yield _PROLOGUE
    yield f"<{graph(name)}> prov:wasDerivedFrom <{_ID}document/d{numbers.start}> .\n"
    for number in numbers:
        yield _written(_block(number, seed), statements)


def _block(number: int, seed: int) -> _Block:
    chance = random.Random(f"{seed} {number}")
    ours, theirs = chance.sample(_COUNTRIES, 2)
    start = date(1900, 1, 1) + timedelta(days=chance.randrange(40_000))
    return _Block(number, ours, theirs, start, start + timedelta(days=chance.randrange(1, 900)))


def _written(block: _Block, statements: int) -> str:
    return "".join(
        (
            _document(block),
            _leader(block),
            _policy(block),
            _meeting(block),
            *(_statement(block, index) for index in range(statements)),
        )
    )


def _document(block: _Block) -> str:
    n = block.number
    return f"""\
<{_ID}document/d{n}> a ap:Document ; rdfs:label "document {n}"@en ; ap:title "document {n}"@en ;
  ap:publisher <{_ID}organization/o{n}> ; ap:published "{block.end}"^^xsd:date .
<{_ID}organization/o{n}> a ap:NewsOutlet ; rdfs:label "outlet {n}"@en .
"""


def _leader(block: _Block) -> str:
    n = block.number
    return f"""\
<{_ID}person/p{n}> a ap:Person ; rdfs:label "person {n}"@en , "personne {n}"@fr .
<{_ID}office/f{n}> a ap:LeadershipOffice ; rdfs:label "office {n}"@en ;
  ap:ofCountry <{_ID}country/{block.ours}> .
<{_ID}tenure/t{n}> a ap:Tenure ; ap:holder <{_ID}person/p{n}> ; ap:office <{_ID}office/f{n}> ;
  ap:from "{block.start}"^^xsd:date ; ap:until "{block.end}"^^xsd:date ; ap:inDocument <{_ID}document/d{n}> .
"""


def _policy(block: _Block) -> str:
    n = block.number
    return f"""\
<{_ID}policy/m{n}> a ap:TariffMeasure ; rdfs:label "measure {n}"@en ;
  ap:imposedBy <{_ID}country/{block.ours}> ; ap:targets <{_ID}country/{block.theirs}> ;
  ap:ratePercent {n % 90 + 1} ; ap:rateBasis "additional" ;
  ap:hasState <{_ID}state/a{n}> , <{_ID}state/b{n}> .
<{_ID}state/a{n}> a ap:PolicyState ; ap:status <{_ID}status/in-force> ; ap:from "{block.start}"^^xsd:date ;
  ap:until "{block.end}"^^xsd:date ; ap:inDocument <{_ID}document/d{n}> .
<{_ID}state/b{n}> a ap:PolicyState ; ap:status <{_ID}status/expired> ; ap:from "{block.end}"^^xsd:date ;
  ap:inDocument <{_ID}document/d{n}> .
"""


def _meeting(block: _Block) -> str:
    n = block.number
    return f"""\
<{_ID}meeting/b{n}> a ap:BilateralMeeting ; rdfs:label "meeting {n}"@en ;
  ap:starts "{block.start}"^^xsd:date ;
  ap:participant <{_ID}country/{block.ours}> , <{_ID}country/{block.theirs}> .
"""


def _statement(block: _Block, index: int) -> str:
    n = block.number
    return f"""\
<{_ID}statement/s{n}-{index}> a ap:Opinion ; ap:saidBy <{_ID}organization/o{n}> ;
  ap:saidOn "{block.start}"^^xsd:date ; ap:about <{_ID}policy/m{n}> ; ap:inDocument <{_ID}document/d{n}> .
"""


@click.command()
@click.argument("triples", type=int)
@click.option("--seed", default=1, show_default=True)
def main(triples: int, seed: int) -> None:
    """Write a graph of about TRIPLES triples to standard output, in Turtle."""
    sys.stdout.writelines(generate(triples, seed))


if __name__ == "__main__":
    main()
