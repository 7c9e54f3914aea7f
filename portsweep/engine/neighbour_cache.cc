// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/neighbour_cache.h"

#include <algorithm>
#include <utility>

namespace portsweep {

NeighbourCache::NeighbourCache(Instant now, double questions_a_second) : budget_(questions_a_second, kBurst, now) {}

const MacAddress* NeighbourCache::find(const Address& neighbour) const {
  const auto found = entries_.find(neighbour);
  return found == entries_.end() || !found->second.mac ? nullptr : &*found->second.mac;
}

void NeighbourCache::learn(const NeighbourClaim& claim) { entries_[claim.address].mac = claim.mac; }

void NeighbourCache::want(const Address& neighbour, std::uint32_t ticket, Instant now) {
  const auto [entry, is_new] = entries_.try_emplace(neighbour);
  entry->second.tickets.push_back(ticket);
  if (is_new) fresh_.push_back({neighbour, now});
}

std::size_t NeighbourCache::waiting(const Address& neighbour) const {
  const auto found = entries_.find(neighbour);
  return found == entries_.end() ? 0 : found->second.tickets.size();
}

std::vector<std::uint32_t> NeighbourCache::drop(const Address& neighbour) {
  const auto found = entries_.find(neighbour);
  if (found == entries_.end()) return {};
  std::vector<std::uint32_t> tickets = std::move(found->second.tickets);
  entries_.erase(found);
  for (std::deque<Due>* queue : {&fresh_, &due_}) {
    std::erase_if(*queue, [&](const Due& due) { return due.neighbour == neighbour; });
  }
  return tickets;
}

std::vector<std::uint32_t> NeighbourCache::on_claim(const NeighbourClaim& claim) {
  const auto found = entries_.find(claim.address);
  if (found == entries_.end() || found->second.questions == 0) return {};
  found->second.mac = claim.mac;
  return std::exchange(found->second.tickets, {});
}

// Those that answered stay in the queues until it would be their turn.
void NeighbourCache::drop_answered() {
  for (std::deque<Due>* queue : {&fresh_, &due_}) {
    while (!queue->empty() && find(queue->front().neighbour) != nullptr) queue->pop_front();
  }
}

std::optional<NeighbourCache::Missing> NeighbourCache::pop_missing(Instant now) {
  drop_answered();
  if (due_.empty() || due_.front().at > now) return std::nullopt;
  const Address neighbour = due_.front().neighbour;
  const auto entry = entries_.find(neighbour);
  if (entry->second.questions < kQuestions) return std::nullopt;
  Missing missing{neighbour, std::move(entry->second.tickets)};
  entries_.erase(entry);
  due_.pop_front();
  return missing;
}

// Who was asked before comes first: probes wait for it longest.
std::deque<NeighbourCache::Due>* NeighbourCache::next_to_ask(Instant now) {
  drop_answered();
  if (!due_.empty() && due_.front().at <= now) return &due_;
  return fresh_.empty() ? nullptr : &fresh_;
}

std::optional<Address> NeighbourCache::next_question(Instant now) {
  std::deque<Due>* queue = next_to_ask(now);
  if (queue == nullptr || !budget_.has(now)) return std::nullopt;
  budget_.take();
  const Address neighbour = queue->front().neighbour;
  queue->pop_front();
  ++entries_[neighbour].questions;
  due_.push_back({neighbour, now + kPatience});
  return neighbour;
}

Instant NeighbourCache::next() {
  drop_answered();
  if (due_.empty()) return fresh_.empty() ? Instant::max() : budget_.next();
  const Due& first = due_.front();
  const bool is_question = entries_.find(first.neighbour)->second.questions < kQuestions;
  const Instant next = is_question ? std::max(first.at, budget_.next()) : first.at;
  return fresh_.empty() ? next : std::min(next, budget_.next());
}

}  // namespace portsweep
