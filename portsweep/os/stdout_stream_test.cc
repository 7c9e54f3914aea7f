// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/stdout_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>

#include "portsweep/os/unique_fd.h"

namespace portsweep {
namespace {

struct Pipe {
  UniqueFd reader, writer;
};

Pipe make_pipe(int flags) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), flags | O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string read_to_end(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t n; (n = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return text;
}

TEST(StdoutStream, AClosedPipeIsAnOutcome) {
  ignore_write_signals();
  Pipe pipe = make_pipe(0);
  StdoutStream out(pipe.writer.get());
  EXPECT_EQ(out.write("first\n").value(), WriteOutcome::kWritten);
  EXPECT_EQ(pipe.reader.close(), 0);
  EXPECT_EQ(out.write("second\n").value(), WriteOutcome::kClosed);
  EXPECT_TRUE(out.finish());
}

TEST(StdoutStream, WaitsForRoomInANonBlockingPipe) {
  Pipe pipe = make_pipe(0);
  ASSERT_EQ(::fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string text(1 << 20, 'x');  // more than a pipe holds
  std::string got;
  std::thread reader([&] { got = read_to_end(pipe.reader.get()); });
  EXPECT_EQ(StdoutStream(pipe.writer.get()).write(text).value(), WriteOutcome::kWritten);
  (void)pipe.writer.close();
  reader.join();
  EXPECT_EQ(got, text);
}

TEST(StdoutStream, AFullDiskIsAnError) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto written = StdoutStream(full.get()).write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kEnvironment);
  EXPECT_EQ(written.error().message(), "standard output: No space left on device");
}

TEST(StdoutStream, AMissingDescriptorIsAnError) {
  const auto written = StdoutStream(-1).write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kEnvironment);
}

}  // namespace
}  // namespace portsweep
