"""A service with OpenAI's interface on this machine, as well behaved as a test wants it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: (path, body, how many requests came before) → (status, headers, answer); bytes are sent as such.
Answer = tuple[int, dict[str, str], Any]
Answering = Callable[[str, dict[str, Any], int], Answer]


class Fake:
    """What was asked, and where it listens."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []


@contextmanager
def fake_endpoint(answering: Answering, *, seconds: float = 0.0) -> Iterator[Fake]:
    """A service on 127.0.0.1 for the time of the block.

    Args:
        answering: says what to answer.
        seconds: before it does.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                before = len(fake.asked)
                fake.asked.append(body)
                fake.keys.append(self.headers.get("Authorization"))
            time.sleep(seconds)
            status, headers, answer = answering(self.path, body, before)
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            try:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # who asked has gone: it did not want to wait

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = Fake(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def embedded(texts: list[str], width: int = 4) -> dict[str, Any]:
    """An answer of embeddings: letters counted."""
    return {
        "object": "list",
        "model": "fake",
        "data": [
            {
                "object": "embedding",
                "index": place,
                "embedding": [1.0, *(float(text.count(c)) for c in "abcdefgh"[: width - 1])],
            }
            for place, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


def said(content: str | None, **more: Any) -> dict[str, Any]:
    """An answer of a chat."""
    message = {"role": "assistant", "content": content, "refusal": None, **more}
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
