// SPDX-License-Identifier: Apache-2.0
//
// Untrusted text made safe to show. Whatever came off the network, from a resolver, from a file or from the
// command line is hostile until it went through one of these, at the edge, once.
// Both are total: any bytes in, printable text out; at most six bytes out for one in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace portsweep {

// For people: printable ASCII stays; every other byte becomes \xHH, and a backslash \\. So no control sequence,
// no line break, no bidirectional override and no invalid UTF-8 reaches a terminal. Text longer than max_bytes is cut
// and ends in "...".
std::string escape_text(std::string_view bytes, std::size_t max_bytes = 4096);

// For JSON (RFC 8259), without the quotes: valid UTF-8 stays, control characters and DEL become \u00HH, and each
// byte that is not part of valid UTF-8 becomes the six characters \\xHH (an escaped backslash, then xHH).
std::string escape_json(std::string_view bytes);

}  // namespace portsweep
