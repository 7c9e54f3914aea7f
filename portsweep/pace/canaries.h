// SPDX-License-Identifier: Apache-2.0
//
// Canaries: the ports of one host that are known to answer, and which of them may be asked once more, to see what share
// of packets is lost. Pure.
//
// Closed ports come first: a RST costs the target next to nothing. An open port has to accept each connection, and some
// services log, penalise or ban those who connect and say nothing. So an open port is asked
//   - only where there is no closed one, or where resets may be limited and open ports must tell (want_open());
//   - never while another trial of it is under way, and not before kRest has passed since the last;
//   - at most PaceConfig::open_port_connections times in a scan, the connection that found it included; half of them at
//     once, others with the host's progress, the last one only when asked for (set_progress()): so that there are
//     witnesses to the end;
//   - not at all if it is one of kShy.
// Where nothing is accepted, since probes are but SYNs (`half_open`), it is asked as a closed port is, though after the
// closed ones, and not sooner than kHalfOpenRest after the last time.
//
// A port is free again when the wait for its trial is over (occupy()), whatever came of it and when: were one that
// answered free sooner, trials would be made where packets get through rather than where they do not.
//
// A port that loses so many trials in a row as what the others of its kind lost in that time does not explain has a
// trouble of its own (its queue of connections is full, say): it is dropped, and the row is taken back. Of n in a row:
// p^n < kUnlikely / kMost, with p = (lost + 1) / (trials + 2) of the others (Laplace's rule of succession).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "portsweep/base/time.h"
#include "portsweep/net/port.h"

namespace portsweep {

class Canaries {
 public:
  static constexpr Duration kRest = 250ms;
  static constexpr Duration kHalfOpenRest = 10ms;
  // The most ports that are kept of each kind. One is asked by one trial at a time, and a lost one takes a while.
  static constexpr std::size_t kMost = 128;
  // A row of losses is a port's own if the loss of the others makes it less likely than this, for any of kMost ports.
  static constexpr double kUnlikely = 1e-4;
  // So many that they do not count; a sum of it and of trials that were made is still a number.
  static constexpr std::uint32_t kUnlimited = UINT32_MAX / 2;
  // They log, penalise or ban: FTP, SSH, Telnet, SMTP, MySQL, RDP, VNC.
  static constexpr std::uint16_t kShy[] = {21, 22, 23, 25, 3306, 3389, 5900};
  // They are made for strangers: HTTP and HTTPS.
  static constexpr std::uint16_t kPreferred[] = {80, 443};

  // `most`: how many ports are kept of each kind, at most kMost; fewer where there are many hosts.
  Canaries(std::uint8_t open_port_connections, std::size_t most, bool half_open = false)
      : connections_(open_port_connections), most_(most), half_open_(half_open) {
    set_progress(0);
  }

  // A port answered. `index`: by which the caller knows it; `connections`: how many of its tries reached it at least.
  void add(Port port, std::uint64_t index, bool open, Instant now, std::uint8_t connections = 1);
  // Every port is known by another index from now on, and no trial is under way any more.
  template <class IndexOf>
  void renumber(IndexOf index_of) {
    for (std::vector<Canary>* kept : {&closed_, &open_}) {
      for (Canary& canary : *kept) canary.index = index_of(canary.port), canary.under_way = false, canary.free_at = {};
    }
  }

  // Whether open ports are asked although there are closed ones.
  void want_open(bool want) { want_open_ = want; }

  // How far the host is done, 0 .. 1; from it follows how often open ports may be asked by now. kToTheLast: as often as
  // they may be asked at all.
  static constexpr double kToTheLast = 2;
  void set_progress(double progress);

  struct Pick {
    Port port;
    std::uint64_t index;
    bool open;
  };
  // The next one to be asked, which is then under way; nothing if none may be asked now. `phase` comes back with its
  // outcome.
  std::optional<Pick> take(std::uint8_t phase, Instant now);
  // It was not sent after all.
  void put_back(Port port);
  // It was sent, and is waited for until then: it is not asked again before.
  void occupy(Port port, Instant until);

  struct Outcome {
    bool known = false;  // the port is a canary, and a trial of it was under way
    bool open = false;
    std::uint8_t phase = 0;
    Instant asked{};
    std::uint32_t take_back = 0;  // so many losses, this one included, were the port's own and do not count
  };
  // What became of a trial.
  Outcome resolve(Port port, bool lost);

  // Whether there is a port that may be asked, now or later, or is being asked.
  bool any() const;
  bool any_open() const;
  bool has_closed() const { return !closed_.empty(); }
  // How many ports there are that may be asked, now or later.
  std::size_t askable() const { return askable_closed() + askable_open(); }
  std::size_t askable_closed() const { return closed_.size(); }
  std::size_t askable_open() const;
  // How many more trials there may be, of open ports alone or of all; those of closed ones have no limit: kUnlimited.
  std::uint32_t trials_left(bool of_open) const;

 private:
  struct Canary {
    std::uint64_t index;
    Port port;
    std::uint8_t connections = 0;  // open: made
    std::uint8_t lost_in_row = 0;
    bool under_way = false;
    std::uint8_t phase = 0;
    Instant asked{};
    Instant free_at{};
    // Of all ports of its kind, when its row of losses began.
    std::uint32_t trials_then = 0;
    std::uint32_t lost_then = 0;
  };

  struct Totals {
    std::uint32_t trials = 0;
    std::uint32_t lost = 0;
  };

  bool may_ever_ask_open(const Canary& canary) const;
  Canary* take_closed(Instant now);
  Canary* take_open(Instant now);
  Canary* find(Port port, bool& open);
  static bool has_own_trouble(const Canary& canary, const Totals& totals);

  std::uint8_t connections_;
  std::uint8_t by_now_;  // of them, so many may be made by now
  std::size_t most_;
  bool half_open_;
  bool want_open_ = false;
  std::vector<Canary> closed_;
  std::vector<Canary> open_;
  std::size_t next_closed_ = 0;
  std::size_t next_open_ = 0;
  std::array<Totals, 2> totals_{};  // of closed ports, and of open ones
};

}  // namespace portsweep
