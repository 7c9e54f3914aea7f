// SPDX-License-Identifier: Apache-2.0
#include "portsweep/pace/diagnosis.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "portsweep/pace/loss.h"

namespace portsweep {
namespace {

// Loss below this is no reason to do anything.
constexpr double kHarmless = 0.01;
constexpr double kSignificance = 1e-4;
constexpr std::uint32_t kFewestLost = 3;
// Old trials weigh half from here on.
constexpr std::uint32_t kManyTrials = 512;
// The loss must be this part of that of the higher rate, or less, to be taken for another.
constexpr double kImproved = 0.35;
// Loss that is none: it may be chance.
constexpr double kClean = 0.05;
// So lossy that a comparison of rates says little: the rate must come down first.
constexpr double kNearlyAll = 0.8;
constexpr double kStep = 8;  // down to an eighth
constexpr double kTell = 0.7;
constexpr double kLittleMore = 1.3;
// Trials that came back, to know a capacity within a tenth.
constexpr std::uint32_t kEnoughCame = 100;
constexpr std::uint32_t kFewestTrials = 40;
constexpr std::uint32_t kMostTrials = 1000;
constexpr std::uint32_t kLeastTrials = 20;  // to conclude anything when time is up
// Where there may be but so many trials, each rate of a test takes this part of them: what is found out is of use only
// if enough are left to certify by. And so many at least.
constexpr std::uint32_t kPartOfTrials = 6;
constexpr std::uint32_t kFewTrials = 10;
constexpr Duration kLongTest = 1500ms;
constexpr Duration kLongestTest = 3s;
constexpr std::size_t kMostLevels = 6;
// Loss of closed ports that a RST limiter may be the reason of; trials of open ports beside them, to tell; and how long
// a single one takes for them, as it has to rest (Canaries::kRest).
constexpr double kMuch = 0.1;
constexpr std::uint32_t kFewestPairs = 5;
constexpr Duration kPairsTake = 2500ms;
// Trials lost, and ports they were of, to say that nothing answers.
constexpr std::uint32_t kStallTrials = 10;
constexpr std::size_t kStallPorts = 2;
constexpr double kStalledRate = 20;
constexpr double kRaise = 1.25;
constexpr double kUsed = 0.7;
constexpr Duration kLongestRaise = 120s;
constexpr std::uint32_t kCleanTrials = 100;

}  // namespace

double Diagnosis::share() const {
  if (mode_ == Mode::kStalled) return 1;
  // Enough trials for a higher rate to be tried when it is time.
  if (mode_ == Mode::kHeld) {
    return std::clamp(kCleanTrials / (*limit_ * seconds_of(kFirstRaise)), kShare, kMostShare);
  }
  if (mode_ != Mode::kTest) return kShare;
  // Enough trials in a tenth of a second.
  const double wanted = needed_ / (levels_.back().rate * 0.1);
  return std::clamp(wanted, kShare, kMostShare);
}

Diagnosis::Trials Diagnosis::counted() const {
  if (resets_limited_) return open_;
  return {closed_.count + open_.count, closed_.lost + open_.lost};
}

bool Diagnosis::is_significant(const Trials& trials) const {
  if (trials.lost < kFewestLost) return false;
  const double expected = std::min(0.9, kHarmless + 1.5 * accepted_);
  return chance_of_loss(trials.count, trials.lost, expected) < kSignificance;
}

void Diagnosis::forget_old_trials() {
  if (counted().count >= kManyTrials) accepted_ = std::min(accepted_, counted().loss());
  for (Trials* trials : {&closed_, &open_}) {
    if (trials->count < kManyTrials) continue;
    trials->count /= 2;
    trials->lost /= 2;
  }
}

void Diagnosis::enter(Mode mode, Instant now) {
  mode_ = mode;
  since_ = now;
  ++phase_;
  closed_ = open_ = {};
  sent_in_phase_ = 0;
}

void Diagnosis::Pairs::add(bool is_open, bool is_lost) {
  if (is_open) {
    open.add(is_lost);
    waiting += kBeside;
  } else if (waiting > 0) {
    --waiting;
    closed.add(is_lost);
  }
}

void Diagnosis::decide(PaceDecision::Kind kind, double loss, double rate) {
  decisions_.push_back({.kind = kind, .host = name_, .loss = loss, .rate = rate});
}

// --- What comes in --------------------------------------------------------------------------------------------------

void Diagnosis::on_trial(std::uint8_t phase, bool open, bool lost, double rate, Instant now) {
  if (lost) {
    ++lost_since_heard_;
  } else {
    heard_ = now;
    lost_since_heard_ = 0;
  }
  sent_.see(rate, now);
  if (phase != phase_) return;
  (open ? open_ : closed_).add(lost);
  if (mode_ == Mode::kTest) pairs_.add(open, lost);
  switch (mode_) {
    case Mode::kFree:
      if (is_significant(counted())) begin_test(sent_.rate(), now);
      forget_old_trials();
      break;
    case Mode::kTest:
      if (counted().count >= needed_ || (trials_left_ == 0 && counted().count > 0)) conclude_test(now);
      break;
    case Mode::kHeld: check_held(now); break;
    case Mode::kStalled:
      if (!lost) hold(levels_.empty() ? rate : levels_.back().rate, 0, now);
      break;
    case Mode::kBlocked: break;
  }
}

void Diagnosis::on_answer(std::uint32_t rtt_us, double rate, Instant now) {
  heard_ = now;
  lost_since_heard_ = 0;
  if (rtt_us == 0) return;
  rtt_.add(rtt_us);
  if (rtt_.samples() == 16) first_var_us_ = rtt_.rttvar_us();
  epoch_rtt_us_ = std::min(epoch_rtt_us_, rtt_us);
  least_rtt_us_ = std::min(least_rtt_us_, rtt_us);
  const Duration epoch = std::clamp(2 * rtt_.srtt(), Duration(4ms), Duration(50ms));
  ++epoch_answers_;
  // The shortest of few round trips may be long by chance.
  constexpr std::uint32_t kFewestAnswers = 8;
  if (now - epoch_ < epoch || epoch_answers_ < kFewestAnswers) return;
  epoch_ = now;
  epoch_answers_ = 0;
  const std::uint32_t margin = std::max({3'000U, least_rtt_us_ / 4, 4 * first_var_us_});
  const std::uint32_t epoch_rtt_us = std::exchange(epoch_rtt_us_, UINT32_MAX);
  const bool inflated = rtt_.samples() > 16 && epoch_rtt_us > least_rtt_us_ + margin;
  if (!inflated) inflated_since_.reset(), fine_.see(rate, now);
  if (inflated && !inflated_since_) inflated_since_ = now;
  const bool is_long = std::chrono::microseconds(epoch_rtt_us) > 2 * std::chrono::microseconds(least_rtt_us_) + kLong;
  const bool stands = inflated_since_ && now - *inflated_since_ >= std::max(kStanding, 2 * epoch);
  const bool settled = now - since_ > 4 * epoch + rtt_.srtt();
  const bool may_hold = mode_ == Mode::kFree || mode_ == Mode::kHeld;
  if (stands && settled && may_hold && rate > kSlowest && (is_long || rate > fine_.rate(now))) {
    // If it stays as long, the way has become longer: no queue is that patient.
    inflated_since_.reset();
    least_rtt_us_ = epoch_rtt_us;
    hold(limit_.value_or(rate), counted().loss(), now);
  }
}

bool Diagnosis::suspects_silence() const { return lost_since_heard_ >= kStallTrials; }

void Diagnosis::turn(std::size_t ports, double rate, Instant now) {
  if (mode_ == Mode::kBlocked) return;
  sent_.see(rate, now);
  if (mode_ == Mode::kStalled) {
    check_stalled(rate, now);
    return;
  }
  const bool nothing = lost_since_heard_ >= kStallTrials && ports >= kStallPorts && now - heard_ >= kSilence;
  if (nothing && (mode_ != Mode::kFree || rate <= kSlowest)) return stall(now);
  if (mode_ != Mode::kTest) return;
  const bool enough = counted().count >= (trials_left_ == 0 ? 1 : kLeastTrials);
  if (now - since_ > kLongTest && enough) {
    conclude_test(now);
  } else if (now - since_ > kLongestTest) {
    hold_untested(now);
  }
}

// --- Testing --------------------------------------------------------------------------------------------------------

// At the same rate first: what raised the alarm was seen while the rate was still climbing, or in a short burst of
// loss.
void Diagnosis::begin_test(double rate, Instant now) {
  // So slow that a test would take minutes, and nothing is gained by going slower still.
  if (rate <= kSlowest) {
    accepted_ = counted().loss();
    return;
  }
  levels_.clear();
  refining_ = false;
  pairs_ = {};
  tested_since_ = now;
  test_at(rate, counted().loss(), now);
}

void Diagnosis::test_at(double rate, double expected_loss, Instant now) {
  rate = std::max(rate, kSlowest);
  // As many losses, and as many that came back, as make a ratio worth something.
  const double loss = std::clamp(expected_loss, 0.01, 0.99);
  const std::uint32_t most = std::clamp(trials_left_ / kPartOfTrials, kFewTrials, kMostTrials);
  needed_ = static_cast<std::uint32_t>(std::min(kFewestTrials / std::min(loss, 1 - loss), static_cast<double>(most)));
  levels_.push_back({.rate = rate, .loss = loss});
  limit_ = rate;
  enter(Mode::kTest, now);
}

void Diagnosis::test_below(Instant now) {
  const Level& level = levels_.back();
  const bool nearly_all = level.loss >= kNearlyAll;
  // A bottleneck would let all of kTell of what came through pass, however little else the link carries.
  const double below = nearly_all            ? std::max(level.rate / kStep, kHeadroom * level.goodput())
                       : levels_.size() == 1 ? kTell * level.goodput()
                                             : levels_.front().rate / kStep;
  test_at(std::min(below, kTell * level.rate), level.loss, now);
}

// Whether open ports may yet tell that only resets are lost.
bool Diagnosis::awaits_pairs(Instant now) const {
  if (resets_limited_ || closed_.loss() < kMuch || !pairs_.possible) return false;
  return pairs_.closed.count < kFewestPairs * Pairs::kBeside && now - tested_since_ < kPairsTake;
}

// Closed ports are lost, and open ones are not nearly as much.
bool Diagnosis::conclude_resets_limited(Instant now) {
  if (resets_limited_ || closed_.count < kLeastTrials || closed_.loss() < kMuch) return false;
  const Trials& open = pairs_.open;
  const Trials& beside = pairs_.closed;
  if (beside.count < kFewestPairs * Pairs::kBeside) return false;
  const double of_closed = std::min(closed_.loss(), beside.bounded_loss());
  const double so_few = open.lost == open.count ? 1 : 1 - chance_of_loss(open.count, open.lost + 1, of_closed);
  if (so_few > kSignificance * 10) return false;
  resets_limited_ = true;
  limit_.reset();
  decide(PaceDecision::Kind::kResetsLimited, closed_.loss(), levels_.front().rate);
  enter(Mode::kFree, now);
  return true;
}

// Of a queue that is full, or a policer, the same comes through at either rate; or nothing is lost at the lower one.
bool Diagnosis::depends_on_rate(const Level& high, const Level& low) {
  if (low.loss <= kImproved * high.loss) return true;
  if (low.loss >= 1 || high.loss >= 1) return false;
  return std::log(high.goodput() / low.goodput()) < std::log(high.rate / low.rate) / 2;
}

// A busy machine, or a sweep that has little left, sends less than it may: it is what was sent that met the loss.
double Diagnosis::tested_rate() const {
  constexpr double kEnough = 20;
  const double allowed = levels_.back().rate;
  if (sent_in_phase_ < kEnough || sent_last_ <= since_) return allowed;
  return std::min(allowed, sent_in_phase_ / seconds_of(sent_last_ - since_));
}

void Diagnosis::conclude_test(Instant now) {
  if (conclude_resets_limited(now)) return;
  Level& level = levels_.back();
  level.rate = tested_rate();
  level.loss = counted().loss();
  level.came = counted().count - counted().lost;
  if (levels_.size() == 1) {
    if (!is_significant(counted())) {
      // Where so few trials tell, it is enough for this rate and for no higher one.
      if (trials_left_ < Canaries::kUnlimited) return enter(Mode::kHeld, now);
      limit_.reset();
      return enter(Mode::kFree, now);
    }
    decide(PaceDecision::Kind::kLossSeen, level.loss, level.rate);
    return test_below(now);
  }
  const Level& before = levels_[levels_.size() - 2];
  const Level& first = levels_.front();
  if (awaits_pairs(now)) return;
  if (refining_) return hold_by_test(level.goodput(), first.loss, now);
  if (depends_on_rate(before, level)) return conclude_capacity(now);
  // turn() will say that nothing answers, or something will.
  if (level.loss >= 1 && level.rate <= kSlowest && trials_left_ > 0) return;
  const bool convincing = first.loss < kNearlyAll / 2 && level.rate <= kTell * first.goodput() + 1;
  const bool low_enough = level.rate <= first.rate / kStep && level.loss < kNearlyAll;
  if (convincing || low_enough || level.rate <= kSlowest || levels_.size() >= kMostLevels) {
    return conclude_random(level.loss, now);
  }
  test_below(now);
}

// At the rate before the way was overloaded: what came through there is its capacity, if not more came through here.
void Diagnosis::conclude_capacity(Instant now) {
  const Level level = levels_.back();
  const Level before = levels_[levels_.size() - 2];
  const bool rough = level.came < kEnoughCame && level.rate > kSlowest && levels_.size() < kMostLevels;
  if (level.loss >= kClean && rough) return test_below(now);
  if (level.loss >= kClean) return hold_by_test(level.goodput(), levels_.front().loss, now);
  const double capacity = std::clamp(before.goodput(), level.goodput(), before.rate);
  if (before.came >= kEnoughCame) return hold_by_test(capacity, levels_.front().loss, now);
  refining_ = true;
  test_at(std::min(kLittleMore * capacity, before.rate), 1 - 1 / kLittleMore, now);
}

void Diagnosis::conclude_random(double loss, Instant now) {
  accepted_ = loss;
  limit_.reset();
  decide(PaceDecision::Kind::kRandomLoss, loss, levels_.front().rate);
  enter(Mode::kFree, now);
}

// --- Held -----------------------------------------------------------------------------------------------------------

void Diagnosis::hold(double capacity, double loss, Instant now) {
  regime_since_ = now;
  // The loss that was met is an estimate of a few dozen trials.
  constexpr double kMargin = 1.25;
  outdated_ = mode_ == Mode::kStalled ? 1.0 : std::min(1.0, kHarmless + kMargin * loss);
  hold_in_regime(capacity, loss, now);
}

// What was measured before still holds.
void Diagnosis::hold_in_regime(double capacity, double loss, Instant now) {
  limit_ = std::max(kHeadroom * capacity, kSlowest);
  decide(PaceDecision::Kind::kBottleneck, loss, *limit_);
  enter(Mode::kHeld, now);
}

// Where too few trials are left to measure the loss of the lower rate, that of the higher ones stands for it: at a
// lower rate no more is lost.
void Diagnosis::hold_by_test(double capacity, double loss, Instant now) {
  if (trials_left_ < kFewTrials) return hold_in_regime(capacity, loss, now);
  hold(capacity, loss, now);
}

// Too few ports answer, or may be asked, to find out: slower is safer, than any rate at which something was lost.
void Diagnosis::hold_untested(Instant now) {
  const Level& tested = refining_ ? levels_[levels_.size() - 2] : levels_.back();
  hold_in_regime(tested.rate / (levels_.size() == 1 ? 2 : 1) / kHeadroom, levels_.front().loss, now);
}

void Diagnosis::check_held(Instant now) {
  const Trials trials = counted();
  if (trials.count >= kLeastTrials && is_significant(trials)) {
    raise_after_ = std::min(2 * raise_after_, kLongestRaise);
    return begin_test(*limit_, now);
  }
  const std::uint32_t needed = std::clamp(trials_left_ / kPartOfTrials, kFewTrials, kCleanTrials);
  const bool clean = trials.count >= needed && trials.loss() <= kHarmless + 1.2 * accepted_;
  // At a rate far below the limit nothing was learned of the limit, nor is a higher one needed.
  const bool used = sent_.rate() >= kUsed * *limit_;
  if (now - since_ < raise_after_ || !clean || !used) return;
  *limit_ *= kRaise;
  decide(PaceDecision::Kind::kRecovered, trials.loss(), *limit_);
  enter(Mode::kHeld, now);
}

// --- Nothing answers ------------------------------------------------------------------------------------------------

void Diagnosis::stall(Instant now) {
  limit_ = kStalledRate;
  decide(PaceDecision::Kind::kStalled, 1, kStalledRate);
  enter(Mode::kStalled, now);
}

void Diagnosis::check_stalled(double rate, Instant now) {
  if (heard_ > since_) {  // an answer to something sent before
    unasked_ = 0;
    return hold(levels_.empty() ? rate : levels_.back().rate, 0, now);
  }
  if (now - since_ < kPause + kSilence) return;
  // Nothing could be asked: then nothing is known, and it goes on slowly; once.
  if (closed_.count + open_.count == 0 && unasked_++ == 0) {
    heard_ = now;
    lost_since_heard_ = 0;
    return hold(levels_.empty() ? rate : levels_.back().rate, 0, now);
  }
  decide(PaceDecision::Kind::kBlocked, 1, 0);
  limit_.reset();
  enter(Mode::kBlocked, now);
}

}  // namespace portsweep
