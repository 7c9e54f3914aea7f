// SPDX-License-Identifier: Apache-2.0
//
// What the tests of cli/ share: files that exist only in memory, two formats, a command line in one call.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/parse.h"
#include "cli/resolve.h"
#include "portsweep/os/input_file.h"

namespace portsweep::cli {

class FakeFiles final : public FileReader {
 public:
  FakeFiles() = default;
  FakeFiles(std::initializer_list<std::pair<const std::string, std::string>> files) : contents(files) {}

  Result<void> read(const std::string& path, const Sink& sink) override {
    if (const auto error = errors.find(path); error != errors.end()) {
      return Error::usage("cannot read " + path + ": " + error->second);
    }
    const auto file = contents.find(path);
    if (file == contents.end()) return Error::usage("cannot read " + path + ": No such file or directory");
    constexpr std::size_t kPiece = 7;  // small, so that every line is cut somewhere
    for (std::size_t i = 0; i < file->second.size(); i += kPiece) {
      TRY_VOID(sink(std::string_view(file->second).substr(i, kPiece)));
    }
    return {};
  }

  std::map<std::string, std::string> contents;
  std::map<std::string, std::string> errors;  // path, what strerror would say
};

inline constexpr FormatRow kTestFormats[] = {{"text", "txt", "for people", nullptr, true},
                                             {"jsonl", "jsonl", "JSON lines", nullptr, false}};

// The words behind the program's name.
inline Result<Command> parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"portsweep"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_command_line(argv);
}

// What was asked of a scan, a plan or a comparison; empty for any other command.
inline const RawArgs* raw_of(const Command& command) {
  if (const auto* scan = std::get_if<ScanCommand>(&command)) return &scan->raw;
  if (const auto* plan = std::get_if<PlanCommand>(&command)) return &plan->raw;
  if (const auto* compare = std::get_if<CompareCommand>(&command)) return &compare->raw;
  return nullptr;
}

}  // namespace portsweep::cli
