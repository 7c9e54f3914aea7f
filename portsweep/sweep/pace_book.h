// SPDX-License-Identifier: Apache-2.0
//
// PaceBook: what the pace knows of the hosts of a sweep: the recall of each host that answered, what its loss depends
// on, and the bounds of its rate. It says when a canary is to go along with a probe, and what is to become of a port
// that was silent once more. Pure; one thread; a row for each host that answered.
//
// Loss is diagnosed for all hosts together, since most of what loses packets is on the way to all of them. A host that
// loses much more than the others has a trouble of its own: from then on it has its own diagnosis, and its own lane,
// and the others are not slowed down for it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "portsweep/base/rng.h"
#include "portsweep/model/event.h"
#include "portsweep/model/notice.h"
#include "portsweep/model/recall.h"
#include "portsweep/pace/diagnosis.h"
#include "portsweep/pace/evidence.h"
#include "portsweep/pace/host_recall.h"
#include "portsweep/pace/loss.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/sent_rate.h"
#include "portsweep/plan/plan.h"
#include "portsweep/sweep/lanes.h"
#include "portsweep/sweep/pace_memory.h"

namespace portsweep {

class PaceBook {
 public:
  static constexpr std::uint8_t kLeastTries = 2;
  // A host answers on everything when this share of all ports that were sent to in random order, of so many at least,
  // was found open. Those under way count as not open: what is open is known first.
  static constexpr std::uint32_t kOpenSample = 200;
  static constexpr double kOpenShare = 0.6;
  static constexpr std::uint64_t kOpenPorts = 1000;  // only of hosts of which as many ports are asked for
  // Probes a second to each host while none has a closed port: open ones may be asked so seldom that a faster pass
  // would be over before enough is known of its loss, and one more would have to follow.
  static constexpr double kSlowToLearn = 75'000;
  // A canary that could not go for so long, because nothing could, is not sent any more: the way would be idle.
  static constexpr Duration kFresh = 50ms;
  // Where a sign of life is wanted and no port may be asked yet, it is looked again so much later.
  static constexpr Duration kLookAgain = 50ms;
  // A sign of life is asked for so often, until there is one, or so many did not come.
  static constexpr Duration kSignEvery = 100ms;
  static constexpr int kMostSigns = 20;

  // `plan` must outlive it.
  PaceBook(const PaceConfig& config, const Plan& plan, Instant now);

  // What an earlier sweep learnt of these hosts; before anything else. Ports that it knows and this plan has not are
  // canaries with indices from plan.size() on.
  void remember(PaceMemory memory);
  // The round trips are the caller's. The book is of no use after it.
  PaceMemory take_memory();
  std::size_t extra_probes() const { return extra_.size(); }
  // Of an index of the plan, or of a canary beyond it.
  PlannedProbe probe_at(std::uint64_t index) const {
    return index < plan_.size() ? plan_.at(index) : extra_[index - plan_.size()];
  }

  // --- What came

  // A port answered, by its own host. `attempt`: its latest try; `against`: the evidence that stood against it.
  struct Answer {
    PlannedProbe probe;
    std::uint64_t index;
    std::uint8_t attempt;
    Evidence against;
  };
  // `rate`: of all probes, as sent.
  void on_answer(const Answer& answer, const Event& event, double rate, Instant now);
  // A canary's trial is over.
  void on_trial(const PlannedProbe& probe, const Event& event, double rate, Instant now);
  // A packet was sent to the host: a canary, or this try of the probe; an answer is waited for so long.
  void on_sent(const PlannedProbe& probe, std::uint64_t index, std::uint8_t attempt, Duration wait, Instant now);
  // This machine dropped packets in that time: tries and trials that were sent then prove nothing.
  void on_own_drops(Instant from, Instant to);
  // What only time decides.
  void turn(double rate, Instant now);

  // --- What is to be done

  enum class Next : std::uint8_t {
    kAgain,
    kDecide,
    kProve,  // there is evidence enough, if the host still lives: reconsider() when it is next heard of
  };
  struct Judgement {
    Next next;
    Reason reason;  // of kDecide
    Evidence evidence;
  };
  // A port was silent to its try number `tries`, sent at `sent`.
  Judgement on_silence(const PlannedProbe& probe, std::uint8_t tries, Evidence so_far, PathClass path, Instant sent);
  Judgement reconsider(const PlannedProbe& probe, std::uint8_t tries, Evidence evidence, PathClass path, Instant sent);
  // Tries that were sent before a new regime may have met more loss than they were counted with.
  struct Outdated {
    std::optional<std::uint64_t> host;  // nothing: all that have no diagnosis of their own
    double loss;                        // of such a try, at most
  };
  // Once for each regime, until there is none.
  std::optional<Outdated> take_outdated();
  bool concerns(const Outdated& outdated, std::uint64_t host) const;
  // How often a silent port of a host is tried of which nothing is known.
  std::uint8_t tries_of_unknown(PathClass path) const;

  // A probe to the host is sent: chance will have it that canaries are to follow, so that they meet what probes meet.
  // `attempt` is the probe's; `undecided`: how many ports of the host have no verdict; `rate`: probes a second to all
  // hosts, at most.
  void owe_canaries(std::uint64_t host, std::uint8_t attempt, std::uint64_t undecided, double rate, Instant now);
  // Ports wait for a sign of life of the host: a canary is owed, whatever open ports have had already.
  void owe_sign_of_life(std::uint64_t host, Instant now);
  // Only open ports tell of the host, which have to rest between trials, and too few were made yet.
  bool is_slow_to_learn(std::uint64_t host) const;
  // One that is owed and may be sent now.
  std::optional<std::uint64_t> owed_canary(Instant now);
  // It was not sent; because of a trouble of this machine, if that is given.
  void put_back(const PlannedProbe& probe, std::optional<Reason> trouble = {});
  // The next canary where nothing else may be sent.
  std::optional<std::uint64_t> lone_canary(Instant now);

  // Probes a second at most; nothing if there is no bound here.
  std::optional<double> limit() const;
  bool canaries_only() const { return all_.canaries_only(); }
  // Why there is no point in probing the host further.
  std::optional<Reason> given_up(std::uint64_t host) const;
  Lanes& lanes() { return lanes_; }
  const Lanes& lanes() const { return lanes_; }

  // Of a host that answered; empty for any other. `silent`: how many of its ports were called filtered in silence;
  // `blocked`: how many were left because nothing answered any more.
  std::optional<Recall> recall(std::uint64_t host, std::uint64_t silent, std::uint64_t blocked) const;
  const std::vector<PaceDecision>& decisions() const { return decisions_; }
  void clear() { decisions_.clear(); }

 private:
  // Since when, in trials, a host is compared with the others: since its own loss changed last.
  struct Compared {
    std::uint32_t regime = 0;  // trials of its regime at the last look
    std::uint64_t own = 0;     // its trials and losses then, and those of all
    std::uint64_t own_lost = 0;
    std::uint64_t all = 0;
    std::uint64_t all_lost = 0;
  };
  struct Row {
    HostRecall recall;
    std::unique_ptr<Diagnosis> own = nullptr;
    SentRate sent = {};
    unsigned owed = 0;  // canaries
    Instant owed_at = {};
    std::optional<Instant> owing_at = {};  // of its row in owing_ that counts; others are stale
    double progress = 0;                   // 0 .. 1
    bool needs_sign = false;               // of life
    Instant sign_owed_at = {};
    int signs_missed = 0;                     // in a row; or not even sent,
    std::optional<Reason> sign_trouble = {};  // for this trouble of ours
    Compared compared = {};
    std::uint32_t sampled = 0;  // random ports that were sent to
    std::uint32_t sampled_open = 0;
    std::optional<Reason> given_up = {};
  };

  // When a host has trials to count, or a canary that is owed may go.
  struct Timed {
    Instant at;
    std::uint64_t host;

    bool operator<(const Timed& other) const { return at > other.at; }  // the queue has the greatest on top
  };

  // A time in which this machine dropped packets.
  struct Drops {
    Instant from;
    Instant to;
  };
  static constexpr std::size_t kMostDrops = 64;

  bool proves_nothing(Instant sent) const;
  void count(std::uint64_t host, const TrialQueue::Trial& trial, double rate, Instant now);
  Row* find(std::uint64_t host);
  const Row* find(std::uint64_t host) const;
  Row& row(std::uint64_t host);
  Diagnosis& diagnosis(Row& row) { return row.own ? *row.own : all_; }
  const Diagnosis& diagnosis(const Row& row) const { return row.own ? *row.own : all_; }
  bool stands_out(Row& row) const;
  bool others_lose(PathClass path) const;
  Judgement judge(Row& row, std::uint8_t tries, Evidence evidence, PathClass path, Instant sent);
  bool can_reach(const Row& row, unsigned tries, const Evidence& evidence, PathClass path) const;
  void follow(std::uint64_t host, Row& row, Instant now);
  void owe(std::uint64_t host, Row& row, unsigned more, Instant now);
  double most_to_host(const Row& row, double rate) const;
  void schedule_owed(std::uint64_t host, Row& row, Instant at);
  std::optional<Canaries::Pick> pick_owed(Row& row, Instant now);
  void expect_trials(Row& row);
  void sample_open(const PlannedProbe& probe, std::uint64_t index, const Event& event);
  std::size_t askable() const;
  void collect(Diagnosis& diagnosis, std::optional<std::uint64_t> host = {});
  Judgement decide(Row& row, Reason reason, Evidence evidence, std::uint8_t tries, VerdictReason why);
  double chance();

  const PaceConfig config_;
  const Plan& plan_;
  const double asked_;          // evidence, in nats
  const std::size_t canaries_;  // kept of each host and kind
  SplitMix64 dice_;
  std::uint64_t popular_;  // indices below it are of popular ports
  std::unordered_map<std::uint64_t, Row> rows_;
  Row* last_ = nullptr;  // that was looked up; probes of one host come in a row where there is but one
  std::uint64_t last_host_ = 0;
  std::vector<std::uint64_t> known_;  // the keys of rows_, in the order they came
  std::size_t next_known_ = 0;
  std::size_t with_closed_ = 0;        // of them, how many have a closed port
  std::priority_queue<Timed> owing_;   // hosts with canaries owed
  std::vector<std::uint64_t> owners_;  // hosts with a diagnosis of their own
  std::priority_queue<Timed> pending_;
  std::deque<Drops> drops_;  // the latest ones
  std::vector<Outdated> outdated_;
  std::vector<PlannedProbe> extra_;
  LossEstimate path_;  // of all hosts without one
  Diagnosis all_;
  Instant owners_seen_{};
  Lanes lanes_;
  std::vector<PaceDecision> decisions_;
};

}  // namespace portsweep
