# SPDX-License-Identifier: Apache-2.0
"""Writes results for people: as plain text, and as Markdown between two markers of a document."""

_COLUMNS = ("scenario", "what", "median", "min - max", "runs", "ratio", "recall", "false states", "softnet drops",
            "peak RSS", "goal", "met")
BEGIN = "<!-- bench/run --markdown: from here"
END = "<!-- bench/run --markdown: to here -->"


def as_text(machine, rows):
    lines = [f"{name:<20} {value}" for name, value in machine.items()]
    cells = [_COLUMNS, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells]
    return "\n".join([*lines, "", *table, ""])


def as_markdown(machine, rows):
    lines = [f"- {name}: {value}" for name, value in machine.items()]
    table = [_COLUMNS, ["---"] * len(_COLUMNS), *map(_cells, rows)]
    return "\n".join([*lines, "", *("| " + " | ".join(line) + " |" for line in table)])


def put_between_markers(document, text):
    """Replaces what is between the lines of the two markers, which stay."""
    before, begin, rest = document.partition(BEGIN)
    marker_end, _, after = rest.partition("\n")
    _, end, tail = after.partition(END)
    if not begin or not end:
        raise ValueError("the document has no pair of markers")
    return f"{before}{begin}{marker_end}\n\n{text}\n\n{end}{tail}"


def _cells(row):
    return (
        row.scenario,
        row.subject,
        _figure(row.median, row.unit),
        f"{_figure(min(row.samples))} - {_figure(max(row.samples))}" if len(row.samples) > 1 else "",
        str(len(row.samples)),
        _figure(row.ratio),
        "" if row.recall is None else f"{row.recall:.0%}",
        "" if row.false_states is None else str(row.false_states),
        "" if row.softnet_drops is None else str(row.softnet_drops),
        "" if row.peak_rss_mib is None else f"{row.peak_rss_mib:.1f} MiB",
        row.target,
        {None: "", True: "yes", False: "NO"}[row.met],
    )


def _figure(value, unit=""):
    return "" if value is None else f"{value:.3g} {unit}".strip()
