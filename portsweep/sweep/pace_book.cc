// SPDX-License-Identifier: Apache-2.0
#include "portsweep/sweep/pace_book.h"

#include <algorithm>
#include <cmath>

namespace portsweep {
namespace {

// Trials of a host, and how unlikely its loss must be for one like the others, to say that it stands out.
constexpr std::uint32_t kFewestTrials = 20;
constexpr double kStandsOut = 1e-6;
// Hosts beyond this number keep fewer canaries each.
constexpr std::uint64_t kFewHosts = 256;
constexpr std::size_t kFewCanaries = 8;

}  // namespace

PaceBook::PaceBook(const PaceConfig& config, const Plan& plan, Instant now)
    : config_(config),
      plan_(plan),
      asked_(-std::log(config.miss)),
      canaries_(plan.hosts().size() <= kFewHosts ? Canaries::kMost : kFewCanaries),
      dice_(plan.size()),
      popular_(plan.hosts().size() * std::min<std::uint64_t>(Plan::kPopular, plan.ports_per_host())),
      all_(now),
      lanes_(config) {}

PaceBook::Row* PaceBook::find(std::uint64_t host) {
  if (last_ != nullptr && last_host_ == host) return last_;
  const auto found = rows_.find(host);
  if (found == rows_.end()) return nullptr;
  last_host_ = host;
  return last_ = &found->second;
}
const PaceBook::Row* PaceBook::find(std::uint64_t host) const {
  const auto found = rows_.find(host);
  return found == rows_.end() ? nullptr : &found->second;
}

PaceBook::Row& PaceBook::row(std::uint64_t host) {
  if (Row* known = find(host)) return *known;
  known_.push_back(host);
  return rows_.emplace(host, Row{HostRecall(config_, canaries_)}).first->second;
}

double PaceBook::chance() { return static_cast<double>(dice_() >> 11) * 0x1p-53; }

void PaceBook::collect(Diagnosis& diagnosis, std::optional<std::uint64_t> host) {
  decisions_.insert(decisions_.end(), diagnosis.decisions().begin(), diagnosis.decisions().end());
  diagnosis.clear();
  if (const auto loss = diagnosis.take_outdated()) outdated_.push_back({host, *loss});
}

void PaceBook::remember(PaceMemory memory) {
  if (memory.diagnosis) all_ = std::move(*memory.diagnosis);
  path_ = memory.path;
  if (memory.hosts.empty()) return;
  for (std::uint64_t host = 0; host < plan_.hosts().size(); ++host) {
    const auto found = memory.hosts.find(plan_.hosts().at(host));
    if (found == memory.hosts.end()) continue;
    HostRecall& recall = rows_.emplace(host, Row{std::move(found->second.recall)}).first->second.recall;
    known_.push_back(host);
    recall.begin_stage();
    recall.canaries().renumber([&](Port port) {
      extra_.push_back({host, port});
      return plan_.size() + extra_.size() - 1;
    });
    with_closed_ += recall.canaries().has_closed();
  }
}

PaceMemory PaceBook::take_memory() {
  PaceMemory memory{.diagnosis = std::move(all_), .path = path_};
  for (auto& [host, row] : rows_) {
    memory.hosts.emplace(plan_.hosts().at(host), HostMemory{std::move(row.recall)});
  }
  return memory;
}

// --- What came ------------------------------------------------------------------------------------------------------

void PaceBook::on_answer(const Answer& answer, const Event& event, double rate, Instant now) {
  const PlannedProbe& probe = answer.probe;
  Row& host = row(probe.host);
  if (event.reason == Reason::kSynAck || event.reason == Reason::kReset) {
    const bool open = event.reason == Reason::kSynAck;
    with_closed_ += !open && !host.recall.canaries().has_closed();
    // Tries after the one that was answered are on their way, and will be accepted too.
    const int later = std::max(answer.attempt - event.attempt, 0);
    host.recall.on_answer(
        {.port = probe.port,
         .index = answer.index,
         .open = open,
         .against = answer.against,
         .sent = event.rtt_us > 0 ? std::optional(now - std::chrono::microseconds(event.rtt_us)) : std::nullopt,
         .connections = static_cast<std::uint8_t>(1 + later)},
        diagnosis(host), now);
  }
  if (host.recall.alarm()) {
    decisions_.push_back({PaceDecision::Kind::kLateAnswers, to_string(plan_.hosts().at(probe.host)),
                          host.recall.recall().loss().value_or(0), rate});
  }
  // Round trips of hosts here and there are no measure of a queue on the way to them all.
  all_.on_answer(plan_.hosts().size() == 1 ? event.rtt_us : 0, rate, now);
  collect(all_);
  sample_open(probe, answer.index, event);
  if (host.own) {
    host.own->on_answer(event.rtt_us, host.sent.rate(now), now);
    follow(probe.host, host, now);
  }
}

void PaceBook::on_trial(const PlannedProbe& probe, const Event& event, double rate, Instant now) {
  Row* host = find(probe.host);
  if (host == nullptr) return;
  // An error that a router reports is no answer of a port that is known to answer.
  const bool lost = !is_answer(event.reason) || !event.from_target;
  // A sign of life was sent by itself, and met an idle way.
  const bool measures = lost || !host->needs_sign;
  const auto due = host->recall.on_trial(probe.port, lost, measures);
  if (!due) return;
  if (lost) {
    host->signs_missed += host->needs_sign;
    host->sign_trouble.reset();
  } else {
    host->needs_sign = false;
    host->signs_missed = 0;
    all_.on_answer(plan_.hosts().size() == 1 ? event.rtt_us : 0, rate, now);
    if (host->own) host->own->on_answer(event.rtt_us, host->sent.rate(now), now);
  }
  pending_.push({*due, probe.host});
}

void PaceBook::on_own_drops(Instant from, Instant to) {
  if (!drops_.empty() && from <= drops_.back().to) {
    drops_.back().to = to;
    return;
  }
  if (drops_.size() == kMostDrops) drops_.pop_front();
  drops_.push_back({from, to});
}

bool PaceBook::proves_nothing(Instant sent) const {
  return std::any_of(drops_.begin(), drops_.end(), [&](const Drops& d) { return d.from <= sent && sent <= d.to; });
}

void PaceBook::count(std::uint64_t index, const TrialQueue::Trial& counted, double rate, Instant now) {
  const auto& [trial, lost] = counted;
  Row& host = rows_.at(index);
  expect_trials(host);
  if (proves_nothing(trial.asked)) return;
  host.recall.count(trial, lost, diagnosis(host));
  if (host.own) {
    host.own->on_trial(trial.phase, trial.open, lost, host.sent.rate(now), now);
    follow(index, host, now);
    return;
  }
  path_.add(lost);
  path_.take_back(trial.take_back);
  if (stands_out(host) && lost) {
    host.own = std::make_unique<Diagnosis>(now, to_string(plan_.hosts().at(index)));
    owners_.push_back(index);
    return;
  }
  all_.on_trial(trial.phase, trial.open, lost, rate, now);
}

// How many trials the hosts of a diagnosis may have together matters where it is one.
void PaceBook::expect_trials(Row& row) {
  Diagnosis& diagnosed = diagnosis(row);
  if (row.own || plan_.hosts().size() == 1) diagnosed.expect_trials(row.recall.trials_left(diagnosed));
}

// Its loss is not to be explained by what the others lost in the same time.
bool PaceBook::stands_out(Row& row) const {
  if (plan_.hosts().size() == 1) return false;
  const LossEstimate& own = row.recall.loss();
  Compared& then = row.compared;
  if (own.trials() < then.regime) {
    then = {.regime = own.trials(),
            .own = own.total_trials(),
            .own_lost = own.total_lost(),
            .all = path_.total_trials(),
            .all_lost = path_.total_lost()};
  }
  then.regime = own.trials();
  const auto since = [](std::uint64_t now, std::uint64_t before) { return now - std::min(now, before); };
  const std::uint64_t trials = since(own.total_trials(), then.own);
  const std::uint64_t lost = std::min(trials, since(own.total_lost(), then.own_lost));
  const std::uint64_t others = since(since(path_.total_trials(), then.all), trials);
  const std::uint64_t others_lost = since(since(path_.total_lost(), then.all_lost), lost);
  if (trials < kFewestTrials || others < kFewestTrials) return false;
  const double of_others = (static_cast<double>(others_lost) + 1) / (static_cast<double>(others) + 2);
  return chance_of_loss(static_cast<std::uint32_t>(trials), static_cast<std::uint32_t>(lost),
                        std::min(0.9, 0.01 + 1.5 * of_others)) < kStandsOut;
}

void PaceBook::on_sent(const PlannedProbe& probe, std::uint64_t index, std::uint8_t attempt, Duration wait,
                       Instant now) {
  all_.on_sent(1, now);
  Row* row = find(probe.host);
  if (row == nullptr) return;
  if (attempt >= kCanaryAttempt) row->recall.on_canary(probe.port, wait, now);
  if (row->own) row->own->on_sent(1, now), row->sent.add(1, now);
  row->sampled += attempt == 1 && index >= popular_;
}

void PaceBook::sample_open(const PlannedProbe& probe, std::uint64_t index, const Event& event) {
  // Ports in numeric order are no sample of them.
  if (!plan_.is_random() || plan_.ports_per_host() < kOpenPorts || index < popular_ || event.attempt != 1) return;
  Row& host = row(probe.host);
  if (host.given_up || event.reason != Reason::kSynAck) return;
  ++host.sampled_open;
  // More than chance would make of that share.
  const double usual = kOpenShare * host.sampled;
  const double chance = 3 * std::sqrt(usual * (1 - kOpenShare));
  if (host.sampled < kOpenSample || host.sampled_open <= usual + chance) return;
  host.given_up = Reason::kAnswersOnEverything;
  host.recall.leave(VerdictReason::kAllOpen);
  decisions_.push_back({PaceDecision::Kind::kAllOpen, to_string(plan_.hosts().at(probe.host)), 0, 0});
}

// Canaries that may be asked; of several hosts that answer two must have fallen silent: one is its own affair.
std::size_t PaceBook::askable() const {
  if (known_.size() == 1) return rows_.at(known_.front()).recall.canaries().askable();
  return static_cast<std::size_t>(std::count_if(known_.begin(), known_.end(), [&](std::uint64_t host) {
    const Row& row = rows_.at(host);
    return !row.own && row.recall.canaries().askable() > 0;
  }));
}

void PaceBook::turn(double rate, Instant now) {
  while (!pending_.empty() && pending_.top().at <= now) {
    const std::uint64_t host = pending_.top().host;
    pending_.pop();
    while (const auto trial = rows_.at(host).recall.next_trial(now)) count(host, *trial, rate, now);
  }
  all_.turn(all_.suspects_silence() ? askable() : 0, rate, now);
  collect(all_);
  constexpr Duration kOften = 5ms;
  if (now - owners_seen_ < kOften) return;
  owners_seen_ = now;
  for (const std::uint64_t host : owners_) {
    Row& row = rows_.at(host);
    row.own->turn(row.recall.canaries().askable(), row.sent.rate(now), now);
    follow(host, row, now);
  }
}

std::optional<PaceBook::Outdated> PaceBook::take_outdated() {
  if (outdated_.empty()) return std::nullopt;
  const Outdated outdated = outdated_.back();
  outdated_.pop_back();
  return outdated;
}

bool PaceBook::concerns(const Outdated& outdated, std::uint64_t host) const {
  if (outdated.host) return host == *outdated.host;
  const Row* row = find(host);
  return row != nullptr && !row->own;
}

// What a host's own diagnosis says is done.
void PaceBook::follow(std::uint64_t host, Row& row, Instant now) {
  collect(*row.own, host);
  lanes_.bound(host, plan_.hosts().at(host), row.own->limit(), now);
  if (row.own->mode() == Diagnosis::Mode::kBlocked) row.given_up = Reason::kBlocked;
}

// --- What is to be done ---------------------------------------------------------------------------------------------

std::uint8_t PaceBook::tries_of_unknown(PathClass path) const {
  // What other hosts lose on the way is the best guess, once they have told enough.
  constexpr std::uint32_t kEnough = 100;
  double loss = prior_loss(path);
  if (path_.trials() >= kEnough) loss = std::max(path_.mean(), prior_loss(PathClass::kNear));
  // A little less than the whole: 0.1 % squared is 1e-6.
  const double tries = std::ceil(std::log(config_.miss) / std::log(loss) - 1e-9);
  const int least = std::min(kLeastTries, config_.max_tries);
  const int most = config_.max_tries;
  return static_cast<std::uint8_t>(std::clamp(static_cast<int>(std::min(tries, 255.0)), least, most));
}

PaceBook::Judgement PaceBook::on_silence(const PlannedProbe& probe, std::uint8_t tries, Evidence so_far, PathClass path,
                                         Instant sent) {
  Row* host = find(probe.host);
  if (host == nullptr) {
    return {tries >= tries_of_unknown(path) ? Next::kDecide : Next::kAgain, Reason::kNoResponse, {}};
  }
  Evidence evidence = so_far;
  host->recall.believe(!others_lose(path));
  if (!proves_nothing(sent)) evidence = host->recall.after_silence(so_far, path, sent, diagnosis(*host));
  return judge(*host, tries, evidence, path, sent);
}

PaceBook::Judgement PaceBook::reconsider(const PlannedProbe& probe, std::uint8_t tries, Evidence evidence,
                                         PathClass path, Instant sent) {
  Row& host = row(probe.host);
  host.recall.believe(!others_lose(path));
  return judge(host, tries, host.recall.limited(evidence, path, diagnosis(host)), path, sent);
}

// More than is believed of such a path: then few trials of one host without a loss are no reason to believe it of that
// one.
bool PaceBook::others_lose(PathClass path) const {
  constexpr std::uint32_t kFewest = 3;
  return plan_.hosts().size() > 1 && path_.lost() >= kFewest && path_.mean() > 3 * prior_loss(path);
}

PaceBook::Judgement PaceBook::judge(Row& row, std::uint8_t tries, Evidence evidence, PathClass path, Instant sent) {
  const Diagnosis& diagnosed = diagnosis(row);
  const bool limited = diagnosed.resets_limited();
  const Reason reason = limited ? Reason::kResetsLimited : Reason::kNoResponse;
  const bool measured = row.recall.is_measured(diagnosed);
  const bool may_learn = measured ? row.recall.can_measure(diagnosed) : row.recall.may_be_measured(diagnosed);
  if (evidence.tries() >= kLeastTries && evidence.nats() >= row.recall.needed(asked_) && (measured || !may_learn)) {
    const bool lives = row.recall.lived_after(sent);
    // Trials may be void, or be troubles of our own: then no diagnosis will ever say that nothing answers.
    if (!lives && may_learn && row.signs_missed >= kMostSigns) {
      row.recall.leave(row.sign_trouble ? VerdictReason::kOwnTrouble : VerdictReason::kStoppedAnswering);
      return {Next::kDecide, row.sign_trouble.value_or(Reason::kBlocked), evidence};
    }
    if (!lives && may_learn) return {Next::kProve, reason, evidence};
    VerdictReason why = limited ? VerdictReason::kResetsLimited : VerdictReason::kMeasured;
    if (!measured || !lives) why = VerdictReason::kFewTrials;
    return decide(row, reason, evidence, tries, why);
  }
  if (tries >= config_.max_tries) {
    // Fewer were asked for, or nothing was lost in the few trials there were: so be it. Else it cannot be told.
    const bool asked_for = config_.max_tries < PaceConfig::kMostTries;
    if (asked_for) return decide(row, reason, evidence, tries, VerdictReason::kTriesUsedUp);
    if (row.recall.counted(diagnosed).total_lost() == 0) {
      return decide(row, reason, evidence, tries, VerdictReason::kFewTrials);
    }
    row.recall.leave(VerdictReason::kTriesUsedUp);
    return {Next::kDecide, Reason::kLossy, evidence};
  }
  if (tries >= tries_of_unknown(path) && !may_learn && !can_reach(row, tries, evidence, path)) {
    if (row.recall.counted(diagnosed).total_lost() == 0) {
      return decide(row, reason, evidence, tries, VerdictReason::kFewTrials);
    }
    row.recall.leave(VerdictReason::kFewTrials);
    return {Next::kDecide, Reason::kLossy, evidence};
  }
  return {Next::kAgain, reason, evidence};
}

// Whether the tries that are left would be evidence enough, as things stand.
bool PaceBook::can_reach(const Row& row, unsigned tries, const Evidence& evidence, PathClass path) const {
  const unsigned left = config_.max_tries - tries;
  const double best = -std::log(row.recall.counted(diagnosis(row)).all_lost(evidence.tries() + left, path));
  return best >= row.recall.needed(asked_);
}

PaceBook::Judgement PaceBook::decide(Row& row, Reason reason, Evidence evidence, std::uint8_t tries,
                                     VerdictReason why) {
  row.recall.on_filtered(evidence, tries, why);
  return {Next::kDecide, reason, evidence};
}

void PaceBook::owe_canaries(std::uint64_t host, std::uint8_t attempt, std::uint64_t undecided, double rate,
                            Instant now) {
  Row* row = find(host);
  if (row == nullptr) return;
  // From the third try on it is more trials that are wanting, not more time.
  constexpr std::uint8_t kWanting = 3;
  row->progress =
      attempt >= kWanting ? 1 : 1 - static_cast<double>(undecided) / static_cast<double>(plan_.ports_per_host());
  const double share = row->recall.share(attempt, undecided, most_to_host(*row, rate), diagnosis(*row));
  const double whole = std::floor(share);
  const unsigned more = static_cast<unsigned>(whole) + (chance() < share - whole ? 1 : 0);
  if (more > 0) owe(host, *row, more, now);
}

// Probes of several hosts take turns, and some have bounds of their own.
double PaceBook::most_to_host(const Row& row, double rate) const {
  double most = rate / static_cast<double>(known_.size());
  for (const auto& bound : {config_.host_rate, config_.net_rate}) {
    if (bound) most = std::min(most, static_cast<double>(*bound));
  }
  return row.own ? std::min(most, row.own->limit().value_or(most)) : most;
}

void PaceBook::owe(std::uint64_t host, Row& row, unsigned more, Instant now) {
  row.owed = std::min(row.owed + more, static_cast<unsigned>(HostRecall::kMostAProbe));
  row.owed_at = now;
  if (!row.owing_at || *row.owing_at > now) schedule_owed(host, row, now);
}

void PaceBook::schedule_owed(std::uint64_t host, Row& row, Instant at) {
  row.owing_at = at;
  owing_.push({at, host});
}

void PaceBook::owe_sign_of_life(std::uint64_t host, Instant now) {
  Row& row = this->row(host);
  if (row.needs_sign && now - row.sign_owed_at < kSignEvery) return;
  row.needs_sign = true;
  row.sign_owed_at = now;
  owe(host, row, 1, now);
}

bool PaceBook::is_slow_to_learn(std::uint64_t host) const {
  const Row* row = find(host);
  if (row == nullptr || row->recall.is_measured(diagnosis(*row))) return false;
  return !row->recall.canaries().has_closed() && row->recall.canaries().any_open();
}

// A canary goes with the probe that it was owed for, or not at all: one that had to wait for a port to be free would go
// when the probes have passed, or before the first of their next pass, where a queue is empty and a policer's bucket
// full. It waits for its host's lane alone, as the next probe does; and a sign of life is waited for.
std::optional<std::uint64_t> PaceBook::owed_canary(Instant now) {
  while (!owing_.empty() && owing_.top().at <= now) {
    const auto [at, host] = owing_.top();
    owing_.pop();
    Row& row = rows_.at(host);
    if (row.owing_at != at) continue;
    row.owing_at.reset();
    if (!row.needs_sign && now - row.owed_at > kFresh) row.owed = 0;
    if (row.owed == 0) continue;
    if (!lanes_.may_charge(host, now)) {
      row.owed_at = now;
      schedule_owed(host, row, std::max(lanes_.free_at(host), now + Duration(1)));
      continue;
    }
    const auto pick = pick_owed(row, now);
    if (pick || !row.recall.canaries().any()) {
      --row.owed;
    } else {
      row.owed = row.needs_sign ? 1 : 0;
    }
    if (row.owed > 0) schedule_owed(host, row, pick ? now : now + kLookAgain);
    if (pick) return pick->index;
  }
  return std::nullopt;
}

std::optional<Canaries::Pick> PaceBook::pick_owed(Row& row, Instant now) {
  Diagnosis& diagnosed = diagnosis(row);
  Canaries& canaries = row.recall.canaries();
  canaries.want_open(diagnosed.wants_open());
  if (diagnosed.wants_open() && canaries.any_open()) diagnosed.may_ask_open();
  const bool wanting = row.progress >= 1 && !row.recall.is_measured(diagnosed);
  const bool urgent = row.needs_sign || wanting || diagnosed.mode() == Diagnosis::Mode::kTest;
  canaries.set_progress(urgent ? Canaries::kToTheLast : row.progress);
  return canaries.take(diagnosed.phase(), now);
}

void PaceBook::put_back(const PlannedProbe& probe, std::optional<Reason> trouble) {
  Row* row = find(probe.host);
  if (row == nullptr) return;
  if (trouble && row->needs_sign) {
    ++row->signs_missed;
    row->sign_trouble = trouble;
  }
  if (const auto due = row->recall.put_back(probe.port)) pending_.push({*due, probe.host});
}

std::optional<std::uint64_t> PaceBook::lone_canary(Instant now) {
  if (all_.pauses(now)) return std::nullopt;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    const std::uint64_t host = known_[next_known_++ % known_.size()];
    if (!lanes_.may_charge(host, now)) continue;
    Row& row = rows_.at(host);
    row.recall.canaries().set_progress(Canaries::kToTheLast);
    if (const auto pick = row.recall.canaries().take(diagnosis(row).phase(), now)) return pick->index;
  }
  return std::nullopt;
}

std::optional<double> PaceBook::limit() const {
  if (known_.empty() || with_closed_ > 0 || config_.half_open) return all_.limit();
  const double slow = kSlowToLearn * static_cast<double>(known_.size());
  return std::min(all_.limit().value_or(slow), slow);
}

std::optional<Reason> PaceBook::given_up(std::uint64_t host) const {
  const Row* row = find(host);
  // Where but one host answered, nothing is known of the others.
  const bool blocked = all_.mode() == Diagnosis::Mode::kBlocked;
  if (blocked && (row != nullptr || known_.size() > 1)) return Reason::kBlocked;
  return row == nullptr ? std::nullopt : row->given_up;
}

std::optional<Recall> PaceBook::recall(std::uint64_t host, std::uint64_t silent, std::uint64_t blocked) const {
  const Row* row = find(host);
  if (row == nullptr) return std::nullopt;
  Recall recall = row->recall.recall();
  // Those had their verdict before anything of the host answered.
  if (silent > row->recall.filtered()) recall = combine(recall, {.why = VerdictReason::kFewTrials});
  if (blocked > 0) {
    recall.why = VerdictReason::kStoppedAnswering;
    recall.miss_bound = recall.miss_bound_host = std::nullopt;
  }
  return recall;
}

}  // namespace portsweep
