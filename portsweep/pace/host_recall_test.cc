// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/host_recall.h"

#include <gtest/gtest.h>

#include "portsweep/pace/simulated_path_for_test.h"

namespace portsweep {
namespace {

constexpr Instant kStart{1s};
constexpr Port kPort{5000};

// A trial of a closed port that was asked then.
Canaries::Outcome asked_at(Instant asked, std::uint32_t take_back = 0, bool open = false) {
  return {.known = true, .open = open, .phase = 0, .asked = asked, .take_back = take_back};
}

HostRecall recall_after(int trials, int lost, const Diagnosis& diagnosis, Instant asked = kStart) {
  HostRecall host(PaceConfig{}, Canaries::kMost);
  for (int i = 0; i < trials; ++i) {
    const bool is_lost = (i + 1) * lost / trials > i * lost / trials;
    host.count(asked_at(asked), is_lost, diagnosis);
  }
  return host;
}

// A diagnosis that has just begun to hold a lower rate.
Diagnosis held(Instant& since) {
  SimulatedScan scan(policer(10'000), 1);
  scan.run_until([&] { return scan.diagnosis.mode() == Diagnosis::Mode::kHeld; }, 5s);
  since = scan.diagnosis.regime_since();
  return scan.diagnosis;
}

Diagnosis with_resets_limited() {
  SimulatedScan scan(reset_limiter(200), 1);
  scan.run_until([&] { return scan.diagnosis.resets_limited(); }, 5s);
  return scan.diagnosis;
}

// --- Evidence -------------------------------------------------------------------------------------------------------

TEST(HostRecall, CallsAPortSilentByWhatItsCanariesLose) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(500, 0, diagnosis);
  Evidence evidence = host.after_silence({}, PathClass::kNear, kStart, diagnosis);
  EXPECT_EQ(evidence.tries(), 1U);
  EXPECT_LT(evidence.nats(), -std::log(1e-6));
  evidence = host.after_silence(evidence, PathClass::kNear, kStart, diagnosis);
  EXPECT_EQ(evidence.tries(), 2U);
  EXPECT_GE(evidence.nats(), -std::log(1e-6));
  EXPECT_LE(evidence.nats(), -std::log(host.loss().all_lost(2, PathClass::kNear)));
}

TEST(HostRecall, SeesEarlierTriesByTheLossOfToday) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(500, 0, diagnosis);
  const Evidence before = host.after_silence({}, PathClass::kNear, kStart, diagnosis);
  for (int i = 0; i < 200; ++i) host.count(asked_at(kStart), i % 2 == 0, diagnosis);
  const Evidence after = host.after_silence(before, PathClass::kNear, kStart, diagnosis);
  EXPECT_LE(after.nats(), -std::log(host.loss().all_lost(2, PathClass::kNear)));
  EXPECT_LT(after.nats(), before.nats());
}

// Each try counts with the loss of its own time: what a lossy time left open a better one may settle.
TEST(HostRecall, CountsEachTryByTheLossOfItsTime) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(100, 50, diagnosis);
  const Evidence lossy = host.after_silence({}, PathClass::kFar, kStart, diagnosis);
  EXPECT_NEAR(lossy.nats(), -std::log(51.0 / 102), 1.0 / 64);
  for (int i = 0; i < 5000; ++i) host.count(asked_at(kStart), i % 100 == 0, diagnosis);
  const Evidence both = host.after_silence(lossy, PathClass::kFar, kStart, diagnosis);
  EXPECT_NEAR(both.nats(), lossy.nats() - std::log(host.loss().mean()), 2.0 / 64);
  EXPECT_LE(both.nats(), -std::log(host.loss().all_lost(2, PathClass::kFar)));
}

TEST(HostRecall, LearnsNothingFromATryOfBeforeTheRegime) {
  Instant since;
  const Diagnosis diagnosis = held(since);
  HostRecall host = recall_after(100, 0, diagnosis, since);
  EXPECT_EQ(host.after_silence({}, PathClass::kFar, since - 1ns, diagnosis), Evidence());
  EXPECT_EQ(host.after_silence({}, PathClass::kFar, since, diagnosis).tries(), 1U);
}

TEST(HostRecall, ForgetsTheTrialsOfBeforeTheRegime) {
  const Diagnosis before(kStart);
  HostRecall host = recall_after(200, 100, before);
  EXPECT_EQ(host.loss().trials(), 200U);
  Instant since;
  const Diagnosis diagnosis = held(since);
  host.count(asked_at(since), false, diagnosis);
  EXPECT_EQ(host.loss().trials(), 1U);
  host.count(asked_at(since - 1ns), true, diagnosis);  // known only now
  EXPECT_EQ(host.loss().trials(), 1U);
  EXPECT_EQ(host.loss().lost(), 0U);
}

TEST(HostRecall, TakesBackWhatWasAPortsOwn) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(100, 10, diagnosis);
  for (int i = 0; i < 4; ++i) host.count(asked_at(kStart), true, diagnosis);
  host.count(asked_at(kStart, 5), true, diagnosis);
  EXPECT_EQ(host.loss().total_trials(), 100U);
  EXPECT_EQ(host.loss().total_lost(), 10U);
}

// A bug: losses of a row that did not count any more, since a regime had begun after them, were taken back all the
// same, and so those of other ports were: the loss looked smaller than it was.
TEST(HostRecall, BeginsAnewWhereItIsNotKnownWhatToTakeBack) {
  Instant since;
  const Diagnosis diagnosis = held(since);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  for (int i = 0; i < 18; ++i) host.count(asked_at(since - 1s), true, diagnosis);  // of one port, before
  for (int i = 0; i < 100; ++i) host.count(asked_at(since), i % 10 == 0, diagnosis);
  ASSERT_GT(host.loss().lost(), 5U);
  host.count(asked_at(since, 19), true, diagnosis);  // the nineteenth in a row: the port is dropped
  EXPECT_EQ(host.loss().trials(), 0U);
}

// --- Resets ---------------------------------------------------------------------------------------------------------

TEST(HostRecall, CountsOpenPortsAloneWhereResetsAreLimited) {
  const Diagnosis free(kStart);
  const Diagnosis limited = with_resets_limited();
  HostRecall host = recall_after(100, 50, free);
  for (int i = 0; i < 10; ++i) host.count(asked_at(kStart, 0, true), false, free);
  EXPECT_EQ(host.counted(free).trials(), 110U);
  EXPECT_EQ(host.counted(limited).trials(), 10U);
  EXPECT_EQ(host.counted(limited).lost(), 0U);
}

TEST(HostRecall, CanMeasureOnlyByOpenPortsWhereResetsAreLimited) {
  const Diagnosis free(kStart);
  const Diagnosis limited = with_resets_limited();
  HostRecall host(PaceConfig{}, Canaries::kMost);
  EXPECT_FALSE(host.can_measure(free));
  host.on_answer({kPort, 1, false, {}, kStart}, free, kStart);
  EXPECT_TRUE(host.can_measure(free));
  EXPECT_FALSE(host.can_measure(limited));
  host.on_answer({Port(443), 2, true, {}, kStart}, free, kStart);
  EXPECT_TRUE(host.can_measure(limited));
}

// --- Trials ---------------------------------------------------------------------------------------------------------

TEST(HostRecall, KnowsATrialOnlyOfACanaryUnderWay) {
  const Diagnosis diagnosis(kStart);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  host.on_answer({kPort, 1, false, {}, kStart}, diagnosis, kStart);
  EXPECT_EQ(host.on_trial(kPort, true), std::nullopt);
  ASSERT_TRUE(host.canaries().take(3, kStart + 1s));
  host.on_canary(kPort, 100ms, kStart + 1s);
  EXPECT_EQ(host.on_trial(kPort, false), kStart + 1s + 100ms);
  EXPECT_FALSE(host.next_trial(kStart + 1s));  // counts later
  const auto trial = host.next_trial(kStart + 2s);
  ASSERT_TRUE(trial);
  EXPECT_EQ(trial->outcome.asked, kStart + 1s);
  EXPECT_EQ(trial->outcome.phase, 3);
}

// Open ports are asked together: one burst of loss takes all of one time, or none.
TEST(HostRecall, WantsTrialsOfSeveralTimesWhereOnlyOpenPortsTell) {
  const Diagnosis diagnosis(kStart);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  for (std::uint16_t port = 1; port <= 50; ++port) {
    host.on_answer({Port(port), port, true, {}, kStart}, diagnosis, kStart);
  }
  const auto ask_all = [&](Instant now) {
    for (int i = 0; i < 50; ++i) host.count(asked_at(now + i * 1ms, 0, true), false, diagnosis);
  };
  for (int time = 0; time < HostRecall::kLeastTimes; ++time) {
    EXPECT_FALSE(host.is_measured(diagnosis)) << time;
    EXPECT_TRUE(host.may_be_measured(diagnosis));
    ask_all(kStart + time * HostRecall::kOneTime);
  }
  EXPECT_TRUE(host.is_measured(diagnosis));
  host.on_answer({Port(1000), 1000, false, {}, kStart}, diagnosis, kStart);
  EXPECT_TRUE(host.is_measured(diagnosis));
}

TEST(HostRecall, KnowsWhenTooFewTrialsCanEverCome) {
  const Diagnosis diagnosis(kStart);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  host.on_answer({Port(443), 1, true, {}, kStart}, diagnosis, kStart);
  EXPECT_FALSE(host.may_be_measured(diagnosis)) << "seven trials";
  host.on_answer({Port(80), 2, true, {}, kStart}, diagnosis, kStart);
  EXPECT_TRUE(host.may_be_measured(diagnosis));
}

HostRecall with_closed(std::uint16_t ports, const Diagnosis& diagnosis) {
  HostRecall host(PaceConfig{}, Canaries::kMost);
  for (std::uint16_t port = 1'000; port < 1'000 + ports; ++port) {
    host.on_answer({Port(port), port, false, {}, kStart}, diagnosis, kStart);
  }
  return host;
}

// They count when their waits are over.
TEST(HostRecall, CountsTrialsThatAreKnownAmongThoseToCome) {
  const Diagnosis diagnosis(kStart);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  host.on_answer({Port(443), 1, true, {}, kStart}, diagnosis, kStart);
  EXPECT_EQ(host.trials_left(diagnosis), 7U);
  const Instant asked = kStart + Canaries::kRest;
  ASSERT_TRUE(host.canaries().take(0, asked));
  host.on_canary(Port(443), 100ms, asked);
  EXPECT_EQ(host.trials_left(diagnosis), 7U);
  ASSERT_TRUE(host.on_trial(Port(443), false));
  EXPECT_EQ(host.trials_left(diagnosis), 7U);
  ASSERT_TRUE(host.next_trial(asked + 100ms));
  EXPECT_EQ(host.trials_left(diagnosis), 6U);
}

// It was sent by itself.
TEST(HostRecall, CountsNoTrialThatMeasuresNothing) {
  const Diagnosis diagnosis(kStart);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  host.on_answer({Port(443), 1, true, {}, kStart}, diagnosis, kStart);
  const Instant asked = kStart + Canaries::kRest;
  ASSERT_TRUE(host.canaries().take(0, asked));
  host.on_canary(Port(443), 100ms, asked);
  ASSERT_TRUE(host.on_trial(Port(443), false, false));
  EXPECT_TRUE(host.lived_after(asked));
  EXPECT_FALSE(host.next_trial(asked + 1h));
}

TEST(HostRecall, WantsMoreCanariesTheFewerPortsAreTriedAgain) {
  const Diagnosis diagnosis(kStart);
  const HostRecall host = with_closed(128, diagnosis);
  EXPECT_EQ(host.share(1, 10, 1'000, diagnosis), Diagnosis::kShare);
  EXPECT_EQ(host.share(2, 60'000, 1'000, diagnosis), Diagnosis::kShare);
  EXPECT_NEAR(host.share(2, 400, 1'000, diagnosis), 0.1, 1e-12);
  EXPECT_NEAR(host.share(3, 10, 1'000, diagnosis), 4, 1e-12);
  EXPECT_EQ(host.share(3, 1, 1'000, diagnosis), HostRecall::kMostAProbe);
  EXPECT_EQ(host.share(2, 0, 1'000, diagnosis), HostRecall::kMostAProbe);
}

// Else all would be asked at once, and then none until the waits are over.
TEST(HostRecall, SpreadsClosedCanariesOverTheirWaits) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = with_closed(5, diagnosis);
  EXPECT_EQ(host.share(1, 60'000, 1'000, diagnosis), Diagnosis::kShare);
  EXPECT_NEAR(host.share(1, 60'000, 10'000, diagnosis), 5.0 / 1'000, 1e-12);
  EXPECT_NEAR(host.share(2, 200, 10'000, diagnosis), 5.0 / 200, 1e-12);
}

// All of them would be asked at the beginning of a pass.
TEST(HostRecall, SpreadsOpenCanariesOverAPassAndOverTheirRest) {
  const Diagnosis diagnosis(kStart);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  EXPECT_EQ(host.share(1, 1'000, 1'000, diagnosis), 0) << "there are none";
  for (std::uint16_t port = 1'000; port < 1'005; ++port) {
    host.on_answer({Port(port), port, true, {}, kStart}, diagnosis, kStart);
  }
  EXPECT_NEAR(host.share(1, 1'000, 10'000, diagnosis), 5.0 / 1'000, 1e-12);
  EXPECT_NEAR(host.share(2, 200, 10'000, diagnosis), 5.0 / 200, 1e-12);
  EXPECT_NEAR(host.share(1, 5'000, 10'000, diagnosis), 5.0 / 1'250, 1e-12) << "twice as long as they rest";
  EXPECT_NEAR(host.share(1, 60'000, 10'000, diagnosis), 5.0 / 833.333, 1e-6);
  EXPECT_NEAR(host.share(2, 2, 10'000, diagnosis), 2.5, 1e-12);
}

// --- Verdicts -------------------------------------------------------------------------------------------------------

TEST(HostRecall, HasNoBoundWhereEveryPortAnswered) {
  const Diagnosis diagnosis(kStart);
  const HostRecall host = recall_after(100, 1, diagnosis);
  EXPECT_EQ(host.recall().why, VerdictReason::kAllAnswered);
  EXPECT_EQ(host.recall().trials, 100U);
  EXPECT_EQ(host.recall().lost, 1U);
  EXPECT_EQ(host.recall().miss_bound, std::nullopt);
}

TEST(HostRecall, BoundsThePortOfWhichLeastIsKnownAndTheSumOfAll) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(100, 1, diagnosis);
  Evidence weak;
  Evidence strong;
  weak.add(1e-3);
  strong.add(1e-6);
  host.on_filtered(strong, 2, VerdictReason::kMeasured);
  host.on_filtered(weak, 5, VerdictReason::kMeasured);
  host.on_filtered(strong, 3, VerdictReason::kMeasured);
  const Recall recall = host.recall();
  EXPECT_EQ(host.filtered(), 3U);
  EXPECT_EQ(recall.why, VerdictReason::kMeasured);
  EXPECT_EQ(recall.tries, 5);
  EXPECT_NEAR(recall.miss_bound.value(), weak.miss(), 1e-12);
  EXPECT_NEAR(recall.miss_bound_host.value(), weak.miss() + 2 * strong.miss(), 1e-12);
}

TEST(HostRecall, KeepsTheWorstVerdict) {
  HostRecall host(PaceConfig{}, Canaries::kMost);
  host.on_filtered({}, 2, VerdictReason::kFewTrials);
  host.on_filtered({}, 2, VerdictReason::kMeasured);
  EXPECT_EQ(host.recall().why, VerdictReason::kFewTrials);
  host.leave(VerdictReason::kStoppedAnswering);
  host.leave(VerdictReason::kAllOpen);
  EXPECT_EQ(host.recall().why, VerdictReason::kStoppedAnswering);
}

TEST(HostRecall, NeverBoundsAHostByMoreThanOne) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(10, 5, diagnosis);
  for (int i = 0; i < 5; ++i) host.on_filtered({}, 2, VerdictReason::kTriesUsedUp);
  EXPECT_EQ(host.recall().miss_bound_host, 1);
}

TEST(HostRecall, AsksForMoreAndCertifiesNothingOnceTheAuditFailed) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(5000, 0, diagnosis);
  const double asked = 10;
  EXPECT_FALSE(host.alarm());
  EXPECT_EQ(host.needed(asked), asked);
  Evidence against;
  against.add(1e-4);
  against.add(1e-4);
  for (std::uint16_t port = 1000; port < 1003; ++port)
    host.on_answer({Port(port), port, false, against, kStart}, diagnosis, kStart);
  EXPECT_TRUE(host.alarm());
  EXPECT_FALSE(host.alarm());  // told once
  EXPECT_EQ(host.needed(asked), 2 * asked);
  EXPECT_EQ(host.needed(20), Evidence::kMost);
  host.on_filtered(against, 3, VerdictReason::kMeasured);
  EXPECT_EQ(host.recall().why, VerdictReason::kLateAnswers);
}

// The evidence was worth less than it looked: that of ports decided before, too.
TEST(HostRecall, TakesTheCertificateBackWhenTheAuditFailsAfterTheLastVerdict) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(2000, 0, diagnosis);
  Evidence evidence;
  for (int i = 0; i < 3; ++i) evidence = host.after_silence(evidence, PathClass::kFar, kStart, diagnosis);
  host.on_filtered(evidence, 3, VerdictReason::kMeasured);
  for (std::uint16_t port = 1; port <= 10; ++port) {
    host.on_answer({Port(port), port, false, evidence, kStart}, diagnosis, kStart);
  }
  ASSERT_TRUE(host.alarm());
  EXPECT_EQ(host.recall().why, VerdictReason::kLateAnswers);
}

TEST(HostRecall, TakesTheCertificateOfOpenPortsBackWhereResetsAreLimited) {
  const Diagnosis limited = with_resets_limited();
  HostRecall host = recall_after(5000, 0, limited);
  Evidence against;
  for (int i = 0; i < 3; ++i) against.add(1e-4);
  host.on_filtered(against, 3, VerdictReason::kResetsLimited);
  EXPECT_EQ(host.recall().why, VerdictReason::kResetsLimited);
  for (std::uint16_t port = 1000; port < 1020; ++port)
    host.on_answer({Port(port), port, true, against, kStart}, limited, kStart);
  ASSERT_TRUE(host.alarm());
  EXPECT_EQ(host.recall().why, VerdictReason::kLateAnswers);
}

// Late resets are what a limiter is there for.
TEST(HostRecall, DoesNotAuditByResetsThatAreLimited) {
  const Diagnosis limited = with_resets_limited();
  HostRecall host = recall_after(5000, 0, limited);
  Evidence against;
  against.add(1e-4);
  against.add(1e-4);
  for (std::uint16_t port = 1000; port < 1020; ++port)
    host.on_answer({Port(port), port, false, against, kStart}, limited, kStart);
  EXPECT_FALSE(host.alarm());
}

// What the loss has become since is allowed for.
TEST(HostRecall, DoesNotAuditByEvidenceThatHasPaledSince) {
  const Diagnosis diagnosis(kStart);
  HostRecall host = recall_after(200, 100, diagnosis);
  Evidence against;
  against.add(1e-4);
  against.add(1e-4);
  for (std::uint16_t port = 1000; port < 1003; ++port)
    host.on_answer({Port(port), port, false, against, kStart}, diagnosis, kStart);
  EXPECT_FALSE(host.alarm());
}

// --- A host whose ports would all answer ----------------------------------------------------------------------------

struct Outcome {
  int missed = 0;  // ports that were called filtered, by their evidence
  bool alarm = false;
};

// All its ports answer but for what is lost; they are tried pass by pass, with one canary to so many probes.
Outcome try_all(double loss_of_canaries, double loss_of_ports, int probes_a_canary, std::uint64_t seed) {
  constexpr std::uint16_t kPorts = 1500;
  constexpr double kAsked = 13.8155;  // 1e-6
  const Diagnosis diagnosis(kStart);
  HostRecall host(PaceConfig{}, Canaries::kMost);
  SplitMix64 dice(seed);
  const auto lost = [&](double p) { return static_cast<double>(dice() >> 11) * 0x1p-53 < p; };
  std::vector<Evidence> evidence(kPorts);
  std::vector<bool> decided(kPorts);
  Outcome outcome;
  int probes = 0;
  for (std::uint8_t tries = 1; tries <= PaceConfig::kMostTries; ++tries) {
    for (std::uint16_t i = 0; i < kPorts; ++i) {
      if (decided[i]) continue;
      if (probes++ % probes_a_canary == 0) host.count(asked_at(kStart), lost(loss_of_canaries), diagnosis);
      if (!lost(loss_of_ports)) {
        host.on_answer({Port(static_cast<std::uint16_t>(1000 + i)), i, false, evidence[i], kStart}, diagnosis, kStart);
        outcome.alarm |= host.alarm();
        decided[i] = true;
        continue;
      }
      evidence[i] = host.after_silence(evidence[i], PathClass::kFar, kStart, diagnosis);
      if (tries < 2 || evidence[i].nats() < host.needed(kAsked)) continue;
      ++outcome.missed;
      decided[i] = true;
    }
  }
  return outcome;
}

// Of 360,000 ports there may be 0.4 by what was asked for.
TEST(HostRecall, MissesHardlyAPortAndRaisesNoAlarmWhereCanariesLoseWhatPortsLose) {
  int missed = 0;
  int alarms = 0;
  for (const double loss : {0.002, 0.01, 0.05, 0.1, 0.3, 0.5}) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      const Outcome outcome = try_all(loss, loss, 10, seed);
      missed += outcome.missed;
      alarms += outcome.alarm;
    }
  }
  EXPECT_LE(missed, 3);
  EXPECT_EQ(alarms, 0);
}

// With a canary to fifty probes only thirty had been asked when the first pass was over: if these were lucky, all ports
// seem to answer late together. 8 of 100 runs at 10 % loss.
TEST(HostRecall, SeldomRaisesAnAlarmFalselyByFewTrials) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) alarms += try_all(0.1, 0.1, 50, seed).alarm;
  EXPECT_LE(alarms, 10);
}

// Most often, where ports lose six times as much or more.
TEST(HostRecall, RaisesAnAlarmWhereCanariesAreLuckier) {
  const struct {
    double canaries;
    double ports;
    int least;  // of 20 runs
  } rows[] = {{0.01, 0.1, 14}, {0.05, 0.3, 12}, {0.05, 0.5, 19}};
  for (const auto& row : rows) {
    int alarms = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) alarms += try_all(row.canaries, row.ports, 10, seed).alarm;
    EXPECT_GE(alarms, row.least) << row.canaries << ", " << row.ports;
  }
}

}  // namespace
}  // namespace portsweep
