"""The frame of the few pages of HTML that the service shows; they load nothing from anywhere."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Final

from starlette.responses import HTMLResponse

_STYLE: Final = """
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a }
h1, h2, h3 { line-height: 1.2 } h2 { margin-top: 2.5rem } h3 { margin: 1.5rem 0 .25rem }
a { color: #0b57a4 } code, pre, textarea { font: .875rem/1.5 ui-monospace, monospace }
pre { background: #f4f4f2; padding: .75rem; overflow-x: auto } textarea { width: 100%; box-sizing: border-box }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .25rem 0 }
dt { color: #5c5c5c } dd { margin: 0 } p { margin: .25rem 0 }
.method { font-weight: 700; text-transform: uppercase }
@media (prefers-color-scheme: dark) {
  body { background: #161618; color: #e4e4e2 } a { color: #8ab8ee } pre { background: #232326 } dt { color: #a0a0a0 }
}
"""
# Nothing is fetched and no script runs, whatever a label in the graph says.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"


def page(title: str, body: str, headers: Mapping[str, str] = MappingProxyType({})) -> HTMLResponse:
    """Give a page; `body` is HTML whose values are escaped already, `title` is plain text."""
    document = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )
    return HTMLResponse(document, headers={"content-security-policy": _POLICY, **headers})
