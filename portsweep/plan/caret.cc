// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/caret.h"

#include <algorithm>
#include <utility>

#include "portsweep/base/escape.h"

namespace portsweep {
namespace {

constexpr std::string_view kCut = "...";
// What of the text goes before the caret when its beginning must be cut.
constexpr std::size_t kLead = 16;

}  // namespace

Caret caret_under(std::string_view text, std::size_t offset, std::size_t length) {
  offset = std::min(offset, text.size());
  length = std::max<std::size_t>(length, 1);
  if (text.size() <= kMaxShown) return {std::string(text), offset, length};
  const std::size_t begin = offset + kCut.size() < kMaxShown - kLead ? 0 : offset - kLead;
  std::string shown(begin == 0 ? "" : kCut);
  const std::size_t shift = shown.size();
  const std::size_t room = kMaxShown - shift;
  if (text.size() - begin <= room) {
    shown += text.substr(begin);
  } else {
    shown += text.substr(begin, room - kCut.size());
    shown += kCut;
  }
  const std::size_t at = offset - begin + shift;
  return {shown, at, std::min(length, shown.size() > at ? shown.size() - at : 1)};
}

Caret caret_under(std::string_view text, std::string_view part) {
  return caret_under(text, static_cast<std::size_t>(part.data() - text.data()), part.size());
}

Error error_under(std::string_view text, std::string_view part, std::string message, std::string hint) {
  return Error::usage(std::move(message)).with_hint(std::move(hint)).with_caret(caret_under(text, part));
}

std::string in_quotes(std::string_view text) { return '"' + escape_text(text, kMaxShown - 3) + '"'; }

}  // namespace portsweep
