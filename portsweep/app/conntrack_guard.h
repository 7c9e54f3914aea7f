// SPDX-License-Identifier: Apache-2.0
//
// ConntrackGuard: keeps a scan from filling the connection tracking table of this machine. Where the kernel tracks
// connections, every silent probe keeps an entry for two minutes, and a full table drops packets of everybody without
// a word: our own SYNs would look "filtered". So a scan takes at most half of what was free when it began, and pauses
// until entries run out.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "portsweep/model/notice.h"
#include "portsweep/os/limits.h"

namespace portsweep {

class ConntrackGuard {
 public:
  explicit ConntrackGuard(std::function<ConntrackRoom()> read) : read_(std::move(read)) {
    const ConntrackRoom room = read_();
    if (room.most > 0) limit_ = room.used + (room.most - std::min(room.most, room.used)) / 2;
  }

  // Reads the table anew; a Notice when the scan has to pause for the first time.
  std::optional<Notice> look() {
    if (!limit_) return std::nullopt;
    const ConntrackRoom room = read_();
    full_ = room.used >= *limit_;
    if (!full_ || said_) return std::nullopt;
    said_ = true;
    return LocalTrouble{Reason::kNoBuffers, "the connection tracking table holds " + std::to_string(room.used) +
                                                " of " + std::to_string(room.most) + " entries (nf_conntrack_max)"};
  }
  bool is_full() const { return full_; }

 private:
  std::function<ConntrackRoom()> read_;
  std::optional<std::uint64_t> limit_;  // empty: there is no table that could be read
  bool full_ = false;
  bool said_ = false;
};

}  // namespace portsweep
