// SPDX-License-Identifier: Apache-2.0
#include "portsweep/base/escape.h"

#include <cstdint>

namespace portsweep {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_hex(std::string& out, std::string_view prefix, unsigned char byte) {
  out += prefix;
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

// Length of the valid UTF-8 sequence at the start of bytes, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && at(1) < 0xA0) return 0;
  if (lead == 0xED && at(1) > 0x9F) return 0;
  if (lead == 0xF0 && at(1) < 0x90) return 0;
  if (lead == 0xF4 && at(1) > 0x8F) return 0;
  return length;
}

}  // namespace

std::string escape_text(std::string_view bytes, std::size_t max_bytes) {
  std::string out;
  const bool cut = bytes.size() > max_bytes;
  for (const char c : bytes.substr(0, max_bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      append_hex(out, "\\x", byte);
    }
  }
  if (cut) out += "...";
  return out;
}

std::string escape_json(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    std::size_t length = utf8_length(bytes);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += bytes.front();
    } else if (byte < 0x20 || byte == 0x7F) {
      append_hex(out, "\\u00", byte);
    } else if (length == 0) {
      append_hex(out, "\\\\x", byte);
      length = 1;
    } else {
      out += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return out;
}

}  // namespace portsweep
