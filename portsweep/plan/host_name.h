// SPDX-License-Identifier: Apache-2.0
//
// Host names by their syntax alone (RFC 952, RFC 1123, and the underscore that is in use): labels of at most 63
// letters, digits, hyphens and underscores, 253 bytes in all, one trailing dot allowed. Nothing is looked up: a text
// that could be a mistyped IPv4 address is refused, so that it never becomes a DNS query.
#pragma once

#include <string>
#include <string_view>

#include "portsweep/base/result.h"

namespace portsweep {

// The name in lower case, the trailing dot kept; an error with caret and hint if text is no host name.
Result<std::string> parse_host_name(std::string_view text);

}  // namespace portsweep
