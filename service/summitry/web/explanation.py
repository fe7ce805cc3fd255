"""What the OpenAPI document says of the query endpoint beside its answers: why one is empty, and its headers."""

from typing import Final

from summitry.elements import Kind
from summitry.web.endpoints import Json

_ELEMENT: Final[Json] = {
    "title": "QueryElement",
    "description": "A part of a query, and what comes of it; null is what was not tried.",
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": [kind.value for kind in Kind]},
        "text": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "matches_alone": {"type": ["boolean", "null"]},
        "has_solutions_so_far": {
            "type": "boolean",
            "description": "With the elements before it: the first that is false leaves no rows.",
        },
        "has_solutions_without": {"type": ["boolean", "null"]},
        "inside": {
            "type": "array",
            "description": "Of a group that finds nothing: its own elements.",
            "items": {"$ref": "#/components/schemas/QueryElement"},
        },
    },
}
_EXPLANATION: Final[Json] = {
    "title": "Explanation",
    "description": "Why an answer is empty. `elements` stand in the order in which SPARQL applies them, filters "
    "last; there are none where the answer is not empty, or the query too complex to be taken apart.",
    "type": "object",
    "required": ["is_empty", "explanation", "elements", "hints"],
    "properties": {
        "is_empty": {"type": "boolean"},
        "explanation": {"type": "string"},
        "elements": {"type": "array", "items": {"$ref": "#/components/schemas/QueryElement"}},
        "hints": {
            "type": "array",
            "description": "Names in the query that nothing bears, with the closest name.",
            "items": {"type": "string"},
        },
    },
}
HEADERS: Final[Json] = {
    "Query-Id": {
        "description": "The id of the query, for DELETE /queries/{query_id}; that which the request chose, if any.",
        "schema": {"type": "string"},
    },
    "Warning": {
        "description": "Names in the query that nothing bears, with the closest name (code 199).",
        "schema": {"type": "string"},
    },
}
NOTHING: Final = """\
SELECT ?meeting ?day WHERE {
  ?meeting a ap:Meeting ; ap:starts ?day .
  FILTER(?day < "1900-01-01"^^xsd:date)
}
"""
SCHEMAS: Final[Json] = {"Explanation": _EXPLANATION, "QueryElement": _ELEMENT}
