// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "portsweep/plan/caret.h"
#include "portsweep/plan/target_parser.h"

namespace portsweep {
namespace {

std::uint64_t size_of(const TargetList& list) {
  return list.singles.size() + list.ranges.size() + list.names.size() + list.refused;
}

void expect_a_target_or_a_good_error(const std::string& text) {
  TargetList list;
  const auto parsed = parse_target(text, Zones({{1, "lo"}}), TargetUse::kScan, list);
  if (parsed) {
    RC_ASSERT(size_of(list) > 0);
    return;
  }
  RC_ASSERT(size_of(list) == 0);
  RC_ASSERT(!parsed.error().message().empty());
  RC_ASSERT(parsed.error().caret().has_value());
  RC_ASSERT(parsed.error().caret()->text.size() <= kMaxShown);
  RC_ASSERT(parsed.error().caret()->offset <= parsed.error().caret()->text.size());
}

RC_GTEST_PROP(TargetParserProperty, AnyBytesGiveATargetOrAnError, (const std::string& text)) {
  expect_a_target_or_a_good_error(text);
}

RC_GTEST_PROP(TargetParserProperty, NearMissesGiveATargetOrAnError, ()) {
  const auto tokens = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("127.0.0.1", "10", "256", "0", ".", "-", ",", "/", "24", "::", "ffff", ":", "%",
                                    "lo", "a", "example", "[", "]", "@", "//", "*", "0x7f", " ", "\t", "fe80::1"));
  std::string text;
  for (const std::string& token : tokens) text += token;
  expect_a_target_or_a_good_error(text);
}

RC_GTEST_PROP(TargetParserProperty, WrittenRangesReadBack, ()) {
  const auto first = *rc::gen::inRange<std::uint32_t>(0x01000000, 0xdfffffff);
  const auto last = *rc::gen::inRange<std::uint32_t>(first + 1, 0xe0000000);
  const AddressRange range(Address::v4(first), Address::v4(last));
  TargetList list;
  RC_ASSERT(parse_target(to_string(range.first()) + "-" + to_string(range.last()), {}, TargetUse::kScan, list));
  RC_ASSERT(list.ranges == AddressSet{range});
}

RC_GTEST_PROP(TargetParserProperty, OctetRangesMeanEveryCombination, ()) {
  std::array<std::set<std::uint32_t>, 4> octets;
  std::string text;
  for (auto& octet : octets) {
    if (!text.empty()) text += '.';
    const int items = *rc::gen::inRange(1, 4);
    for (int i = 0; i < items; ++i) {
      const auto first = *rc::gen::inRange<std::uint32_t>(10, 200);
      const auto last = *rc::gen::inRange<std::uint32_t>(first, first + 3);
      for (std::uint32_t value = first; value <= last; ++value) octet.insert(value);
      text += (i > 0 ? "," : "") + std::to_string(first) + "-" + std::to_string(last);
    }
  }
  AddressSet expected;
  for (const auto a : octets[0]) {
    for (const auto b : octets[1]) {
      for (const auto c : octets[2]) {
        for (const auto d : octets[3]) expected.add(AddressRange(Address::v4(a << 24 | b << 16 | c << 8 | d)));
      }
    }
  }
  TargetList list;
  RC_ASSERT(parse_target(text, Zones(), TargetUse::kExclude, list));
  AddressSet read = list.singles;
  read.add(list.ranges);
  RC_ASSERT(read == expected);
}

RC_GTEST_PROP(TargetParserProperty, FilesReadTheSameInAnyPieces, ()) {
  const auto lines = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("127.0.0.1", "localhost", "10.0.0.0/8", "# x", "", "bad!", "::1 \t::2", "a\r"));
  std::string bytes;
  for (const std::string& line : lines) bytes += line + "\n";
  const Zones zones;
  TargetList whole;
  TargetFileParser at_once("f", zones, TargetUse::kScan, whole);
  const bool read_whole = at_once.feed(bytes) && at_once.finish();
  TargetList pieces;
  TargetFileParser bit_by_bit("f", zones, TargetUse::kScan, pieces);
  bool read_pieces = true;
  for (const char byte : bytes) read_pieces = read_pieces && bit_by_bit.feed({&byte, 1});
  read_pieces = read_pieces && bit_by_bit.finish();
  RC_ASSERT(read_whole == read_pieces);
  RC_ASSERT(whole.singles == pieces.singles);
  RC_ASSERT(whole.ranges == pieces.ranges);
  RC_ASSERT(whole.names == pieces.names);
}

}  // namespace
}  // namespace portsweep
