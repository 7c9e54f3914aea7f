// SPDX-License-Identifier: Apache-2.0
//
// Sweep: joins a plan and the pace: says which probes are due, takes what became of them, gives verdicts. The only
// owner of per-host, round-trip and rate state. Pure: no system call, no clock; the loop that drives it is in
// app/sweep_loop.cc.
//
//   sent(engine.send(due(now, engine.room())));  on(engine.wait(wake()), now);  use decided(), notices();  until done()
//
// Rules: a probe gets exactly one Decision. Answers in any order are taken, late and double ones ignored. Troubles of
// our own machine are put off and tried again, and after kGiveUp reported as unexamined: never closed, never filtered.
// A silent port is tried, spaced, until the evidence is enough to call it filtered (pace_book.h); with a fixed profile,
// max_tries times. Canaries go along with the probes: their attempts count from kCanaryAttempt on. Memory: one to three
// bytes a probe of at most kOpenBlocks blocks, a row a host (host_table.h); nothing is allocated per probe. One thread.
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
#include "portsweep/pace/first_answers.h"
#include "portsweep/pace/ladder.h"
#include "portsweep/pace/pace_config.h"
#include "portsweep/pace/patience.h"
#include "portsweep/plan/plan.h"
#include "portsweep/sweep/block.h"
#include "portsweep/sweep/host_table.h"
#include "portsweep/sweep/pace_book.h"

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
  // A neighbour is missing when so much more time has passed than the kernel takes to give up on it.
  static constexpr Duration kNeighbourSlack = 100ms;
  // The first look at the table comes so long after a neighbour's first probe: on a link that works ARP has its answer
  // then, and the ladder has not sent more yet than the kernel keeps.
  static constexpr Duration kFirstLook = 20ms;
  // A neighbour that comes and goes is given up, as unexamined, when it was found again so often.
  static constexpr int kFoundLate = 10;

  // Probe ids start at first_probe, so that late events of an earlier sweep on the same engine are known as such.
  // `plan` must outlive the sweep.
  Sweep(const Plan& plan, ProbeId first_probe, const PaceConfig& config, const Neighbourhood& neighbourhood,
        RateLadder ladder);

  // How many transmissions the engine can hold at once: bounds for how long one is listened for beside the next.
  void set_capacity(std::size_t capacity) { capacity_ = static_cast<double>(capacity); }
  // Says that an earlier sweep heard of all the hosts: their silence needs no look at the neighbour table.
  void assume_up() { assumed_up_ = true; }

  // What an earlier sweep learnt of the hosts, to be given before the first probe; and what this one did, at its end.
  void remember(PaceMemory memory);
  PaceMemory take_memory();
  // The probe ids that it uses, from first_probe on; known before the first probe.
  std::uint64_t probe_ids() const { return plan_.size() + book_.extra_probes(); }

  // What to send now: at most `room` probes, and no more than the pace allows. Valid until the next call of due().
  std::span<const Transmission> due(Instant now, std::size_t room);
  // How many of them, from the first on, the engine accepted; the others stay due.
  void sent(std::size_t accepted, Instant now);
  void on(std::span<const Event> events, Instant now);

  // Before the silence of a host is called its own, the neighbour table is asked: as long as nobody answers ARP or NDP
  // for it, or for the gateway on the way, no probe leaves this machine; the kernel keeps some hundred and drops the
  // others. So shortly after a neighbour's first probe, and while a host never heard of is silent, this is true, and
  // on_neighbours() wants to know what the table says now (os/routes.h). The kernel's own ICMP errors about missing
  // neighbours come too, but at a limited rate.
  bool wants_neighbours(Instant now) const { return now >= next_look_ && (!parked_.empty() || !watched_.empty()); }
  void on_neighbours(const NeighbourTable& table, Instant now);

  // How many packets this machine has dropped by itself since whenever (os/packet_drops.h); to be told every
  // kLongestTurn or so. Where there were more of them, what was sent meanwhile proves nothing, and the rate is lowered.
  void on_own_drops(std::uint64_t drops, Instant now);

  // What was decided, and what there is to say, since the last call of clear().
  std::span<const Decision> decided() const { return decided_; }
  std::span<const Notice> notices() const { return notices_; }
  void clear() { decided_.clear(), notices_.clear(); }

  // When due() should be asked again even if no event comes; Instant::max() if only events can help.
  Instant wake() const;
  bool done() const { return progress_.decided == plan_.size(); }

  const SweepProgress& progress() const { return progress_; }
  const HostTable& hosts() const { return hosts_; }
  const RateLadder& ladder() const { return ladder_; }
  // How far the silence of a host's ports can be trusted, of which so many are silent.
  Recall recall(std::uint64_t host, std::uint64_t silent) const;

 private:
  static constexpr std::size_t kOpenBlocks = 3;
  // due() stops skipping probes of hosts that were given up when so many decisions have gathered, and putting probes
  // aside when so many were.
  static constexpr std::size_t kDecisionsATurn = 1 << 16;
  static constexpr int kAsideATurn = 1 << 12;
  // So many tries of a port may follow each other soon, where nearly all ports answer.
  static constexpr std::uint8_t kSoonTries = 2;

  struct Deferred {
    std::uint64_t index;
    Instant not_before;
  };
  struct Parked {
    std::uint64_t index;
    Instant since;
    std::uint8_t tries;
  };
  // A silent port with evidence enough, if its host still lives.
  struct Unproven {
    std::uint64_t index;
    Instant sent;  // its last try
    std::uint8_t tries;
  };
  struct Trouble {
    Instant first;
    int count = 0;
  };

  enum class Doubt : std::uint8_t {
    kNone,     // the probes left
    kWait,     // they wait for an answer to ARP or NDP
    kMissing,  // there was none
    kLate,     // it came late: what was sent before it says nothing
  };

  struct NextProbe {
    std::uint64_t index;
    bool admitted;  // by its host's lane, in which it waited
  };
  std::optional<NextProbe> next_probe(Instant now);
  std::optional<std::uint64_t> next_waiting(Instant now);
  std::optional<std::uint64_t> next_deferred(Instant now);
  bool open_block();
  // The block in which the index still waits for its verdict; nullptr if it has one.
  Block* undecided_block(std::uint64_t index);
  void retire_blocks();
  bool skip_given_up(std::uint64_t index, const PlannedProbe& probe, Block& block);
  bool may_go(std::uint64_t index, const PlannedProbe& probe, Block& block, Instant now);
  bool push_owed_canary(Instant now);
  void push_lone_canaries(std::size_t limit, Instant now);
  Transmission transmission(std::uint64_t index, const PlannedProbe& probe, const Block& block);
  Transmission canary(std::uint64_t index);
  // How long this try waits: usually, if witnesses are given time to rest, and if it is soon tried again.
  Patience::Waits usual_waits(std::uint64_t host, std::uint8_t attempt) const;
  Patience::Waits regular_waits(std::uint64_t host, std::uint8_t attempt) const;
  Patience::Waits waits(std::uint64_t host, std::uint8_t attempt) const;
  // Tries are made as the evidence asks for.
  bool is_stubborn() const { return config_.adaptive && config_.max_tries == PaceConfig::kMostTries; }
  bool is_soon_tried_again(std::uint8_t attempt) const;
  bool was_tried_soon(const Event& silence, std::uint64_t host) const;
  void owe_canaries(std::uint64_t host, std::uint8_t attempt, Instant now);
  std::uint64_t undecided(std::uint64_t host) const;
  bool is_up(std::uint64_t host);
  PathClass path_class(std::uint64_t host) const;
  void not_sent(const Transmission& transmission, Instant now);

  bool is_on_link(const Address& address) const;

  void on_canary(const Event& event, std::uint64_t index, Instant now);
  void on_answer(const Event& event, std::uint64_t index, Block& block, Instant now);
  void on_silence(const Event& event, std::uint64_t index, Block& block, Instant now);
  PaceBook::Judgement judge(const Event& event, std::uint64_t index, const PlannedProbe& probe, Block& block,
                            Instant sent);
  void on_trouble(const Event& event, std::uint64_t index, Block& block, Instant now);
  void prove(Instant now);
  bool settle(const Unproven& unproven, Instant now);
  bool waits_for_proof_alone() const;
  void put_off(const Event& event, std::uint64_t index, Block& block, Instant now);
  void on_missing(const Event& event, std::uint64_t index, Instant now);
  bool misses_gateway(std::uint64_t host, const Trouble& trouble, Instant now);
  Doubt doubt(const PlannedProbe& probe, const NeighbourTable& table, Instant now);
  void watch(std::uint64_t host, Instant now);
  bool is_settled(std::uint64_t host, const NeighbourTable& table, Instant now);
  void found(std::uint64_t host, Instant now);
  bool never_left(std::uint64_t host, Instant sent);
  void give_up(std::uint64_t index, const PlannedProbe& probe, Block& block);
  void decide(std::uint64_t index, const PlannedProbe& probe, Block& block, const Event& event);
  // What only time decides.
  void turn(Instant now);
  void limit_outdated();
  void say_trouble(Reason reason);
  void say_decisions();

  const Plan& plan_;
  ProbeId first_probe_;
  PaceConfig config_;
  const AddressSet on_link_;  // of the plan's hosts
  const Duration neighbour_patience_;
  Patience patience_;
  RateLadder ladder_;
  PaceBook book_;
  HostTable hosts_;
  FirstAnswers first_answers_;

  std::deque<Block> blocks_;      // the open ones, by index
  std::uint64_t next_block_ = 0;  // the first index that no block covers yet
  std::deque<Deferred> deferred_;
  std::vector<Parked> parked_;  // silent ports of hosts never heard of, until the table is asked
  std::unordered_map<std::uint64_t, std::deque<Unproven>> unproven_;  // by host, in the order of their silences
  std::uint64_t unproven_ports_ = 0;
  Instant next_proof_{};
  std::vector<std::uint64_t> watched_;                   // hosts contacted of whose neighbour nothing is known yet
  std::unordered_map<std::uint64_t, Trouble> troubles_;  // only of probes that had one
  Duration back_off_{};

  std::vector<Transmission> due_;
  std::vector<Decision> decided_;
  std::vector<Notice> notices_;
  std::array<bool, kReasonCount> said_{};
  Instant next_look_{};                         // at the neighbour table
  std::optional<Instant> far_contact_;          // when the first probe left for a gateway
  std::optional<Instant> far_reachable_since_;  // as HostTally has it, for all hosts behind gateways
  double capacity_ = 20'000;
  struct OwnDrops {
    std::uint64_t count;
    Instant seen;
  };
  std::optional<OwnDrops> own_drops_;  // at the last look
  bool said_own_drops_ = false;
  std::uint8_t canary_number_ = 0;
  bool assumed_up_ = false;
  bool had_room_ = false;          // at the last due()
  std::uint64_t first_tries_ = 0;  // that were sent
  std::uint64_t answered_ = 0;     // probes
  bool more_to_send_ = false;      // due() stopped at the rate or at the room, not for want of probes
  SweepProgress progress_;
};

}  // namespace portsweep
