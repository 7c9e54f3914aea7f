// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/output_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>

#include "portsweep/os/write_all.h"

namespace portsweep {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

// A directory of its own for each test.
class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    ignore_write_signals();
    std::string name = testing::TempDir() + "/output_file.XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~OutputFileTest() override { fs::remove_all(directory_); }

  std::string path(std::string_view name) const { return directory_ / name; }

  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory_)) found.insert(entry.path().filename());
    return found;
  }

  fs::path directory_;
};

using Names = std::set<std::string>;

void write_whole(const std::string& path, bool overwrite, std::string_view text) {
  auto file = OutputFile::create(path, overwrite);
  ASSERT_TRUE(file) << file.error().message();
  ASSERT_TRUE(file->write(text));
  const auto committed = file->commit();
  ASSERT_TRUE(committed) << committed.error().message();
}

void expect_refused(const std::string& path, bool overwrite, std::string_view why) {
  const auto file = OutputFile::create(path, overwrite);
  ASSERT_FALSE(file) << path;
  EXPECT_EQ(file.error().kind(), ErrorKind::kUsage) << path;
  EXPECT_THAT(file.error().message(), testing::StartsWith(path));
  EXPECT_THAT(file.error().message(), testing::HasSubstr(std::string(why)));
}

TEST_F(OutputFileTest, AppearsWholeOnCommit) {
  auto file = OutputFile::create(path("out.txt"), false);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("one\n"));
  ASSERT_TRUE(file->write("two\n"));
  EXPECT_FALSE(fs::exists(path("out.txt")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read(path("out.txt")), "one\ntwo\n");
  EXPECT_EQ(names(), Names{"out.txt"});
}

TEST_F(OutputFileTest, LeavesNothingBehindWithoutCommit) {
  {
    auto file = OutputFile::create(path("out.txt"), false);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("lost"));
    const OutputFile moved = std::move(file).value();
    EXPECT_EQ(names().size(), 1U);
  }
  EXPECT_EQ(names(), Names{});
}

TEST_F(OutputFileTest, TakesAPathRelativeToTheWorkingDirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(directory_);
  auto file = OutputFile::create("out.txt", false);
  fs::current_path(before);  // the directory was opened, so this does no harm
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(names(), Names{"out.txt"});
}

TEST_F(OutputFileTest, HonoursTheUmask) {
  const mode_t before = ::umask(027);
  write_whole(path("out.txt"), false, "x");
  ::umask(before);
  EXPECT_EQ(fs::status(path("out.txt")).permissions(), fs::perms{0640});
}

TEST_F(OutputFileTest, KeepsSeveralFilesOfOneDirectoryApart) {
  auto a = OutputFile::create(path("a"), false);
  auto b = OutputFile::create(path("b"), false);
  ASSERT_TRUE(a && b);
  ASSERT_TRUE(a->write("a") && b->write("b"));
  ASSERT_TRUE(b->commit() && a->commit());
  EXPECT_EQ(read(path("a")) + read(path("b")), "ab");
}

TEST_F(OutputFileTest, RefusesAnExistingFileUnlessForced) {
  put(path("out.txt"), "old");
  expect_refused(path("out.txt"), false, "exists");
  EXPECT_EQ(OutputFile::create(path("out.txt"), false).error().hint(), "--force overwrites it");
  EXPECT_EQ(read(path("out.txt")), "old");
  write_whole(path("out.txt"), true, "new");
  EXPECT_EQ(read(path("out.txt")), "new");
}

TEST_F(OutputFileTest, KeepsTheOldFileUntilCommit) {
  put(path("out.txt"), "old");
  {
    auto file = OutputFile::create(path("out.txt"), true);
    ASSERT_TRUE(file && file->write("new"));
  }
  EXPECT_EQ(read(path("out.txt")), "old");
  EXPECT_EQ(names(), Names{"out.txt"});
}

TEST_F(OutputFileTest, KeepsTheModeOfTheFileItReplaces) {
  put(path("out.txt"), "old");
  fs::permissions(path("out.txt"), fs::perms{0600});
  write_whole(path("out.txt"), true, "new");
  EXPECT_EQ(fs::status(path("out.txt")).permissions(), fs::perms{0600});
}

TEST_F(OutputFileTest, ReplacesOnlyOneNameOfAHardLink) {
  put(path("other"), "old");
  fs::create_hard_link(path("other"), path("out.txt"));
  write_whole(path("out.txt"), true, "new");
  EXPECT_EQ(read(path("other")), "old");
  EXPECT_EQ(read(path("out.txt")), "new");
}

TEST_F(OutputFileTest, ReplacesASymbolicLinkNotWhatItLeadsTo) {
  put(path("precious"), "old");
  fs::create_symlink(path("precious"), path("out.txt"));
  expect_refused(path("out.txt"), false, "exists");
  write_whole(path("out.txt"), true, "new");
  EXPECT_EQ(read(path("precious")), "old");
  EXPECT_EQ(read(path("out.txt")), "new");
}

TEST_F(OutputFileTest, NeverCreatesThroughADanglingLink) {
  fs::create_symlink(path("elsewhere"), path("out.txt"));
  expect_refused(path("out.txt"), false, "is a symbolic link to nothing");
  expect_refused(path("out.txt"), true, "is a symbolic link to nothing");
  EXPECT_EQ(names(), Names{"out.txt"});
}

TEST_F(OutputFileTest, RefusesPathsThatCannotBeFiles) {
  put(path("file"), "");
  expect_refused("", false, "");
  expect_refused(path("missing/out.txt"), false, "No such file or directory");
  expect_refused(path("file/out.txt"), false, "Not a directory");
  expect_refused(path("."), true, "is a directory");
  expect_refused(path("new/"), false, "Is a directory");
  expect_refused(path(std::string(300, 'x')), false, "File name too long");
}

TEST_F(OutputFileTest, RefusesADirectoryThatCannotBeWritten) {
  expect_refused("/proc/portsweep.txt", false, "cannot be created");  // for root, too
  EXPECT_FALSE(fs::exists("/proc/portsweep.txt"));
}

TEST_F(OutputFileTest, DoesNotLoseAFileThatAppearedMeanwhile) {
  auto file = OutputFile::create(path("out.txt"), false);
  ASSERT_TRUE(file && file->write("ours"));
  put(path("out.txt"), "theirs");
  const auto committed = file->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind(), ErrorKind::kEnvironment);
  EXPECT_EQ(read(path("out.txt")), "theirs");
  const std::string kept = committed.error().hint().substr(std::string_view("the output is kept in ").size());
  EXPECT_EQ(read(kept), "ours");
}

TEST_F(OutputFileTest, AFileAtItsSizeLimitIsAnError) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small{.rlim_cur = 1024, .rlim_max = limit.rlim_max};
  {
    auto file = OutputFile::create(path("out.txt"), false);
    ASSERT_TRUE(file);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = file->write(std::string(2048, 'x'));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind(), ErrorKind::kEnvironment);
    EXPECT_EQ(written.error().message(), path("out.txt") + ": File too large");
    EXPECT_FALSE(file->commit());
  }
  EXPECT_EQ(names(), Names{});
}

TEST_F(OutputFileTest, RefusesAFifoThatNobodyReads) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  expect_refused(path("fifo"), false, "nobody is at its other end");
}

TEST_F(OutputFileTest, WritesToAFifoHoweverSlowItsReader) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  UniqueFd early(::open(path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  const std::string text(1 << 20, 'x');
  std::string got;
  std::thread reader([&] { got = read(path("fifo")); });
  write_whole(path("fifo"), false, text);
  reader.join();
  EXPECT_EQ(got, text);
  EXPECT_EQ(names(), Names{"fifo"});
}

TEST_F(OutputFileTest, AFifoWhoseReaderHasGoneIsAnError) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  UniqueFd reader(::open(path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  auto file = OutputFile::create(path("fifo"), false);
  ASSERT_TRUE(file);
  ASSERT_EQ(reader.close(), 0);
  const auto written = file->write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(), path("fifo") + ": Broken pipe");
}

TEST_F(OutputFileTest, WritesToDevicesDirectly) {
  write_whole("/dev/null", false, "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(OutputFileTest, AFullDeviceIsAnError) {
  auto file = OutputFile::create("/dev/full", false);
  ASSERT_TRUE(file);
  const auto written = file->write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kEnvironment);
  EXPECT_EQ(written.error().message(), "/dev/full: No space left on device");
  EXPECT_FALSE(file->commit());
}

TEST_F(OutputFileTest, GoesOnWhereADescriptorStands) {
  UniqueFd fd(::open(path("log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(fd.get(), "before ", 7), 7);
  write_whole("/dev/fd/" + std::to_string(fd.get()), false, "ours ");
  ASSERT_EQ(::write(fd.get(), "after", 5), 5);  // still open
  EXPECT_EQ(read(path("log")), "before ours after");
}

TEST_F(OutputFileTest, RefusesDescriptorsThatCannotBeWritten) {
  const UniqueFd reader(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  expect_refused("/dev/fd/" + std::to_string(reader.get()), false, "is open for reading only");
  expect_refused("/dev/fd/1000000", false, "is not open");
}

}  // namespace
}  // namespace portsweep
