"""A web server on this machine that answers as badly as others do, for the tests of the link checker."""

import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class _Handler(BaseHTTPRequestHandler):
    """Answers by path: ``/200``, ``/404`` and so on, or one of the bad habits below."""

    def do_HEAD(self):
        self.server.asked.append((time.monotonic(), self.command, self.path, self.headers["User-Agent"]))
        habit = getattr(self, self.path.strip("/").replace("-", "_"), None)
        if habit:
            habit()
        else:
            self.answer(int(self.path.strip("/")))

    do_GET = do_HEAD  # noqa: N815 - the name that http.server looks for

    def answer(self, status, location=None):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def only_get(self):
        self.answer(405 if self.command == "HEAD" else 200)

    def moved(self):
        self.answer(301, "/only-get")

    def moved_away(self):
        self.answer(302, "/410")

    def circle(self):
        self.answer(302, "/circle")

    def to_this_machine(self):
        self.answer(302, f"http://127.0.0.1:{self.server.server_port}/200")

    def to_a_file(self):
        self.answer(302, "file:///etc/passwd")

    def hangs_up_on_head(self):
        if self.command == "GET":
            self.answer(200)
        else:
            self.close_connection = True

    def drips(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _second in range(100):
            time.sleep(0.05)
            try:
                self.wfile.write(b"x")
            except OSError:
                return

    def log_message(self, *args):
        """Say nothing."""


class LinkServer:
    """Runs while the ``with`` block does."""

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.server.asked = []
        self.port = self.server.server_port
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    @property
    def asked(self):
        """What was asked: ``(when, method, path, User-Agent)``."""
        return self.server.asked

    @property
    def paths(self):
        """How often each path was asked."""
        return Counter(path for _when, _method, path, _agent in self.asked)
