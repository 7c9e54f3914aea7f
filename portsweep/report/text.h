// SPDX-License-Identifier: Apache-2.0
//
// Text, for people: hosts in the order given, ports in columns, whatever is not listed folded into counts with its
// reasons and how far it can be trusted, and totals that end with the time it took:
//
//   192.0.2.1 (a.example)  up, 0.10 ms
//     PORT      STATE  SERVICE   REASON
//     22/tcp    open   ssh       syn-ack
//     8080/tcp  open   http-alt  syn-ack
//     65533 filtered (no-response), certified: chance of a miss <= 6e-9 each, 4e-4 in all (loss 0.0 % of 214, 3 tries)
//
//   1 host up; 2 ports open, 0 closed, 65533 filtered; 131100 probes in 2.02 s
//
// A host of which no port is listed takes one line, unless that would be too long. With `stream`, port() shows each
// port the moment it is certain. Printable ASCII only, whatever the records hold. Programs should read jsonl: this
// layout may change.
#pragma once

#include <memory>

#include "portsweep/report/format.h"

namespace portsweep {

std::unique_ptr<Format> make_text(const FormatOptions& options);

}  // namespace portsweep
