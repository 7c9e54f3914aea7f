# SPDX-License-Identifier: Apache-2.0
"""OpenDoors: listeners that accept and close at once, on a thread of their own: an accept queue that is never full."""

import selectors
import socket
import threading

from harness.namespaces import inside

_BACKLOG = 4096


class OpenDoors:
    def __init__(self, namespace, address, ports):
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        self._selector.register(self._bell, selectors.EVENT_READ)
        with inside(namespace):
            self._listeners = [_listen(address, port) for port in ports]
        for listener in self._listeners:
            self._selector.register(listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._bell:
                    return
                _accept_all(key.fileobj)

    def close(self):
        self._rope.send(b"!")
        self._thread.join()
        self._selector.close()
        for opened in (*self._listeners, self._bell, self._rope):
            opened.close()


def _listen(address, port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def _accept_all(listener):
    try:
        while True:
            listener.accept()[0].close()
    except OSError:  # nobody is waiting any more, or the peer was gone already
        pass
