# SPDX-License-Identifier: Apache-2.0
"""What is so (Truth), what a scan said (Outcome), and how the two differ (Judgement). Pure.

Open ports are compared one by one. Other states are compared by how many ports were said to have them, because most
scanners only count those: two mistakes that cancel each other out in the counts are not seen.
"""

import collections
import dataclasses

# Words that leave a port's state open. They are no lie, and no answer.
UNDECIDED = frozenset({"unexamined", "closed|filtered", "open|filtered", "unfiltered"})


@dataclasses.dataclass(frozen=True)
class Truth:
    """The ports of some hosts. Those not in `open` are closed, or silent: all of them, or those in `silent_ports`."""

    hosts: tuple
    ports: tuple
    open: frozenset = frozenset()  # pairs of host and port
    rest: str = "closed"  # or "filtered"
    silent_ports: frozenset = frozenset()  # where the rest is closed; of every host, and none of them is open

    @property
    def total(self):
        return len(self.hosts) * len(self.ports)

    def counts(self):
        silent = len(self.hosts) * len(self.silent_ports)
        return collections.Counter({
            "open": len(self.open),
            self.rest: self.total - len(self.open) - silent,
            **({"filtered": silent} if silent else {}),
        })


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The pairs of host and port that a scan called open, and how many it put into each other state. `others` is None
    for a scanner that speaks of open ports alone."""

    open: frozenset
    others: collections.Counter | None = None


@dataclasses.dataclass(frozen=True)
class Judgement:
    recall: float | None  # None where nothing is open
    missed: int  # open ports that were not called open
    false_states: dict  # how many ports were said to be what they are not, by what was said
    undecided: int | None  # ports whose state was left open or not mentioned; None where only open ones ever are


def judge(truth, outcome):
    missed = len(truth.open - outcome.open)
    false_open = len(outcome.open - truth.open)
    recall = None if not truth.open else 1 - missed / len(truth.open)
    if outcome.others is None:
        return Judgement(recall, missed, _positive({"open": false_open}), None)
    true = truth.counts()
    decided = {state: count for state, count in outcome.others.items() if state not in UNDECIDED}
    too_many = {state: count - true[state] for state, count in decided.items()}
    undecided = truth.total - len(outcome.open) - sum(decided.values())
    return Judgement(recall, missed, _positive({"open": false_open, **too_many}), max(0, undecided))


def _positive(counts):
    return {state: count for state, count in counts.items() if count > 0}
