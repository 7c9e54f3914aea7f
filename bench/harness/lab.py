# SPDX-License-Identifier: Apache-2.0
"""Lab: two network namespaces and a veth pair between them, with no route out.

    scanner 10.97.0.1 --veth-- 10.97.0.2 target, where OPEN_PORTS listen

Nothing that runs in them can reach another machine. They are named after this process, so that two labs do not meet,
and are gone when the `with` block ends, whatever ended it. Needs root, iproute2 and nftables.
"""

import contextlib
import ctypes
import os
import socket
import subprocess
import threading

OPEN_PORTS = (22, 80, 443, 31337)
SCANNER = "10.97.0.1"
TARGET = "10.97.0.2"
LOOPBACK = "127.0.0.1"
TARGET_LINK = "vt"

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def inside(namespace):
    """Runs its block with this thread in another network namespace. Sockets opened there stay there, and so do
    processes that are started there."""
    with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{namespace}") as there:
        _enter(there)
        try:
            yield
        finally:
            _enter(home)


def _enter(namespace_file):
    if _libc.setns(namespace_file.fileno(), _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Lab:
    def __init__(self):
        self.scanner = f"psbench-s{os.getpid()}"
        self.target = f"psbench-t{os.getpid()}"
        self._made = []
        self._doors = None

    def __enter__(self):
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._doors:
            self._doors.close()
        for name in self._made:
            subprocess.run(["ip", "netns", "del", name], check=False)

    def _make(self):
        for name in (self.scanner, self.target):
            _ip("netns", "add", name)
            self._made.append(name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", self.scanner, "link", "add", "vs", "type", "veth", "peer", "name", TARGET_LINK, "netns", self.target)
        for name, link, address in ((self.scanner, "vs", SCANNER), (self.target, TARGET_LINK, TARGET)):
            _ip("-n", name, "address", "add", f"{address}/30", "dev", link)
            _ip("-n", name, "link", "set", link, "up")
        self._doors = OpenDoors([(self.scanner, LOOPBACK), (self.target, TARGET)])

    def answer(self):
        """The target answers on every port: open ones by SYN-ACK, the others by RST."""
        self._nft("flush ruleset")

    def drop_all_but_open(self):
        """The target answers on its open ports and drops every other segment without a word."""
        open_ports = ", ".join(map(str, OPEN_PORTS))
        self._nft(
            "flush ruleset\n"
            "add table inet bench\n"
            "add chain inet bench input { type filter hook input priority 0; policy accept; }\n"
            f"add rule inet bench input tcp dport != {{ {open_ports} }} drop\n"
        )

    def _nft(self, rules):
        subprocess.run(["ip", "netns", "exec", self.target, "nft", "-f", "-"], input=rules, text=True, check=True)


class OpenDoors:
    """Listeners that accept and close at once, on a thread of their own: an accept queue that is never full."""

    def __init__(self, places):
        self._closing = threading.Event()
        self._sockets = []
        for namespace, address in places:
            with inside(namespace):
                self._sockets += [self._listen(address, port) for port in OPEN_PORTS]
        self._threads = [threading.Thread(target=self._serve, args=(s,), daemon=True) for s in self._sockets]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _listen(address, port):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(1024)
        return listener

    def _serve(self, listener):
        while not self._closing.is_set():
            try:
                listener.accept()[0].close()
            except OSError:  # shut down by close(), or the peer was gone already
                pass

    def close(self):
        self._closing.set()
        for listener in self._sockets:
            listener.shutdown(socket.SHUT_RDWR)  # ends a waiting accept()
        for thread in self._threads:
            thread.join()
        for listener in self._sockets:
            listener.close()


def _ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)
