// SPDX-License-Identifier: Apache-2.0
//
// IntervalList<T>: a set of values of T as sorted, disjoint, merged intervals: the arithmetic under AddressSet, once
// for both families. T is std::uint32_t (an IPv4 address) or Address (an IPv6 address with its zone).
//
// Adding is cheap and in any order; the list is put in order when first read, and while it is filled each time it has
// doubled, so that overlapping input stays as small as what it means. Reading and adding by turns costs a sort each.
// at() finds its interval through running totals kept for every kStride-th interval: half a byte an interval.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "portsweep/base/check.h"
#include "portsweep/net/address.h"

namespace portsweep {

// a + b, or UINT64_MAX if that does not fit.
constexpr std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }

// What the list asks of its values: how far apart two are, the next ones, and whether b comes right after a.
constexpr Uint128 span(std::uint32_t first, std::uint32_t last) { return last - first; }
constexpr Uint128 span(const Address& first, const Address& last) { return last.bits() - first.bits(); }

constexpr std::uint32_t advanced(std::uint32_t value, std::uint64_t steps) {
  return static_cast<std::uint32_t>(value + steps);
}
constexpr Address advanced(const Address& value, std::uint64_t steps) { return value.with_bits(value.bits() + steps); }

constexpr std::uint32_t previous(std::uint32_t value) { return value - 1; }
constexpr Address previous(const Address& value) { return value.with_bits(value.bits() - 1); }

constexpr bool follows(std::uint32_t a, std::uint32_t b) { return b != 0 && b - 1 == a; }
constexpr bool follows(const Address& a, const Address& b) {
  return a.zone() == b.zone() && b.bits() != 0 && b.bits() - 1 == a.bits();
}

// first..last inclusive; never empty.
template <class T>
struct Interval {
  T first;
  T last;

  // UINT64_MAX stands for "that many or more".
  constexpr std::uint64_t size() const {
    const Uint128 less_one = span(first, last);
    return less_one >= UINT64_MAX ? UINT64_MAX : static_cast<std::uint64_t>(less_one) + 1;
  }

  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

template <class T>
class IntervalList {
 public:
  void add(const Interval<T>& interval);
  void add(const IntervalList& other);
  void remove(const IntervalList& other);
  IntervalList intersection(const IntervalList& other) const;
  // The values at positions first .. first + count - 1. Precondition: they exist.
  IntervalList slice(std::uint64_t first, std::uint64_t count) const;

  bool empty() const { return intervals_.empty(); }
  bool contains(const T& value) const;
  std::uint64_t size() const { return seal(), size_; }
  T at(std::uint64_t index) const;
  const std::vector<Interval<T>>& intervals() const { return seal(), intervals_; }

  // Puts the list in order: afterwards reading it changes nothing.
  void seal() const;

 private:
  static constexpr std::size_t kStride = 16;
  static constexpr std::size_t kFirstCompaction = 1024;

  // Where the value of an index stands: in which interval, and how far into it.
  struct Position {
    std::size_t interval;
    std::uint64_t offset;
  };

  Position locate(std::uint64_t index) const;
  void merge() const;
  void replace(std::vector<Interval<T>> ordered);
  static bool touches(const Interval<T>& before, const Interval<T>& after) {
    return after.first <= before.last || follows(before.last, after.first);
  }

  mutable std::vector<Interval<T>> intervals_;
  mutable std::vector<std::uint64_t> totals_;  // values before interval k * kStride
  mutable std::uint64_t size_ = 0;
  mutable bool sealed_ = true;
  std::size_t compact_at_ = kFirstCompaction;
};

template <class T>
void IntervalList<T>::add(const Interval<T>& interval) {
  sealed_ = false;
  if (!intervals_.empty()) {
    Interval<T>& back = intervals_.back();
    if (back.first <= interval.first && touches(back, interval)) {
      back.last = std::max(back.last, interval.last);
      return;
    }
  }
  if (intervals_.size() >= compact_at_) {
    merge();
    compact_at_ = std::max(kFirstCompaction, 2 * intervals_.size());
  }
  intervals_.push_back(interval);
}

template <class T>
void IntervalList<T>::add(const IntervalList& other) {
  if (empty()) {
    *this = other;
    return;
  }
  if (&other == this) return;
  for (const Interval<T>& interval : other.intervals_) add(interval);
}

template <class T>
void IntervalList<T>::remove(const IntervalList& other) {
  if (empty() || other.empty()) return;
  seal();
  other.seal();
  std::vector<Interval<T>> rest;
  auto hole = other.intervals_.begin();
  const auto end = other.intervals_.end();
  for (Interval<T> left : intervals_) {
    while (hole != end && hole->last < left.first) ++hole;
    bool used_up = false;
    for (; hole != end && hole->first <= left.last; ++hole) {
      if (left.first < hole->first) rest.push_back({left.first, previous(hole->first)});
      used_up = left.last <= hole->last;
      if (used_up) break;  // the hole may reach into the next interval
      left.first = advanced(hole->last, 1);
    }
    if (!used_up) rest.push_back(left);
  }
  replace(std::move(rest));
}

template <class T>
IntervalList<T> IntervalList<T>::intersection(const IntervalList& other) const {
  seal();
  other.seal();
  IntervalList common;
  auto a = intervals_.begin();
  auto b = other.intervals_.begin();
  while (a != intervals_.end() && b != other.intervals_.end()) {
    const T first = std::max(a->first, b->first);
    const T last = std::min(a->last, b->last);
    if (first <= last) common.add({first, last});
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return common;
}

template <class T>
IntervalList<T> IntervalList<T>::slice(std::uint64_t first, std::uint64_t count) const {
  IntervalList part;
  if (count == 0) return part;
  PORTSWEEP_CHECK(first < size() && count <= size() - first);
  Position position = locate(first);
  while (count > 0) {
    Interval<T> piece = intervals_[position.interval];
    piece.first = advanced(piece.first, position.offset);
    if (piece.size() > count) piece.last = advanced(piece.first, count - 1);
    part.add(piece);
    count -= piece.size();
    position = {position.interval + 1, 0};
  }
  return part;
}

template <class T>
bool IntervalList<T>::contains(const T& value) const {
  seal();
  const auto after = std::upper_bound(intervals_.begin(), intervals_.end(), value,
                                      [](const T& v, const Interval<T>& interval) { return v < interval.first; });
  return after != intervals_.begin() && value <= std::prev(after)->last;
}

template <class T>
T IntervalList<T>::at(std::uint64_t index) const {
  PORTSWEEP_CHECK(index < size());
  const Position position = locate(index);
  return advanced(intervals_[position.interval].first, position.offset);
}

template <class T>
typename IntervalList<T>::Position IntervalList<T>::locate(std::uint64_t index) const {
  const auto after = std::upper_bound(totals_.begin(), totals_.end(), index);
  const auto group = static_cast<std::size_t>(after - totals_.begin()) - 1;
  std::uint64_t offset = index - totals_[group];
  std::size_t interval = group * kStride;
  for (; intervals_[interval].size() <= offset; ++interval) offset -= intervals_[interval].size();
  return {interval, offset};
}

template <class T>
void IntervalList<T>::seal() const {
  if (sealed_) return;
  merge();
  totals_.clear();
  size_ = 0;
  for (std::size_t i = 0; i < intervals_.size(); ++i) {
    if (i % kStride == 0) totals_.push_back(size_);
    size_ = saturating_add(size_, intervals_[i].size());
  }
  sealed_ = true;
}

template <class T>
void IntervalList<T>::merge() const {
  if (intervals_.empty()) return;
  const auto by_first = [](const Interval<T>& a, const Interval<T>& b) { return a.first < b.first; };
  if (!std::is_sorted(intervals_.begin(), intervals_.end(), by_first)) {
    std::sort(intervals_.begin(), intervals_.end(), by_first);
  }
  auto kept = intervals_.begin();
  for (auto next = kept + 1; next != intervals_.end(); ++next) {
    if (touches(*kept, *next)) {
      kept->last = std::max(kept->last, next->last);
    } else {
      *++kept = *next;
    }
  }
  intervals_.erase(kept + 1, intervals_.end());
}

template <class T>
void IntervalList<T>::replace(std::vector<Interval<T>> ordered) {
  intervals_ = std::move(ordered);
  sealed_ = false;
  seal();
}

}  // namespace portsweep
