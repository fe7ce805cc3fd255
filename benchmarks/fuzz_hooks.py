"""What Schemathesis is told of this service: how RDF and SPARQL are sent, and that each status is documented.

The document has a `default` answer, so that clients know what to expect of a status that some proxy gives. With it
the check of Schemathesis would take any status of ours, so this one wants each by its number.
"""

from schemathesis import Case, CheckContext, Response, check, serializer

for media in (
    "application/n-quads",
    "application/n-triples",
    "application/rdf+xml",
    "application/sparql-query",
    "application/sparql-update",
    "application/trig",
    "text/turtle",
):
    serializer.alias(media, "text/plain")


@check
def each_status_is_documented(_: CheckContext, response: Response, case: Case) -> None:
    """Fail where the operation does not document the status by its number."""
    known = case.operation.responses.status_codes

    # 405: sent with a method that the document does not have, there is no operation to document it.
    assert str(response.status_code) in (*known, "405"), f"{response.status_code} is none of {known}"
