// SPDX-License-Identifier: Apache-2.0
//
// TargetFileParser, declared in target_parser.h: cuts a file into lines and lines into targets.
#include <algorithm>
#include <utility>

#include "portsweep/base/numbers.h"
#include "portsweep/plan/caret.h"
#include "portsweep/plan/target_parser.h"

namespace portsweep {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSeparators = " \t";

}  // namespace

TargetFileParser::TargetFileParser(std::string source, const Zones& zones, TargetUse use, TargetList& list)
    : source_(std::move(source)), zones_(zones), use_(use), list_(list) {}

Result<void> TargetFileParser::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view piece = bytes.substr(0, end);
    if (partial_.size() + piece.size() > kMaxLine) {
      return Error::usage("a line is longer than " + grouped(kMaxLine) + " bytes")
          .with_hint("write one target a line")
          .in(source_ + ":" + std::to_string(line_number_ + 1));
    }
    if (end == bytes.size()) {
      partial_ += piece;
      return {};
    }
    bytes.remove_prefix(end + 1);
    if (partial_.empty()) {
      TRY_VOID(line(piece));
    } else {
      partial_ += piece;
      TRY_VOID(line(partial_));
      partial_.clear();
    }
  }
  return {};
}

Result<void> TargetFileParser::finish() {
  if (partial_.empty()) return {};
  const std::string last = std::exchange(partial_, {});
  return line(last);
}

Result<void> TargetFileParser::line(std::string_view text) {
  ++line_number_;
  const auto where = [this] { return source_ + ":" + std::to_string(line_number_); };
  if (line_number_ == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Error::usage("a NUL byte at column " + std::to_string(nul + 1))
        .with_hint("the file may be UTF-16: save it as UTF-8")
        .with_caret(caret_under(text, nul))
        .in(where());
  }
  text = text.substr(0, text.find('#'));
  for (std::size_t begin = 0; (begin = text.find_first_not_of(kSeparators, begin)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kSeparators, begin), text.size());
    if (auto read = parse_target(text.substr(begin, end - begin), zones_, use_, list_); !read) {
      return std::move(read).error().in(where());
    }
    begin = end;
  }
  return {};
}

}  // namespace portsweep
