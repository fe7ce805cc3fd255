"""GET /explore: every route to try out, in Swagger UI from a package that is installed, not from a network."""

from importlib.resources import files
from typing import Final

from fastapi import APIRouter, HTTPException
from starlette.responses import HTMLResponse, Response

_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
# Scripts and styles of this server alone; Swagger UI writes styles and pictures into the page.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Summitry: try it out</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/explore/swagger-ui.css">
<body>
<div id="explorer"></div>
<script src="/explore/swagger-ui-bundle.js"></script>
<script src="/explore/start.js"></script>
</body>
</html>
"""
_START: Final = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#explorer", deepLinking: true, tryItOutEnabled: true,'
    ' docExpansion: "none", validatorUrl: null});'
)


def routes() -> APIRouter:
    """Give the page and what it loads."""
    router = APIRouter(include_in_schema=False)
    kept = {"cache-control": "max-age=86400"}

    def page() -> Response:
        return HTMLResponse(_PAGE, headers={"content-security-policy": _POLICY})

    def asset(name: str) -> Response:
        if name == "start.js":
            return Response(_START, media_type="text/javascript")
        if name not in _ASSETS:
            raise HTTPException(404)
        content = files("fastapi_swagger").joinpath("resources", name).read_bytes()
        return Response(content, media_type=_ASSETS[name], headers=kept)

    router.add_api_route("/explore", page, methods=["GET"], response_class=Response)
    router.add_api_route("/explore/{name}", asset, methods=["GET"], response_class=Response)
    return router
