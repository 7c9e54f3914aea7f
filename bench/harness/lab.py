# SPDX-License-Identifier: Apache-2.0
"""Lab: two network namespaces and a veth pair between them, with no route out.

    scanner 10.97.0.1 --veth-- 10.97.0.2 target, behind which the same kernel answers for all of 10.100.0.0/16
                                                 or forwards it to a TUN device, where a fake network is played,
                                                 and for all of 10.101.0.0/17 as if each were on the link itself

Nothing that runs in them can reach another machine. They are named after this process, so that two labs do not meet,
and are gone when the `with` block ends, whatever ended it. Needs root, iproute2 and nftables.
"""

import os
import subprocess

from harness import offloads
from harness.doors import OpenDoors
from harness.namespaces import listen_drops, packets_received, set_of
from harness.rules import rules_for
from harness.stray_frames import StrayFrames
from harness.truth import Truth

OPEN_PORTS = (22, 80, 443, 31337)
ALL_PORTS = tuple(range(1, 65536))
SCANNER = "10.97.0.1"
TARGET = "10.97.0.2"
LOOPBACK = "127.0.0.1"
BEHIND = "10.100.0.0/16"
ON_LINK = "10.101.0.0/17"  # the scanner asks for each by ARP, and the target answers as each
SCANNER_LINK = "vs"
TARGET_LINK = "vt"
TUN = "lab"


class Lab:
    def __init__(self):
        self.scanner = f"psbench-s{os.getpid()}"
        self.target = f"psbench-t{os.getpid()}"
        self.target_mac = None  # for scanners that write their own Ethernet frames
        self._made = []
        self._doors = None
        self._stray_frames = None
        self._forwards = False

    def __enter__(self):
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._close_doors()
        if self._stray_frames:
            self._stray_frames.close()
        for name in self._made:
            subprocess.run(["ip", "netns", "del", name], check=False)

    def _make(self):
        for name in (self.scanner, self.target):
            _ip("netns", "add", name)
            self._made.append(name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", self.scanner, "link", "add", SCANNER_LINK, "type", "veth",
            "peer", "name", TARGET_LINK, "netns", self.target)
        for name, link, address in ((self.scanner, SCANNER_LINK, SCANNER), (self.target, TARGET_LINK, TARGET)):
            _ip("-n", name, "address", "add", f"{address}/30", "dev", link)
            _ip("-n", name, "link", "set", link, "up")
            offloads.switch_off(name, link)
        self._answer_by_kernel()
        _ip("-n", self.scanner, "route", "add", BEHIND, "via", TARGET)
        _ip("-n", self.scanner, "route", "add", ON_LINK, "dev", SCANNER_LINK)
        _ip("-n", self.target, "route", "add", "local", ON_LINK, "dev", "lo")
        self.target_mac = self._mac_of_target()
        self._stray_frames = StrayFrames(self.target, TARGET_LINK)

    def _mac_of_target(self):
        shown = subprocess.run(["ip", "-n", self.target, "-brief", "link", "show", TARGET_LINK],
                               capture_output=True, text=True, check=True).stdout
        return shown.split()[2]

    def set_up(self, truth, obstacle=None):
        """Makes the truth true, and nothing else: doors and rules of before are gone."""
        self._close_doors()
        if self._forwards:
            self._forward_no_more()
        at_home = LOOPBACK in truth.hosts
        self._nft("flush ruleset\n" if at_home else rules_for(truth, obstacle))
        place = (self.scanner, LOOPBACK) if at_home else (self.target, "0.0.0.0")
        self._doors = OpenDoors(*place, sorted({port for _, port in truth.open}))

    def forward_to_tun(self):
        """What is behind the target is on a TUN device, which somebody has to play. Nothing else of before is left."""
        self._close_doors()
        self._nft("flush ruleset\n")
        if self._forwards:
            return
        _ip("-n", self.target, "route", "del", "local", BEHIND, "dev", "lo")
        _ip("-n", self.target, "tuntap", "add", "dev", TUN, "mode", "tun")
        for setting, value in forwarding_settings((TARGET_LINK, TUN)):
            set_of(self.target, setting, value)
        _ip("-n", self.target, "link", "set", TUN, "up")
        _ip("-n", self.target, "route", "add", BEHIND, "dev", TUN)
        self._forwards = True

    def _forward_no_more(self):
        _ip("-n", self.target, "link", "del", TUN)  # its routes go with it
        set_of(self.target, "net/ipv4/ip_forward", 0)
        self._answer_by_kernel()
        self._forwards = False

    def _answer_by_kernel(self):
        _ip("-n", self.target, "route", "add", "local", BEHIND, "dev", "lo")

    def packets_at_target(self):
        return packets_received(self.target, TARGET_LINK)

    def listen_drops(self):
        return listen_drops(self.target)

    def _close_doors(self):
        if self._doors:
            self._doors.close()
        self._doors = None

    def _nft(self, rules):
        subprocess.run(["ip", "netns", "exec", self.target, "nft", "-f", "-"], input=rules, text=True, check=True)


def forwarding_settings(links):
    """The target is a router that adds nothing of its own. A packet filter that tracks connections would: there is
    none. Of `all` and a link's own value the stricter one holds, so both are set."""
    yield "net/ipv4/ip_forward", 1
    for link in ("all", *links):
        yield f"net/ipv4/conf/{link}/rp_filter", 0
        yield f"net/ipv4/conf/{link}/send_redirects", 0
    yield f"net/ipv6/conf/{links[-1]}/disable_ipv6", 1  # no chatter about addresses


def one_host(rest, address=TARGET):
    """The host that most scenarios scan: all its ports, of which four are open."""
    return Truth((address,), ALL_PORTS, frozenset((address, port) for port in OPEN_PORTS), rest)


def _ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)
