// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "portsweep/plan/caret.h"
#include "portsweep/plan/port_parser.h"

namespace portsweep {
namespace {

RC_GTEST_PROP(PortParserProperty, ReadsBackWhatToStringWrites, ()) {
  PortSet ports;
  const int count = *rc::gen::inRange(1, 30);
  for (int i = 0; i < count; ++i) {
    const auto first = *rc::gen::inRange<std::uint32_t>(1, 65536);
    const auto last = *rc::gen::inRange<std::uint32_t>(first, std::min<std::uint32_t>(65536, first + 50));
    ports.add(Port(static_cast<std::uint16_t>(first)), Port(static_cast<std::uint16_t>(last)));
  }
  const auto parsed = parse_ports(to_string(ports));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == ports);
}

void expect_ports_or_a_good_error(const std::string& text) {
  const auto parsed = parse_ports(text);
  if (parsed) {
    RC_ASSERT(!parsed->empty());
  } else {
    RC_ASSERT(parsed.error().caret().has_value());
    RC_ASSERT(parsed.error().caret()->text.size() <= kMaxShown);
    RC_ASSERT(parsed.error().caret()->offset <= parsed.error().caret()->text.size());
  }
}

RC_GTEST_PROP(PortParserProperty, AnyBytesGivePortsOrAnError, (const std::string& text)) {
  expect_ports_or_a_good_error(text);
}

RC_GTEST_PROP(PortParserProperty, NearMissesGivePortsOrAnError, ()) {
  const auto tokens = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "-", ",", "0", "1", "80", "65535", "65536", "http", "T:", "U:", "/tcp", "*", "@", " ", ":", "+", "99999999999"));
  std::string text;
  for (const std::string& token : tokens) text += token;
  expect_ports_or_a_good_error(text);
}

}  // namespace
}  // namespace portsweep
