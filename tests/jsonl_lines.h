// SPDX-License-Identifier: Apache-2.0
//
// JSON lines as tests read them: JsonLines(outcome.out).host("10.0.0.1")["state"]. A line that is no JSON, and a record
// that is missing or there twice, fail the test; what is missing reads as null.
#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace portsweep {

class JsonLines {
 public:
  explicit JsonLines(const std::string& text) {
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      lines_.push_back(nlohmann::json::parse(line, nullptr, false));
      EXPECT_FALSE(lines_.back().is_discarded()) << line;
    }
  }

  template <class Wanted>
  std::vector<nlohmann::json> all(const std::string& type, Wanted wanted) const {
    std::vector<nlohmann::json> found;
    for (const auto& line : lines_) {
      if (line.is_object() && line.value("type", "") == type && wanted(line)) found.push_back(line);
    }
    return found;
  }
  std::vector<nlohmann::json> all(const std::string& type) const {
    return all(type, [](const auto&) { return true; });
  }

  nlohmann::json summary() const { return the_one(all("summary"), "summary"); }
  nlohmann::json host(const std::string& address) const {
    return the_one(all("host", [&](const auto& line) { return line["host"] == address; }), "host " + address);
  }
  nlohmann::json port(const std::string& address, int port) const {
    const auto wanted = [&](const auto& line) { return line["host"] == address && line["port"] == port; };
    return the_one(all("port", wanted), "port " + address + " " + std::to_string(port));
  }
  bool has_notice(const std::string& kind) const {
    return !all("notice", [&](const auto& line) { return line["notice"] == kind; }).empty();
  }

 private:
  static nlohmann::json the_one(const std::vector<nlohmann::json>& found, const std::string& what) {
    EXPECT_EQ(found.size(), 1U) << what;
    return found.empty() ? nlohmann::json::object() : found.front();
  }

  std::vector<nlohmann::json> lines_;
};

}  // namespace portsweep
