"""The HTTP face: one module per front door. Only this package knows FastAPI."""
