// SPDX-License-Identifier: Apache-2.0
//
// Ledger: what a whole scan found out, gathered stage by stage: turns the decisions and tallies of sweeps, which know
// hosts by number, into records, which know them by address. Keeps a row for each host of which something is known
// and each port to be listed; hosts that were only silent are counted, not kept.
//
// It never guesses: what no stage decided is unexamined. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "portsweep/app/scan_targets.h"
#include "portsweep/app/schedule.h"
#include "portsweep/model/decision.h"
#include "portsweep/model/records.h"
#include "portsweep/plan/plan.h"
#include "portsweep/sweep/host_table.h"

namespace portsweep {

class Ledger {
 public:
  enum class Keep : std::uint8_t { kNothing, kListedPorts };

  // `targets` and `zones` must outlive the ledger. `ports`: how many were asked for, per host. `keep`: whether the
  // records of hosts have the ports to be listed.
  Ledger(const ScanTargets& targets, const Zones& zones, std::uint64_t ports, bool list_all_states, Keep keep);

  // Takes the decisions of the running stage and calls on_port for each port that is to be listed.
  void commit(const Plan& plan, std::span<const Decision> decisions,
              const std::function<void(const PortRecord&)>& on_port);

  // How far the silence of a host can be trusted, by its number in the plan, of which so many ports were silent.
  using RecallOf = std::function<Recall(std::uint64_t host, std::uint64_t silent)>;
  // Takes the tallies of a stage. `complete`: it was not cut short.
  void close_stage(const Stage& stage, const Plan& plan, const HostTable& tallies, const RecallOf& recall_of,
                   bool complete);

  // The hosts of the stage just closed that are up.
  const AddressSet& up_in_stage() const { return up_in_stage_; }

  // Every host to be listed, in address order: all single addresses, and those of ranges that are up. Adds to the
  // summary's counts as it goes; call once, at the end. Where the scan was stopped before reaching more than
  // kMostUntouched single addresses, those it did not reach are counted, not listed.
  // `unlisted` is called for hosts of ranges that are known and not listed.
  using Visit = std::function<void(const HostRecord&)>;
  void for_each_host(SummaryRecord& summary, const Visit& visit, const Visit& unlisted);
  // The ports of hosts that are not listed; known after for_each_host().
  const ReasonCounts& unlisted() const { return unlisted_; }

 private:
  static constexpr std::uint64_t kMostUntouched = 65'536;

  // A port to be listed; the rest of its record follows from it.
  struct KeptPort {
    Port port;
    Reason reason;
    std::uint8_t tries;
    std::uint32_t rtt_us;
  };
  static_assert(sizeof(KeptPort) == 8);
  struct Row {
    ReasonCounts counts;
    RttEstimate rtt;
    bool up = false;
    bool cut_short = false;  // a stage that had this host was stopped
    std::optional<Reason> given_up;
    std::optional<Recall> recall;  // of all stages so far

    void add(const Recall& more) { recall = recall ? combine(*recall, more) : more; }
    std::vector<KeptPort> ports;
  };

  PortRecord port_record(const Address& address, const KeptPort& port) const;
  HostRecord record(const Address& address, Row& row) const;
  HostRecord silent_record(const Address& address) const;
  bool is_left_out(const Address& address, const Row& row) const;
  void close_row(const Address& address, Row& row) const;
  Recall recall_of(const Row& row) const;
  void count(const HostRecord& host, SummaryRecord& summary) const;

  const ScanTargets& targets_;
  const Zones& zones_;
  std::uint64_t ports_;
  bool list_all_states_;
  Keep keep_;
  std::unordered_map<Address, Row> rows_;
  Recall of_silent_;  // of the single addresses that never had a row
  AddressSet swept_;  // whole stages of single addresses that were completed
  AddressSet up_in_stage_;
  std::uint64_t silent_without_row_ = 0;  // hosts of ranges, as those of the next line
  std::uint64_t silent_in_ranges_ = 0;
  ReasonCounts unlisted_;
  bool partial_discovery_ = false;
};

}  // namespace portsweep
