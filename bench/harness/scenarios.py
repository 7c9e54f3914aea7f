# SPDX-License-Identifier: Apache-2.0
"""The scenarios, by name. Each gives Rows: one scanner in one situation, its samples, what they are judged by."""

import dataclasses
import json
import pathlib
import statistics
import subprocess
import tempfile

from harness.first_packet import first_syn_ms
from harness.lab import LOOPBACK, TARGET
from harness.process import measure


@dataclasses.dataclass
class Row:
    scenario: str
    subject: str
    unit: str
    samples: list
    target: str = ""  # the goal in words, if there is one
    met: bool | None = None
    ratio: float | None = None  # our median by the peer's
    recall: float | None = None  # the worst of the runs
    false_states: int | None = None  # the worst of the runs
    softnet_drops: int | None = None  # in all runs
    peak_rss_mib: float | None = None  # the worst of the runs

    @property
    def median(self):
        return statistics.median(self.samples)


@dataclasses.dataclass
class Setting:
    """What every scenario gets. Nmap's rounds are apart: where it takes a minute, one is enough."""

    lab: object
    portsweep: object
    nmap: object
    rounds: int
    nmap_slow_rounds: int
    bench_binary: pathlib.Path
    log: object


def closed(setting):
    setting.lab.answer()
    return _against_nmap(setting, "closed", TARGET, "closed", ["--workers", "2"], ["-T4"], setting.rounds, 0.6)


def filtered(setting):
    setting.lab.drop_all_but_open()
    return _against_nmap(setting, "filtered", TARGET, "filtered", [], ["-T5"], setting.nmap_slow_rounds, 1 / 12)


def loopback(setting):
    return _against_nmap(setting, "loopback", LOOPBACK, "closed", [], ["-T4"], setting.rounds, None)


def rss(setting):
    """Peak memory of each kind of scan, and of the two that keep most: every port's state listed."""
    limit = 32
    kinds = [
        ("closed", setting.lab.answer, []),
        ("closed, --all-states", setting.lab.answer, ["--all-states"]),
        ("filtered", setting.lab.drop_all_but_open, []),
        ("filtered, --all-states", setting.lab.drop_all_but_open, ["--all-states"]),
    ]
    for kind, prepare, options in kinds:
        prepare()
        command = setting.portsweep.command(TARGET, *options)
        samples = [_run(setting, f"rss {kind}", command).peak_rss_mib for _ in range(2)]
        yield Row("rss", f"portsweep {kind}", "MiB", samples, f"<= {limit} MiB", max(samples) <= limit)


def first_packet(setting):
    limit, rounds = 10, 20
    setting.lab.answer()
    command = setting.portsweep.command(TARGET, "-p", "80")
    first_syn_ms(setting.lab, command)  # page cache and neighbour table are warm from here on
    samples = [first_syn_ms(setting.lab, command) for _ in range(rounds)]
    row = Row("first-packet", "portsweep -p 80", "ms", samples, f"<= {limit} ms")
    row.met = row.median <= limit
    yield row


def probe_cost(setting):
    """The micro benchmarks of whole sweeps and scans; those of the parts are for whoever looks for the time."""
    limit = 200
    command = [setting.bench_binary, "--benchmark_filter=^(sweep|connect)_", "--benchmark_min_time=0.1",
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
            row.target, row.met = f"<= {limit} ns", row.median <= limit
        yield row


SCENARIOS = {
    "closed": closed,
    "filtered": filtered,
    "loopback": loopback,
    "rss": rss,
    "first-packet": first_packet,
    "probe-cost": probe_cost,
}


def _against_nmap(setting, scenario, target, true_state, our_options, nmap_options, nmap_rounds, most):
    """The two take turns, so that what else the machine does meets both."""
    ours = _Scans(setting, scenario, setting.portsweep, target, our_options, true_state)
    theirs = _Scans(setting, scenario, setting.nmap, target, nmap_options, true_state)
    for number in range(max(setting.rounds, nmap_rounds)):
        if number < setting.rounds:
            ours.scan()
        if number < nmap_rounds:
            theirs.scan()
    rows = [scans.row() for scans in (ours, theirs) if scans.runs]
    if len(rows) == 2:
        _judge(rows[0], rows[0].median / rows[1].median, most)
    return rows


def _judge(row, ratio, most):
    row.ratio = ratio
    if most is not None:
        row.target = f"<= {most:.3g} of nmap, every open port found"
        row.met = ratio <= most and row.recall == 1


class _Scans:
    """Repeated runs of one scanner with the same command, and their row."""

    def __init__(self, setting, scenario, scanner, target, options, true_state):
        self.setting, self.scenario, self.scanner, self.true_state = setting, scenario, scanner, true_state
        self.subject = " ".join([scanner.name, *options])
        self.command = scanner.command(target, *options)
        self.runs, self.outcomes = [], []

    def scan(self):
        with tempfile.NamedTemporaryFile(prefix="portsweep-bench-") as output:
            self.runs.append(_run(self.setting, f"{self.scenario} {self.subject}", self.command, output.name))
            self.outcomes.append(self.scanner.outcome(output.name))

    def row(self):
        return Row(
            scenario=self.scenario,
            subject=self.subject,
            unit="s",
            samples=[run.elapsed_s for run in self.runs],
            recall=min(outcome.recall() for outcome in self.outcomes),
            false_states=max(outcome.false_states(self.true_state) for outcome in self.outcomes),
            softnet_drops=sum(run.softnet_drops for run in self.runs),
            peak_rss_mib=max(run.peak_rss_mib for run in self.runs),
        )


def _run(setting, what, command, stdout="/dev/null"):
    run = measure(setting.lab.scanner, command, stdout)
    setting.log(f"{what}: {run.elapsed_s:.3f} s, cpu {run.cpu_s:.3f} s, {run.softnet_drops} softnet drops")
    if run.exit_status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {run.exit_status}")
    return run
