"""A proxy before a real server that does what networks and servers do at their worst."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from summitry.store.remote.connection import Place


@dataclass
class Faulty:
    """Where the proxy listens, and what it does: each is for the requests from now on.

    `drops_update` and `loses_answer` concern updates that make a revision: the first never arrives, of the
    second the answer is lost after the server did it. `rows` cuts results, `headers` are added to answers.
    """

    url: str = ""
    is_down: bool = False
    hangs: bool = False
    drops_update: bool = False
    loses_answer: bool = False
    rows: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    commits: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    def place(self, *, seconds: float) -> Place:
        return Place(f"{self.url}/query", f"{self.url}/update", seconds=seconds)


@contextmanager
def faulty(url: str) -> Iterator[Faulty]:
    """Run a proxy before the server at `url`, which passes everything on until it is told otherwise."""
    state = Faulty()
    with (
        httpx.Client(timeout=60) as client,
        ThreadingHTTPServer(("127.0.0.1", 0), _handler(url, state, client)) as server,
    ):
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.released.set()
            server.shutdown()
            thread.join()


def _handler(url: str, state: Faulty, client: httpx.Client) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if state.hangs:
                state.released.wait(60)
            makes = self.path == "/update" and b"ledger#makes" in body
            state.commits += makes
            if state.is_down or (makes and state.drops_update):
                return
            names = ("content-type", "accept")
            headers = {name: self.headers[name] for name in names if name in self.headers}
            answer = client.post(url + self.path, content=body, headers=headers)
            if not (makes and state.loses_answer):
                self._pass_on(answer)

        def _pass_on(self, answer: httpx.Response) -> None:
            content = answer.content
            if state.rows is not None and b'"bindings"' in content:
                results = json.loads(content)
                del results["results"]["bindings"][state.rows :]
                content = json.dumps(results).encode()
            self.send_response(answer.status_code)
            kept = {
                n: v
                for n, v in answer.headers.items()
                if n in ("content-type", "server", "fuseki-request-id")
            }
            for name, value in {**kept, **state.headers}.items():
                self.send_header(name, value)
            if answer.status_code != 204:
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):  # it may have waited long enough
                self.wfile.write(content)

        def send_response(self, code: int, message: str | None = None) -> None:
            self.send_response_only(code, message)

        def log_message(self, *_: object) -> None:
            return

    return Handler
