// SPDX-License-Identifier: Apache-2.0
//
// Text filled to a width, for the help: ASCII, words never broken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace portsweep::cli {

inline constexpr std::size_t kHelpColumns = 80;

// Every line indented and ended by a line feed. A word longer than the room has a line of its own.
std::string wrap(std::string_view text, std::size_t indent, std::size_t columns = kHelpColumns);

}  // namespace portsweep::cli
