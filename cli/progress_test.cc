// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace portsweep::cli {
namespace {

constexpr std::size_t kWide = 200;
const ProgressState kState{26'983, 65'535, 3, 12'400.4, 4s, {}};

TEST(ProgressText, TellsPercentCountsRateFoundAndEta) {
  EXPECT_EQ(progress_line(kState, kWide), "41.1%  26,983/65,535 probes  12,400/s  3 open  ETA 4 s");
}

TEST(ProgressText, DropsTheLeastTellingPartsFirst) {
  EXPECT_EQ(progress_line(kState, 40), "41.1%  12,400/s  3 open  ETA 4 s");
  EXPECT_EQ(progress_line(kState, 30), "41.1%  3 open  ETA 4 s");
  EXPECT_EQ(progress_line(kState, 15), "41.1%  3 open");
  EXPECT_EQ(progress_line(kState, 6), "41.1%");
  EXPECT_EQ(progress_line(kState, 5), "");
}

TEST(ProgressText, NamesTheEngineWhereThereAreSeveral) {
  ProgressState state = kState;
  state.engine = "threads:64";
  EXPECT_EQ(progress_line(state, kWide), "threads:64  41.1%  26,983/65,535 probes  12,400/s  3 open  ETA 4 s");
  EXPECT_EQ(progress_line(state, 18), "threads:64  41.1%");
  EXPECT_EQ(progress_line(state, 17), "41.1%");
}

TEST(ProgressText, NeverFillsTheLastColumn) {
  for (std::size_t columns = 1; columns < kWide; ++columns) EXPECT_LT(progress_line(kState, columns).size(), columns);
}

TEST(ProgressText, SaysAllIsDoneOnlyWhenItIs) {
  EXPECT_TRUE(progress_line({999'999, 1'000'000, 0, 1, {}, {}}, kWide).starts_with("99.9%"));
  EXPECT_TRUE(progress_line({7, 7, 0, 1, {}, {}}, kWide).starts_with("100.0%"));
}

TEST(ProgressText, SurvivesOddNumbers) {
  EXPECT_EQ(progress_line({0, 0, 0, 0.0 / 0.0, {}, {}}, kWide), "0.0%  0/0 probes  0/s  0 open");
}

TEST(ProgressLineDrawing, WritesNothingToWhatIsNoTerminal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  {
    ProgressLine line(ends[1]);
    EXPECT_FALSE(line.active());
    line.draw(kState);
  }
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

TEST(ProgressLineDrawing, DrawsOverItsLastLineOnATerminal) {
  const int screen = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (screen < 0 || ::grantpt(screen) != 0 || ::unlockpt(screen) != 0) GTEST_SKIP() << "no pseudo-terminal";
  const int terminal = ::open(::ptsname(screen), O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  {
    ProgressLine line(terminal);
    EXPECT_TRUE(line.active());
    line.draw(kState);
    line.draw(kState);  // nothing new: nothing is written
  }
  ::close(terminal);
  std::string shown;
  std::array<char, 4096> buffer;
  // What was written at once may be read in parts; the end is EIO.
  for (ssize_t count = 0; (count = ::read(screen, buffer.data(), buffer.size())) > 0;) {
    shown.append(buffer.data(), static_cast<std::size_t>(count));
  }
  EXPECT_EQ(shown, "\r\x1b[K" + progress_line(kState, 80) + "\r\x1b[K");
  ::close(screen);
}

}  // namespace
}  // namespace portsweep::cli
