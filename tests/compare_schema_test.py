#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks files of `portsweep compare --format jsonl` against docs/formats/compare.schema.json and compare.md.

    compare_schema_test.py FILE...       exit 0: all valid; 1: the first troubles of each file are on stderr
    compare_schema_test.py --self-test   checks that the checker finds what is wrong, and the example right
"""

import json
import sys

import jsonschema

sys.dont_write_bytecode = True  # what is imported next lies among the sources
from jsonl_schema_test import FORMATS, judge, parse_line, run_checker  # noqa: E402

ORDER = ["host", "run", "difference", "comparison"]
STATES = ("open", "closed", "filtered", "closed|filtered", "down", "unexamined")
EITHER = "closed|filtered"


def make_validators():
    """One validator for each type of line: its messages are about that type, not about oneOf."""
    schema = json.loads((FORMATS / "compare.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return {
        name: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
        for name in ORDER
    }


def schema_troubles(line, validators):
    validator = validators.get(line["type"])
    if validator is None:
        yield f"unknown type {line['type']!r}"
        return
    for error in validator.iter_errors(line):
        yield f"{error.json_path}: {error.message}"


def do_contradict(said):
    """Whether these states cannot all be true of a port; closed|filtered is one of the two."""
    certain = said - {"unexamined", EITHER}
    return len(certain) > 1 or (EITHER in said and not certain <= {"closed", "filtered"})


def agreement_troubles(lines):
    """What the lines say of each other. They are valid one by one."""
    last = lines[-1]
    runs = [line for line in lines if line["type"] == "run"]
    differences = [line for line in lines if line["type"] == "difference"]
    labels = [run["run"] for run in runs]
    if labels != last["runs"]:
        yield f"the runs are {labels}, and the last line says {last['runs']}"
    if len(differences) != last["differences"]:
        yield f"{len(differences)} differences, and the last line says {last['differences']}"
    for run in runs:
        if sum(run[state] for state in STATES) != last["targets"] * last["ports"]:
            yield f"{run['run']} counts another number of ports"
    for line in differences:
        if list(line["states"]) != labels or not do_contradict(set(line["states"].values())):
            yield f"no difference of these runs: {line}"
    if last["exit"] == 0 and (differences or not last["complete"]):
        yield "exit 0, but not all is well"
    if last["exit"] == 1 and not differences:
        yield "exit 1 without a difference"


def troubles(raw_lines, validators):
    lines = []
    found = False
    for number, raw in enumerate(raw_lines, start=1):
        try:
            line = parse_line(raw)
            for trouble in schema_troubles(line, validators):
                found = True
                yield f"{number}: {trouble}"
            lines.append(line)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            found = True
            yield f"{number}: {error!r}"
    types = [line["type"] for line in lines]
    if not found and types != sorted(types, key=ORDER.index):
        found = True
        yield "the lines are not in order"
    if types.count("comparison") != 1:
        found = True
        yield "there is not one comparison"
    if not found:
        yield from agreement_troubles(lines)


def example_lines():
    page = (FORMATS / "compare.md").read_text(encoding="utf-8")
    return [line.encode() + b"\n" for line in page.splitlines() if line.startswith('{"type":')]


def self_test(troubles_of):
    good = example_lines()
    host, first, second, difference, last = good
    agreeing = last.replace(b'"differences":1', b'"differences":0').replace(b'"exit":1', b'"exit":0')
    cases = [
        (True, "the example", good),
        (True, "no names", good[1:]),
        (True, "no difference", [first, second, agreeing]),
        (True, "open against closed|filtered", [first, second, difference.replace(
            b'"filtered"', b'"closed|filtered"'), last]),
        (False, "closed against closed|filtered", [first, second, difference.replace(
            b'"open"', b'"closed"').replace(b'"filtered"', b'"closed|filtered"'), last]),
        (False, "nothing", []),
        (False, "no comparison", good[:-1]),
        (False, "two comparisons", good + [last]),
        (False, "a run after a difference", [host, first, difference, second, last]),
        (False, "a run that is missing", [first, difference, last]),
        (False, "a difference that is missing", [first, second, last]),
        (False, "a difference that is none", [first, second, difference.replace(b'"filtered"', b'"open"'), last]),
        (False, "a difference of others", [first, second, difference.replace(b"threads:64", b"threads"), last]),
        (False, "an unknown state", [first, second, difference.replace(b'"filtered"', b'"ajar"'), last]),
        (False, "ports that do not add up", [first, second.replace(b'"open":0', b'"open":2'), difference, last]),
        (False, "an unknown field", [first, second.replace(b'"probes"', b'"tries"'), difference, last]),
        (False, "incomplete, not said why", [first, second.replace(b":true", b":false"), difference, last]),
        (False, "an exit code that praises", [first, second, difference, last.replace(b'"exit":1', b'"exit":0')]),
        (False, "an unknown type", [first, second, b'{"type":"x"}\n', difference, last]),
        (False, "no final line feed", good[:-1] + [last[:-1]]),
    ]
    return judge(cases, troubles_of)


def main(args):
    validators = make_validators()
    return run_checker(__doc__, lambda lines: troubles(lines, validators), self_test, args)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
