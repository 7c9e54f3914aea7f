// SPDX-License-Identifier: Apache-2.0
//
// What the engine `auto` comes to: syn where this machine permits it, connect where it does not, or where packets of
// our own would reach nothing that connect does not reach.
//
// It is decided before anything is read that others may have written (cli/raw_packets.h): by the words of the command
// line. A file of targets, or a name to look up, may lead anywhere. Pure.
#pragma once

#include <cstdint>

#include "cli/raw_args.h"
#include "portsweep/net/address_set.h"
#include "portsweep/net/zones.h"

namespace portsweep::cli {

enum class RawPacketUse : std::uint8_t {
  kNone,
  kIfPermitted,  // else connect will do
  kRequired,     // an engine, or an option, that is nothing without
};

// `own`: this machine's addresses.
RawPacketUse raw_packet_use(const RawArgs& raw, const Zones& zones, const AddressSet& own);

}  // namespace portsweep::cli
