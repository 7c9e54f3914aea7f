// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "portsweep/sweep/lanes.h"

namespace portsweep {
namespace {

constexpr Instant kStart{1s};
constexpr std::uint64_t kHosts = 6;

// Hosts 0 to 3 in one /24, 4 and 5 in another.
Address address_of(std::uint64_t host) { return Address::v4(0x0a000000 + static_cast<std::uint32_t>(host * 64)); }

// What is to hold, told as plainly as can be: who waits, in which order, and how many went to whom.
struct Model {
  std::map<std::uint64_t, std::deque<std::uint64_t>> waiting;
  std::map<std::uint64_t, double> gone;

  void went(std::uint64_t host) { gone[host] += 1; }
  double to_net(std::uint64_t first, std::uint64_t last) {
    double sum = 0;
    for (std::uint64_t host = first; host <= last; ++host) sum += gone[host];
    return sum;
  }
  std::size_t all_waiting() const {
    std::size_t sum = 0;
    for (const auto& [host, indices] : waiting) sum += indices.size();
    return sum;
  }
};

struct Bounds {
  std::optional<std::uint64_t> host;
  std::optional<std::uint64_t> net;
};

double most(std::uint64_t rate, Duration span) {
  const auto a_second = static_cast<double>(rate);
  return a_second * seconds_of(span) + std::max(1.0, a_second * 0.002) + 1e-6;
}

void check_rates(Model& model, const Bounds& bounds, Duration span) {
  for (std::uint64_t host = 0; bounds.host && host < kHosts; ++host) {
    RC_ASSERT(model.gone[host] <= most(*bounds.host, span));
  }
  if (!bounds.net) return;
  RC_ASSERT(model.to_net(0, 3) <= most(*bounds.net, span));
  RC_ASSERT(model.to_net(4, 5) <= most(*bounds.net, span));
}

Bounds arbitrary_bounds() {
  const auto rate = [] { return *rc::gen::inRange<std::uint64_t>(1, 3000); };
  switch (*rc::gen::inRange(0, 3)) {
    case 0: return {rate(), std::nullopt};
    case 1: return {std::nullopt, rate()};
    default: return {rate(), rate()};
  }
}

void drain(Lanes& lanes, Model& model, Instant now) {
  while (const auto index = lanes.next(now)) {
    const std::uint64_t host = *index % kHosts;
    RC_ASSERT(!model.waiting[host].empty());
    RC_ASSERT(model.waiting[host].front() == *index);
    model.waiting[host].pop_front();
    model.went(host);
  }
  RC_ASSERT(lanes.waiting() == model.all_waiting());
  RC_ASSERT((lanes.wake() == Instant::max()) == (lanes.waiting() == 0));
  RC_ASSERT(lanes.wake() > now);
}

RC_GTEST_PROP(LanesProperty, KeepOrderAndRatesAndLoseNothing, ()) {
  const Bounds bounds = arbitrary_bounds();
  Lanes lanes({.host_rate = bounds.host, .net_rate = bounds.net});
  Model model;
  Instant now = kStart;
  std::uint64_t offered = 0;
  for (int step = 0; step < 300; ++step) {
    if (*rc::gen::inRange(0, 4) == 0) {
      now += Duration(*rc::gen::inRange(0, 20'000'000));
      drain(lanes, model, now);
    } else {
      const std::uint64_t index = (*rc::gen::inRange<std::uint64_t>(0, kHosts)) + kHosts * offered++;
      const std::uint64_t host = index % kHosts;
      if (lanes.admit(host, address_of(host), now)) {
        RC_ASSERT(model.waiting[host].empty());  // none overtakes its own host's
        model.went(host);
      } else {
        lanes.wait(host, address_of(host), index, now);
        model.waiting[host].push_back(index);
      }
    }
    check_rates(model, bounds, now - kStart);
  }
  // Those that wait all go, at the times that wake() says.
  for (int turns = 0; lanes.waiting() > 0; ++turns) {
    RC_ASSERT(turns < 100'000);
    now = lanes.wake();
    drain(lanes, model, now);
    check_rates(model, bounds, now - kStart);
  }
  double gone = 0;
  for (const auto& [host, count] : model.gone) gone += count;
  RC_ASSERT(gone == static_cast<double>(offered));
}

// With a bound that changes at any time a host never gets more than the highest of its rates allows.
RC_GTEST_PROP(LanesProperty, KeepTheHighestOfTheirBounds, ()) {
  Lanes lanes{PaceConfig{}};
  Model model;
  Instant now = kStart;
  std::uint64_t highest = 1;
  lanes.bound(0, address_of(0), 1, now);
  for (std::uint64_t step = 0; step < 300; ++step) {
    switch (*rc::gen::inRange(0, 3)) {
      case 0: {
        const auto rate = *rc::gen::inRange<std::uint64_t>(1, 3000);
        highest = std::max(highest, rate);
        lanes.bound(0, address_of(0), static_cast<double>(rate), now);
        break;
      }
      case 1: now += Duration(*rc::gen::inRange(0, 20'000'000)); break;
      default:
        if (lanes.admit(0, address_of(0), now)) {
          model.went(0);
        } else {
          lanes.wait(0, address_of(0), step * kHosts, now);
          model.waiting[0].push_back(step * kHosts);
        }
    }
    drain(lanes, model, now);
    RC_ASSERT(model.gone[0] <= most(highest, now - kStart));
  }
}

}  // namespace
}  // namespace portsweep
