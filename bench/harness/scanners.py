# SPDX-License-Identifier: Apache-2.0
"""The scanners under test: how each is asked, and what its output says of every port.

A scan's outcome is compared with the truth of the lab: OPEN_PORTS are open, all others in one other state.
"""

import collections
import dataclasses
import json
import subprocess
import xml.etree.ElementTree as ElementTree

from harness.lab import OPEN_PORTS


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a scan said: the ports it called open, and how many it put into each other state."""

    open_ports: frozenset
    others: collections.Counter

    def recall(self):
        return len(self.open_ports & set(OPEN_PORTS)) / len(OPEN_PORTS)

    def false_states(self, true_state):
        """Ports in a state that is not theirs; an open port that was missed in yet a third state counts twice."""
        not_theirs = sum(count for state, count in self.others.items() if state != true_state)
        return len(self.open_ports ^ set(OPEN_PORTS)) + not_theirs


class Portsweep:
    name = "portsweep"

    def __init__(self, binary):
        self.binary = str(binary)

    def command(self, target, *options):
        return [self.binary, "scan", "--format", "jsonl", *options, target]

    def version(self):
        return _first_line(self.binary, "--version")

    @staticmethod
    def outcome(output):
        open_ports, others = set(), collections.Counter()
        with open(output) as lines:
            for record in map(json.loads, lines):
                if record["type"] == "port" and record["state"] == "open":
                    open_ports.add(record["port"])
                elif record["type"] == "host":
                    others.update({state: record[state] for state in ("closed", "filtered", "unexamined")})
        return Outcome(frozenset(open_ports), others)


class Nmap:
    name = "nmap"

    def command(self, target, *options):
        return ["nmap", "-n", "-Pn", "-sT", "-p-", *options, "-oX", "-", target]

    def version(self):
        return _first_line("nmap", "--version")

    @staticmethod
    def outcome(output):
        """Ports of the most frequent states are not listed, only counted."""
        open_ports, others = set(), collections.Counter()
        ports = ElementTree.parse(output).find("host/ports")
        for folded in ports.iter("extraports"):
            others[folded.get("state")] += int(folded.get("count"))
        for port in ports.iter("port"):
            state = port.find("state").get("state")
            if state == "open":
                open_ports.add(int(port.get("portid")))
            else:
                others[state] += 1
        return Outcome(frozenset(open_ports), others)


def _first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
