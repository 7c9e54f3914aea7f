#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of what is pure in bench/harness: reading what scanners write, comparing it with the truth, rules, tables.
Sends nothing, needs no scanner and no privilege."""

import collections
import contextlib
import ipaddress
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from harness import machine, picture, process, tables
from harness.contest import Goal, mark_slow_lab, rotated, say_speed_up, set_goal, set_ratios, worst_counts
from harness.fake_network import READY, FakeNetwork, Player, PlayerReport, read_report, read_truth
from harness.lab import ALL_PORTS, BEHIND, forwarding_settings, one_host
from harness.row import Row
from harness.rules import OBSTACLES, rules_for
from harness.scanners import Masscan, Nmap, Portsweep, Tutorial, Zmap, make_scanners, ports_of, ports_text
from harness.scenarios import SCENARIOS
from harness.truth import Outcome, Truth, judge, outcome_of

HOST, OTHER = "10.97.0.2", "10.97.0.3"


def outcome(opened, **others):
    return Outcome(frozenset((HOST, port) for port in opened), collections.Counter(others))


def truth(ports, opened, **more):
    return Truth((HOST,), tuple(range(1, ports + 1)), frozenset((HOST, port) for port in opened), **more)


class Judging(unittest.TestCase):
    def test_finds_nothing_wrong_with_the_truth(self):
        judgement = judge(truth(10, {1, 2}), outcome({1, 2}, closed=8))
        self.assertEqual((judgement.recall, judgement.missed, judgement.false_states, judgement.undecided),
                         (1, 0, {}, 0))

    def test_counts_a_missed_port_as_missed_and_as_what_it_was_called(self):
        judgement = judge(truth(10, {1, 2}), outcome({1}, closed=8, filtered=1))
        self.assertEqual((judgement.recall, judgement.missed, judgement.false_states), (0.5, 1, {"filtered": 1}))

    def test_counts_false_opens(self):
        judgement = judge(truth(10, {1}), outcome({1, 7}, closed=8))
        self.assertEqual((judgement.missed, judgement.false_states), (0, {"open": 1}))

    def test_tells_the_open_port_of_one_host_from_that_of_another(self):
        two_hosts = Truth((HOST, OTHER), (80,), frozenset({(OTHER, 80)}))
        judgement = judge(two_hosts, outcome({80}, closed=1))
        self.assertEqual((judgement.recall, judgement.missed, judgement.false_states), (0, 1, {"open": 1}))

    def test_takes_an_undecided_port_for_no_lie(self):
        said = outcome({1}, **{"closed": 3, "closed|filtered": 4, "unexamined": 1})
        judgement = judge(truth(10, {1}), said)
        self.assertEqual((judgement.false_states, judgement.undecided), ({}, 6))  # one was not mentioned

    def test_knows_hosts_that_are_silent_on_some_ports(self):
        partly = truth(10, {1}, silent_ports=frozenset({2, 3}))
        self.assertEqual(judge(partly, outcome({1}, closed=7, filtered=2)).false_states, {})
        self.assertEqual(judge(partly, outcome({1}, closed=6, filtered=3)).false_states, {"filtered": 1})

    def test_expects_no_other_states_of_a_scanner_that_names_none(self):
        judgement = judge(truth(10, {1, 2}, rest="filtered"), Outcome(frozenset({(HOST, 1)})))
        self.assertEqual((judgement.recall, judgement.missed, judgement.false_states, judgement.undecided),
                         (0.5, 1, {}, None))

    def test_compares_ports_one_by_one_where_each_is_listed(self):
        mixed = truth(6, {1, 2}, filtered=frozenset({(HOST, 3), (HOST, 4)}))
        said = {1: "open", 2: "closed|filtered", 3: "closed|filtered", 4: "unexamined", 5: "filtered", 6: "closed"}
        listed = outcome_of({(HOST, port): state for port, state in said.items()},
                            collections.Counter({"closed|filtered": 2, "unexamined": 1, "filtered": 1, "closed": 1}))
        judgement = judge(mixed, listed)  # by their numbers all would be well
        self.assertEqual((judgement.missed, judgement.false_states, judgement.undecided),
                         (1, {"closed|filtered": 1, "filtered": 1}, 3))

    def test_compares_numbers_where_some_ports_are_only_counted(self):
        said = outcome_of({(HOST, 1): "open", (HOST, 2): "closed"}, collections.Counter({"closed": 9}))
        self.assertIsNone(said.listed)
        self.assertEqual(judge(truth(10, {1, 2}), said).false_states, {"closed": 1})

    def test_has_no_recall_where_nothing_is_open(self):
        self.assertIsNone(judge(truth(10, {}, rest="filtered"), outcome({}, filtered=10)).recall)


class Truths(unittest.TestCase):
    def test_count_every_port_once(self):
        for name, scenario in SCENARIOS.items():
            for full in (False, True) if getattr(scenario, "truth", None) else ():
                with self.subTest(name, full=full):
                    made = scenario.truth(full)
                    self.assertEqual(made.counts().total(), len(set(made.hosts)) * len(set(made.ports)))
                    self.assertTrue(made.open <= {(host, port) for host in made.hosts for port in made.ports})
                    self.assertFalse(made.silent_ports & {port for _, port in made.open})

    def test_are_the_same_in_every_run(self):
        for scenario in SCENARIOS.values():
            if getattr(scenario, "truth", None):
                self.assertEqual(scenario.truth(False), scenario.truth(False))


class Rules(unittest.TestCase):
    def test_are_none_where_the_kernel_does_it_alone(self):
        self.assertNotIn("chain", rules_for(one_host("closed")))

    def test_drop_all_but_what_is_open(self):
        rules = rules_for(truth(100, {22, 80}, rest="filtered"))
        self.assertIn(f"elements = {{ {HOST} . 22, {HOST} . 80 }}", rules)
        self.assertIn("ip daddr . tcp dport != @open drop", rules)

    def test_refuse_where_a_listener_serves_a_host_too_many(self):
        two_hosts = Truth((HOST, OTHER), (80, 81), frozenset({(OTHER, 80)}))
        self.assertIn("tcp dport @served ip daddr . tcp dport != @open reject with tcp reset", rules_for(two_hosts))

    def test_hinder_both_ways_where_packets_are_lost(self):
        self.assertEqual(rules_for(one_host("closed"), "loss").count("numgen random mod 100 < 5 drop"), 2)

    def test_know_the_obstacle_of_every_scenario(self):
        for scenario in SCENARIOS.values():
            self.assertIn(getattr(scenario, "obstacle", None), OBSTACLES)


class FakeNetworks(unittest.TestCase):
    REPORT = """{"seed":1,"received":{"packets":9,"syns":7,"malformed":0},"responder":{"latest_us":2100,"sent_late":2,
        "read_late":0,"refused_by_kernel":1,"lost_by_device":null,"bottleneck":true}}"""

    def test_say_what_each_port_truly_is(self):
        made = read_truth(f"{HOST} 1 open\n{HOST} 2 filtered\n{OTHER} 1 closed\n{OTHER} 2 open\n", (1, 2))
        self.assertEqual(made.counts(), {"open": 2, "filtered": 1, "closed": 1})
        self.assertEqual([made.state_of((host, port)) for host in (HOST, OTHER) for port in (1, 2)],
                         ["open", "filtered", "closed", "open"])

    def test_ask_for_their_truth_and_play_with_the_same_chances(self):
        network = FakeNetwork("10.100.0.0/24", (1, 2, 3, 7), ("--loss", "0.05"))
        with tempfile.TemporaryDirectory() as directory:
            program = pathlib.Path(directory, "lab-tun")
            program.write_text('#!/bin/sh\necho "$@" > "$0.asked"\necho 10.100.0.1 7 open\n')
            program.chmod(0o755)
            self.assertEqual(network.truth(program).open, {("10.100.0.1", 7)})
            asked = pathlib.Path(directory, "lab-tun.asked").read_text().split()
        self.assertEqual(asked, "--truth 10.100.0.0/24 1-3,7 --seed 1 --loss 0.05".split())
        self.assertEqual(network.player_command("lab-tun", "lab", 300),
                         "lab-tun --device lab --hosts 10.100.0.0/24 --for 300 --seed 1 --loss 0.05".split())

    def test_report_whether_they_were_too_slow_themselves(self):
        self.assertEqual(read_report(self.REPORT), PlayerReport(True, 7, "2 answers late, 1 lost"))

    def test_mark_the_rows_of_a_lab_that_was_too_slow(self):
        row, good = Row("s", "x", "s", [1.0, 2.0], note="known"), PlayerReport(False, 7, "1 answers late")
        mark_slow_lab(row, [good, good])
        self.assertEqual((row.lab_too_slow, row.note), (0, "known"))
        mark_slow_lab(row, [read_report(self.REPORT), good])
        self.assertEqual(row.lab_too_slow, 1)
        self.assertEqual(row.note, "known; the lab was the bottleneck in 1 of 2 runs (2 answers late, 1 lost)")

    def test_are_played_behind_the_target_and_on_whole_hosts_on_demand_only(self):
        behind = ipaddress.ip_network(BEHIND)
        contests = [scenario for scenario in SCENARIOS.values() if getattr(scenario, "network", None)]
        for contest in contests:
            with self.subTest(contest.name):
                self.assertTrue(ipaddress.ip_network(contest.network.hosts).subnet_of(behind))
                self.assertEqual(contest.target, contest.network.hosts)
                self.assertIn("--all-states", contest.entries[0].options)  # so that each port is judged
                self.assertTrue(contest.on_demand or len(contest.network.ports) < len(ALL_PORTS))

    def test_are_routed_to_without_a_word_of_the_router(self):
        settings = dict(forwarding_settings(("vt", "lab")))
        self.assertEqual(settings["net/ipv4/ip_forward"], 1)
        for link in ("all", "vt", "lab"):
            for name in ("rp_filter", "send_redirects"):
                self.assertEqual(settings[f"net/ipv4/conf/{link}/{name}"], 0)


class Players(unittest.TestCase):
    """In no namespace of their own, and played by a script."""

    UNTIL_TOLD = f"""import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print({READY!r}, file=sys.stderr, flush=True)
signal.sigwait([signal.SIGINT])
"""

    def play(self, script):
        with mock.patch("harness.fake_network.inside", lambda _: contextlib.nullcontext()):
            with Player("nowhere", [sys.executable, "-c", script]) as player:
                self.assertIsNone(player.report)
            return player.report

    def test_report_when_they_are_told_to_end(self):
        self.assertEqual(self.play(f"{self.UNTIL_TOLD}print({FakeNetworks.REPORT!r})").syns, 7)

    def test_are_a_failure_when_they_cannot_play(self):
        with self.assertRaisesRegex(RuntimeError, "there is a way out"):
            self.play("import sys; sys.exit('there is a way out')")

    def test_are_a_failure_when_they_end_badly(self):
        with self.assertRaisesRegex(RuntimeError, "ended with 3"):
            self.play(f"{self.UNTIL_TOLD}sys.exit(3)")


class Scanners(unittest.TestCase):
    def read(self, scanner, text, of=None):
        with tempfile.NamedTemporaryFile("w", suffix=".out") as output:
            output.write(text)
            output.flush()
            return scanner.outcome(output.name, of or truth(100, {80}))

    def test_portsweep_lists_open_ports_and_counts_the_others(self):
        said = self.read(Portsweep, '{"type":"scan"}\n'
                         f'{{"type":"port","host":"{HOST}","port":80,"state":"open"}}\n'
                         f'{{"type":"port","host":"{HOST}","port":81,"state":"closed"}}\n'
                         f'{{"type":"host","host":"{HOST}","open":1,"closed":7,"filtered":2,"unexamined":0}}\n')
        self.assertEqual(said.open, {(HOST, 80)})
        self.assertEqual(+said.others, {"closed": 7, "filtered": 2})

    def test_portsweep_says_how_sure_it_is_of_each_host(self):
        host = '{{"type":"host","host":"{}","open":0,"verdict":"certified","verdict_reason":"{}"}}\n'
        said = self.read(Portsweep, host.format(HOST, "measured") + host.format(OTHER, "measured"))
        self.assertEqual(said.verdicts, {"certified (measured)": 2})

    def test_portsweep_lists_every_port_when_asked(self):
        said = self.read(Portsweep, f'{{"type":"port","host":"{HOST}","port":80,"state":"open"}}\n'
                         f'{{"type":"port","host":"{HOST}","port":81,"state":"unexamined"}}\n'
                         f'{{"type":"host","host":"{HOST}","open":1,"closed":0,"filtered":0,"unexamined":1}}\n')
        self.assertEqual(said.listed, {(HOST, 80): "open", (HOST, 81): "unexamined"})

    def test_nmap_folds_ports_of_frequent_states(self):
        said = self.read(Nmap, f"""<nmaprun><host><status state="up"/><address addr="{HOST}" addrtype="ipv4"/><ports>
            <extraports state="filtered" count="97"/>
            <port protocol="tcp" portid="80"><state state="open"/></port>
            <port protocol="tcp" portid="81"><state state="closed"/></port></ports></host>
            <host><address addr="{OTHER}" addrtype="ipv4"/><ports><extraports state="closed" count="3"/></ports></host>
            </nmaprun>""")
        self.assertEqual(said.open, {(HOST, 80)})
        self.assertEqual(said.others, {"filtered": 97, "closed": 4})
        self.assertIsNone(said.listed)

    def test_nmap_says_which_ports_it_folded(self):
        said = self.read(Nmap, f"""<nmaprun><host><address addr="{HOST}" addrtype="ipv4"/><ports>
            <extraports state="filtered" count="4"><extrareasons reason="no-response" count="3" ports="1-2,7"/>
            <extrareasons reason="host-unreach" count="1" ports="9"/></extraports>
            <port protocol="tcp" portid="80"><state state="open"/></port></ports></host></nmaprun>""")
        self.assertEqual(said.listed, {(HOST, 80): "open", **{(HOST, port): "filtered" for port in (1, 2, 7, 9)}})

    def test_masscan_lists_open_ports_once_or_twice(self):
        said = self.read(Masscan, f"#masscan\nopen tcp 80 {HOST} 1700000000\nopen tcp 80 {HOST} 1700000001\n# end\n")
        self.assertEqual(said, Outcome(frozenset({(HOST, 80)})))

    def test_zmap_lists_hosts(self):
        said = self.read(Zmap, f"saddr\n{HOST}\n{OTHER}\n", Truth((HOST, OTHER), (443,)))
        self.assertEqual(said, Outcome(frozenset({(HOST, 443), (OTHER, 443)})))

    def test_tutorials_print_sentences(self):
        said = self.read(Tutorial, "port 22 is open\nport 80 is open\n1.5 s\n")
        self.assertEqual(said, Outcome(frozenset({(HOST, 22), (HOST, 80)})))

    def test_say_what_they_cannot_do(self):
        many, one = truth(100, {80}), Truth((HOST,), (80,))
        self.assertEqual(Zmap().hindrance(many, ()), "cannot: one port a run")
        self.assertIsNone(Zmap().hindrance(one, ()))
        self.assertIn("loopback", Masscan().hindrance(one_host("closed", "127.0.0.1"), ()))
        on_link = Truth(("10.101.0.0", "10.101.0.1"), (80,))
        self.assertIn("gateway", Masscan().hindrance(on_link, ()))
        self.assertIn("gateway", Zmap().hindrance(on_link, ()))

    def test_ask_this_version_for_its_engines(self):
        with tempfile.TemporaryDirectory() as directory:
            program = pathlib.Path(directory, "portsweep")
            program.write_text('#!/bin/sh\n[ "$1 $2" = "plan --engine" ] && [ "$3" != sequential ] || exit 2\n')
            program.chmod(0o755)
            portsweep = Portsweep(program)
            self.assertIsNone(portsweep.hindrance(one_host("closed"), ("--engine", "threads")))
            self.assertEqual(portsweep.hindrance(one_host("closed"), ("--engine", "sequential")), "not in this version")

    def test_are_known_to_every_scenario(self):
        scanners = make_scanners("portsweep")
        for scenario in SCENARIOS.values():
            for entry in getattr(scenario, "entries", ()):
                self.assertIn(entry.scanner, scanners)

    def test_write_ports_as_ranges(self):
        self.assertEqual(ports_text((1, 2, 3, 7, 9, 10)), "1-3,7,9-10")
        self.assertEqual(ports_of("1-3,7,9-10"), [1, 2, 3, 7, 9, 10])


class Contests(unittest.TestCase):
    def test_begin_each_round_with_another(self):
        self.assertEqual([rotated("abc", number) for number in range(4)],
                         [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"]])

    def test_compare_with_the_reference(self):
        rows = [Row("s", "ours", "s", [1.0, 2.0, 9.0]), Row("s", "theirs", "s", [4.0]), Row("s", "absent", "s", [])]
        set_ratios(rows, ("ours",))
        self.assertEqual([row.ratio for row in rows], [1, 2, None])

    def test_have_no_ratio_without_a_reference(self):
        rows = [Row("s", "ours", "s", []), Row("s", "theirs", "s", [4.0])]
        set_ratios(rows, ("ours",))
        self.assertEqual([row.ratio for row in rows], [None, None])

    def test_take_the_first_reference_that_was_measured(self):
        rows = [Row("s", "slow", "s", []), Row("s", "quick", "s", [2.0]), Row("s", "ours", "s", [0.5])]
        set_ratios(rows, ("slow", "quick"))
        say_speed_up(rows)
        self.assertEqual([row.reference for row in rows], ["quick"] * 3)
        self.assertEqual([row.note for row in rows], ["", "", "4 times as fast as quick"])

    def test_meet_a_goal_only_with_every_open_port(self):
        peer, goal = Row("s", "nmap", "s", [10.0]), Goal(0.5, "nmap")
        for seconds, recall, met in ((5.0, 1.0, True), (5.1, 1.0, False), (1.0, 0.99, False)):
            row = Row("s", "ours", "s", [seconds], recall=recall)
            set_goal(row, peer, goal)
            self.assertIs(row.met, met)

    def test_name_in_each_goal_one_of_their_subjects(self):
        for scenario in SCENARIOS.values():
            goal = getattr(scenario, "goal", None)
            if goal:
                self.assertIn(goal.of, [entry.subject for entry in scenario.entries])

    def test_report_the_worst_of_each_state(self):
        self.assertEqual(worst_counts([{"open": 1}, {"open": 3, "filtered": 2}, {}]), {"open": 3, "filtered": 2})


class Processes(unittest.TestCase):
    def test_wait_for_what_a_scanner_left_and_for_nothing_else(self):
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as bystander:  # ends when its input does
            left = os.posix_spawnp("true", ["true"], os.environ, setpgroup=0)
            process._reap_adopted(left)
            with self.assertRaises(ChildProcessError):
                os.waitpid(left, 0)
            self.assertIsNone(bystander.poll())


class Tables(unittest.TestCase):
    ROWS = [
        Row("closed", "portsweep", "s", [0.2, 0.3], recall=0.998, missed=1, false_states={"closed|filtered": 2},
            undecided=0, packets=10, softnet_drops=0, listen_drops=0, peak_rss_mib=10.0),
        Row("closed", "masscan", "s", [], note="not installed"),
    ]

    def test_never_round_a_missed_port_to_100_percent(self):
        row = Row("s", "x", "s", [1.0], recall=0.99999, missed=1)
        self.assertEqual(tables.recall_text(row), "99.9%, 1 missed")

    def test_show_a_row_without_figures(self):
        self.assertIn("not installed", tables.as_text({"date": "today"}, self.ROWS))

    def test_say_of_how_many_hosts_a_verdict_is(self):
        row = Row("s", "x", "s", [1.0], verdicts={"certified (measured)": 1, "uncertified (few-trials)": 3})
        self.assertIn("  certified (measured), 3 uncertified (few-trials)  ", tables.as_text({}, [row]))

    def test_read_what_was_written_before_there_were_verdicts(self):
        record = {name: value for name, value in self.ROWS[0].as_json().items() if name != "verdicts"}
        self.assertEqual(Row.from_json(record), self.ROWS[0])

    def test_escape_what_markdown_would_split(self):
        lines = tables.as_markdown({}, self.ROWS).splitlines()
        self.assertIn("closed\\|filtered", lines[3])

    def test_replace_what_is_between_the_markers(self):
        begin, end = tables.markers("slow")
        document = f"a\n{begin} to there -->\nold\n{end} -->\nz\n"
        self.assertEqual(tables.put_between_markers(document, "slow", "new"),
                         f"a\n{begin} to there -->\n\nnew\n\n{end} -->\nz\n")
        with self.assertRaises(ValueError):
            tables.put_between_markers(document, "quick", "new")

    def test_say_each_fact_of_several_runs_once(self):
        together = machine.together({"kernel": "6.1", "load": "0.1"}, {"kernel": "6.1", "load": "0.2", "date": "today"})
        self.assertEqual(together, {"kernel": "6.1", "load": "0.1; then 0.2", "date": "today"})
        self.assertEqual(machine.together(together, {"load": "0.1"}), together)

    def test_read_back_what_they_wrote_as_json(self):
        self.assertEqual([Row.from_json(row.as_json()) for row in self.ROWS], self.ROWS)


class Picture(unittest.TestCase):
    def test_has_a_bar_for_each_time_and_its_recall_beside_it(self):
        script = picture.script(Tables.ROWS + [Row("rss", "portsweep", "MiB", [10.0])])
        self.assertIn("0.25 s, 99.8%, 1 missed", script)
        self.assertIn("not installed", script)
        self.assertNotIn("rss", script)


if __name__ == "__main__":
    unittest.main()
