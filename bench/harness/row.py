# SPDX-License-Identifier: Apache-2.0
"""Row: one line of the results: one subject in one scenario. Its fields are those of the JSON."""

import dataclasses
import statistics


@dataclasses.dataclass
class Row:
    scenario: str
    subject: str
    unit: str
    samples: list
    version: str = ""  # of the subject's program
    note: str = ""  # why there is no figure, or what must be known to read it
    failed: bool = False  # a run ended in a way that it should not
    goal: str = ""  # in words, if there is one
    met: bool | None = None
    ratio: float | None = None  # median by that of the scenario's reference
    reference: str = ""  # the subject that the ratio is to
    recall: float | None = None  # the worst of the runs, as are the next three
    missed: int | None = None
    false_states: dict | None = None  # by what was said
    verdicts: dict | None = None  # hosts by what the scanner said of its own certainty; of each the most in a run
    undecided: int | None = None
    packets: int | None = None  # that reached the target in one run; the most
    softnet_drops: int | None = None  # in all runs
    listen_drops: int | None = None  # in all runs
    lab_too_slow: int | None = None  # in how many runs the fake network, and not what it plays, was the bottleneck
    peak_rss_mib: float | None = None  # the worst of the runs

    @property
    def median(self):
        return statistics.median(self.samples) if self.samples else None

    def as_json(self):
        return {**dataclasses.asdict(self), "median": self.median}

    @classmethod
    def from_json(cls, record):
        """Of this version, or of one that did not have all the fields yet."""
        return cls(**{field.name: record[field.name] for field in dataclasses.fields(cls) if field.name in record})
