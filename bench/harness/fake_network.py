# SPDX-License-Identifier: Apache-2.0
"""FakeNetwork: hosts and a path to them that portsweep-lab-tun plays, what they truly are, and what it says of itself.

Truth, losses and limits come from a seed, and the path's time begins with each run: every scanner meets the same. Each
run has a player of its own, which counts for it alone.
"""

import dataclasses
import json
import signal
import subprocess

from harness.namespaces import inside
from harness.scanners import ports_text
from harness.truth import Truth

READY = "portsweep-lab-tun: ready"
_SEED = "1"
_END_S = 10  # from the word that it must end to its report


@dataclasses.dataclass(frozen=True)
class FakeNetwork:
    hosts: str  # an address or a prefix of Lab's BEHIND
    ports: tuple
    options: tuple = ()  # of portsweep-lab-tun: what these hosts and the path to them are like

    def truth(self, program):
        command = [program, "--truth", self.hosts, ports_text(self.ports), *self._chances()]
        shown = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        return read_truth(shown, self.ports)

    def player_command(self, program, device, limit_s):
        """`limit_s`: after so long it ends by itself, whatever became of us."""
        return [program, "--device", device, "--hosts", self.hosts, "--for", f"{limit_s:g}", *self._chances()]

    def _chances(self):
        return ["--seed", _SEED, *self.options]


def read_truth(text, ports):
    """Lines like: 10.100.0.1 80 open"""
    places = {"open": [], "closed": [], "filtered": []}
    for line in text.splitlines():
        host, port, state = line.split()
        places[state].append((host, int(port)))
    hosts = tuple(dict.fromkeys(host for of_state in places.values() for host, _ in of_state))
    return Truth(hosts, ports, frozenset(places["open"]), filtered=frozenset(places["filtered"]))


@dataclasses.dataclass(frozen=True)
class PlayerReport:
    was_bottleneck: bool  # then a scanner was measured by the player's own speed, not by the network's
    syns: int
    words: str  # how it was too slow


def read_report(text):
    report = json.loads(text)
    own, received = report["responder"], report["received"]
    troubles = {"answers late": own["sent_late"], "packets read late": own["read_late"],
                "lost": (own["lost_by_device"] or 0) + own["refused_by_kernel"]}
    words = ", ".join(f"{count} {what}" for what, count in troubles.items() if count)
    return PlayerReport(own["bottleneck"], received["syns"], words)


class Player:
    """Plays in a namespace while the block runs; `report` is there after it. Raises RuntimeError if it cannot play, or
    did not until the end."""

    def __init__(self, namespace, command):
        self._namespace, self._command = namespace, command
        self._process = None
        self.report = None

    def __enter__(self):
        with inside(self._namespace):  # in a session of its own: what interrupts us must not end it first
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                             stderr=subprocess.PIPE, text=True, start_new_session=True)
        said = self._process.stderr.readline().strip()
        if said != READY:
            self._end()
            raise RuntimeError(said or "portsweep-lab-tun said nothing")
        return self

    def __exit__(self, kind, *_):
        written = self._end()
        if kind is None:
            self.report = _report_of(written, self._process.returncode)

    def _end(self):
        """What it wrote. It is gone then."""
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.communicate(timeout=_END_S)[0]
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.communicate()[0]


def _report_of(written, status):
    if status != 0:
        raise RuntimeError(f"portsweep-lab-tun ended with {status}")
    return read_report(written)
