# SPDX-License-Identifier: Apache-2.0
"""Running code and programs inside a network namespace."""

import contextlib
import ctypes
import pathlib

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


def set_of(namespace, setting, value):
    """A setting of sysctl(8), by its path below /proc/sys. A namespace without IPv6 has none for it."""
    with inside(namespace):
        path = pathlib.Path("/proc/sys", setting)
        if path.exists():
            path.write_text(f"{value}\n")


def packets_received(namespace, link):
    """What has come in by a link since it was made."""
    with inside(namespace), open("/proc/thread-self/net/dev") as table:
        counters = next(line.partition(":")[2] for line in table if line.strip().startswith(f"{link}:"))
    return int(counters.split()[1])


def listen_drops(namespace):
    """Connections that the kernel of the target refused because an accept queue was full, since it was made."""
    with inside(namespace), open("/proc/thread-self/net/netstat") as table:
        names, values = (line.split() for line in table if line.startswith("TcpExt:"))
    return int(values[names.index("ListenDrops")])
