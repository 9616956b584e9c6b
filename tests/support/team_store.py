"""A store that speaks S3, on loopback: what it was asked is known, and it can be made to fail."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

BUCKET = "films"
LOGIN = {
    "AWS_ACCESS_KEY_ID": "who-may-enter", "AWS_SECRET_ACCESS_KEY": "the-word-at-the-door",
    "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}  # fmt: skip
"""What a person has in the environment; the store takes any."""


@dataclass
class Store:
    """Moto's server, and beside it what came in."""

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and the access that was asked for, empty for the bucket's own."""
    let_through: int | None = None
    """Files that may still be put before it fails; None: any number."""
    app: Any = field(default_factory=lambda: DomainDispatcherApplication(create_backend_app))

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        self.asked.append((method, environ.get("HTTP_X_AMZ_ACL", "")))
        if method == "PUT" and self.let_through is not None:
            self.let_through -= 1
            if self.let_through < 0:
                # Read, or the client is cut before it can hear the answer.
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                start("503 Slow Down", [("Content-Length", "0")])
                return [b""]
        answer: Iterable[bytes] = self.app(environ, start)
        return answer

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.address, region_name=LOGIN["AWS_DEFAULT_REGION"],
            aws_access_key_id=LOGIN["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=LOGIN["AWS_SECRET_ACCESS_KEY"],
        )  # fmt: skip

    def files(self) -> dict[str, tuple[str, str]]:
        """Key -> what it holds and when that was put, in the store's words."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return {
            one["Key"]: (one["ETag"], str(one["LastModified"]))
            for page in pages for one in page.get("Contents", ())
        }  # fmt: skip

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer within this block; afterwards nobody does, and what was put is kept."""
        server: BaseWSGIServer = make_server(
            "127.0.0.1", self.port, self, threaded=True, request_handler=MotoRequestHandler
        )
        self.port = server.server_port
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
