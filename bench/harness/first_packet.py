# SPDX-License-Identifier: Apache-2.0
"""How long a program takes from its start to its first SYN: the clock is read just before the program is spawned, and
the kernel stamps each packet as it reaches the target's side of the veth pair (SO_TIMESTAMPNS)."""

import os
import select
import socket
import struct
import time

from harness.lab import TARGET_LINK
from harness.namespaces import inside
from harness.process import spawn

_ETH_P_IP = 0x0800
_SO_TIMESTAMPNS = 35
_SYN, _ACK = 0x02, 0x10
_LIMIT_S = 5


def first_syn_ms(lab, command):
    """Milliseconds from before the spawn to the first SYN, however the command ends."""
    with inside(lab.target):
        sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP))
    with sniffer:
        sniffer.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        sniffer.bind((TARGET_LINK, _ETH_P_IP))
        start_ns = time.clock_gettime_ns(time.CLOCK_REALTIME)  # the clock of the stamps
        pid = spawn(lab.scanner, command)
        try:
            return (_stamp_of_first_syn(sniffer) - start_ns) / 1e6
        finally:
            os.waitpid(pid, 0)


def _stamp_of_first_syn(sniffer):
    until = time.monotonic() + _LIMIT_S
    while select.select([sniffer], [], [], max(0, until - time.monotonic()))[0]:
        packet, ancillary, _, _ = sniffer.recvmsg(128, 128)
        if _is_syn(packet):
            seconds, nanoseconds = struct.unpack("@qq", ancillary[0][2][:16])
            return seconds * 1_000_000_000 + nanoseconds
    raise TimeoutError(f"no SYN within {_LIMIT_S} s")


def _is_syn(ip_packet):
    header = (ip_packet[0] & 0x0F) * 4
    return ip_packet[9] == socket.IPPROTO_TCP and ip_packet[header + 13] & (_SYN | _ACK) == _SYN
