#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks files of JSON lines against docs/formats/jsonl.schema.json and the rules of order in jsonl.md.

    jsonl_schema_test.py FILE...       exit 0: all valid; 1: the first troubles of each file are on stderr
    jsonl_schema_test.py --self-test   checks that the checker finds what is wrong, and the example in jsonl.md right
"""

import json
import pathlib
import sys

import jsonschema

FORMATS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "formats"
MAX_TROUBLES = 20


def make_validators():
    """One validator for each type of line: its messages are about that type, not about oneOf."""
    schema = json.loads((FORMATS / "jsonl.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    types = [choice["$ref"].rsplit("/", 1)[1] for choice in schema["oneOf"]]
    return {
        name: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
        for name in types
    }


def refuse_constant(word):
    raise ValueError(f"{word} is not JSON")


def unique_keys(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key occurs twice")
    return dict(pairs)


def parse_line(raw):
    """The object of a line of bytes; ValueError if it is not one, or breaks a rule that the schema cannot state."""
    if not raw.endswith(b"\n"):
        raise ValueError("no line feed at the end")
    line = json.loads(raw.decode("utf-8"), parse_constant=refuse_constant, object_pairs_hook=unique_keys)
    if not isinstance(line, dict) or next(iter(line), None) != "type":
        raise ValueError("not an object with `type` first")
    return line


def line_troubles(line, validators):
    validator = validators.get(line["type"])
    if validator is None:
        yield f"unknown type {line['type']!r}"
        return
    for error in validator.iter_errors(line):
        yield f"{error.json_path}: {error.message}"
    # Facts that must agree within a line.
    if line["type"] == "host" and sum(line["reasons"].values()) != sum(
        line[state] for state in ("open", "closed", "filtered", "closed|filtered", "unexamined")
    ):
        yield "reasons and states count different numbers of ports"
    if line["type"] == "summary" and sum(line["verdicts"].values()) not in (0, line["hosts_up"]):
        yield "some hosts that are up have a verdict, and some have none"


def order_troubles(types):
    if types[:1] != ["scan"]:
        yield "the first line is not the scan"
    if types[-1:] != ["summary"]:
        yield "the last line is not the summary"
    for once in ("scan", "summary"):
        if types.count(once) > 1:
            yield f"more than one {once}"
    if "host" in types and any(t in ("port", "notice") for t in types[types.index("host"):]):
        yield "a port or notice after the first host"


def troubles(raw_lines, validators):
    types = []
    for number, raw in enumerate(raw_lines, start=1):
        try:
            line = parse_line(raw)
            types.append(line["type"])
            for trouble in line_troubles(line, validators):
                yield f"{number}: {trouble}"
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield f"{number}: {error!r}"
    for trouble in order_troubles(types):
        yield trouble


def check_file(path, troubles_of):
    found = 0
    with open(path, "rb") as file:
        for trouble in troubles_of(file):
            print(f"{path}:{trouble}", file=sys.stderr)
            found += 1
            if found == MAX_TROUBLES:
                print(f"{path}: and perhaps more", file=sys.stderr)
                break
    return found == 0


def judge(cases, troubles_of):
    """Whether the checker finds nothing in the valid cases, and something in the others."""
    wrong = 0
    for valid, name, lines in cases:
        found = list(troubles_of(lines))
        if valid != (not found):
            print(f"self-test: {name}: {found or 'nothing found'}", file=sys.stderr)
            wrong += 1
    return wrong == 0


def run_checker(usage, troubles_of, self_test, args):
    """The program of a checker: `troubles_of` lines of bytes, a self-test, and what was typed."""
    if not args:
        print(usage, file=sys.stderr)
        return 1
    if args == ["--self-test"]:
        return 0 if self_test(troubles_of) else 1
    return 0 if all([check_file(path, troubles_of) for path in args]) else 1


def example_lines():
    page = (FORMATS / "jsonl.md").read_text(encoding="utf-8")
    return [line.encode() + b"\n" for line in page.splitlines() if line.startswith('{"type":')]


def self_test(troubles_of):
    good = example_lines()
    scan, port, host, summary = good
    pace = b'{"type":"notice","notice":"pace","decision":"bottleneck","host":"::1","loss":0.25,"rate":8500}\n'
    notice = b'{"type":"notice","notice":"capacity-limited","descriptors":960}\n'
    cases = [
        (True, "the example", good),
        (True, "no hosts", [scan, summary]),
        (True, "a notice", [scan, notice, port, host, summary]),
        (True, "a decision of the pace", [scan, pace, host, summary]),
        (True, "a decision for all", [scan, pace.replace(b'"::1"', b"null"), summary]),
        (True, "closed|filtered ports", [scan, host.replace(b'"closed":1', b'"closed":0').replace(
            b'"closed|filtered":0', b'"closed|filtered":1'), summary]),
        (False, "a decision without its rate", [scan, pace.replace(b',"rate":8500', b""), summary]),
        (False, "a loss of more than all", [scan, pace.replace(b"0.25", b"1.25"), summary]),
        (False, "more verdicts than hosts", [scan, summary.replace(b'"certified":1', b'"certified":2')]),
        (False, "no reason of the verdict", [scan, host.replace(b',"verdict_reason":"all-answered"', b""), summary]),
        (False, "nothing", []),
        (False, "no summary", good[:-1]),
        (False, "two scans", [scan, scan, summary]),
        (False, "a port after a host", [scan, host, port, summary]),
        (False, "no final line feed", [scan, summary[:-1]]),
        (False, "an empty line", [scan, b"\n", summary]),
        (False, "an unknown type", [scan, b'{"type":"x"}\n', summary]),
        (False, "an unknown notice", [scan, notice.replace(b"capacity", b"x"), summary]),
        (False, "type not first", [scan, b'{"host":"::1","type":"port"}\n', summary]),
        (False, "an unknown field", [scan, port.replace(b'"tries"', b'"tires"'), summary]),
        (False, "port 0", [scan, port.replace(b":22,", b":0,"), summary]),
        (False, "a boolean as number", [scan, port.replace(b":22,", b":true,"), summary]),
        (False, "not a number", [scan, host.replace(b'"loss":null', b'"loss":NaN'), summary]),
        (False, "a key twice", [scan, port.replace(b'"tries":1', b'"tries":1,"tries":1'), summary]),
        (False, "invalid UTF-8", [scan, port.replace(b"ssh", b"\xff"), summary]),
        (False, "counts that disagree", [scan, host.replace(b'"closed":1', b'"closed":2'), summary]),
        (False, "incomplete, not said why", [scan, summary.replace(b":true", b":false")]),
    ]
    return judge(cases, troubles_of)


def main(args):
    validators = make_validators()
    return run_checker(__doc__, lambda lines: troubles(lines, validators), self_test, args)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
