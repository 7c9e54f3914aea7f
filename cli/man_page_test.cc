// SPDX-License-Identifier: Apache-2.0
#include "cli/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "cli/fakes_for_test.h"
#include "cli/flags.h"

namespace portsweep::cli {
namespace {

using ::testing::HasSubstr;

// A name as roff writes it.
std::string in_roff(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '-' ? std::string("\\-") : std::string(1, c);
  return out;
}

TEST(ManPage, NamesEveryOption) {
  const std::string page = man_page(kTestFormats, "1.2.3");
  for (const Flag& flag : flags()) {
    for (const std::string_view name : words_of(flag.names))
      EXPECT_THAT(page, HasSubstr("\\fB" + in_roff(name) + "\\fR"));
  }
  EXPECT_THAT(page, HasSubstr("portsweep 1.2.3"));
}

TEST(ManPage, TellsThePresets) {
  EXPECT_THAT(man_page(kTestFormats, "1.2.3"), HasSubstr(".SH PRESETS\n.TP\n\\fB\\-T0\\fR\n\\-\\-max\\-rate 1;"));
}

TEST(ManPage, HasNoLineThatIsAControlLineByAccident) {
  const std::string page = man_page(kTestFormats, "1.2.3");
  std::size_t start = 0;
  while (start < page.size()) {
    const std::size_t end = page.find('\n', start);
    const std::string line = page.substr(start, end - start);
    if (line.starts_with('.')) {
      EXPECT_THAT(line, ::testing::ContainsRegex("^\\.(TH|SH|SS|TP|PP)"));
    }
    EXPECT_FALSE(line.starts_with('\'')) << line;
    start = end + 1;
  }
}

TEST(ManPage, IsGoodRoff) {
  if (std::system("command -v groff >/dev/null 2>&1") != 0) GTEST_SKIP() << "no groff";
  const std::string path = ::testing::TempDir() + "portsweep." + std::to_string(::getpid()) + ".1";
  std::ofstream(path) << man_page(kTestFormats, "1.2.3");
  std::FILE* warnings = ::popen(("groff -man -Tascii -ww -z " + path + " 2>&1").c_str(), "r");
  ASSERT_NE(warnings, nullptr);
  std::string said;
  for (int c = std::fgetc(warnings); c != EOF; c = std::fgetc(warnings)) said += static_cast<char>(c);
  EXPECT_EQ(::pclose(warnings), 0);
  EXPECT_EQ(said, "");
  std::remove(path.c_str());
}

}  // namespace
}  // namespace portsweep::cli
