// SPDX-License-Identifier: Apache-2.0
//
// The frames of a worker: whatever comes is read or refused, and what was read of a stream does not depend on how its
// bytes were cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "portsweep/app/worker_frames.h"
#include "portsweep/base/check.h"

namespace {

// How many frames there are until the stream ends or makes no sense.
std::size_t count_frames(std::string_view bytes, std::size_t piece) {
  portsweep::FrameReader reader;
  std::size_t count = 0;
  while (!bytes.empty()) {
    reader.add(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      const auto frame = reader.next();
      if (!frame) return count;
      if (!*frame) break;
      ++count;
    }
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  PORTSWEEP_CHECK(count_frames(bytes, size) == count_frames(bytes, 1));
  return 0;
}
