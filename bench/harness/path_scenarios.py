# SPDX-License-Identifier: Apache-2.0
"""The part of the table of scenarios that is about paths: fake networks with a known truth, one for each promise that
portsweep makes about speed and certainty. With all ports they take minutes each, and are run on demand; a few with less
ports are not.

Here portsweep is asked to list every port, so that each is compared with the truth one by one. nmap does so unasked.
"""

import itertools

from harness.contest import Contest, Entry
from harness.entries import CONNECT_T4, MASSCAN, MASSCAN_3, SYN_T4, slow
from harness.fake_network import FakeNetwork
from harness.lab import ALL_PORTS

_HOST, _HOSTS = "10.100.0.1", "10.100.0.0/24"
_SOME_PORTS = tuple(range(1, 1025))
_THOUSAND_PORTS = tuple(range(1, 1001))

_CONNECT = Entry("portsweep", ("--all-states",))
_LESS_SURE = slow(Entry("portsweep", ("--all-states", "--miss", "1e-3")))
_ALL_HOSTS = Entry("portsweep", ("-Pn", "--all-states"))
_PEERS = (slow(CONNECT_T4), slow(SYN_T4), MASSCAN, slow(MASSCAN_3))
_ZMAP, _ZMAP_3 = (Entry("zmap", ("-r", "100000", "-P", probes)) for probes in ("1", "3"))


def _scenario(name, *more):
    return ("--scenario", name, *more)


def _host(name, about, seconds, options, entries, ports=ALL_PORTS, **more):
    return Contest(name, about, seconds, _HOST, None, entries, FakeNetwork(_HOST, ports, options), **more)


def _whole_host(*arguments):
    return _host(*arguments, on_demand=True)


def _part_of_host(name, about, seconds, scenario, entries):
    """Few enough ports that it can be among the default scenarios, and enough open ones to speak of recall."""
    return _host(name, about, seconds, _scenario(scenario, "--open-share", "0.05"), entries, _SOME_PORTS, limit_s=60)


def _many_hosts(name, about, seconds, ports, options, entries):
    network = FakeNetwork(_HOSTS, ports, options)
    return Contest(name, about, seconds, _HOSTS, None, entries, network, on_demand=True)


_PARTS = (
    _part_of_host("path-loss-5-1024", "1024 ports of path-loss-5, more of them open", 60, "loss-5-each-way",
                  (_CONNECT, slow(SYN_T4), slow(MASSCAN), slow(MASSCAN_3))),
    _part_of_host("path-rst-limiter-1024", "of path-rst-limiter", 15, "rst-limiter-200", (_CONNECT, slow(MASSCAN))),
    _part_of_host("path-flow-hash-1024", "of path-flow-hash", 20, "flow-hash-1-of-4",
                  (_CONNECT, slow(MASSCAN), slow(MASSCAN_3))),
)

_WHOLE_HOSTS = (
    _whole_host("path-filtered", "65535 ports, silent but for 4 open; nothing is lost", 330,
                _scenario("filtered-few-open"), (_CONNECT, _LESS_SURE, *_PEERS)),
    _whole_host("path-silent", "65535 ports of a routed host that says nothing", 400,
                _scenario("silent-routed"), (_CONNECT, slow(SYN_T4), MASSCAN, slow(MASSCAN_3))),
    _whole_host("path-loss-5", "half silent, 1 % open; 5 % of each way lost, 40 ms away", 720,
                _scenario("loss-5-each-way"), (_CONNECT, _LESS_SURE, *_PEERS)),
    _whole_host("path-bottleneck", "nearly all closed, behind 20000 packets/s with a queue of 100", 240,
                _scenario("bottleneck-20k-closed"), (_CONNECT, *_PEERS)),
    _whole_host("path-bursts-30", "half silent, 1 % open; all lost for 30 ms at a time, 5 % of the time", 700,
                _scenario("bursts-30ms"), (_CONNECT, _LESS_SURE, *_PEERS)),
    _whole_host("path-bursts-100", "the same, for 100 ms at a time", 700,
                _scenario("bursts-100ms"), (_CONNECT, _LESS_SURE, *_PEERS)),
    _whole_host("path-rst-limiter", "nearly all closed; RSTs beyond 200/s dropped", 660,
                _scenario("rst-limiter-200"), (_CONNECT, *_PEERS)),
    _whole_host("path-policer", "half silent, 1 % open; SYNs beyond 2000/s dropped", 800,
                _scenario("policer-2000"), (slow(_CONNECT), *_PEERS)),
    _whole_host("path-flow-hash", "half silent, 1 % open; a fourth of all flows loses everything", 720,
                _scenario("flow-hash-1-of-4"), (_CONNECT, _LESS_SURE, *_PEERS)),
)

# Closed but for so few that are open that the time is that of closed hosts: recall needs some.
_FEW_OPEN, _HALF_OPEN, _LOSS = ("--open-share", "0.002"), ("--open-share", "0.5"), ("--loss", "0.05")

_MANY_HOSTS = (
    _many_hosts("path-hosts-256x1000", "256 hosts, 1000 ports each, two or so open, the others closed", 180,
                _THOUSAND_PORTS, _FEW_OPEN, (_ALL_HOSTS, *_PEERS)),
    _many_hosts("path-hosts-256x1000-loss-5", "the same, 5 % of the packets of each way lost", 600,
                _THOUSAND_PORTS, (*_FEW_OPEN, *_LOSS), (_ALL_HOSTS, *_PEERS)),
    _many_hosts("path-hosts-256x1-loss-5", "256 hosts, one port, half of them open; 5 % of each way lost", 90,
                (80,), (*_HALF_OPEN, *_LOSS), (_ALL_HOSTS, slow(SYN_T4), MASSCAN, MASSCAN_3, _ZMAP, _ZMAP_3)),
)

PATH_CONTESTS = tuple(itertools.chain(_PARTS, _WHOLE_HOSTS, _MANY_HOSTS))
