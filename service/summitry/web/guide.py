"""GET /llms.txt: how an agent finds its way, made of the routes, questions and tools that there are."""

from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse

from summitry.question import catalogue
from summitry.web.endpoints import endpoints, tags
from summitry.web.mcp import PATH
from summitry.web.tools import Toolbox

_QUESTIONS = "/questions/"


def routes(app: FastAPI, toolbox: Toolbox) -> APIRouter:
    """Give the route of the guide to `app`."""
    router = APIRouter(tags=["service"])

    async def guide() -> PlainTextResponse:
        """Tell an agent in plain text what it can ask and how."""
        return PlainTextResponse("\n".join(_lines(app, toolbox)) + "\n")

    router.add_api_route(
        "/llms.txt",
        guide,
        methods=["GET"],
        summary="Guide agents",
        response_class=PlainTextResponse,
    )
    return router


def _lines(app: FastAPI, toolbox: Toolbox) -> Iterator[str]:
    yield f"# {app.title}\n\n> {app.description}\n"
    yield (
        "Every answer says how sure it is, since when it holds and who says so. What is not recorded is unrecorded: "
        "do not fill it in. `valid_at` asks what held on a day in the world, `known_at` what the graph knew then; "
        "cite the `permalink` of an answer. Errors are JSON whose `detail` says what to write instead.\n"
    )
    yield "## Questions\n"
    for question in catalogue().values():
        takes = ", ".join(f"{known.name}={known.example}" for known in question.parameters)
        yield f"- [{question.title}]({_QUESTIONS}{question.name}): takes {takes}"
    document = app.openapi()
    listed = [one for one in endpoints(document) if not one.path.startswith(_QUESTIONS)]
    for tag, description in tags(document).items():
        yield f"\n## {tag.capitalize()}\n\n{description}\n"
        for one in listed:
            if one.tag == tag:
                example = f", for example {one.example}" if one.method == "GET" else ""
                yield f"- {one.method} {one.path}: {one.summary}{example}"
    yield f"\n## Model Context Protocol\n\nPOST {PATH}, or `summitry mcp` over standard input and output. Tools:\n"
    yield from (f"- {tool.name}: {tool.title}" for tool in toolbox.tools())
