# SPDX-License-Identifier: Apache-2.0
"""What is so (Truth), what a scan said (Outcome), and how the two differ (Judgement). Pure.

Open ports are compared one by one, and so are all others where a scanner lists each. Where it only counts them they are
compared by their number: two mistakes that cancel each other out in the counts are not seen.
"""

import collections
import dataclasses

# Words that leave a port's state open. They are no lie, and no answer.
UNDECIDED = frozenset({"unexamined", "closed|filtered", "open|filtered", "unfiltered"})


@dataclasses.dataclass(frozen=True)
class Truth:
    """The ports of some hosts. Those not in `open` are closed, or silent: all of them, or those in `silent_ports` and
    `filtered`."""

    hosts: tuple
    ports: tuple
    open: frozenset = frozenset()  # pairs of host and port
    rest: str = "closed"  # or "filtered"
    silent_ports: frozenset = frozenset()  # where the rest is closed; of every host, and none of them is open
    filtered: frozenset = frozenset()  # pairs, of other ports; where the rest is closed

    @property
    def total(self):
        return len(self.hosts) * len(self.ports)

    def state_of(self, place):
        """`place` is a pair of host and port."""
        if place in self.open:
            return "open"
        return "filtered" if place[1] in self.silent_ports or place in self.filtered else self.rest

    def counts(self):
        silent = len(self.hosts) * len(self.silent_ports) + len(self.filtered)
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
    listed: dict | None = None  # the state of every port that was counted, by host and port; None where some are not
    verdicts: collections.Counter | None = None  # how far it trusts its own word, and why: hosts by verdict


def outcome_of(said, others, verdicts=None):
    """Of the ports that a scanner listed, with the state of each, and how many it says are in states but open."""
    opened = frozenset(place for place, state in said.items() if state == "open")
    is_whole = len(said) == len(opened) + sum(others.values())
    return Outcome(opened, others, said if is_whole else None, verdicts)


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
    decided = {state: count for state, count in outcome.others.items() if state not in UNDECIDED}
    undecided = max(0, truth.total - len(outcome.open) - sum(decided.values()))
    if outcome.listed is not None:
        return Judgement(recall, missed, _false_states(truth, outcome.listed), undecided)
    true = truth.counts()
    too_many = {state: count - true[state] for state, count in decided.items()}
    return Judgement(recall, missed, _positive({"open": false_open, **too_many}), undecided)


def _false_states(truth, listed):
    """closed|filtered is right of either, and wrong of an open port. Other words that leave it open say nothing."""
    false = collections.Counter()
    for place, said in listed.items():
        if said in UNDECIDED and said != "closed|filtered":
            continue
        false[said] += truth.state_of(place) not in said.split("|")
    return _positive(false)


def _positive(counts):
    return {state: count for state, count in counts.items() if count > 0}
