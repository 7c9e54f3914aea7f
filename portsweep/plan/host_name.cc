// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/host_name.h"

#include <algorithm>

#include "portsweep/plan/caret.h"

namespace portsweep {
namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxName = 253;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; }

Result<void> check_label(std::string_view text, std::string_view label) {
  if (label.empty()) {
    return error_under(text, label, "a host name has an empty label", "write one dot between the labels of a name");
  }
  const auto bad = std::find_if_not(label.begin(), label.end(), is_name_character);
  if (bad != label.end()) {
    const std::string_view character = label.substr(static_cast<std::size_t>(bad - label.begin()), 1);
    return error_under(text, character,
                       "neither an address nor a host name: " + in_quotes(character) + " is in neither",
                       "give a host name, an address, a range a-b, or a CIDR such as 192.0.2.0/24");
  }
  if (label.size() > kMaxLabel) {
    return error_under(text, label, "a label of a host name is longer than 63 bytes",
                       "check the name for a missing dot");
  }
  if (label.front() == '-' || label.back() == '-') {
    return error_under(text, label, "a label of a host name begins or ends with a hyphen",
                       "check the name for a typing error");
  }
  return {};
}

}  // namespace

Result<std::string> parse_host_name(std::string_view text) {
  std::string_view name = text;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > kMaxName) {
    return error_under(text, text, "a host name is longer than 253 bytes", "separate targets by spaces");
  }
  std::string_view last;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    last = name.substr(begin, end - begin);
    TRY_VOID(check_label(text, last));
    begin = end + 1;
  }
  // As addresses end in a number, no top-level domain does (RFC 1123, 2.1).
  if (std::all_of(last.begin(), last.end(), is_digit)) {
    return error_under(text, last, "neither an IPv4 address nor a host name: no name ends in a number",
                       "write an IPv4 address as four numbers from 0 to 255");
  }
  std::string lower(text);
  for (char& c : lower) c = is_letter(c) ? static_cast<char>(c | 0x20) : c;
  return lower;
}

}  // namespace portsweep
