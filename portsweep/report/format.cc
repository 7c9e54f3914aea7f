// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/format.h"

#include <algorithm>
#include <array>
#include <utility>

#include "portsweep/report/jsonl.h"
#include "portsweep/report/text.h"

namespace portsweep {
namespace {

constexpr std::array kFormats = {
    FormatRow{"text", "txt", "for people: a block a host, then a line of totals", make_text, true},
    FormatRow{"jsonl", "jsonl", "JSON lines: one object a line, as things become certain", make_jsonl, false},
};

// Other extensions people give to files of these formats.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOtherExtensions = {{
    {"ndjson", "jsonl"},
    {"json", "jsonl"},
}};

const FormatRow* find_by(std::string_view FormatRow::*column, std::string_view value) {
  const auto row = std::ranges::find(kFormats, value, column);
  return row == kFormats.end() ? nullptr : &*row;
}

}  // namespace

std::span<const FormatRow> formats() { return kFormats; }

const FormatRow* find_format(std::string_view name) { return find_by(&FormatRow::name, name); }

const FormatRow* find_format_by_extension(std::string_view extension) {
  for (const auto& [other, known] : kOtherExtensions) {
    if (extension == other) return find_by(&FormatRow::extension, known);
  }
  return find_by(&FormatRow::extension, extension);
}

}  // namespace portsweep
