// SPDX-License-Identifier: Apache-2.0
//
// Every row of tests/data/bad_inputs.tsv on the real program, in a network namespace where nothing is but lo, and the
// cases that need more than a row: names, excludes of names, very many targets.
#include "testing/bad_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "portsweep/net/address.h"
#include "testing/cli_runner.h"
#include "testing/netns_lab.h"
#include "testing/scratch.h"
#include "tests/jsonl_lines.h"

namespace portsweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kUsage = 2;

// The folder {files} of the table.
void make_files(const Scratch& scratch) {
  scratch.write("empty", "");
  scratch.write("comments", "# nothing\n\n  # here\n");
  scratch.write("targets", "127.0.0.1\n127.0.0.2 127.0.0.3\n");
  scratch.write("one-bad-line", "127.0.0.1\n127.0.0.2\n127.0.0.1/33\n127.0.0.4\n");
  scratch.write("results.jsonl", "kept\n");
  std::filesystem::create_directory(scratch.path("directory"));
  std::filesystem::create_symlink(scratch.path("nowhere"), scratch.path("dangling.jsonl"));
  mkfifo(scratch.path("fifo").c_str(), 0600);
}

std::string with_files(std::string word, const Scratch& scratch) {
  const std::string mark = "{files}";
  if (const std::size_t at = word.find(mark); at != std::string::npos) word.replace(at, mark.size(), scratch.path());
  return word;
}

class BadInputs : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_lab()) return;
    here_.emplace("b");
    here_->etc("hosts",
               "127.0.0.1 localhost\n127.0.0.5 five.test\n127.0.0.6 six.test\n169.254.169.254 metadata.test\n");
    here_->etc("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");  // nobody answers there
    here_->nft(
        "table inet lab { counter sent {}; chain out { type filter hook output priority 0; "
        "meta l4proto tcp tcp flags & (syn|ack) == syn counter name sent; }\n}");
  }

  Child in_lab(std::vector<std::string> words) const {
    Child child = portsweep_with(std::move(words));
    child.in_namespace(here_->name());
    return child;
  }
  std::uint64_t sent() const { return here_->count("sent"); }

  std::optional<Namespace> here_;
};

TEST_F(BadInputs, AreRefusedWithNothingSentAndLookAlikesAccepted) {
  for (const BadInput& row : read_bad_inputs()) {
    SCOPED_TRACE(row.id);
    const Scratch scratch;
    make_files(scratch);
    std::vector<std::string> words;
    std::size_t length = 0;
    for (const std::string& word : row.argv) {
      words.push_back(with_files(word, scratch));
      length = std::max(length, word.size());
    }
    constexpr std::size_t kLongestWord = 128 * 1024;  // of execve(2)
    if (length >= kLongestWord) continue;
    Child child = in_lab(words);
    if (row.input == kClosedInput) {
      child.close_descriptor(0);
    } else if (row.input) {
      child.input(*row.input);
    }
    child.in_directory(scratch.path());
    const std::uint64_t before = row.stage == "config" ? 0 : sent();
    const Outcome outcome = child.run();
    EXPECT_EQ(outcome.exit, row.exit) << outcome;
    EXPECT_THAT(outcome.err, HasSubstr(row.said));
    if (row.exit == kUsage) {
      EXPECT_THAT(outcome.out, IsEmpty());
      EXPECT_EQ(row.stage == "config" ? 0 : sent(), before);
    }
    EXPECT_EQ(scratch.read("results.jsonl") == "kept\n", row.id != "F034a");
  }
}

TEST_F(BadInputs, SendNothingWhenRefused) {
  const std::uint64_t before = sent();
  for (const BadInput& row : read_bad_inputs()) {
    if (row.exit != kUsage || row.argv.empty() || row.argv.front() != "plan" || row.input) continue;
    std::vector<std::string> words = row.argv;
    words.front() = "scan";  // "plan" would send nothing in any case
    const bool about_files = std::any_of(words.begin(), words.end(), [](const std::string& word) {
      return word.find("{files}") != std::string::npos || word == "-";
    });
    if (about_files) continue;
    SCOPED_TRACE(row.id);
    EXPECT_EQ(in_lab(words).run().exit, kUsage);
  }
  EXPECT_EQ(sent(), before);
}

// --- Names and excludes (T097, T098, T106, T108) ---------------------------------------------------------------------

TEST_F(BadInputs, ExcludesHoldForWhatNamesResolveTo) {
  const Outcome outcome = in_lab({"--format", "jsonl", "-p", "80", "--exclude", "127.0.0.5,169.254.0.0/16", "five.test",
                                  "six.test", "metadata.test"})
                              .run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("five.test is 127.0.0.5"), HasSubstr("metadata.test is 169.254.169.254"),
                                 HasSubstr("excluded")));
  const JsonLines lines(outcome.out);
  EXPECT_EQ(lines.all("host").size(), 1U);
  EXPECT_EQ(lines.host("127.0.0.6")["names"].at(0), "six.test");
  EXPECT_TRUE(lines.has_notice("name-excluded"));
  EXPECT_EQ(sent(), 1U);
}

TEST_F(BadInputs, AnExcludedNameExcludesItsAddress) {
  const Outcome outcome = in_lab({"--format", "jsonl", "-p", "80", "--exclude", "five.test", "127.0.0.4/31"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).all("host").size(), 1U);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(BadInputs, ExcludesThatCoverEverythingLeaveAnEmptyScan) {
  const Outcome outcome =
      in_lab({"-p", "80", "--exclude", "127.0.0.0/8", "127.0.0.1", "127.0.1.0/24", "five.test"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr("0 targets"));
  EXPECT_EQ(sent(), 0U);
}

TEST_F(BadInputs, TheSameExcludeManyTimesIsOne) {
  const Scratch scratch;
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "127.0.0.1\n";
  const std::string file = scratch.write("excludes", lines);
  const Outcome outcome = in_lab({"--format", "jsonl", "-p", "80", "--exclude-from", file, "127.0.0.0/31"}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_EQ(JsonLines(outcome.out).all("host").size(), 1U);
}

// --- Very many targets (T076, T077) ----------------------------------------------------------------------------------

TEST_F(BadInputs, TooManyProbesNeedToBeConfirmed) {
  const Outcome outcome = in_lab({"-p", "1-65535", "10.0.0.0/8"}).run();
  EXPECT_EQ(outcome.exit, kUsage) << outcome;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("16,777,216"), HasSubstr("--confirm-targets")));
  EXPECT_EQ(sent(), 0U);
}

TEST_F(BadInputs, AMillionSingleAddressesInAFileMergeToRanges) {
  const bool patient = std::getenv("PORTSWEEP_LONG") != nullptr;
  const std::uint32_t count = 1U << (patient ? 24 : 20);
  std::string lines;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t shuffled = (i * 0x9E3779B1U) & (count - 1);  // odd: every number once
    lines += to_string(Address::v4(0x0A000000U + shuffled)) + "\n";
  }
  const Scratch scratch;
  const std::string file = scratch.write("targets", lines);
  const Outcome outcome = in_lab({"plan", "-p", "80", "--targets-from", file}).run();
  EXPECT_EQ(outcome.exit, 0) << outcome;
  EXPECT_THAT(outcome.out, HasSubstr(patient ? "16,777,216" : "1,048,576"));
#if !defined(PORTSWEEP_SANITIZED)
  EXPECT_LE(outcome.max_rss_kib, 256U * 1024);
  EXPECT_LT(outcome.elapsed, patient ? 60s : 10s);
#endif
}

}  // namespace
}  // namespace portsweep
