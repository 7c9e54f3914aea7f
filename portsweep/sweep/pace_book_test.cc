// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/pace_book.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <functional>

namespace portsweep {
namespace {

using Kind = PaceDecision::Kind;
using Next = PaceBook::Next;

constexpr Instant kStart{10s};
constexpr std::uint16_t kPorts = 2000;
constexpr double kRate = 20'000;
constexpr Duration kWait = 100ms;

// The chance that a canary of a host is lost.
using Loss = std::function<double(std::uint64_t host)>;

Loss all_lose(double p) {
  return [p](std::uint64_t) { return p; };
}

Plan plan_of(std::uint32_t hosts, std::uint16_t ports = kPorts, ProbeOrder order = ProbeOrder::kRandom) {
  AddressSet addresses;
  addresses.add(AddressRange(Address::v4(0x0a000001), Address::v4(0x0a000000 + hosts)));
  std::vector<Port> numbers;
  for (std::uint32_t port = 10'001; port <= 10'000U + ports; ++port)
    numbers.emplace_back(static_cast<std::uint16_t>(port));
  return Plan(std::move(addresses), std::move(numbers), order, 1);
}

Event event_of(std::uint64_t index, Reason reason, std::uint8_t attempt = 1) {
  const bool answer = is_answer(reason);
  return {
      .probe = index, .rtt_us = answer ? 200U : 100'000U, .attempt = attempt, .reason = reason, .from_target = answer};
}

// A book in virtual time: canaries of hosts with a loss each, as a sweep that sends kRate probes a second would have
// them, however slowly the book wants it.
class PaceBookTest : public testing::Test {
 protected:
  void open_book(std::uint32_t hosts, PaceConfig config = {}, std::uint16_t ports = kPorts) {
    plan.emplace(plan_of(hosts, ports));
    book.emplace(config, *plan, now);
  }
  // So many ports of each host answer.
  void answer(std::size_t each, Reason reason = Reason::kReset) {
    std::map<std::uint64_t, std::size_t> done;
    for (std::uint64_t index = 0; index < plan->size(); ++index) {
      const PlannedProbe probe = plan->at(index);
      if (done[probe.host]++ >= each) continue;
      book->on_answer({probe, index, 1, {}}, event_of(index, reason), kRate, now);
    }
  }
  void send_probe(std::uint64_t host) {
    book->on_sent({host, Port(1)}, 0, 2, kWait, now);
    book->owe_canaries(host, 1, kPorts, kRate, now);
  }
  void send_first(std::uint64_t index) { book->on_sent(plan->at(index), index, 1, kWait, now); }
  void found(std::uint64_t index, Reason reason) {
    book->on_answer({plan->at(index), index, 1, {}}, event_of(index, reason), kRate, now);
  }
  void run(Duration span, const Loss& loss, int offers_a_step = 20) {
    for (const Instant end = now + span; now < end;) {
      step(loss, offers_a_step);
      take_decisions();
    }
  }
  void step(const Loss& loss, int offers) {
    const bool alone = book->canaries_only();
    for (int i = 0; i < (alone ? 1 : offers); ++i) {
      if (!alone) send_probe(next_host++ % plan->hosts().size());
      while (const auto pick = alone ? book->lone_canary(now) : book->owed_canary(now)) {
        book->on_sent(plan->at(*pick), *pick, kCanaryAttempt, kWait, now);
        const bool lost = chance() < loss(plan->at(*pick).host);
        trials.push_back({lost ? now + kWait : now + 1ms, *pick, lost});
        if (alone) break;
      }
    }
    now += 1ms;
    std::erase_if(trials, [&](const Trial& trial) {
      if (trial.due > now) return false;
      const Reason reason = trial.lost ? Reason::kNoResponse : Reason::kReset;
      book->on_trial(plan->at(trial.index), event_of(trial.index, reason, kCanaryAttempt), kRate, now);
      return true;
    });
    book->turn(kRate, now);
  }
  void take_decisions() {
    decisions.insert(decisions.end(), book->decisions().begin(), book->decisions().end());
    book->clear();
  }
  // Those about single hosts, by name.
  std::set<std::string> named() const {
    std::set<std::string> names;
    for (const PaceDecision& decision : decisions) {
      if (!decision.host.empty()) names.insert(decision.host);
    }
    return names;
  }
  int count(Kind kind) const {
    return static_cast<int>(
        std::count_if(decisions.begin(), decisions.end(), [&](const PaceDecision& d) { return d.kind == kind; }));
  }
  double chance() { return static_cast<double>(dice() >> 11) * 0x1p-53; }

  PlannedProbe silent_port(std::uint64_t host = 0) const {
    for (std::uint64_t index = plan->size(); index-- > 0;) {
      if (plan->at(index).host == host) return plan->at(index);
    }
    return {host, Port(1)};
  }

  struct Trial {
    Instant due;
    std::uint64_t index;
    bool lost;
  };
  Instant now = kStart;
  std::optional<Plan> plan;
  std::optional<PaceBook> book;
  SplitMix64 dice{1};
  std::deque<Trial> trials;
  std::uint64_t next_host = 0;
  std::vector<PaceDecision> decisions;
};

// --- Silence --------------------------------------------------------------------------------------------------------

TEST_F(PaceBookTest, TriesAPortOfAHostNeverHeardOfAsOftenAsItsPathAsksFor) {
  open_book(1);
  EXPECT_EQ(book->tries_of_unknown(PathClass::kNear), 2);  // 0.1 % squared
  EXPECT_EQ(book->tries_of_unknown(PathClass::kFar), 4);   // 2 %
  const auto judge = [&](std::uint8_t tries) {
    return book->on_silence(silent_port(), tries, {}, PathClass::kFar, now).next;
  };
  EXPECT_EQ(judge(3), Next::kAgain);
  EXPECT_EQ(judge(4), Next::kDecide);
  EXPECT_EQ(book->recall(0, 1, 0), std::nullopt);
}

TEST_F(PaceBookTest, TakesTheLossOfOtherHostsForThatOfAnUnknownOne) {
  open_book(4);
  answer(100);
  run(3s, all_lose(0.1));
  EXPECT_GE(book->tries_of_unknown(PathClass::kNear), 5);
  EXPECT_LE(book->tries_of_unknown(PathClass::kNear), 8);
}

TEST_F(PaceBookTest, NeverGivesLessThanTwoTriesNorMoreThanAsked) {
  open_book(1, {.miss = 0.5});
  EXPECT_EQ(book->tries_of_unknown(PathClass::kNear), 2);
  open_book(1, {.max_tries = 3});
  EXPECT_EQ(book->tries_of_unknown(PathClass::kFar), 3);
  open_book(1, {.max_tries = 1});
  EXPECT_EQ(book->tries_of_unknown(PathClass::kFar), 1);
}

TEST_F(PaceBookTest, CallsAPortFilteredWhenItsEvidenceIsEnough) {
  open_book(1);
  answer(100);
  run(3s, all_lose(0));
  Evidence evidence;
  for (std::uint8_t tries = 1; tries <= 2; ++tries) {
    const auto judged = book->on_silence(silent_port(), tries, evidence, PathClass::kNear, now - 500ms);
    evidence = judged.evidence;
    EXPECT_EQ(judged.next, tries == 1 ? Next::kAgain : Next::kDecide);
    EXPECT_EQ(judged.reason, Reason::kNoResponse);
  }
  const Recall recall = book->recall(0, 1, 0).value();
  EXPECT_EQ(recall.why, VerdictReason::kMeasured);
  EXPECT_LE(recall.miss_bound.value(), 1e-6);
}

TEST_F(PaceBookTest, TakesNothingFromATimeInWhichThisMachineDroppedPackets) {
  open_book(1);
  answer(100);
  run(2s, all_lose(0));
  const Instant from = now;
  for (int look = 0; look < 4; ++look) {
    run(50ms, all_lose(1));
    book->on_own_drops(from, now);
  }
  run(2s, all_lose(0));
  EXPECT_EQ(book->recall(0, 0, 0)->lost, 0U) << "trials that were sent then are not counted";
  const auto silent = [&](Instant sent) {
    return book->on_silence(silent_port(), 1, {}, PathClass::kNear, sent).evidence.nats();
  };
  EXPECT_EQ(silent(from + 100ms), 0);
  EXPECT_GT(silent(from - 100ms), 5);
  EXPECT_GT(silent(now), 5);
}

TEST_F(PaceBookTest, TriesAPortTwiceEvenWhereOnceWouldBeEvidenceEnough) {
  open_book(1, {.miss = 0.05});
  answer(100);
  run(3s, all_lose(0));
  const Instant sent = now - 500ms;
  const auto once = book->on_silence(silent_port(), 1, {}, PathClass::kNear, sent);
  EXPECT_GE(once.evidence.nats(), -std::log(0.05));
  EXPECT_EQ(once.next, Next::kAgain);
  EXPECT_EQ(book->on_silence(silent_port(), 2, once.evidence, PathClass::kNear, sent).next, Next::kDecide);
}

TEST_F(PaceBookTest, WaitsForASignOfLifeThatWasSentAfterTheLastTry) {
  open_book(1, {.miss = 0.05});
  answer(100);
  run(3s, all_lose(0));
  const Instant sent = now;
  const auto once = book->on_silence(silent_port(), 1, {}, PathClass::kNear, sent);
  const auto twice = book->on_silence(silent_port(), 2, once.evidence, PathClass::kNear, sent);
  EXPECT_EQ(twice.next, Next::kProve);
  const auto again = [&] { return book->reconsider(silent_port(), 2, twice.evidence, PathClass::kNear, sent); };
  EXPECT_EQ(again().next, Next::kProve);
  run(500ms, all_lose(1));
  EXPECT_NE(again().next, Next::kDecide);
  EXPECT_EQ(book->recall(0, 0, 0)->why, VerdictReason::kAllAnswered) << "nothing was decided yet";
  run(5s, all_lose(0));
  EXPECT_EQ(again().next, Next::kDecide);
}

TEST_F(PaceBookTest, TakesNoEvidenceFromATryThatWasSentBeforeTheHostWasHeardOf) {
  open_book(1);
  const Instant before = now;
  now += 250ms;
  answer(1);
  EXPECT_EQ(book->on_silence(silent_port(), 1, {}, PathClass::kNear, before).evidence, Evidence());
  EXPECT_NE(book->on_silence(silent_port(), 1, {}, PathClass::kNear, now).evidence, Evidence());
}

// When it has rested, the probes have passed, or their next pass begins: a canary would meet an empty queue.
TEST_F(PaceBookTest, SendsNoCanaryLaterBecauseItsPortHadToRest) {
  open_book(1);
  answer(1, Reason::kSynAck);
  book->owe_canaries(0, 2, 1, 0, now);
  EXPECT_EQ(book->owed_canary(now), std::nullopt) << "it has just been found";
  now += Canaries::kRest;
  EXPECT_EQ(book->owed_canary(now), std::nullopt) << "none is owed any more";
  book->owe_canaries(0, 2, 1, 0, now);
  EXPECT_TRUE(book->owed_canary(now));
}

// It measures nothing.
TEST_F(PaceBookTest, SendsASignOfLifeAsSoonAsAPortHasRested) {
  open_book(1);
  answer(1, Reason::kSynAck);
  book->owe_sign_of_life(0, now);
  EXPECT_EQ(book->owed_canary(now), std::nullopt) << "it has just been found";
  now += Canaries::kRest + PaceBook::kLookAgain;
  EXPECT_TRUE(book->owed_canary(now));
}

TEST_F(PaceBookTest, TakesAnErrorThatARouterReportsForALoss) {
  open_book(1);
  answer(1);
  book->owe_canaries(0, 2, 1, kRate, now);
  const auto canary = book->owed_canary(now);
  ASSERT_TRUE(canary);
  book->on_sent(plan->at(*canary), *canary, kCanaryAttempt, kWait, now);
  Event event = event_of(*canary, Reason::kAdminProhibited, kCanaryAttempt);
  event.from_target = false;
  book->on_trial(plan->at(*canary), event, kRate, now);
  book->turn(kRate, now + 1s);
  EXPECT_EQ(book->recall(0, 0, 0)->lost, 1U);
}

TEST_F(PaceBookTest, CallsAPortOfALossyPathUnexaminedAfterTheMostTries) {
  open_book(1);
  answer(100);
  run(5s, all_lose(0.6));
  Evidence evidence;
  PaceBook::Judgement judged{};
  for (std::uint8_t tries = 1; tries <= PaceConfig::kMostTries; ++tries) {
    judged = book->on_silence(silent_port(), tries, evidence, PathClass::kFar, now);
    evidence = judged.evidence;
    EXPECT_EQ(judged.next, tries < PaceConfig::kMostTries ? Next::kAgain : Next::kDecide) << int{tries};
  }
  EXPECT_EQ(judged.reason, Reason::kLossy);
  EXPECT_EQ(book->recall(0, 0, 0)->why, VerdictReason::kTriesUsedUp);
}

TEST_F(PaceBookTest, CallsAPortFilteredAfterFewerTriesWhereThatIsAskedFor) {
  open_book(1, {.max_tries = 2});
  answer(100);
  run(5s, all_lose(0.3));
  EXPECT_EQ(book->on_silence(silent_port(), 1, {}, PathClass::kFar, now).next, Next::kAgain);
  const auto judged = book->on_silence(silent_port(), 2, {}, PathClass::kFar, now);
  EXPECT_EQ(judged.next, Next::kDecide);
  EXPECT_EQ(judged.reason, Reason::kNoResponse);
  EXPECT_EQ(book->recall(0, 1, 0)->why, VerdictReason::kTriesUsedUp);
}

TEST_F(PaceBookTest, DoesNotCertifyPortsDecidedBeforeTheHostAnswered) {
  open_book(1);
  answer(100);
  run(1s, all_lose(0));
  EXPECT_EQ(book->recall(0, 0, 0)->why, VerdictReason::kAllAnswered);
  EXPECT_EQ(book->recall(0, 3, 0)->why, VerdictReason::kFewTrials);
}

// --- Canaries -------------------------------------------------------------------------------------------------------

TEST_F(PaceBookTest, OwesCanariesAsOftenAsTheirShareSays) {
  open_book(1);
  for (int i = 0; i < 1000; ++i) book->owe_canaries(0, 1, kPorts, kRate, now);
  EXPECT_EQ(book->owed_canary(now), std::nullopt);  // nothing answered yet
  answer(100);
  int sent = 0;
  for (int i = 0; i < 20'000; ++i) {
    book->owe_canaries(0, 1, kPorts, kRate, now);
    const auto pick = book->owed_canary(now);
    if (!pick) continue;
    ++sent;
    book->put_back(plan->at(*pick));
  }
  EXPECT_NEAR(sent, 20'000 * Diagnosis::kShare, 80);
}

// A port is busy for as many probes as go to its host meanwhile: where those are few, it may be asked more often.
TEST_F(PaceBookTest, OwesAsManyAsTheBoundOfTheHostLeavesTimeFor) {
  open_book(1, {.host_rate = 1'000});
  answer(1);
  int sent = 0;
  for (int i = 0; i < 20'000; ++i) {
    book->owe_canaries(0, 1, kPorts, kRate, now += 1ms);
    const auto pick = book->owed_canary(now);
    if (!pick) continue;
    ++sent;
    book->put_back(plan->at(*pick));
  }
  EXPECT_NEAR(sent, 20'000 / 100, 50) << "one in those of a wait";
}

TEST_F(PaceBookTest, OwesMoreWhileFewPortsAreTriedAgain) {
  open_book(2);
  answer(100);
  const auto sent = [&] {
    int count = 0;
    while (book->owed_canary(now)) ++count;
    return count;
  };
  book->owe_canaries(0, 2, 10, kRate, now);
  EXPECT_EQ(sent(), 4);
  book->owe_canaries(1, 2, 1, kRate, now);
  EXPECT_EQ(sent(), HostRecall::kMostAProbe);
  for (int i = 0; i < 100; ++i) book->owe_canaries(1, 2, 1, kRate, now);
  EXPECT_EQ(sent(), HostRecall::kMostAProbe);  // a debt does not pile up
}

TEST_F(PaceBookTest, OwesEachHostItsOwn) {
  open_book(10);
  answer(100);
  for (std::uint64_t host = 0; host < 10; ++host) book->owe_canaries(host, 2, 10, kRate, now);
  std::map<std::uint64_t, int> sent;
  while (const auto pick = book->owed_canary(now)) ++sent[plan->at(*pick).host];
  EXPECT_EQ(sent.size(), 10U);
  for (const auto& [host, count] : sent) EXPECT_EQ(count, 4) << host;
}

// Some hosts whose canaries are all under way do not keep others from theirs.
TEST_F(PaceBookTest, OwesCanariesBehindHostsThatHaveNoneLeft) {
  open_book(20);
  answer(1);
  for (std::uint64_t host = 0; host < 20; ++host) book->owe_canaries(host, 2, 1, kRate, now);
  std::set<std::uint64_t> sent;
  for (int turn = 0; turn < 100; ++turn) {
    while (const auto pick = book->owed_canary(now)) sent.insert(plan->at(*pick).host);
  }
  EXPECT_EQ(sent.size(), 20U);
}

TEST_F(PaceBookTest, HasNoCanaryWhereEachIsUnderWay) {
  open_book(1);
  answer(3);
  int sent = 0;
  for (int i = 0; i < 5'000; ++i) {
    book->owe_canaries(0, 1, kPorts, kRate, now);
    sent += book->owed_canary(now).has_value();
  }
  EXPECT_EQ(sent, 3);
}

TEST_F(PaceBookTest, GoesSlowlyWhereOnlyOpenPortsCanTell) {
  open_book(2);
  EXPECT_EQ(book->limit(), std::nullopt);
  answer(1, Reason::kSynAck);
  EXPECT_EQ(book->limit(), 2 * PaceBook::kSlowToLearn);
  book->on_answer({silent_port(), plan->size() - 1, 1, {}}, event_of(plan->size() - 1, Reason::kReset), kRate, now);
  EXPECT_EQ(book->limit(), std::nullopt);
}

// --- Hosts that are left alone --------------------------------------------------------------------------------------

TEST_F(PaceBookTest, LeavesAHostThatAnswersOnEverything) {
  open_book(1);
  answer(1, Reason::kSynAck);
  for (std::uint64_t index = Plan::kPopular; index < Plan::kPopular + PaceBook::kOpenSample; ++index) {
    send_first(index);
    if (index % 8 != 0) found(index, Reason::kSynAck);
  }
  EXPECT_EQ(book->given_up(0), Reason::kAnswersOnEverything);
  EXPECT_EQ(book->recall(0, 0, 0)->why, VerdictReason::kAllOpen);
  take_decisions();
  EXPECT_EQ(count(Kind::kAllOpen), 1);
}

TEST_F(PaceBookTest, DoesNotTakeManyOpenPortsForAll) {
  open_book(1);
  answer(1, Reason::kSynAck);
  // The popular ones do not count, and sixty in a hundred are not enough.
  for (std::uint64_t index = 0; index < plan->size(); ++index) {
    send_first(index);
    found(index, index < Plan::kPopular || index % 5 < 3 ? Reason::kSynAck : Reason::kReset);
  }
  EXPECT_EQ(book->given_up(0), std::nullopt);
}

// A bug: answers are known before silences are, so that the first outcomes were nearly all open.
TEST_F(PaceBookTest, CountsPortsThatDidNotAnswerYetAsNotOpen) {
  open_book(1);
  answer(1, Reason::kSynAck);
  for (std::uint64_t index = 0; index < plan->size(); ++index) {
    send_first(index);
    if (index % 10 == 0) found(index, Reason::kSynAck);
  }
  EXPECT_EQ(book->given_up(0), std::nullopt);
}

// A bug: 200 open ports in a row were taken for a host that answers on everything.
TEST_F(PaceBookTest, TakesPortsInOrderForNoSample) {
  plan.emplace(plan_of(1, kPorts, ProbeOrder::kLinear));
  book.emplace(PaceConfig(), *plan, now);
  answer(1, Reason::kSynAck);
  for (std::uint64_t index = 0; index < 500; ++index) {
    send_first(index);
    found(index, Reason::kSynAck);
  }
  EXPECT_EQ(book->given_up(0), std::nullopt);
}

TEST_F(PaceBookTest, DoesNotSampleHostsOfFewPorts) {
  open_book(1, {}, 999);
  answer(1, Reason::kSynAck);
  for (std::uint64_t index = 0; index < plan->size(); ++index) {
    send_first(index);
    found(index, Reason::kSynAck);
  }
  EXPECT_EQ(book->given_up(0), std::nullopt);
}

TEST_F(PaceBookTest, GivesTheOnlyHostUpWhenItStopsAnsweringEarly) {
  open_book(1);
  answer(100);
  run(500ms, all_lose(0));
  run(15s, all_lose(1));
  EXPECT_EQ(book->given_up(0), Reason::kBlocked);
  EXPECT_EQ(book->recall(0, 0, 1)->why, VerdictReason::kStoppedAnswering);
  EXPECT_EQ(count(Kind::kBlocked), 1);
}

// A bug: after some thousand trials that came back all canaries were dropped one by one, and nothing was left to tell
// that the host had gone.
TEST_F(PaceBookTest, GivesTheOnlyHostUpWhenItStopsAnsweringLate) {
  open_book(1);
  answer(20);
  run(10s, all_lose(0));
  run(15s, all_lose(1));
  EXPECT_EQ(book->given_up(0), Reason::kBlocked);
  EXPECT_EQ(book->recall(0, 0, 1)->why, VerdictReason::kStoppedAnswering);
}

// The same bug, and worse: the losses of those that were dropped were taken back, and so a port was certified.
TEST_F(PaceBookTest, CertifiesNothingWhileThePathIsGone) {
  open_book(1);
  answer(4);
  run(3s, all_lose(0));
  const Instant gone = now + kWait;
  run(15s, all_lose(1));
  Evidence evidence;
  for (std::uint8_t tries = 1; tries <= PaceConfig::kMostTries; ++tries) {
    const auto judged = book->on_silence(silent_port(), tries, evidence, PathClass::kFar, gone);
    evidence = judged.evidence;
    if (judged.next == Next::kDecide) break;
  }
  EXPECT_NE(book->recall(0, 0, 0)->verdict(), Verdict::kCertified);
}

// A bug: what could not even be asked was taken for a host that does not answer.
TEST_F(PaceBookTest, DoesNotCallAHostBlockedBecauseNothingCouldBeSent) {
  open_book(1, {.miss = 0.05});
  answer(100);
  run(3s, all_lose(0));
  const Instant sent = now;
  const auto once = book->on_silence(silent_port(), 1, {}, PathClass::kNear, sent);
  auto judged = book->on_silence(silent_port(), 2, once.evidence, PathClass::kNear, sent);
  for (int i = 0; i < 2 * PaceBook::kMostSigns && judged.next == Next::kProve; ++i) {
    now += PaceBook::kSignEvery;
    book->turn(kRate, now);
    book->owe_sign_of_life(0, now);
    const auto pick = book->owed_canary(now);
    ASSERT_TRUE(pick);
    book->put_back(plan->at(*pick), i % 2 == 0 ? std::nullopt : std::optional(Reason::kNoDescriptors));
    judged = book->reconsider(silent_port(), 2, judged.evidence, PathClass::kNear, sent);
  }
  EXPECT_EQ(judged.next, Next::kDecide);
  EXPECT_EQ(judged.reason, Reason::kNoDescriptors);
  EXPECT_EQ(book->recall(0, 0, 0)->why, VerdictReason::kOwnTrouble);
}

// A bug: hosts that had their verdict lost it when another, or all, fell silent later.
TEST_F(PaceBookTest, LeavesTheVerdictOfAHostWhoseProbesWereOver) {
  open_book(1);
  answer(100);
  run(500ms, all_lose(0));
  run(15s, all_lose(1));
  EXPECT_EQ(book->given_up(0), Reason::kBlocked);
  EXPECT_EQ(book->recall(0, 0, 0)->why, VerdictReason::kAllAnswered);
}

// --- Several hosts --------------------------------------------------------------------------------------------------

TEST_F(PaceBookTest, DiagnosesWhatAllHostsLoseTogether) {
  open_book(20);
  answer(20);
  run(5s, all_lose(0.02));
  EXPECT_EQ(named(), (std::set<std::string>{}));
}

TEST_F(PaceBookTest, DiagnosesAHostThatLosesMuchMoreByItself) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    dice = SplitMix64(seed);
    decisions.clear();
    open_book(10);
    answer(20);
    run(10s, [](std::uint64_t host) { return host == 3 ? 0.5 : 0.0; });
    EXPECT_EQ(named(), (std::set<std::string>{"10.0.0.4"})) << seed;
  }
}

// A bug: the others counted for nothing until they had 20 trials, and so the first host of a lossy path that had them
// stood out.
TEST_F(PaceBookTest, TakesNoHostForWorseThanTheOthersOnALossyPath) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    dice = SplitMix64(seed);
    decisions.clear();
    open_book(seed % 2 == 0 ? 2 : 10);
    answer(20);
    run(10s, all_lose(0.3));
    EXPECT_EQ(named().size(), 0U) << seed;
  }
}

// A bug: when the loss changed, the trials of all hosts were cut before those of one were, and so each stood out.
TEST_F(PaceBookTest, TakesNoHostForWorseThanTheOthersWhenTheLossOfAllChanges) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    dice = SplitMix64(seed);
    decisions.clear();
    open_book(4);
    answer(100);
    run(10s, all_lose(0));
    run(10s, all_lose(0.3));
    EXPECT_EQ(named().size(), 0U) << seed;
  }
}

TEST_F(PaceBookTest, SaysOfWhichHostsTheTriesBeforeARegimeMetMore) {
  open_book(1);
  answer(20);
  run(2s, all_lose(0));
  EXPECT_FALSE(book->take_outdated());
  run(4s, all_lose(1));
  run(5s, all_lose(0));
  double most = 0;
  while (const auto outdated = book->take_outdated()) {
    EXPECT_FALSE(outdated->host);
    EXPECT_TRUE(book->concerns(*outdated, 0));
    most = std::max(most, outdated->loss);
  }
  EXPECT_EQ(most, 1);
  EXPECT_TRUE(book->concerns({.host = 1, .loss = 1}, 1));
  EXPECT_FALSE(book->concerns({.host = 1, .loss = 1}, 0));
}

TEST_F(PaceBookTest, HasNoRecallOfAHostThatNeverAnswered) {
  open_book(3);
  EXPECT_EQ(book->recall(1, 10, 0), std::nullopt);
  EXPECT_EQ(book->given_up(1), std::nullopt);
}

}  // namespace
}  // namespace portsweep
