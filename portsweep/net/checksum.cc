// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/checksum.h"

namespace portsweep {
namespace {

std::uint64_t words_of(std::uint64_t bits) {
  return (bits >> 48) + ((bits >> 32) & 0xffff) + ((bits >> 16) & 0xffff) + (bits & 0xffff);
}

std::uint64_t sum_of(const Address& address) {
  return words_of(static_cast<std::uint64_t>(address.bits() >> 64)) +
         words_of(static_cast<std::uint64_t>(address.bits()));
}

}  // namespace

std::uint64_t sum_of(Bytes bytes) {
  std::uint64_t sum = 0;
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) sum += read16(bytes, at);
  if (at < bytes.size()) sum += std::uint64_t{bytes[at]} << 8;
  return sum;
}

std::uint64_t pseudo_header_sum(const Address& from, const Address& to, std::uint8_t protocol, std::size_t length) {
  return sum_of(from) + sum_of(to) + protocol + words_of(length);
}

std::uint16_t internet_checksum(Bytes bytes, std::uint64_t sum) {
  sum += sum_of(bytes);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace portsweep
