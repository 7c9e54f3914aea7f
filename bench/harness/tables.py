# SPDX-License-Identifier: Apache-2.0
"""Writes results for people: as plain text, and as Markdown between two markers of a document."""

_COLUMNS = ("scenario", "what", "median", "recall", "false states", "undecided", "verdict", "ratio", "min - max",
            "runs", "packets", "drops", "peak RSS", "goal", "met", "note")


def as_text(machine, rows):
    lines = [f"{name:<20} {value}" for name, value in machine.items()]
    return "\n".join([*lines, "", *aligned([_COLUMNS, *map(_cells, rows)]), ""])


def as_markdown(machine, rows, picture=None):
    """`picture` is the path of one, seen from the document."""
    lines = [f"- {name}: {value}" for name, value in machine.items()]
    lines += ["", f"![Median times, and what was missed]({picture})"] if picture else []
    cells = [[cell.replace("|", "\\|") for cell in _cells(row)] for row in rows]  # closed|filtered
    table = [_COLUMNS, ["---"] * len(_COLUMNS), *cells]
    return "\n".join([*lines, "", *("| " + " | ".join(line) + " |" for line in table)])


def aligned(lines):
    widths = [max(map(len, column)) for column in zip(*lines)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]


def markers(name):
    """What the lines in a document begin with between which the results of that name are."""
    return f"<!-- bench/run {name}: from here", f"<!-- bench/run {name}: to here"


def put_between_markers(document, name, text):
    """Replaces what is between the lines of the two markers, which stay."""
    begin_marker, end_marker = markers(name)
    before, begin, rest = document.partition(begin_marker)
    marker_end, _, after = rest.partition("\n")
    _, end, tail = after.partition(end_marker)
    if not begin or not end:
        raise ValueError(f"the document has no pair of markers of {name}")
    return f"{before}{begin}{marker_end}\n\n{text}\n\n{end}{tail}"


def _cells(row):
    return (
        row.scenario,
        row.subject,
        _figure(row.median, row.unit),
        recall_text(row),
        _states(row.false_states),
        _undecided(row),
        _verdicts(row.verdicts),
        _figure(row.ratio),
        f"{_figure(min(row.samples))} - {_figure(max(row.samples))}" if len(row.samples) > 1 else "",
        str(len(row.samples)) if row.samples else "",
        _count(row.packets),
        _drops(row),
        "" if row.peak_rss_mib is None else f"{row.peak_rss_mib:.1f} MiB",
        row.goal,
        {None: "", True: "yes", False: "NO"}[row.met],
        row.note,
    )


def recall_text(row):
    """Exact where it matters: 100% is said of all open ports only."""
    if row.missed is None:
        return ""
    if row.recall is None:
        return "none open"
    if row.missed == 0:
        return "100%"
    return f"{min(row.recall * 100, 99.9):.1f}%, {row.missed} missed"


def _states(counts):
    if counts is None:
        return ""
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "0"


def _verdicts(hosts):
    many = sorted((hosts or {}).items())
    return ", ".join(verdict if count == 1 else f"{count} {verdict}" for verdict, count in many)


def _undecided(row):
    if row.missed is None:
        return ""
    return "says open only" if row.undecided is None else str(row.undecided)


def _drops(row):
    if row.softnet_drops is None:
        return ""
    return str(row.softnet_drops) + (f" + {row.listen_drops} listen" if row.listen_drops else "")


def _count(value):
    return "" if value is None else str(value)


def _figure(value, unit=""):
    return "" if value is None else f"{value:.3g} {unit}".strip()
