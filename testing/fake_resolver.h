// SPDX-License-Identifier: Apache-2.0
//
// FakeResolver: names and their addresses from a table; anything else does not resolve. Nothing is looked up.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "portsweep/os/resolver.h"

namespace portsweep {

class FakeResolver final : public Resolver {
 public:
  std::map<std::string, std::vector<Address>> table;

  std::vector<Resolution> resolve(std::span<const std::string> names, Duration) override {
    std::vector<Resolution> results;
    for (const std::string& name : names) {
      const auto found = table.find(name);
      if (found == table.end()) {
        results.push_back({name, {}, "Name or service not known"});
      } else {
        results.push_back({name, found->second, {}});
      }
    }
    return results;
  }
};

}  // namespace portsweep
