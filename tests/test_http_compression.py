"""Large answers are compressed for those who want that, and for nobody else (RFC 9110 §12.5.3)."""

import gzip

import pytest

from servers import Server
from summitry.web.compression import SMALLEST

LARGE = {"query": "SELECT * { ?s ?p ?o }"}
SMALL = {"query": "ASK {}"}


def raw(
    server: Server, encoding: str, parameters: dict[str, str], **headers: str
) -> tuple[dict[str, str], bytes]:
    sent = {"accept-encoding": encoding, **headers}
    with server.client.stream("GET", "/sparql", params=parameters, headers=sent) as answer:
        return dict(answer.headers), b"".join(answer.iter_raw())


@pytest.mark.parametrize("encoding", ["gzip", "br;q=1, gzip;q=0.5", "*", "GZIP"])
def test_a_large_answer_is_compressed_for_those_who_accept_it(server, encoding):
    _, plain = raw(server, "identity", LARGE)

    headers, body = raw(server, encoding, LARGE)

    assert headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in headers["vary"]
    assert len(plain) > SMALLEST
    assert len(body) < len(plain) / 4
    assert len(gzip.decompress(body)) == len(plain)


@pytest.mark.parametrize("encoding", ["", "identity", "gzip;q=0", "br", "gzip;q=0, *"])
def test_a_large_answer_is_sent_as_it_is_to_all_others(server, encoding):
    headers, body = raw(server, encoding, LARGE)

    assert "content-encoding" not in headers
    assert "Accept-Encoding" in headers["vary"]
    assert int(headers["content-length"]) == len(body)


def test_a_small_answer_is_not_compressed(server):
    headers, _ = raw(server, "gzip", SMALL)

    assert "content-encoding" not in headers


def test_the_tag_of_a_compressed_graph_is_its_own_and_is_known_again(shipped):
    """RFC 9110 §8.8.3.3: a strong tag names one sequence of bytes; both stand for one revision."""
    graph = {"graph": "https://w3id.org/summitry/graph/countries"}
    plain, packed = (
        shipped.client.get("/graphs", params=graph, headers={"accept-encoding": encoding})
        for encoding in ("identity", "gzip")
    )

    again = shipped.client.get("/graphs", params=graph, headers={"if-none-match": packed.headers["etag"]})

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"].removesuffix('"') + '-gzip"'
    assert again.status_code == 304
