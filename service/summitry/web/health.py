"""GET /health: whether the service answers, and from which revision."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from summitry import __version__
from summitry.usecases.service import Service


class Health(BaseModel):
    """How the service is: it answers queries on `revision` or a later one."""

    status: Literal["ok"]
    version: str
    revision: int
    graphs: int
    workers: int


def routes(service: Service) -> APIRouter:
    """Give the route of the health check."""
    router = APIRouter(tags=["service"])

    @router.get("/health", summary="Ask whether the service answers")
    async def health() -> Health:
        """Give the version, the last revision, the number of graphs, and how many workers answer queries."""
        return Health(
            status="ok",
            version=__version__,
            revision=service.store.head(),
            graphs=len(service.store.graphs()),
            workers=service.settings.workers,
        )

    return router
