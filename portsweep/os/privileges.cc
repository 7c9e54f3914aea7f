// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/privileges.h"

#include <cap-ng.h>
#include <sys/prctl.h>

#include <cerrno>
#include <vector>

#include "portsweep/os/system_error.h"

namespace portsweep {
namespace {

// What root writes files by.
constexpr unsigned kKept[] = {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER};

bool has(capng_type_t set, unsigned capability) { return capng_have_capability(set, capability) != 0; }

// False where the capabilities cannot be read: then there are none.
bool read_capabilities() {
  capng_clear(CAPNG_SELECT_ALL);
  return capng_get_caps_process() == 0;
}

bool set_raw(capng_act_t action) {
  if (!read_capabilities()) return false;
  capng_update(action, CAPNG_EFFECTIVE, CAP_NET_RAW);
  return capng_apply(CAPNG_SELECT_CAPS) == 0;
}

}  // namespace

bool may_use_raw_packets() {
  return read_capabilities() && (has(CAPNG_EFFECTIVE, CAP_NET_RAW) || has(CAPNG_PERMITTED, CAP_NET_RAW));
}

RawPacketPrivilege::RawPacketPrivilege()
    : raised_(may_use_raw_packets() && !has(CAPNG_EFFECTIVE, CAP_NET_RAW) && set_raw(CAPNG_ADD)) {}

RawPacketPrivilege::~RawPacketPrivilege() {
  if (raised_) set_raw(CAPNG_DROP);
}

Result<void> drop_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_error("cannot set no_new_privs", errno);
  if (!read_capabilities()) return system_error("cannot read capabilities", errno);
  std::vector<unsigned> kept;
  for (const unsigned capability : kKept) {
    if (has(CAPNG_EFFECTIVE, capability)) kept.push_back(capability);
  }
  const bool bounds = has(CAPNG_EFFECTIVE, CAP_SETPCAP);  // only then may the bounding set be cut
  capng_clear(bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS);
  for (const unsigned capability : kept) {
    capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), capability);
  }
  if (capng_apply(bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) == 0) return {};
  return system_error("cannot drop capabilities", errno);
}

}  // namespace portsweep
