// SPDX-License-Identifier: Apache-2.0
//
// SpscQueue: a bounded queue between one producing and one consuming thread, without locks (Lamport, Specifying
// Concurrent Program Modules, 1983). T is trivially copyable. Capacity is rounded up to a power of two.
//
// push_some and free_space: the producer only. pop_some: the consumer only. size: either, a snapshot.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace portsweep {

template <class T>
class SpscQueue {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  SpscQueue(std::size_t capacity, const T& filler)
      : items_(std::bit_ceil(capacity), filler), mask_(items_.size() - 1) {}

  std::size_t free_space() const { return items_.size() - size(); }
  std::size_t size() const { return tail_.load(std::memory_order_acquire) - head_.load(std::memory_order_acquire); }
  bool empty() const { return size() == 0; }

  // Appends as many as there is room for, in order, and says how many.
  std::size_t push_some(std::span<const T> from) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(from.size(), items_.size() - (tail - head_.load(std::memory_order_acquire)));
    for (std::size_t i = 0; i < count; ++i) items_[(tail + i) & mask_] = from[i];
    tail_.store(tail + count, std::memory_order_release);
    return count;
  }

  // Takes as many as there are and fit, in order, and says how many.
  std::size_t pop_some(std::span<T> to) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(to.size(), tail_.load(std::memory_order_acquire) - head);
    for (std::size_t i = 0; i < count; ++i) to[i] = items_[(head + i) & mask_];
    head_.store(head + count, std::memory_order_release);
    return count;
  }

 private:
  std::vector<T> items_;
  std::size_t mask_;
  // On cache lines of their own: each is written by one thread and read by the other.
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
};

}  // namespace portsweep
