"""What an OpenAPI document says of each endpoint, as values: for the docs page and the test of its examples."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import BaseModel

# An OpenAPI document is JSON of no one shape; this module alone reads it.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint; `place` is path, query or header. Without an example it is left out of those."""

    name: str
    place: str
    description: str
    example: str | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method at a path. `media` is what a body is sent as, empty where there is none; `body` an example of one."""

    method: str
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    needs_token: bool
    media: str
    body: str

    @property
    def example(self) -> str:
        """Give the path and the query with the documented example of each parameter."""
        path = self.path
        for name, value in self._examples("path"):
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        query = urlencode(self._examples("query"))
        return f"{path}?{query}" if query else path

    def _examples(self, place: str) -> list[tuple[str, str]]:
        return [(p.name, p.example) for p in self.parameters if p.place == place and p.example is not None]


def endpoints(document: Json) -> Iterator[Endpoint]:
    """Give the endpoints of an OpenAPI document, in its order."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            media = next(iter(content), "")
            body = content[media].get("example", "") if media else ""
            yield Endpoint(
                method=method.upper(),
                path=path,
                tag=operation.get("tags", ["other"])[0],
                summary=operation.get("summary", ""),
                description=operation.get("description", ""),
                parameters=tuple(_parameter(row) for row in operation.get("parameters", [])),
                needs_token=bool(operation.get("security")),
                media=media,
                body=body if isinstance(body, str) else "",
            )


def sent(model: type[BaseModel], example: str) -> Json:
    """Give how an OpenAPI document says that JSON as `model` has it is sent; the document gets the model besides."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def tags(document: Json) -> dict[str, str]:
    """Give the description of each tag, in the order in which the document lists them."""
    return {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}


def _parameter(row: Json) -> Parameter:
    return Parameter(row["name"], row["in"], row.get("description", ""), _example(row))


def _example(row: Json) -> str | None:
    """Give the example of a parameter, wherever OpenAPI 3.1 lets one stand."""
    named = [example["value"] for example in row.get("examples", {}).values()]
    found = [
        *([row["example"]] if "example" in row else []),
        *named,
        *row.get("schema", {}).get("examples", []),
    ]
    return str(found[0]) if found else None
