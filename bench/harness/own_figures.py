# SPDX-License-Identifier: Apache-2.0
"""What is measured of portsweep alone: peak memory, time to the first packet, cost of its own code for a probe."""

import dataclasses
import json
import subprocess
from collections.abc import Callable

from harness.first_packet import first_syn_ms
from harness.lab import ALL_PORTS, SCANNER_LINK, TARGET, one_host
from harness.process import measure
from harness.row import Row
from harness.truth import Truth


@dataclasses.dataclass(frozen=True)
class OwnFigure:
    name: str
    about: str
    seconds: float
    rows: Callable
    on_demand: bool = False
    group: str = "portsweep alone"

    def subjects(self):
        return ["portsweep"]

    def run(self, setting):
        return list(self.rows(setting))


def rss(setting):
    """Of each kind of scan, and of the two that keep most: every port's state listed. The engine syn has its ring."""
    syn, all_states = ("--engine", "syn"), ("--all-states",)
    for kind, options, limit in (("closed", (), 32), ("closed", all_states, 32), ("closed", syn, 96),
                                 ("filtered", (), 32), ("filtered", all_states, 32), ("filtered", syn, 96)):
        setting.lab.set_up(one_host(kind))
        command = setting.portsweep.command(setting.lab, TARGET, ALL_PORTS, options)
        subject = f"portsweep {kind}" + (", " + " ".join(options) if options else "")
        samples = [_peak_rss_mib(setting, f"rss {subject}", command) for _ in range(2)]
        yield Row("rss", subject, "MiB", samples, goal=f"<= {limit} MiB", met=max(samples) <= limit)


def _peak_rss_mib(setting, what, command):
    run = measure(setting.lab.scanner, command)
    if run.exit_status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {run.exit_status}")
    setting.log(f"{what}: {run.peak_rss_mib:.1f} MiB")
    return run.peak_rss_mib


def first_packet(setting):
    limit, rounds = 10, 20
    setting.lab.set_up(one_host("closed"))
    command = setting.portsweep.command(setting.lab, TARGET, (80,), ())
    first_syn_ms(setting.lab, command)  # page cache and neighbour table are warm from here on
    samples = [first_syn_ms(setting.lab, command) for _ in range(rounds)]
    row = Row("first-packet", "portsweep -p 80", "ms", samples, goal=f"<= {limit} ms")
    row.met = row.median <= limit
    yield row


def send_path(setting):
    """On one processor, in turn with a bare loop around sendmmsg, which shows what the kernel allows."""
    least, share = 500, 0.9
    setting.lab.set_up(Truth((TARGET,), ALL_PORTS, rest="filtered"))
    command = ["ip", "netns", "exec", setting.lab.scanner, "taskset", "--cpu-list", "0", setting.benches["send-path"],
               TARGET, SCANNER_LINK, setting.lab.target_mac, str(setting.rounds)]
    setting.log("send-path: engine and bare loop")
    rates = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    bare, engine = (Row("send-path", subject, "k/s", [rate / 1000 for rate in rates[name]])
                    for subject, name in (("bare sendmmsg", "bare"), ("engine syn", "engine")))
    engine.ratio, engine.reference = engine.median / bare.median, bare.subject
    engine.goal = f">= {least} k/s, >= {share} of {bare.subject}"
    engine.met = engine.median >= least and engine.ratio >= share
    yield from (bare, engine)


def probe_cost(setting):
    """The micro benchmarks of whole sweeps and scans; those of the parts are for whoever looks for the time."""
    limit = 200
    command = [setting.benches["probe-cost"], "--benchmark_filter=^(sweep|connect)_", "--benchmark_min_time=0.1",
               f"--benchmark_repetitions={setting.rounds}", "--benchmark_format=json"]
    setting.log("probe-cost: micro benchmarks")
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    samples = {}
    for bench in json.loads(output)["benchmarks"]:
        if bench["run_type"] == "iteration":
            samples.setdefault(bench["run_name"], []).append(bench["per_probe"] * 1e9)
    for name, costs in samples.items():
        row = Row("probe-cost", name, "ns", costs)
        if name.startswith("sweep_"):  # the goal is for an engine that costs nothing
            row.goal, row.met = f"<= {limit} ns", row.median <= limit
        yield row
