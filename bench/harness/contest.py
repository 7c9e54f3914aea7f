# SPDX-License-Identifier: Apache-2.0
"""Contest: several scanners at the same targets, one after the other, some rounds of it; a Row for each.

Each round begins with another of them, so that none is always first, and what else the machine does meets all.
"""

import collections
import contextlib
import dataclasses
import tempfile
from collections.abc import Callable

from harness.fake_network import FakeNetwork, Player
from harness.lab import TUN
from harness.process import LIMIT_S, measure
from harness.row import Row
from harness.truth import judge


_PLAYER_SPARE_S = 60  # a player that nobody ends is there for so long after the longest scan


@dataclasses.dataclass(frozen=True)
class Entry:
    scanner: str
    options: tuple = ()
    slow: bool = False  # takes a minute or so: one round is enough
    full: bool = False  # only with --full
    note: str = ""

    @property
    def subject(self):
        return " ".join([self.scanner, *self.options])


@dataclasses.dataclass(frozen=True)
class Goal:
    """An entry's median must be at most so much of another's, and it must find every open port."""

    most: float
    of: str
    by: str = ""  # the entry; the first, if not given


@dataclasses.dataclass(frozen=True)
class Contest:
    name: str
    about: str
    seconds: float  # that it takes, with the default rounds
    target: str
    truth: Callable | None  # of whether --full is given; None: the network's
    entries: tuple
    network: FakeNetwork | None = None  # instead of the kernel and an obstacle
    obstacle: str | None = None
    goals: tuple = ()  # each a Goal
    references: tuple = ("portsweep",)  # ratios are to the first that was measured; how its name begins
    speed_up: bool = False  # also say in words how many times as fast as the reference
    on_demand: bool = False
    limit_s: float = LIMIT_S

    @property
    def group(self):
        return "fake networks behind the target" if self.network else "the target's kernel, behind a packet filter"

    def subjects(self):
        return [entry.subject + (" (--full)" if entry.full else "") for entry in self.entries]

    def run(self, setting):
        truth = self._set_up(setting)
        scans = [_Scans(self, setting, truth, entry) for entry in self.entries if setting.full or not entry.full]
        for number in range(max(setting.rounds, setting.slow_rounds)):
            for turn in rotated(scans, number):
                if number < turn.rounds:
                    turn.scan()
        rows = [turn.row() for turn in scans]
        set_ratios(rows, self.references)
        if self.speed_up:
            say_speed_up(rows)
        by_subject = {"": rows[0]} | {row.subject: row for row in rows}
        for goal in self.goals:
            set_goal(by_subject[goal.by], by_subject[goal.of], goal)
        return rows

    def _set_up(self, setting):
        """Makes what is scanned, and says what it truly is."""
        if self.network:
            setting.lab.forward_to_tun()
            return self.network.truth(setting.lab_tun)
        truth = self.truth(setting.full)
        setting.lab.set_up(truth, self.obstacle)
        return truth

    def playing(self, setting):
        """While a scanner runs. With a network the block is given its Player."""
        if not self.network:
            return contextlib.nullcontext()
        command = self.network.player_command(setting.lab_tun, TUN, self.limit_s + _PLAYER_SPARE_S)
        return Player(setting.lab.target, command)


def rotated(items, number):
    first = number % len(items)
    return [*items[first:], *items[:first]]


def set_ratios(rows, references):
    measured = [row for row in rows if row.samples]
    of = next((row for start in references for row in measured if row.subject.startswith(start)), None)
    for row in rows if of else []:
        row.reference = of.subject
        if row.samples:
            row.ratio = row.median / of.median


def say_speed_up(rows):
    for row in rows:
        if row.ratio and row.subject != row.reference:
            row.note = f"{1 / row.ratio:.3g} times as fast as {row.reference}"


def set_goal(row, peer, goal):
    row.goal = f"<= {goal.most:.3g} of {goal.of}, every open port found"
    if row.samples and peer.samples:
        row.goal += f": {row.median / peer.median:.3g}"
        row.met = row.median / peer.median <= goal.most and row.recall == 1


class _Scans:
    """Repeated runs of one scanner with the same command, and their row."""

    def __init__(self, contest, setting, truth, entry):
        self._contest, self._setting, self._truth, self._entry = contest, setting, truth, entry
        self._scanner = setting.scanners[entry.scanner]
        self._version = self._scanner.version()
        self._note = self._scanner.hindrance(truth, entry.options) if self._version else "not installed"
        self._failed = False
        self._runs, self._judgements, self._verdicts, self._packets, self._listen_drops = [], [], [], [], 0
        self._reports = []  # the players'
        rounds = setting.slow_rounds if entry.slow else setting.rounds
        self.rounds = 0 if self._note else rounds

    def scan(self):
        lab, scanner = self._setting.lab, self._scanner
        command = scanner.command(lab, self._contest.target, self._truth.ports, self._entry.options)
        packets, listen_drops = lab.packets_at_target(), lab.listen_drops()
        with tempfile.NamedTemporaryFile(prefix="portsweep-bench-") as output:
            try:
                with self._contest.playing(self._setting) as player:
                    run = measure(lab.scanner, command, output.name, self._contest.limit_s)
            except RuntimeError as trouble:
                self._give_up(f"failed: {trouble}")
                return
            if run.ended_by_limit:
                self._give_up(f"not done in {self._contest.limit_s:g} s")
                return
            if run.exit_status not in scanner.good_exits:
                self._give_up(f"failed: ended with {run.exit_status}")
                return
            if player and not player.report.syns:
                self._give_up("failed: no SYN reached the fake network")
                return
            outcome = scanner.outcome(output.name, self._truth)
        self._judgements.append(judge(self._truth, outcome))
        self._verdicts.append(outcome.verdicts)
        self._runs.append(run)
        self._packets.append(lab.packets_at_target() - packets)
        self._listen_drops += lab.listen_drops() - listen_drops
        if player:
            self._reports.append(player.report)
        self._log(f"{run.elapsed_s:.3f} s, cpu {run.cpu_s:.3f} s, {run.softnet_drops} softnet drops, "
                  f"{self._packets[-1]} packets, {self._judgements[-1]}"
                  + (f", lab: {player.report.words or 'in time'}" if player else ""))

    def _give_up(self, why):
        self._note, self._failed, self.rounds = why, True, 0
        self._log(why)

    def _log(self, text):
        self._setting.log(f"{self._contest.name} {self._entry.subject}: {text}")

    def row(self):
        row = Row(self._contest.name, self._entry.subject, "s", [run.elapsed_s for run in self._runs],
                  version=self._version or "", note=self._note or self._entry.note, failed=self._failed)
        if not self._runs:
            return row
        row.recall = _worst(min, (judgement.recall for judgement in self._judgements))
        row.missed = max(judgement.missed for judgement in self._judgements)
        row.false_states = worst_counts(judgement.false_states for judgement in self._judgements)
        row.undecided = _worst(max, (judgement.undecided for judgement in self._judgements))
        row.verdicts = worst_counts(self._verdicts) if all(self._verdicts) else None
        row.packets = max(self._packets)
        row.softnet_drops = sum(run.softnet_drops for run in self._runs)
        row.listen_drops = self._listen_drops
        row.peak_rss_mib = max(run.peak_rss_mib for run in self._runs)
        mark_slow_lab(row, self._reports)
        return row


def mark_slow_lab(row, reports):
    """What was measured where the player was the bottleneck says nothing of the network that it should have played."""
    if not reports:
        return
    slow = [report.words for report in reports if report.was_bottleneck]
    row.lab_too_slow = len(slow)
    if slow:
        mark = f"the lab was the bottleneck in {len(slow)} of {len(reports)} runs ({slow[-1]})"
        row.note = "; ".join(filter(None, (row.note, mark)))


def _worst(of, values):
    known = [value for value in values if value is not None]
    return of(known) if known else None


def worst_counts(many):
    """The largest count of each state, or verdict, over the runs."""
    worst = collections.Counter()
    for counts in many:
        worst |= collections.Counter(counts)
    return dict(worst)
