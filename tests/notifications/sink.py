"""A small SMTP server that keeps what it takes, and misbehaves when told to."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        sink: Sink = self.server.sink
        self._say("220 sink")
        for line in self.rfile:
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                if not self._data(sink):
                    return
            elif verb == b"RCPT" and sink.to_recipients:
                self._say(sink.to_recipients)
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 sink")

    def _data(self, sink: Sink) -> bool:
        self._say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        else:
            return False  # cut off in the middle: nothing is taken
        if sink.to_text:
            self._say(sink.to_text)
            return True
        sink.taken.append(b"".join(lines))
        if sink.is_mute:
            return False
        self._say("250 taken")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Sink:
    """taken: the messages. to_recipients, to_text: the answer in place of « 250 ». is_mute: takes, and hangs up."""

    def __init__(self, port: int):
        self.port = port
        self.taken: list[bytes] = []
        self.to_recipients = self.to_text = ""
        self.is_mute = False

    def ids(self) -> list[str]:
        return [message_from_bytes(each)["Message-ID"] for each in self.taken]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that was killed is no error of the server."""


@contextmanager
def smtp_sink(settings):
    """A running sink, to which the product's mails go."""
    with _Server(("127.0.0.1", 0), Session) as server:
        server.sink = sink = Sink(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_TIMEOUT = 10
        yield sink
        server.shutdown()
        thread.join(10)
