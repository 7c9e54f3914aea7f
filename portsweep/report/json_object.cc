// SPDX-License-Identifier: Apache-2.0
#include "portsweep/report/json_object.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "portsweep/base/escape.h"

namespace portsweep {
namespace {

void append_quoted(std::string_view value, std::string& out) {
  out += '"';
  out += escape_json(value);
  out += '"';
}

}  // namespace

JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
  key(name);
  append_quoted(value, out_);
  return *this;
}

JsonObject& JsonObject::texts(std::string_view name, std::span<const std::string> values) {
  key(name);
  out_ += '[';
  for (bool first = true; const std::string& value : values) {
    if (!first) out_ += ',';
    append_quoted(value, out_);
    first = false;
  }
  out_ += ']';
  return *this;
}

JsonObject& JsonObject::number(std::string_view name, std::uint64_t value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "{}", value);
  return *this;
}

JsonObject& JsonObject::real(std::string_view name, std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return null(name);
  key(name);
  fmt::format_to(std::back_inserter(out_), "{}", *value);
  return *this;
}

JsonObject& JsonObject::seconds(std::string_view name, Duration value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "{:.6f}", seconds_of(value));
  return *this;
}

JsonObject& JsonObject::boolean(std::string_view name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
  return *this;
}

JsonObject& JsonObject::null(std::string_view name) {
  key(name);
  out_ += "null";
  return *this;
}

JsonObject JsonObject::object(std::string_view name) {
  key(name);
  return JsonObject(out_);
}

void JsonObject::key(std::string_view name) {
  if (!empty_) out_ += ',';
  empty_ = false;
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

}  // namespace portsweep
