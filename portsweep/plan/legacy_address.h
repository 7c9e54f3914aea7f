// SPDX-License-Identifier: Apache-2.0
//
// The many ways of inet_aton(3) to write an IPv4 address: fewer than four parts, octal, hexadecimal ("127.1",
// "0177.0.0.1", "0x7f000001"). portsweep refuses them all, because readers differ in what they mean; this file only
// knows enough of them to say what was probably meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "portsweep/net/address.h"

namespace portsweep {

// The address inet_aton(3) would read, or nothing.
std::optional<Address> read_legacy_address(std::string_view text);

// What to write instead of text, which looks like an IPv4 address and is none: one sentence.
std::string legacy_address_hint(std::string_view text);

}  // namespace portsweep
