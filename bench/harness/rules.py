# SPDX-License-Identifier: Apache-2.0
"""The packet filter of the target, as text for nft: it makes a Truth true, and puts an obstacle into the way. Pure.

A closed port needs no rule: the kernel answers with RST. But a listener serves all addresses of the target, so where
only some hosts have its port open, the others must be refused.
"""

# Obstacles go before everything else; each is (chain of the input hook, chain of the output hook).
OBSTACLES = {
    None: ("", ""),
    # Of the packets of each way, so that one exchange of SYN and answer is lost with 9.75 %.
    "loss": ("meta l4proto tcp numgen random mod 100 < 5 drop", "meta l4proto tcp numgen random mod 100 < 5 drop"),
    "policer": ("tcp flags & (syn | ack) == syn limit rate over 2000/second burst 200 packets drop", ""),
    "rst-limiter": ("", "tcp flags & rst == rst limit rate over 200/second burst 200 packets drop"),
}


def rules_for(truth, obstacle=None):
    on_input, on_output = OBSTACLES[obstacle]
    return "\n".join([
        "flush ruleset",
        "table inet bench {",
        *_set("open", "ipv4_addr . inet_service", [f"{host} . {port}" for host, port in sorted(truth.open)]),
        *_set("served", "inet_service", sorted({port for _, port in truth.open})),
        *_set("silent", "inet_service", sorted(truth.silent_ports)),
        *_chain("obstacle_in", "input", -200, [on_input]),
        *_chain("obstacle_out", "output", -200, [on_output]),
        *_chain("truth", "input", 0, _rules_of(truth)),
        "}",
        "",
    ])


def _rules_of(truth):
    if truth.rest == "filtered":
        yield "ip daddr . tcp dport != @open drop" if truth.open else "meta l4proto tcp drop"
        return
    if truth.silent_ports:
        yield "tcp dport @silent drop"
    if truth.open and len(truth.hosts) > 1:
        yield "tcp dport @served ip daddr . tcp dport != @open reject with tcp reset"


def _set(name, kind, elements):
    if not elements:
        return []
    return [f"set {name} {{", f"type {kind}", f"elements = {{ {', '.join(map(str, elements))} }}", "}"]


def _chain(name, hook, priority, rules):
    rules = [rule for rule in rules if rule]
    if not rules:
        return []  # a chain costs every packet a little
    return [f"chain {name} {{", f"type filter hook {hook} priority {priority}; policy accept;", *rules, "}"]
