// SPDX-License-Identifier: Apache-2.0
//
// Notice: what the program has to say on its way, as data: a closed list. cli/ words it for people, jsonl carries it.
// Nothing below cli/ prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "portsweep/base/time.h"
#include "portsweep/model/reason.h"

namespace portsweep {

// A name could not be resolved; the rest is scanned.
struct NameUnresolved {
  std::string name;
  std::string why;
};
// A name's address is excluded, or can never be a target: not scanned.
struct NameExcluded {
  std::string name;
  std::string address;
  std::string why;
};
// Addresses inside ranges that can never be targets were left out.
struct AddressesRefused {
  std::uint64_t count;
  std::string why;
};
// The scan slows down or stops for a trouble of this machine. Said once for each kind of trouble.
struct LocalTrouble {
  Reason reason;
  std::string detail;
};
// A limit of this machine bounds how many probes may be in flight.
struct CapacityLimited {
  std::uint64_t descriptors;
};
// An option was accepted and changed: "--workers 257 is more than ...".
struct OptionAdjusted {
  std::string option;
  std::string why;
};
// Not the engine that would have been taken by itself.
struct EngineFellBack {
  std::string_view engine;  // that does the scan
  std::string why;
};
// Targets that are this machine itself: packets of our own would never be seen on a link, so connections are made to
// it.
struct LeftToConnect {
  std::uint64_t hosts;
};
// The worst-case estimate is long.
struct LongScan {
  std::uint64_t probes;
  Duration estimate;
};
// Hosts on our own link are scanned in groups, for the sake of the kernel's neighbour table.
struct NeighbourGroups {
  std::uint64_t hosts;
  std::uint64_t group;
};
// A limit of this machine allows fewer workers (threads, processes) than were to run; the scan goes on with them.
struct WorkersLimited {
  unsigned asked;
  unsigned got;
  std::string why;
};
// A worker process ended before its part was done. `again`: what it left is done once more; else that is unexamined.
struct WorkerLost {
  std::string how;  // "killed by signal 9"
  std::uint64_t ports;
  bool again;
};

// Packets came that looked like answers and were not believed. A few are no wonder: answers that come when nobody waits
// any more are among them. Many are somebody's forgeries, or a network that repeats or spoils packets.
struct StrayPackets {
  std::uint64_t strange = 0;   // name no probe under way
  std::uint64_t repeated = 0;  // of an open port: it has not heard that it was enough
  std::uint64_t broken = 0;    // cut short, spoiled, or no packet at all
  bool any() const { return strange + repeated + broken > 0; }
};

// What the pace made of the loss it saw, and the rate it goes on with.
struct PaceDecision {
  enum class Kind : std::uint8_t {
    kLossSeen,       // significant: the rate is lowered for a moment, to see whether the loss depends on it
    kRandomLoss,     // it does not: back to the rate before
    kBottleneck,     // it does: a link, or a policer, lets only so much through
    kResetsLimited,  // only resets are lost: no reason to slow down
    kStalled,        // nothing answers any more: paused, to try once more
    kBlocked,        // nor after the pause: given up
    kRecovered,      // nothing is lost any more: faster again
    kLateAnswers,    // more ports answered late than the measured loss explains: silent ones are given more tries
    kAllOpen,        // nearly every port answers as open: the rest is left alone
    kOwnLoss,        // this machine dropped packets: what was sent meanwhile proves nothing
  };
  Kind kind;
  std::string host;  // the address; empty: all together
  double loss;       // round trip, 0..1
  double rate;       // probes a second from now on
};
// "loss-seen", "random-loss", "bottleneck", ...
std::string_view to_string(PaceDecision::Kind kind);

using Notice = std::variant<NameUnresolved, NameExcluded, AddressesRefused, LocalTrouble, CapacityLimited,
                            OptionAdjusted, EngineFellBack, LeftToConnect, LongScan, NeighbourGroups, WorkersLimited,
                            WorkerLost, StrayPackets, PaceDecision>;

}  // namespace portsweep
