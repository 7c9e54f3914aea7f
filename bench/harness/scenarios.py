# SPDX-License-Identifier: Apache-2.0
"""The table of scenarios. What they are for, and why the settings of the peers are fair: docs/BENCHMARKS.md.

What is open where is drawn by a generator with a fixed seed: every run, and every scanner, meets the same.
"""

import dataclasses
import ipaddress
import pathlib
import random

from harness.contest import Contest, Entry, Goal
from harness.entries import CONNECT, CONNECT_T4, MASSCAN, MASSCAN_3, MASSCAN_MILLION, SYN, SYN_T4, SYN_T5, slow
from harness.lab import ALL_PORTS, LOOPBACK, ON_LINK, OPEN_PORTS, TARGET, one_host
from harness.own_figures import OwnFigure, first_packet, probe_cost, rss, send_path
from harness.path_scenarios import PATH_CONTESTS
from harness.truth import Truth


@dataclasses.dataclass
class Setting:
    """What every scenario gets. Rounds of what takes a minute are apart: there, one is enough."""

    lab: object
    scanners: dict
    rounds: int
    slow_rounds: int
    full: bool
    benches: dict  # programs, by the scenario that runs them
    lab_tun: pathlib.Path  # the program that plays fake networks
    log: object

    @property
    def portsweep(self):
        return self.scanners["portsweep"]


def _ports(count):
    return tuple(range(1, count + 1))


def _drawn(name, things, count):
    return frozenset(random.Random(name).sample(things, count))


def some_open(name, ports, count):
    """One host that refuses everywhere but on so many ports."""
    return Truth((TARGET,), ports, frozenset((TARGET, port) for port in _drawn(name, ports, count)))


def one_open(ports):
    """One host that is silent but for one port, in the middle."""
    return Truth((TARGET,), ports, frozenset({(TARGET, ports[len(ports) // 2])}), "filtered")


def partly_silent(ports, silent):
    """One host that refuses, but for what is open and what is silent."""
    opened = frozenset(OPEN_PORTS) & frozenset(ports)
    return Truth((TARGET,), ports, frozenset((TARGET, port) for port in opened), silent_ports=silent - opened)


def hosts_with_services(network):
    """Each host has 8 to 16 of 100 ports open, of those that listen anywhere, and refuses on the others."""
    ports = _ports(100)
    draw = random.Random("services")
    served = draw.sample(ports, 16)
    hosts = _hosts(network)
    opened = frozenset((host, port) for host in hosts for port in draw.sample(served, draw.randint(8, 16)))
    return Truth(hosts, ports, opened)


def hosts_one_in_eight(network):
    """One port; one host in eight has it open, the others are silent."""
    hosts = _hosts(network)
    return Truth(hosts, (80,), frozenset((host, 80) for host in _drawn("hosts", hosts, len(hosts) // 8)), "filtered")


def _hosts(network):
    return tuple(map(str, ipaddress.ip_network(network)))


SMALL_NET, LARGE_NET = "10.100.0.0/24", "10.100.0.0/17"


def ours(engine, workers, timeout, **more):
    return Entry("portsweep", ("--engine", engine, "--workers", str(workers), "--timeout", f"{timeout}s"), **more)


def tutorial(program, workers, timeout, **more):
    return Entry(f"python {program}", ("--workers", str(workers), "--timeout", str(timeout)), **more)


_CONTESTS = (
    Contest(
        "closed", "65535 ports of a host that answers on each; 4 open", 60, TARGET, lambda full: one_host("closed"),
        (Entry("portsweep", ("--workers", "2")), SYN, CONNECT_T4, SYN_T4, MASSCAN, MASSCAN_MILLION,
         ours("threads", 100, 1)),
        goals=(Goal(0.6, "nmap -sT -T4"), Goal(0.5, "nmap -sS -T4", "portsweep --engine syn"))),
    Contest(
        "filtered", "65535 ports of a host that drops all but 4", 210, TARGET, lambda full: one_host("filtered"),
        (CONNECT, SYN, slow(Entry("nmap", ("-sT", "-T5"))), slow(SYN_T5), MASSCAN, MASSCAN_MILLION, MASSCAN_3),
        goals=(Goal(1 / 12, "nmap -sT -T5"), Goal(1 / 25, "nmap -sS -T5", "portsweep --engine syn"))),
    Contest(
        "loopback", "65535 ports of 127.0.0.1; 4 open", 30, LOOPBACK, lambda full: one_host("closed", LOOPBACK),
        (CONNECT, CONNECT_T4, MASSCAN)),
    Contest(
        "silent", "65535 ports of a host that says nothing at all", 130, TARGET,
        lambda full: Truth((TARGET,), ALL_PORTS, rest="filtered"),
        (CONNECT, SYN, MASSCAN, MASSCAN_3)),
    Contest(
        "silent-2048", "2048 ports of such a host: nmap takes minutes for all of them", 45, TARGET,
        lambda full: Truth((TARGET,), _ports(2048), rest="filtered"),
        (CONNECT, slow(SYN_T5), MASSCAN)),
    Contest(
        "loss-5", "16384 ports, 500 open, 5 % of the packets of each way lost", 140, TARGET,
        lambda full: some_open("loss-5", _ports(16384), 500),
        (CONNECT, SYN, Entry("portsweep", ("--max-tries", "5")), slow(CONNECT_T4), slow(SYN_T4),
         MASSCAN, MASSCAN_3),
        obstacle="loss"),
    Contest(
        "policer", "16384 ports, 100 open, SYNs beyond 2000/s dropped", 65, TARGET,
        lambda full: some_open("policer", _ports(16384), 100),
        (CONNECT, SYN, slow(Entry("portsweep", ("--max-rate", "1500"))), slow(CONNECT_T4), slow(SYN_T4),
         MASSCAN, slow(Entry("masscan", ("--rate", "1500", "--retries", "0")))),
        obstacle="policer"),
    Contest(
        "rst-limiter", "4096 ports, 64 open, RSTs beyond 200/s dropped", 70, TARGET,
        lambda full: some_open("rst-limiter", _ports(4096), 64),
        (CONNECT, SYN, slow(CONNECT_T4), slow(SYN_T4),
         slow(Entry("nmap", ("-sS", "-T4", "--defeat-rst-ratelimit"))), MASSCAN),
        obstacle="rst-limiter"),
    Contest(
        "hosts-256x100", "256 hosts, 100 ports each, 8 to 16 of them open", 30, SMALL_NET,
        lambda full: hosts_with_services(SMALL_NET),
        (Entry("portsweep", ("-Pn",)), Entry("portsweep", ("-Pn", "--engine", "syn")), CONNECT_T4, SYN_T4, MASSCAN,
         Entry("zmap"))),
    Contest(
        "hosts-32768x1", "32768 hosts, one port, open on every eighth", 90, LARGE_NET,
        lambda full: hosts_one_in_eight(LARGE_NET),
        (Entry("portsweep", ("-Pn",)), Entry("portsweep", ("-Pn", "--engine", "syn")), slow(SYN_T5), MASSCAN,
         Entry("zmap", ("-r", "100000"))),
        goals=(Goal(1, "zmap -r 100000", "portsweep -Pn --engine syn"),)),
    Contest(
        "on-link-32768x1", "the same on the own link, where each is asked for by ARP first", 120, ON_LINK,
        lambda full: hosts_one_in_eight(ON_LINK),
        (Entry("portsweep", ("-Pn", "--engine", "syn")), slow(SYN_T5), MASSCAN, Entry("zmap", ("-r", "100000")))),
    Contest(
        "tutorial-500", "60 silent ports (500 with --full), one open", 150, TARGET,
        lambda full: one_open(_ports(500 if full else 60)),
        (slow(tutorial("sequential", 1, 1)), slow(tutorial("processes", 10, 1)), slow(tutorial("threads", 500, 3)),
         slow(ours("sequential", 1, 1)), slow(ours("processes", 10, 1)), slow(ours("threads", 500, 3)), CONNECT),
        references=("python sequential",), speed_up=True, limit_s=600),
    Contest(
        "tutorial-1024", "1024 ports, 78 silent, 3 open, the others closed", 40, TARGET,
        lambda full: partly_silent(_ports(1024), _drawn("tutorial-1024", _ports(1024), 78)),
        (tutorial("threads", 1024, 3), ours("threads", 1024, 3), CONNECT,
         slow(tutorial("sequential", 1, 3, full=True))),
        references=("python sequential", "python threads"), speed_up=True),
    Contest(
        "tutorial-65535", "65535 ports, every fifth silent, 4 open, 100 workers", 1100, TARGET,
        lambda full: partly_silent(ALL_PORTS, frozenset(range(5, 65536, 5))),
        (slow(tutorial("processes", 100, 1)), slow(ours("processes", 100, 1)), slow(tutorial("threads", 100, 3)),
         slow(ours("threads", 100, 3)), CONNECT),
        references=("python processes",), speed_up=True, on_demand=True, limit_s=900),
)

_OWN = (
    OwnFigure("rss", "peak memory of scans of one host", 25, rss),
    OwnFigure("first-packet", "from the start of the program to its first SYN", 5, first_packet),
    OwnFigure("send-path", "SYNs that one processor sends in a second, pace left out", 10, send_path),
    OwnFigure("probe-cost", "our own code for one probe, kernel left out", 25, probe_cost),
)

SCENARIOS = {scenario.name: scenario for scenario in (*_CONTESTS, *PATH_CONTESTS, *_OWN)}
