# SPDX-License-Identifier: Apache-2.0
"""Entries that several scenarios share. Why their settings are fair: docs/BENCHMARKS.md."""

import dataclasses

from harness.contest import Entry

CONNECT = Entry("portsweep")
SYN = Entry("portsweep", ("--engine", "syn"))
CONNECT_T4 = Entry("nmap", ("-sT", "-T4"))
SYN_T4, SYN_T5 = Entry("nmap", ("-sS", "-T4")), Entry("nmap", ("-sS", "-T5"))
MASSCAN = Entry("masscan", ("--rate", "100000", "--retries", "0"))
MASSCAN_MILLION = Entry("masscan", ("--rate", "1000000", "--retries", "0"))
MASSCAN_3 = Entry("masscan", ("--rate", "100000", "--retries", "2"))


def slow(entry):
    return dataclasses.replace(entry, slow=True)
