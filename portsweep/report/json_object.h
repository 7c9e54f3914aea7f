// SPDX-License-Identifier: Apache-2.0
//
// JsonObject: writes one JSON object, field after field, to the end of a string. Text is escaped here and nowhere
// else, so whatever is given comes out as valid JSON on one line. Locale plays no part.
//
//   JsonObject object(out);
//   object.text("host", host).number("port", 80);
//   object.end();
//
// Keys are ours: short ASCII literals, not escaped. The caller ends each object, inner ones first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "portsweep/base/time.h"

namespace portsweep {

class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

  JsonObject& text(std::string_view key, std::string_view value);
  JsonObject& texts(std::string_view key, std::span<const std::string> values);
  JsonObject& number(std::string_view key, std::uint64_t value);
  // The shortest digits that read back as the same double; null if empty, infinite or not a number.
  JsonObject& real(std::string_view key, std::optional<double> value);
  // Seconds, to the microsecond.
  JsonObject& seconds(std::string_view key, Duration value);
  JsonObject& boolean(std::string_view key, bool value);
  JsonObject& null(std::string_view key);
  // An object as a field; nothing may be added to this one until the inner one has ended.
  JsonObject object(std::string_view key);

  void end() { out_ += '}'; }

 private:
  void key(std::string_view name);

  std::string& out_;
  bool empty_ = true;
};

}  // namespace portsweep
