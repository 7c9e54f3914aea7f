// SPDX-License-Identifier: Apache-2.0
//
// JSON lines, schema 1: one object a line, `type` first; docs/formats/jsonl.md is the contract. Ports are written
// when they become certain, by port() and only there; host() writes the host's own line.
#pragma once

#include <memory>

#include "portsweep/report/format.h"

namespace portsweep {

std::unique_ptr<Format> make_jsonl(const FormatOptions& options);

}  // namespace portsweep
