// SPDX-License-Identifier: Apache-2.0
#include "testing/bad_inputs.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace portsweep {
namespace {

// The bytes that a string of the table stands for: Latin-1, "{c*N}" repeated.
std::string bytes_of(const std::string& utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte >= 0x80) {
      out += static_cast<char>(((byte & 0x03) << 6) | (static_cast<unsigned char>(utf8[++i]) & 0x3F));
    } else if (byte == '{' && utf8.substr(i + 2, 1) == "*") {
      const std::size_t end = utf8.find('}', i);
      out.append(std::stoul(utf8.substr(i + 3, end - i - 3)), utf8[i + 1]);
      i = end;
    } else {
      out += utf8[i];
    }
  }
  return out;
}

BadInput row_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) c == '\t' ? cells.emplace_back() : cells.back() += c;
  EXPECT_EQ(cells.size(), 6U) << line;
  BadInput row{cells.at(0), {}, {}, cells.at(3), std::stoi(cells.at(4)), cells.at(5)};
  for (const auto& word : nlohmann::json::parse(cells.at(1))) row.argv.push_back(bytes_of(word.get<std::string>()));
  const auto input = nlohmann::json::parse(cells.at(2));
  if (!input.is_null()) row.input = bytes_of(input.get<std::string>());
  return row;
}

}  // namespace

std::vector<BadInput> read_bad_inputs() {
  std::vector<BadInput> rows;
  std::ifstream file(PORTSWEEP_SOURCE_DIR "/tests/data/bad_inputs.tsv");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) rows.push_back(row_of(line));
  }
  EXPECT_FALSE(rows.empty());
  return rows;
}

}  // namespace portsweep
