# SPDX-License-Identifier: Apache-2.0
"""The times as a picture: a bar for each on a logarithmic axis, beside it what the scan got wrong. Drawn by gnuplot,
as SVG."""

import math
import shutil
import subprocess

from harness.tables import recall_text

_LINE_PX = 17
_WIDTH_PX = 1000
_MARGINS_PX = 70
_OURS, _PEERS, _WRONG = "#1f6fb4", "#b0b0b0", "#b00000"


def draw(path, rows):
    """Writes the picture. Returns why there is none, or None."""
    if not any(_is_time(row) for row in rows):
        return "no times were measured"
    if not shutil.which("gnuplot"):
        return "gnuplot is not installed (Debian: apt-get install gnuplot-nox)"
    done = subprocess.run(["gnuplot", "-"], input=script(rows), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"gnuplot: {done.stderr.strip()}"
    path.write_text("\n".join(line.rstrip().replace("\t", "  ") for line in done.stdout.splitlines()) + "\n")
    return None


def script(rows):
    lines = _lines(rows)
    times = [row.median for row in rows if _is_time(row)]
    low, high = 10 ** math.floor(math.log10(min(times))), 10 ** math.ceil(math.log10(max(times)))
    tics, labels, bars = [], [], []
    for number, (kind, thing) in enumerate(lines):
        if kind == "title":
            labels.append(f"set label {_quoted(thing)} at graph -0.01, first {number} right font ':Bold'")
            continue
        tics.append(f"{_quoted(thing.subject)} {number}")
        if thing.samples:
            bars.append(f"{low} {number} {thing.median} {_colour(thing)}")
        at = thing.median if thing.samples else low
        wrong = f" textcolor rgb '{_WRONG}'" if _is_wrong(thing) else ""
        labels.append(f"set label {_quoted(_text_of(thing))} at {at}, {number} left offset 0.7, 0{wrong}")
    return "\n".join([
        f"set terminal svg size {_WIDTH_PX}, {len(lines) * _LINE_PX + _MARGINS_PX} font 'sans-serif,11' noenhanced"
        " background 'white'",
        "set logscale x",
        f"set xrange [{low} : {high * 30}]",  # room for the words beside the longest bar
        f"set xtics ({', '.join(_decades(low, high))}) nomirror",
        "set x2tics scale 0 format ''",
        f"set yrange [{len(lines)} : -1]",
        f"set ytics ({', '.join(tics)}) nomirror scale 0",
        "set grid xtics linewidth 0.5",
        "set border 1",
        "unset key",
        "set xlabel 'seconds (median, logarithmic); beside it: open ports found, and what was said falsely'",
        *labels,
        "$bars << end",
        *bars,
        "end",
        "plot $bars using 3:2:1:3:($2-0.36):($2+0.36):4 with boxxyerror fillstyle solid 1 noborder"
        " linecolor rgb variable",
        "",
    ])


def _lines(rows):
    """("title", scenario) before the rows of each, then ("row", row)."""
    lines, scenario = [], None
    for row in rows:
        if row.unit != "s":
            continue
        if row.scenario != scenario:
            scenario = row.scenario
            lines.append(("title", scenario))
        lines.append(("row", row))
    return lines


def _is_time(row):
    return row.unit == "s" and row.samples


def _is_wrong(row):
    return bool(row.missed or row.false_states)


def _text_of(row):
    if not row.samples:
        return row.note
    false = ", ".join(f"{count} false {state}" for state, count in sorted((row.false_states or {}).items()))
    return ", ".join(filter(None, (f"{row.median:.3g} s", recall_text(row), false)))


def _decades(low, high):
    exponents = range(round(math.log10(low)), round(math.log10(high)) + 1)
    return [f"'{10.0 ** exponent:g}' {10.0 ** exponent:g}" for exponent in exponents]


def _colour(row):
    return int((_OURS if row.subject.startswith("portsweep") else _PEERS).lstrip("#"), 16)


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"
