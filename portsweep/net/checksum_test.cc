// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/checksum.h"

#include <gtest/gtest.h>

#include "testing/linux_packets.h"

namespace portsweep {
namespace {

TEST(InternetChecksum, IsThatOfTheRfc) {
  EXPECT_EQ(internet_checksum(bytes_of("0001f203f4f5f6f7")), 0xffff - 0xddf2);  // RFC 1071, 3
  EXPECT_EQ(internet_checksum(bytes_of("0001f203f4f5f6f7ab")), internet_checksum(bytes_of("0001f203f4f5f6f7ab00")));
  EXPECT_EQ(internet_checksum({}), 0xffff);
}

TEST(InternetChecksum, OfAPseudoHeaderIsThatOfItsBytes) {
  const auto v4 = bytes_of("ac1000010a01020300060028");
  EXPECT_EQ(internet_checksum({}, pseudo_header_sum(Address::v4(0xac100001), Address::v4(0x0a010203), 6, 40)),
            internet_checksum(v4));
  const auto v6 = bytes_of("fc000000000000000000000000000001fd00000000000000000000000000ffff000123450000003a");
  const Address from = *parse_address("fc00::1");
  EXPECT_EQ(internet_checksum({}, pseudo_header_sum(from, *parse_address("fd00::ffff"), 58, 0x12345)),
            internet_checksum(v6));
}

}  // namespace
}  // namespace portsweep
