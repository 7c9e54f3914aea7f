// SPDX-License-Identifier: Apache-2.0
//
// Descriptors 0, 1 and 2 as the process got them. One that is closed is dangerous: the next socket or file would take
// its number, and text meant for people would go out on the network.
#pragma once

namespace portsweep {

struct StandardStreams {
  bool input_closed;
  bool output_closed;
  bool error_closed;
};

// Opens /dev/null on those that are closed, and says which were. Call first of all, once.
StandardStreams secure_standard_streams();

}  // namespace portsweep
