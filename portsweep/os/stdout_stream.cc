// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/stdout_stream.h"

namespace portsweep {
namespace {

constexpr std::string_view kName = "standard output";

}  // namespace

Result<WriteOutcome> StdoutStream::write(std::string_view bytes) { return write_all(fd_, bytes, kName); }

Result<void> StdoutStream::finish() { return sync_to_disk(fd_, kName); }

}  // namespace portsweep
