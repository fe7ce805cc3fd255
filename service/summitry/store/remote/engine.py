"""What SPARQL 1.1 servers do differently, as far as it matters to a store. `service/DECISIONS.md` has the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Engine:
    """One kind of server.

    `isolates`: no update begins on a state that another one is about to change, so that a guard holds by
    itself. `is_canonical`: it gives literals back in the form that `summitry.canonical` gives them.
    `cut_header`: the header by which it tells that it left rows out, empty where it never does.
    """

    name: str
    isolates: bool
    is_canonical: bool
    cut_header: str = ""


# On disk, two updates at once read the same state, and the later write wins: nothing but a turn keeps them apart.
OXIGRAPH: Final = Engine("Oxigraph", isolates=False, is_canonical=True)
# TDB2 has one writer at a time. It gives "1"^^xsd:decimal back as "1.0", and doubles in its own form.
FUSEKI: Final = Engine("Fuseki", isolates=True, is_canonical=False)
# Nothing is taken for granted. Virtuoso tells in this header that it gave its limit of rows and no more.
GENERIC: Final = Engine("SPARQL 1.1", isolates=False, is_canonical=False, cut_header="x-sparql-maxrows")


def engine_of(headers: Mapping[str, str]) -> Engine:
    """Give the engine that sent the response `headers`, whose names are in lower case."""
    if headers.get("server", "").startswith("Oxigraph"):
        return OXIGRAPH
    return FUSEKI if "fuseki-request-id" in headers else GENERIC
