// SPDX-License-Identifier: Apache-2.0
//
// The rows of tests/data/bad_inputs.tsv that are decided before a scan begins.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

#include "cli/exit_codes.h"
#include "cli/fakes_for_test.h"
#include "cli/help.h"
#include "cli/notices.h"
#include "cli/print.h"

namespace portsweep::cli {
namespace {

struct Row {
  std::string id;
  std::vector<std::string> argv;
  std::optional<std::string> input;
  std::string stage;
  int exit = 0;
  std::string said;
};

// The bytes that a string of the table stands for: Latin-1, "{c*N}" repeated, "{files}/" as it is in FakeFiles.
std::string bytes_of(const std::string& utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte >= 0x80) {
      out += static_cast<char>(((byte & 0x03) << 6) | (static_cast<unsigned char>(utf8[++i]) & 0x3F));
    } else if (byte == '{' && utf8.substr(i + 2, 1) == "*") {
      const std::size_t end = utf8.find('}', i);
      out.append(std::stoul(utf8.substr(i + 3, end - i - 3)), utf8[i + 1]);
      i = end;
    } else {
      out += utf8[i];
    }
  }
  return out;
}

Row row_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) c == '\t' ? cells.emplace_back() : cells.back() += c;
  EXPECT_EQ(cells.size(), 6U) << line;
  Row row{cells.at(0), {}, {}, cells.at(3), std::stoi(cells.at(4)), cells.at(5)};
  for (const auto& word : nlohmann::json::parse(cells.at(1))) row.argv.push_back(bytes_of(word.get<std::string>()));
  const auto input = nlohmann::json::parse(cells.at(2));
  if (!input.is_null()) row.input = bytes_of(input.get<std::string>());
  return row;
}

std::vector<Row> rows() {
  std::vector<Row> rows;
  std::ifstream file(PORTSWEEP_SOURCE_DIR "/tests/data/bad_inputs.tsv");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) rows.push_back(row_of(line));
  }
  return rows;
}

FakeFiles files_for(const Row& row) {
  FakeFiles files{{"{files}/empty", ""},
                  {"{files}/comments", "# nothing\n\n  # here\n"},
                  {"{files}/targets", "127.0.0.1\n127.0.0.2 127.0.0.3\n"},
                  {"{files}/one-bad-line", "127.0.0.1\n127.0.0.2\n127.0.0.1/33\n127.0.0.4\n"}};
  files.errors = {{"{files}/directory", "Is a directory"}};
  if (row.input == "closed") {
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

Outcome outcome_of(const Row& row) {
  const auto command = parse(row.argv);
  if (!command) return failed(command.error());
  if (std::holds_alternative<Usage>(*command)) return {number_of(ExitCode::kUsage), short_help(kTestFormats)};
  const RawArgs* raw = raw_of(*command);
  if (raw == nullptr) return {number_of(ExitCode::kDone), {}};
  FakeFiles files = files_for(row);
  const auto resolved = resolve(*raw, {files, Zones({{1, "lo"}}), kTestFormats, "/", 1});
  if (!resolved) return failed(resolved.error());
  std::string notices;
  for (const Notice& notice : resolved->notices) notices += word(notice) + "\n";
  return {number_of(ExitCode::kDone), notices};
}

TEST(BadInputs, AreRefusedAndLookAlikesAccepted) {
  std::size_t decided = 0;
  for (const Row& row : rows()) {
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
  for (const Row& row : rows()) {
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
