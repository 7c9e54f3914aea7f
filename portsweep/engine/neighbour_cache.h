// SPDX-License-Identifier: Apache-2.0
//
// NeighbourCache: the Ethernet addresses of the neighbours on one link, and which of them are still asked for. The
// kernel's own table has room for some thousand (gc_thresh3) and loses packets without a word when it is full; this one
// has as many entries as there are neighbours that probes wait for, and is asked as slowly as a link bears it.
//
//   unknown --want()--> asked, up to kQuestions times, kPatience apart --on_claim()--> known
//                                                              `------pop_missing()--> unknown, and said to be missing
//
// As the kernel does it (arp(7), RFC 4861, 10): three questions, one a second. A question of ours is broadcast and
// makes work for every station: RateBucket. Claims of neighbours that nobody asked for are not believed.
//
// Pure; one thread. Some 150 bytes for each neighbour that is asked for, and 4 for each probe that waits.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/net/neighbour_packet.h"
#include "portsweep/pace/rate_bucket.h"

namespace portsweep {

class NeighbourCache {
 public:
  static constexpr int kQuestions = 3;
  static constexpr Duration kPatience = 1s;
  static constexpr double kQuestionsASecond = 2000;
  static constexpr double kBurst = 20;

  explicit NeighbourCache(Instant now, double questions_a_second = kQuestionsASecond);

  // Nothing while it is not known.
  const MacAddress* find(const Address& neighbour) const;
  // What the kernel knows already.
  void learn(const NeighbourClaim& claim);
  // Asks for it, if that is not going on already; the ticket waits for what comes of it.
  void want(const Address& neighbour, std::uint32_t ticket, Instant now);

  // How many tickets wait for it.
  std::size_t waiting(const Address& neighbour) const;
  // It could not be asked: the tickets that waited. It is as unknown as before.
  std::vector<std::uint32_t> drop(const Address& neighbour);

  // A neighbour answered: the tickets that waited for it.
  std::vector<std::uint32_t> on_claim(const NeighbourClaim& claim);
  // A neighbour that did not answer in time, and the tickets that waited; call until it returns nothing.
  struct Missing {
    Address neighbour;
    std::vector<std::uint32_t> tickets;
  };
  std::optional<Missing> pop_missing(Instant now);
  // The next question to be put on the wire, if one is due and may be put now. Precondition: pop_missing() has nothing.
  std::optional<Address> next_question(Instant now);

  // Neither has anything before this; Instant::max() if nobody is asked for.
  Instant next();

 private:
  struct Entry {
    std::optional<MacAddress> mac;
    int questions = 0;
    std::vector<std::uint32_t> tickets;
  };
  // What comes next of a neighbour that is asked for: a question, or the end of patience. Those of one kind are in the
  // order of their times, since all of them wait equally long.
  struct Due {
    Address neighbour;
    Instant at;
  };

  void drop_answered();
  std::deque<Due>* next_to_ask(Instant now);

  std::unordered_map<Address, Entry> entries_;
  std::deque<Due> fresh_;  // never asked yet
  std::deque<Due> due_;    // asked at least once
  RateBucket budget_;
};

}  // namespace portsweep
