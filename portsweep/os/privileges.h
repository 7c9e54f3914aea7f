// SPDX-License-Identifier: Apache-2.0
//
// Privileges: the one that raw packets take, CAP_NET_RAW (capabilities(7)), and giving it up. It may be effective
// (root, `setcap cap_net_raw=ep`), or only permitted (`setcap cap_net_raw=p`), and is raised then.
//
// Capabilities belong to threads: all this is for a process that has one thread yet.
#pragma once

#include "portsweep/base/result.h"

namespace portsweep {

// Whether CAP_NET_RAW is effective or can be raised.
bool may_use_raw_packets();

// CAP_NET_RAW is effective while it lives, if it may be.
class RawPacketPrivilege {
 public:
  RawPacketPrivilege();
  ~RawPacketPrivilege();
  RawPacketPrivilege(const RawPacketPrivilege&) = delete;
  RawPacketPrivilege& operator=(const RawPacketPrivilege&) = delete;

 private:
  bool raised_;
};

// For good: drops every capability but those that let root write where root may write (CAP_DAC_OVERRIDE,
// CAP_DAC_READ_SEARCH, CAP_FOWNER), and sets no_new_privs. An Error where the kernel refuses: nothing untrusted should
// be read then.
Result<void> drop_privileges();

}  // namespace portsweep
