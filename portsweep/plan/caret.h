// SPDX-License-Identifier: Apache-2.0
//
// Carets under user text of any length: the text of a caret, and text quoted in a message, never exceed
// kMaxShown bytes, however long the argument or the line was. What is left out is shown as "...".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "portsweep/base/result.h"

namespace portsweep {

constexpr std::size_t kMaxShown = 64;

// A caret under text[offset, offset + length): a window of text around it, raw (whoever prints it escapes it).
Caret caret_under(std::string_view text, std::size_t offset, std::size_t length = 1);

// The caret under part. Precondition: part is a view into text.
Caret caret_under(std::string_view text, std::string_view part);

// A usage error with the caret under part, wherever in the whole text that is.
Error error_under(std::string_view text, std::string_view part, std::string message, std::string hint);

// For the middle of a message: in double quotes, printable ASCII only, cut.
std::string in_quotes(std::string_view text);

}  // namespace portsweep
