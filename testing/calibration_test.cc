// SPDX-License-Identifier: Apache-2.0
//
// Calibration: that the chance of a miss which --miss asks for is the chance there is. Measured where it can be, at
// high loss and a bound that is no small one: of ports that answer, no more are called filtered than the bound says,
// and not thirty times fewer either, for then tries were wasted.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "testing/chance.h"
#include "testing/scenario.h"

namespace portsweep {
namespace {

constexpr double kSlack = 30;
constexpr Duration kBurst = 30ms;  // mean

struct Cell {
  double miss;
  double loss;  // of a round trip
  bool bursts;
  bool closed;  // else there are open ports and filtered ones only

  std::string name() const {
    char text[64];
    std::snprintf(text, sizeof text, "Miss1e%dLoss%d%s%s", static_cast<int>(std::lround(-std::log10(miss))),
                  static_cast<int>(std::lround(100 * loss)), bursts ? "Bursts" : "Random", closed ? "Closed" : "Open");
    return text;
  }
};

std::vector<Cell> cells() {
  std::vector<Cell> cells;
  for (const double miss : {1e-2, 1e-3}) {
    for (const double loss : {0.1, 0.2, 0.3}) {
      for (const bool bursts : {false, true}) {
        for (const bool closed : {true, false}) cells.push_back({miss, loss, bursts, closed});
      }
    }
  }
  return cells;
}

Field field_of(const Cell& cell) {
  Field field{.name = cell.name(), .network = {.host = {.delay = 2ms}}, .hosts = first_hosts(1)};
  // Of a host that answers on nearly everything ports are tried more often than their evidence asks for.
  field.network.host.filtered_share = 0.3;
  if (!cell.closed) {
    field.network.host.open_share = 0.02;
    field.network.host.filtered_share = 0.98;
  }
  if (cell.bursts) {
    const auto gap = static_cast<Duration::rep>(static_cast<double>(Duration(kBurst).count()) * (1 / cell.loss - 1));
    field.network.path.bursts = BurstConfig{.burst = kBurst, .gap = Duration(gap)};
  } else {
    field.network.path.syn_loss = field.network.path.answer_loss = 1 - std::sqrt(1 - cell.loss);
  }
  return field;
}

// What one burst takes it takes from many ports at once: then it is not ports that are independent, but sweeps.
std::uint64_t seeds_of(const Cell& cell) {
  if (cell.closed) return seeds(cell.bursts ? 500 : 40, cell.bursts ? 5'000 : 200);
  return seeds(40, 1'000);
}

// Counts by sweep: how many there were, and how much more they vary than if each were by itself.
class Counts {
 public:
  void add(std::uint64_t count) {
    const auto n = static_cast<double>(count);
    ++sweeps_, sum_ += n, squares_ += n * n;
  }
  double sum() const { return sum_; }
  // Variance over mean, which is 1 for Poisson; not below that.
  double dispersion() const {
    if (sum_ == 0) return 1;
    const double mean = sum_ / sweeps_;
    return std::max(1.0, (squares_ / sweeps_ - mean * mean) / mean);
  }

 private:
  double sweeps_ = 0;
  double sum_ = 0;
  double squares_ = 0;
};

class Calibration : public testing::TestWithParam<Cell> {};

TEST_P(Calibration, MissesAsManyPortsAsItWasAskedFor) {
  const Cell& cell = GetParam();
  SweepSetup setup;
  setup.ports = PortSet();
  setup.ports.add(Port(1), Port(4'096));
  setup.pace.miss = cell.miss;
  const std::uint64_t count = seeds_of(cell);
  const Field field = field_of(cell);
  std::uint64_t answering = 0;
  Counts missed;
  std::uint64_t unexamined = 0;
  double bounds = 0;
  int bounded = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const Outcome outcome = sweep_field(field, seed, setup);
    EXPECT_TRUE(outcome.ended) << outcome.describe();
    EXPECT_EQ(outcome.false_open + outcome.false_closed, 0U) << outcome.describe();
    answering += outcome.truly_open + outcome.truly_closed;
    missed.add(outcome.false_filtered());
    unexamined += outcome.verdicts.of(PortState::kUnexamined);
    const Recall& recall = outcome.hosts.front().recall;
    if (recall.verdict() == Verdict::kCertified && recall.miss_bound) bounds += *recall.miss_bound, ++bounded;
  }
  const auto ports = static_cast<double>(answering);
  std::printf(
      "%s: asked %.0e, achieved bound of the worst port %.1e on average; missed %d of %.0f, which is %.1e; "
      "dispersion %.1f; %d of %d certified with silent ports, %d ports unexamined\n",
      field.name.c_str(), cell.miss, bounds / std::max(bounded, 1), static_cast<int>(missed.sum()), ports,
      missed.sum() / ports, missed.dispersion(), bounded, static_cast<int>(count), static_cast<int>(unexamined));
  const double together = missed.dispersion();
  EXPECT_LE(missed.sum(), together * static_cast<double>(most_by_chance(cell.miss * ports / together)))
      << field.name << ", seeds 1 to " << count;
  // Open ports are asked together: where bursts take all of one moment, what they tell is believed less than it says.
  if (cell.bursts && !cell.closed) return;
  EXPECT_GE(missed.sum(), together * static_cast<double>(fewest_by_chance(cell.miss / kSlack * ports / together)))
      << field.name << ", seeds 1 to " << count;
}

std::string cell_name(const testing::TestParamInfo<Cell>& info) { return info.param.name(); }
INSTANTIATE_TEST_SUITE_P(All, Calibration, testing::ValuesIn(cells()), cell_name);

}  // namespace
}  // namespace portsweep
