// SPDX-License-Identifier: Apache-2.0
//
// Sweep: joins a plan and the pace: says which probes are due, takes what became of them, gives verdicts. The only
// owner of per-host, round-trip and rate state. Pure: no system call, no clock; the loop that drives it is in
// app/scan.cc.
//
//   sent(engine.send(due(now, engine.room())));  on(engine.wait(wake()), now);  use decided(), notices();  until done()
//
// Rules: a probe gets exactly one Decision. Answers in any order are taken, late and double ones ignored. Troubles of
// our own machine are put off and tried again, and after kGiveUp reported as unexamined: never closed, never filtered.
// A silent port is tried max_tries times, spaced, before it is called filtered. Memory: one byte a probe of at most
// kOpenBlocks blocks, a row a host (host_table.h); nothing is allocated per probe. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "portsweep/model/decision.h"
#include "portsweep/model/event.h"
#include "portsweep/model/neighbourhood.h"
#include "portsweep/model/notice.h"
#include "portsweep/model/transmission.h"
#include "portsweep/net/address_set.h"
#include "portsweep/pace/ladder.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/patience.h"
#include "portsweep/plan/plan.h"
#include "portsweep/sweep/block.h"
#include "portsweep/sweep/host_table.h"

namespace portsweep {

struct SweepProgress {
  std::uint64_t decided = 0;  // probes with a verdict
  std::uint64_t sent = 0;     // transmissions that an engine accepted
  std::uint64_t open = 0;
  std::uint64_t silences = 0;  // tries of probes without a verdict yet that ended in silence
};

class Sweep {
 public:
  // A trouble that passes is tried again for this long, and at least kGiveUpAfter times.
  static constexpr Duration kGiveUp = 10s;
  static constexpr int kGiveUpAfter = 10;
  // The first probe of each host on our own link is held for so much longer than the kernel takes to find out that a
  // neighbour is missing.
  static constexpr Duration kNeighbourSlack = 300ms;

  // Probe ids start at first_probe, so that
  // late events of an earlier sweep on the same engine are known as such. `plan` must outlive the sweep.
  Sweep(const Plan& plan, ProbeId first_probe, const PaceConfig& config, const Neighbourhood& neighbourhood,
        RateLadder ladder);

  // What to send now: at most `room` probes, and no more than the pace allows. Valid until the next call of due().
  std::span<const Transmission> due(Instant now, std::size_t room);
  // How many of them, from the first on, the engine accepted; the others stay due.
  void sent(std::size_t accepted, Instant now);
  void on(std::span<const Event> events, Instant now);

  // The kernel had the time it takes to find out that neighbours are missing, and could say now (os/routes.h,
  // read_missing_neighbours()): call on_missing_neighbours() with what it says. Its own ICMP errors come too, but it
  // sends them at a limited rate.
  bool wants_neighbours(Instant now) const;
  void on_missing_neighbours(const AddressSet& missing, Instant now);

  // What was decided, and what there is to say, since the last call of clear().
  std::span<const Decision> decided() const { return decided_; }
  std::span<const Notice> notices() const { return notices_; }
  void clear() { decided_.clear(), notices_.clear(); }

  // When due() should be asked again even if no event comes; Instant::max() if only events can help.
  Instant wake() const;
  bool done() const;

  const SweepProgress& progress() const { return progress_; }
  const HostTable& hosts() const { return hosts_; }
  const RateLadder& ladder() const { return ladder_; }

 private:
  static constexpr std::size_t kOpenBlocks = 3;
  // due() stops skipping probes of hosts that were given up when so many decisions have gathered.
  static constexpr std::size_t kDecisionsATurn = 1 << 16;

  struct Deferred {
    ProbeId probe;
    Instant not_before;
  };
  struct Trouble {
    Instant first;
    int count = 0;
  };

  // A SYN that the kernel will send again, unasked, of a probe that is held past its wait.
  struct Repeat {
    Instant at;
    std::uint64_t probe;
    Instant end;  // of the hold
  };

  void charge_repeats(Instant now);
  std::optional<std::uint64_t> next_index(Instant now);
  std::optional<std::uint64_t> next_deferred(Instant now);
  bool open_block();
  Block* block_of(std::uint64_t index);
  void retire_blocks();
  bool skip_given_up(std::uint64_t index, const PlannedProbe& probe, Block& block);
  Transmission transmission(std::uint64_t index, const PlannedProbe& probe, const Block& block);

  bool is_on_link(const Address& address) const;

  void on_answer(const Event& event, std::uint64_t index, Block& block);
  void on_silence(const Event& event, std::uint64_t index, Block& block);
  void on_trouble(const Event& event, std::uint64_t index, Block& block, Instant now);
  void put_off(const Event& event, std::uint64_t index, Block& block, Instant now);
  void on_neighbour_missing(std::uint64_t host, HostTally& tally);
  void decide_silent(std::uint64_t index);
  void settle_parked();
  bool may_still_be_down(const HostTally& tally) const;
  void decide(std::uint64_t index, const PlannedProbe& probe, Block& block, const Event& event);
  void say_trouble(Reason reason);

  const Plan& plan_;
  ProbeId first_probe_;
  PaceConfig config_;
  const AddressSet on_link_;  // of the plan's hosts
  const Duration neighbour_hold_;
  Patience patience_;
  RateLadder ladder_;
  HostTable hosts_;

  std::deque<Block> blocks_;      // the open ones, by index
  std::uint64_t next_block_ = 0;  // the first index that no block covers yet
  std::deque<Deferred> deferred_;
  // Silent ports of hosts of which the kernel may yet say that nobody answers ARP for them.
  std::deque<std::uint64_t> parked_;
  std::deque<Repeat> repeats_;                           // by time
  std::unordered_map<std::uint64_t, Trouble> troubles_;  // only of probes that had one
  Duration back_off_{};

  std::vector<Transmission> due_;
  std::vector<Decision> decided_;
  std::vector<Notice> notices_;
  std::array<bool, kReasonCount> said_{};
  std::uint64_t unresolved_ = 0;  // hosts on our link that were contacted and never heard of
  Instant neighbours_until_;      // until then the kernel may not know yet that one is missing
  Instant neighbours_asked_;      // when on_missing_neighbours() was last called
  bool more_to_send_ = false;     // due() stopped at the rate or at the room, not for want of probes
  SweepProgress progress_;
};

}  // namespace portsweep
