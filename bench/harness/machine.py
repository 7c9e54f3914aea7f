# SPDX-License-Identifier: Apache-2.0
"""What the figures were measured on, and with."""

import datetime
import os
import pathlib
import platform
import subprocess

BACKLOG = pathlib.Path("/proc/sys/net/core/netdev_max_backlog")


def describe(scanners, root):
    ours, *peers = scanners
    versions = dict.fromkeys(peer.version() or f"{peer.name}: not installed" for peer in peers)  # each once, in order
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processors": f"{os.cpu_count()} x {_processor()}",
        "kernel": f"{platform.system()} {platform.release()}",
        "portsweep": f"{ours.version()} ({_commit(root)})",
        "peers": "; ".join(versions),
        "netdev_max_backlog": BACKLOG.read_text().strip(),
        "load at the start": load(),
    }


def together(facts, more):
    """Of two runs: each fact once where they agree, else one after the other."""
    joined = dict(facts)
    for name, value in more.items():
        known = joined.get(name, "").split("; then ")
        joined[name] = value if name not in joined else "; then ".join(known + [value] * (value not in known))
    return joined


def load():
    return f"{os.getloadavg()[0]:.2f}"


def _processor():
    with open("/proc/cpuinfo") as lines:
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit(root):
    asked = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True)
    return asked.stdout.strip() or "no commit known"
