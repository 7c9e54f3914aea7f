// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/input_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace portsweep {
namespace {

using ::testing::HasSubstr;

class InputFile : public ::testing::Test {
 protected:
  InputFile() : folder_(::testing::TempDir() + "input_file." + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~InputFile() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ + "/" + name) << bytes;
    return folder_ + "/" + name;
  }

  Result<void> read(const std::string& path) {
    return SystemFileReader().read(path, [&](std::string_view piece) {
      got_ += piece;
      ++pieces_;
      return Result<void>();
    });
  }

  std::string folder_;
  std::string got_;
  int pieces_ = 0;
};

TEST_F(InputFile, IsReadWholeInPieces) {
  const std::string bytes(200'000, 'x');
  ASSERT_TRUE(read(write("big", bytes)));
  EXPECT_EQ(got_, bytes);
  EXPECT_GT(pieces_, 1);
}

TEST_F(InputFile, MayBeEmpty) {
  ASSERT_TRUE(read(write("empty", "")));
  EXPECT_EQ(pieces_, 0);
}

TEST_F(InputFile, MissingIsAUsageErrorThatNamesIt) {
  const auto result = read(folder_ + "/none");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::kUsage);
  EXPECT_THAT(result.error().message(), HasSubstr("/none: No such file or directory"));
}

TEST_F(InputFile, DirectoryIsAUsageError) {
  const auto result = read(folder_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::kUsage);
  EXPECT_THAT(result.error().message(), HasSubstr("Is a directory"));
}

TEST_F(InputFile, UnreadableIsAUsageError) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string path = write("secret", "127.0.0.1\n");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const auto result = read(path);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message(), HasSubstr("Permission denied"));
}

TEST_F(InputFile, ErrorOfTheSinkStopsTheReading) {
  int calls = 0;
  const auto result = SystemFileReader().read(write("big", std::string(200'000, 'x')), [&](std::string_view) {
    ++calls;
    return Result<void>(Error::usage("enough"));
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "enough");
  EXPECT_EQ(calls, 1);
}

// Runs with standard input replaced, and puts it back.
class StandardInput {
 public:
  StandardInput() : saved_(::dup(STDIN_FILENO)) {}
  ~StandardInput() {
    if (saved_ < 0) return;
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int saved_;
};

TEST_F(InputFile, DashIsStandardInput) {
  const StandardInput restored;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "127.0.0.1\n", 10), 10);
  ::close(ends[1]);
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  ASSERT_TRUE(read("-"));
  EXPECT_EQ(got_, "127.0.0.1\n");
}

TEST_F(InputFile, ClosedStandardInputIsAUsageError) {
  const StandardInput restored;
  ::close(STDIN_FILENO);
  const auto result = read("-");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::kUsage);
  EXPECT_THAT(result.error().message(), HasSubstr("standard input: Bad file descriptor"));
}

}  // namespace
}  // namespace portsweep
