# SPDX-License-Identifier: Apache-2.0
"""StrayFrames: a broadcast frame now and then, of a protocol that nobody speaks: no real network is wholly quiet.

Where nothing is left to come in, masscan hangs at its end for seconds, sometimes minutes: it seems to look whether it
is time to end only when a packet came. That says something of the lab and nothing of masscan. Every scanner is measured
with these frames; the others do not see them.
"""

import socket
import threading

from harness.namespaces import inside

_LOCAL_EXPERIMENTAL = 0x88B5  # an EtherType set aside for such uses (IEEE 802)
_EACH_S = 0.05


class StrayFrames:
    def __init__(self, namespace, link):
        with inside(namespace):
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.bind((link, _LOCAL_EXPERIMENTAL))
        own_address = self._socket.getsockname()[4]
        self._frame = b"\xff" * 6 + own_address + _LOCAL_EXPERIMENTAL.to_bytes(2, "big") + bytes(46)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def _send(self):
        while not self._ending.wait(_EACH_S):
            self._socket.send(self._frame)

    def close(self):
        self._ending.set()
        self._thread.join()
        self._socket.close()
