// SPDX-License-Identifier: Apache-2.0
#include "cli/print.h"

#include <algorithm>
#include <string_view>

#include "portsweep/base/escape.h"

namespace portsweep::cli {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::string_view kIndent = "  ";
constexpr std::string_view kCut = "...";
constexpr std::size_t kRoom = kColumns - kIndent.size();

// Messages were put together from escaped parts, so a backslash stays; this is for a part that was forgotten.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\\' ? std::string(1, c) : escape_text({&c, 1});
  return out;
}

// The caret's text, escaped, and where the marked part stands in it.
struct Marked {
  std::string line;
  std::size_t first;
  std::size_t count;
};

// Only bytes near the place can be shown; the text may have millions.
Marked escaped(const Caret& caret) {
  const std::string_view text = caret.text;
  const std::size_t offset = std::min(caret.offset, text.size());
  const std::size_t begin = offset - std::min(offset, kRoom + 1);
  const std::string_view rest = text.substr(offset);
  const std::size_t length = std::min({caret.length, rest.size(), kRoom});
  const std::string before = escape_text(text.substr(begin, offset - begin));
  const std::string marked = escape_text(rest.substr(0, length));
  const std::string after = escape_text(rest.substr(length, kRoom + 1));
  return {before + marked + after, before.size(), std::max<std::size_t>(marked.size(), 1)};
}

// A window of kRoom columns with the marked part in it, or its beginning where that is longer.
Marked windowed(Marked all) {
  if (all.line.size() <= kRoom) return all;
  const std::size_t inner = kRoom - 2 * kCut.size();
  const std::size_t wanted = all.first - std::min(all.first, inner / 2);
  const std::size_t start = std::min(wanted, all.line.size() - inner);
  const bool cut_before = start > 0;
  const bool cut_after = start + inner < all.line.size();
  const std::size_t first = all.first - start;
  std::string line;
  if (cut_before) line += kCut;
  line += all.line.substr(start, inner);
  if (cut_after) line += kCut;
  return {line, first + (cut_before ? kCut.size() : 0), std::min(all.count, std::max<std::size_t>(inner - first, 1))};
}

std::string draw(const Caret& caret) {
  const Marked marked = windowed(escaped(caret));
  std::string out(kIndent);
  out += marked.line + "\n";
  out += kIndent;
  out += std::string(marked.first, ' ') + std::string(marked.count, '^') + "\n";
  return out;
}

}  // namespace

std::string describe(const Error& error) {
  std::string out = "portsweep: error: " + printable(error.message()) + "\n";
  if (error.caret()) out += draw(*error.caret());
  if (!error.hint().empty()) out += "  hint: " + printable(error.hint()) + "\n";
  return out;
}

}  // namespace portsweep::cli
