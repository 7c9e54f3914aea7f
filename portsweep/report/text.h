// SPDX-License-Identifier: Apache-2.0
//
// Text, for people: hosts in the order given, ports in columns, whatever is not listed folded into counts with its
// reasons, and totals that end with the time it took:
//
//   127.0.0.1 (localhost)  up, 0.10 ms
//     PORT      STATE  SERVICE   REASON
//     22/tcp    open   ssh       syn-ack
//     8080/tcp  open   http-alt  syn-ack
//     65533 closed (reset)
//
//   1 host up; 2 ports open, 65533 closed, 0 filtered; 65535 probes in 0.21 s
//
// A host of which no port is listed takes one line. With `stream`, port() shows each port the moment it is certain.
// Printable ASCII only, whatever the records hold. Programs should read jsonl: this layout may change.
#pragma once

#include <memory>

#include "portsweep/report/format.h"

namespace portsweep {

std::unique_ptr<Format> make_text(const FormatOptions& options);

}  // namespace portsweep
