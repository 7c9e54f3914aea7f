# SPDX-License-Identifier: Apache-2.0
"""The scanners under test: how each is asked, and what its output says of every port.

All have the same four functions: version() is None where the program is missing; hindrance() says
why it cannot do a scenario, if so; command() is what is run in the scanner's namespace; outcome() reads what it wrote.
"""

import collections
import functools
import ipaddress
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from harness.lab import LOOPBACK, ON_LINK, SCANNER, SCANNER_LINK
from harness.truth import Outcome, outcome_of

TUTORIALS = pathlib.Path(__file__).resolve().parent.parent / "tutorials"
NOT_IN_THIS_VERSION = "not in this version"


def ports_text(ports):
    """(1, 2, 3, 7) is 1-3,7."""
    spans = []
    for port in ports:
        if spans and spans[-1][1] == port - 1:
            spans[-1][1] = port
        else:
            spans.append([port, port])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def ports_of(text):
    """The other way round."""
    spans = [span.partition("-") for span in text.split(",") if span]
    return [port for first, _, last in spans for port in range(int(first), int(last or first) + 1)]


def _blind_hindrance(truth):
    """Of a scanner that writes frames, all of them to its gateway."""
    if LOOPBACK in truth.hosts:
        return "cannot: loopback carries no Ethernet frames"
    first, network = ipaddress.ip_address(truth.hosts[0]), ipaddress.ip_network(ON_LINK)
    return "cannot: sends all to a gateway, and asks for no neighbour" if first in network else None


_ENGINE = "connect"  # of an entry that names none: what the program takes by itself depends on privileges


class Portsweep:
    name = "portsweep"
    good_exits = {0, 3}  # 3: not all could be examined, which is an answer

    def __init__(self, binary):
        self._binary = str(binary)

    def version(self):
        return _first_line(self._binary, "--version")

    def hindrance(self, truth, options):
        engine = options[options.index("--engine") + 1] if "--engine" in options else _ENGINE
        return None if self._has_engine(engine) else NOT_IN_THIS_VERSION

    @functools.cache
    def _has_engine(self, engine):
        plan = [self._binary, "plan", "--engine", engine, "-p", "1", LOOPBACK]  # sends nothing
        return subprocess.run(plan, capture_output=True, check=False).returncode == 0

    def command(self, lab, target, ports, options):
        engine = () if "--engine" in options else ("--engine", _ENGINE)
        return [self._binary, "scan", "--format", "jsonl", "-p", ports_text(ports), *engine, *options, target]

    @staticmethod
    def outcome(output, truth):
        said, others, verdicts = {}, collections.Counter(), collections.Counter()
        with open(output) as lines:
            for record in map(json.loads, lines):
                if record["type"] == "port":
                    said[record["host"], record["port"]] = record["state"]
                elif record["type"] == "host":
                    states = ("closed", "filtered", "closed|filtered", "unexamined")
                    others.update({state: record[state] for state in states if state in record})
                    if "verdict" in record:
                        verdicts[f"{record['verdict']} ({record['verdict_reason']})"] += 1
        return outcome_of(said, others, verdicts)


class Nmap:
    name = "nmap"
    good_exits = {0}

    def version(self):
        return _first_line("nmap", "--version")

    def hindrance(self, truth, options):
        return None

    def command(self, lab, target, ports, options):
        return ["nmap", "-n", "-Pn", "-p", ports_text(ports), *options, "-oX", "-", target]

    @staticmethod
    def outcome(output, truth):
        """Ports of the most frequent states are counted; only newer versions (7.93 does) say which they are."""
        said, others = {}, collections.Counter()
        for host in ElementTree.parse(output).iter("host"):
            address = host.find("address").get("addr")
            for folded in host.iter("extraports"):
                others[folded.get("state")] += int(folded.get("count"))
                for reason in folded.iter("extrareasons"):
                    ports = ports_of(reason.get("ports", ""))
                    said.update({(address, port): folded.get("state") for port in ports})
            for port in host.iter("port"):
                state = port.find("state").get("state")
                said[address, int(port.get("portid"))] = state
                others[state] += state != "open"
        return outcome_of(said, +others)


class Masscan:
    """Writes its own Ethernet frames; sends at the rate it is told, waits, and speaks of open ports alone."""

    name = "masscan"
    good_exits = {0}
    wait_s = 1

    def version(self):
        shown = _output("masscan", "--version")
        found = re.search(r"Masscan version (\S+)", shown or "")
        return shown and f"masscan {found[1] if found else '(version not said)'}"

    def hindrance(self, truth, options):
        return _blind_hindrance(truth)

    def command(self, lab, target, ports, options):
        return ["masscan", target, "-p", ports_text(ports), *options, "--wait", str(self.wait_s),
                "--interface", SCANNER_LINK, "--source-ip", SCANNER,
                "--router-mac", lab.target_mac.replace(":", "-"), "-oL", "-"]

    @staticmethod
    def outcome(output, truth):
        """Lines like: open tcp 80 10.97.0.2 1700000000"""
        with open(output) as lines:
            fields = [line.split() for line in lines if line.startswith("open tcp ")]
        return Outcome(frozenset((host, int(port)) for _, _, port, host, *_ in fields))


class Zmap:
    """As masscan; one port a run."""

    name = "zmap"
    good_exits = {0}
    wait_s = 1

    def version(self):
        shown = _output("zmap", "--version")
        return shown and shown.splitlines()[0]

    def hindrance(self, truth, options):
        return _blind_hindrance(truth) or (None if len(truth.ports) == 1 else "cannot: one port a run")

    def command(self, lab, target, ports, options):
        # Its own configuration excludes private networks, which are all that a lab has.
        return ["zmap", "-p", str(ports[0]), *options, "-c", str(self.wait_s), "-i", SCANNER_LINK, "-S", SCANNER,
                "-G", lab.target_mac, "-C", "/dev/null", "-b", "/dev/null", "--disable-syslog", "-q", "-o", "-", target]

    @staticmethod
    def outcome(output, truth):
        """An address a line: those that are open, once each."""
        with open(output) as lines:
            hosts = [line.strip() for line in lines if re.fullmatch(r"[0-9.]+", line.strip())]
        return Outcome(frozenset((host, truth.ports[0]) for host in hosts))


class Tutorial:
    """One of bench/tutorials. It speaks of open ports alone."""

    good_exits = {0}

    def __init__(self, program):
        self.name = f"python {program}"
        self._path = str(TUTORIALS / f"{program}.py")

    def version(self):
        return f"Python {sys.version.split()[0]}"

    def hindrance(self, truth, options):
        return None

    def command(self, lab, target, ports, options):
        return [sys.executable, self._path, "--hostname", target,
                "--start-port", str(ports[0]), "--end-port", str(ports[-1]), *options]

    @staticmethod
    def outcome(output, truth):
        with open(output) as lines:
            found = re.findall(r"^port (\d+) is open$", lines.read(), re.M)
        return Outcome(frozenset((truth.hosts[0], int(port)) for port in found))


def make_scanners(binary):
    scanners = (Portsweep(binary), Nmap(), Masscan(), Zmap(),
                Tutorial("sequential"), Tutorial("processes"), Tutorial("threads"))
    return {scanner.name: scanner for scanner in scanners}


def _first_line(*command):
    shown = _output(*command)
    return shown and shown.splitlines()[0]


def _output(*command):
    """What a program prints; None if there is none. Some say their version on stderr, or with an exit code."""
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.strip() or None
