"""Hostile texts in each parameter of each read are data: nothing fails, changes, or comes back as code."""

import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from servers import running
from summitry.settings import Settings
from summitry.web.endpoints import endpoints

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from fuzz import fill

MARK = "<script>alert(7)</script>"
ENDLESS = "/history/events"  # nothing is read from it; its beginning is in test_history
# As they stand in an address: what is not UTF-8 has no text.
HOSTILE = {
    "sparql": quote("x' } ; DROP ALL ; INSERT DATA { <urn:a> <urn:b> <urn:c> } #"),
    "end of a block": quote('" } UNION { ?s ?p ?o } } LIMIT 1 #\\'),
    "iri": quote("http://example.org/a> <b> <c> . <d"),
    "braces": quote("{{7*7}}${7*7}{0}%s%n"),
    "nul": "a%00b",
    "newlines": "a%0D%0Ax-injected:%20yes%0D%0A%0D%0A%3Cp%3E",
    "traversal": quote("../../../../etc/passwd", safe=""),
    "windows": quote("..\\..\\windows\\win.ini"),
    "script": quote(MARK),
    "attribute": quote("\" onmouseover='alert(7)' x=\""),
    "not utf-8": "%ff%fe%c0%80",
    "half a surrogate": "%ed%a0%80",
    "right to left": quote("\u202e\u0627\u0644\u0635\u064a\u0646\u200f\u2066"),
    "emoji": quote("🇰🇷👩‍👩‍👧‍👦\U0010fffd"),
    "long": "a" * 30_000,
    "digits": "9" * 5_000,
    "not ascii digits": quote("٣٤"),
    "nothing": "",
}


@pytest.fixture(scope="module")
def scratch():
    """Give a server of its own with the example document, so that its state is nobody else's to change."""
    with running(Settings(empty=True, port=0)) as server:
        fill(server.url, server.token)
        yield server


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_in_any_parameter_is_data(scratch, name):
    """RFC 9110 §15.6: a 5xx says that the server erred; nothing that a client writes may make it."""
    before = scratch.state()

    wrong = {
        target: told for target in targets(scratch, name) if (told := wrong_with(scratch.client.get(target)))
    }

    assert wrong == {}
    assert scratch.state() == before


def test_a_header_is_data_too(scratch):
    """What a client puts into headers that routes read comes back in none, nor in a page."""
    before, told = scratch.state(), []
    for header in ("accept", "accept-language", "if-none-match", "query-id", "origin", "x-forwarded-for"):
        for text in (MARK, "../../etc/passwd", "a" * 8_000, "*/*;q=9" * 500, "\xff\xfe"):
            answer = scratch.client.get("/search?q=xi", headers={header: text.encode("latin-1")})
            told += [(header, text[:20], wrong)] if (wrong := wrong_with(answer)) else []

    assert told == []
    assert scratch.state() == before


def targets(server, name):
    """Give the address of each read with a text in one parameter, and what the read cannot do without.

    A parameter that many reads share, which one function reads for all, gets each text from some of them.
    """
    text, turn = HOSTILE[name], list(HOSTILE).index(name)
    document = server.client.get("/openapi.json").json()
    reads = [e for e in endpoints(document) if e.method == "GET" and e.path != ENDLESS]
    uses = Counter(parameter.name for endpoint in reads for parameter in endpoint.parameters)
    for number, endpoint in enumerate(reads):
        for hurt in endpoint.parameters:
            if uses[hurt.name] > SHARED and (number + turn) % len(HOSTILE):
                continue
            shown = {p.name: quote(p.example or "", safe="") for p in endpoint.parameters if p.example}
            shown |= {hurt.name: text}
            path = endpoint.path
            for known in endpoint.parameters:
                if known.place == "path":
                    path = path.replace(f"{{{known.name}}}", shown.pop(known.name))
            query = f"{quote(hurt.name)}={text}" if hurt.place == "query" else ""
            required = [f"{k}={v}" for k, v in shown.items() if k in REQUIRED and k != hurt.name]
            yield f"{path}?{'&'.join([query, *required]).strip('&')}"


SHARED = 20
REQUIRED = ("entity", "from", "to", "graph", "q", "prefix", "type", "id", "importer", "exporter", "hs")


def wrong_with(answer: httpx.Response) -> str:
    """Give what is wrong with an answer, empty where nothing is."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:300]}"
    if "x-injected" in answer.headers or any(
        "\n" in value or "\r" in value for value in answer.headers.values()
    ):
        return f"headers {answer.headers}"
    form = answer.headers.get("content-type", "")
    if "html" in form and (MARK in answer.text or "onmouseover='" in answer.text):
        return f"reflected {answer.text[:300]}"
    if "json" in form:
        json.loads(answer.content)
    if "root:" in answer.text:
        return "a file of the server"
    return ""
