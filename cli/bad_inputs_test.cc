// SPDX-License-Identifier: Apache-2.0
//
// The rows of tests/data/bad_inputs.tsv that are decided before a scan begins.
#include "testing/bad_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "cli/fakes_for_test.h"
#include "cli/help.h"
#include "cli/notices.h"
#include "cli/print.h"

namespace portsweep::cli {
namespace {

FakeFiles files_for(const BadInput& row) {
  FakeFiles files{{"{files}/empty", ""},
                  {"{files}/comments", "# nothing\n\n  # here\n"},
                  {"{files}/targets", "127.0.0.1\n127.0.0.2 127.0.0.3\n"},
                  {"{files}/one-bad-line", "127.0.0.1\n127.0.0.2\n127.0.0.1/33\n127.0.0.4\n"}};
  files.errors = {{"{files}/directory", "Is a directory"}};
  if (row.input == kClosedInput) {
    files.errors["-"] = "standard input: Bad file descriptor";
  } else if (row.input) {
    files.contents["-"] = *row.input;
  }
  return files;
}

struct Outcome {
  int exit;
  std::string said;
};

Outcome failed(const Error& error) { return {number_of(exit_code(error.kind())), describe(error)}; }

Outcome outcome_of(const BadInput& row) {
  const auto command = parse(row.argv);
  if (!command) return failed(command.error());
  if (std::holds_alternative<Usage>(*command)) return {number_of(ExitCode::kUsage), short_help(kTestFormats)};
  const RawArgs* raw = raw_of(*command);
  if (raw == nullptr) return {number_of(ExitCode::kDone), {}};
  FakeFiles files = files_for(row);
  const Surroundings around{files, Zones({{1, "lo"}}), kTestFormats, "/", 1};
  if (std::holds_alternative<CompareCommand>(*command)) {
    const auto resolved = resolve_compare(*raw, around);
    return resolved ? Outcome{number_of(ExitCode::kDone), {}} : failed(resolved.error());
  }
  const auto resolved = resolve(*raw, around);
  if (!resolved) return failed(resolved.error());
  std::string notices;
  for (const Notice& notice : resolved->notices) notices += word(notice) + "\n";
  return {number_of(ExitCode::kDone), notices};
}

TEST(BadInputs, AreRefusedAndLookAlikesAccepted) {
  std::size_t decided = 0;
  for (const BadInput& row : read_bad_inputs()) {
    SCOPED_TRACE(row.id);
    const Outcome outcome = outcome_of(row);
    if (row.stage != "config") continue;  // parsed all the same: must not crash
    ++decided;
    EXPECT_EQ(outcome.exit, row.exit) << outcome.said.substr(0, 500);
    EXPECT_THAT(outcome.said, ::testing::HasSubstr(row.said));
  }
  EXPECT_GT(decided, 150U);
}

TEST(BadInputs, AreDescribedShortlyAndPrintably) {
  for (const BadInput& row : read_bad_inputs()) {
    SCOPED_TRACE(row.id);
    const auto command = parse(row.argv);
    if (command) continue;
    const std::string text = describe(command.error());
    EXPECT_LT(text.size(), 1000U);
    for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
  }
}

}  // namespace
}  // namespace portsweep::cli
