// SPDX-License-Identifier: Apache-2.0
//
// Diagnosis: what the loss depends on, and so how fast it is wise to send. It is told of every canary's trial and says
// what bounds the rate (limit()), how many canaries it wants (share()) and what it found out (decisions()).
//
//   free     no limit but the ladder's own. Significant loss -> test.
//   test     first at the same rate, to know its loss p well. If that was no accident, at a lower rate:
//              p is a third of that or less, or as much comes through as before: the loss depends on the rate. What
//                came through is the capacity of a bottleneck, or of a policer. If that were few trials, it is measured
//                once more, at a rate a little above -> held at 0.85 of it
//              else: at a rate lower still; if it makes no difference there either, the loss is random -> free, at the
//                rate before. To slow down would help nobody.
//              where but few trials may come (expect_trials()), what they find harmless holds for that rate -> held
//              only resets are lost: a RST limiter -> free. Open ports are certified by open canaries. They are asked
//                but seldom: so all their trials in a test count together, at whatever rate, each beside closed ones of
//                the same moment; and nothing else is concluded before there are enough.
//   held     a limit. Still loss -> test. None for a while, at nearly that rate: a little faster (a limit that was not
//            reached says nothing of a higher one: RFC 7661 has it of TCP's windows).
//   stalled  everything was lost for kSilence, at a rate that was lowered or held: a pause, then canaries alone.
//   blocked  nor did they answer, or twice there were none to be asked. For good.
//
// Queues show in round trips before they lose: where for kStanding the shortest round trip of every epoch is longer
// than the shortest ever by max(3 ms, a quarter, 4 RTTVAR), RTTVAR being that of the first 16 of them, the rate is
// taken as too high too (as TCP Vegas and BBR do). A machine that was busy for a moment, here or there, is no queue;
// nor is it our queue where a higher rate has just met none, unless round trips have more than doubled, and by kLong.
//
// Loss is significant if so many losses, or more, have a chance below 1e-4 (binomial) at 1 % and one and a half times
// the loss that was found random before. It depends on the rate if the lower rate has a third of it or less, or if
// goodputs differ by less than the square root of the factor between the rates.
//
// The rate that is tested is compared with the same path a moment before: loss that changes by itself just then is
// taken for an effect of the rate, until the limit is raised again. Pure; time is an argument.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/model/notice.h"
#include "portsweep/pace/canaries.h"
#include "portsweep/pace/rtt.h"

namespace portsweep {

class Diagnosis {
 public:
  static constexpr double kShare = 0.02;     // canaries a probe, as a rule
  static constexpr double kMostShare = 0.5;  // while testing
  static constexpr double kHeadroom = 0.85;  // of a capacity that was measured
  static constexpr double kSlowest = 100;    // probes a second; slower only by PaceConfig::max_rate
  static constexpr Duration kSilence = 2s;
  static constexpr Duration kPause = 3s;
  static constexpr Duration kStanding = 300ms;  // of a queue
  static constexpr Duration kLong = 50ms;
  static constexpr Duration kFirstRaise = 3s;     // held without loss, until a higher rate is tried
  static constexpr std::uint32_t kMostPairs = 8;  // trials of open ports in a test, to tell a RST limiter

  enum class Mode : std::uint8_t { kFree, kTest, kHeld, kStalled, kBlocked };

  // `name`: of the host, for decisions; empty: all together.
  explicit Diagnosis(Instant now, std::string name = {}) : name_(std::move(name)), since_(now), heard_(now) {}

  // A trial belongs to the phase in which it was sent: what was sent at another rate says nothing of this one.
  std::uint8_t phase() const { return phase_; }

  // So many were sent, canaries or not.
  void on_sent(double probes, Instant now) {
    sent_in_phase_ += probes;
    sent_last_ = now;
  }
  // `rate`: probes a second that were really sent of late.
  void on_trial(std::uint8_t phase, bool open, bool lost, double rate, Instant now);
  // Something answered, canary or not. rtt_us 0: not measured.
  void on_answer(std::uint32_t rtt_us, double rate, Instant now);
  // Whether turn() needs to know how many canaries may be asked.
  bool suspects_silence() const;
  // What only time decides. `ports`: how many canaries may be asked.
  void turn(std::size_t ports, double rate, Instant now);

  Mode mode() const { return mode_; }
  // Probes a second at most; nothing if there is no bound.
  std::optional<double> limit() const { return limit_; }
  double share() const;
  // Open ports must tell whether only resets are lost.
  bool wants_open() const { return resets_limited_ || (mode_ == Mode::kTest && pairs_.open.count < kMostPairs); }
  // Says that there are some which may be asked.
  void may_ask_open() { pairs_.possible = true; }
  // So many more trials may come, at most. A test takes a part of them, and ends when there are none.
  void expect_trials(std::uint32_t left) { trials_left_ = left; }
  bool resets_limited() const { return resets_limited_; }
  // Nothing but canaries may be sent.
  bool canaries_only() const { return mode_ == Mode::kStalled; }
  bool pauses(Instant now) const { return mode_ == Mode::kStalled && now - since_ < kPause; }
  // Tries sent before then met another loss than what is measured now.
  Instant regime_since() const { return regime_since_; }
  // A new regime has begun since the last call: so much, 0 .. 1, may have been lost of what was sent before it, which
  // was more than was known then.
  std::optional<double> take_outdated() { return std::exchange(outdated_, std::nullopt); }

  const std::vector<PaceDecision>& decisions() const { return decisions_; }
  void clear() { decisions_.clear(); }

 private:
  struct Trials {
    std::uint32_t count = 0;
    std::uint32_t lost = 0;

    void add(bool is_lost) { ++count, lost += is_lost; }
    double loss() const { return count == 0 ? 0 : static_cast<double>(lost) / count; }
    double bounded_loss() const { return (lost + 1.0) / (count + 2.0); }
  };
  // Trials of open ports, and of the kBeside closed ones that came right after each of them: a policer may let some
  // through and then none, and would else be taken for a RST limiter, or the other way round.
  struct Pairs {
    static constexpr unsigned kBeside = 4;
    Trials open;
    Trials closed;
    unsigned waiting = 0;   // so many closed ones are still to come
    bool possible = false;  // there are open ports to be asked

    void add(bool is_open, bool is_lost);
  };
  // A rate, and the loss it met.
  struct Level {
    double rate;
    double loss;
    std::uint32_t came = 0;  // trials that came back
    double goodput() const { return rate * (1 - loss); }
  };

  // Whether the loss depends on the rate, as two levels of it show, the second the lower.
  static bool depends_on_rate(const Level& high, const Level& low);

  Trials counted() const;
  bool is_significant(const Trials& trials) const;
  double tested_rate() const;
  void forget_old_trials();
  void enter(Mode mode, Instant now);
  void begin_test(double rate, Instant now);
  void test_at(double rate, double expected_loss, Instant now);
  void test_below(Instant now);
  bool awaits_pairs(Instant now) const;
  bool conclude_resets_limited(Instant now);
  void conclude_test(Instant now);
  void conclude_capacity(Instant now);
  void conclude_random(double loss, Instant now);
  void hold(double capacity, double loss, Instant now);
  void hold_in_regime(double capacity, double loss, Instant now);
  void hold_by_test(double capacity, double loss, Instant now);
  void hold_untested(Instant now);
  void check_held(Instant now);
  void stall(Instant now);
  void check_stalled(double rate, Instant now);
  void decide(PaceDecision::Kind kind, double loss, double rate);

  // The highest rate of at least the last `window`.
  class RecentPeak {
   public:
    explicit RecentPeak(Duration window) : window_(window) {}

    void see(double rate, Instant now) {
      if (now - begun_ >= window_) {
        before_ = now - begun_ < 2 * window_ ? current_ : 0;
        current_ = 0;
        begun_ = now;
      }
      current_ = std::max(current_, rate);
    }
    double rate() const { return std::max(before_, current_); }
    // The same, if the latest were seen some time ago.
    double rate(Instant now) const { return now - begun_ < 2 * window_ ? rate() : 0; }

   private:
    Duration window_;
    Instant begun_{};
    double current_ = 0;
    double before_ = 0;
  };

  std::string name_;
  Mode mode_ = Mode::kFree;
  std::uint8_t phase_ = 0;
  std::optional<double> limit_;
  bool resets_limited_ = false;
  double accepted_ = 0;  // random loss that was found to be no matter of the rate

  Instant since_;  // of the mode, and of each rate of a test
  Instant tested_since_{};
  Instant heard_;
  Instant regime_since_{};
  std::optional<double> outdated_;
  double sent_in_phase_ = 0;
  Instant sent_last_{};
  Trials closed_;  // of the phase
  Trials open_;
  Pairs pairs_;  // of the test
  std::uint32_t lost_since_heard_ = 0;
  RecentPeak sent_{500ms};  // what a trial met was sent before its wait began
  int unasked_ = 0;         // pauses in a row after which nothing could be asked

  std::vector<Level> levels_;  // of the test; the first is where the loss was found
  std::uint32_t needed_ = 0;   // trials, to conclude the test
  std::uint32_t trials_left_ = Canaries::kUnlimited;
  bool refining_ = false;  // the test is of a rate a little above a capacity that is roughly known
  Duration raise_after_ = kFirstRaise;

  // Round trips.
  RttEstimate rtt_;
  std::uint32_t least_rtt_us_ = UINT32_MAX;
  std::uint32_t epoch_rtt_us_ = UINT32_MAX;
  std::uint32_t first_var_us_ = 0;
  Instant epoch_;
  std::uint32_t epoch_answers_ = 0;
  std::optional<Instant> inflated_since_;
  RecentPeak fine_{10s};  // rates at which no round trip was longer

  std::vector<PaceDecision> decisions_;
};

}  // namespace portsweep
