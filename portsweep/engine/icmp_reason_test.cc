// SPDX-License-Identifier: Apache-2.0
#include "portsweep/engine/icmp_reason.h"

#include <gtest/gtest.h>

namespace portsweep {
namespace {

struct Row {
  std::uint8_t type;
  std::uint8_t code;
  std::optional<Reason> reason;
};

void expect_all(Family family, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    const IcmpError error{.family = family, .type = row.type, .code = row.code, .offender = {}};
    EXPECT_EQ(reason_of(error), row.reason) << int{row.type} << ' ' << int{row.code};
  }
}

// RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1.
TEST(IcmpReason, KnowsWhatIcmpSays) {
  expect_all(Family::kIpv4, {{3, 0, Reason::kNetUnreach},
                             {3, 1, Reason::kHostUnreach},
                             {3, 2, Reason::kProtoUnreach},
                             {3, 3, Reason::kPortUnreach},
                             {3, 4, std::nullopt},  // fragmentation needed
                             {3, 6, Reason::kNetUnreach},
                             {3, 9, Reason::kAdminProhibited},
                             {3, 10, Reason::kAdminProhibited},
                             {3, 13, Reason::kAdminProhibited},
                             {11, 0, Reason::kHostUnreach},
                             {5, 1, std::nullopt}});  // redirect
}

// RFC 4443 section 3. An unrecognised next header is what IPv4 calls protocol unreachable.
TEST(IcmpReason, KnowsWhatIcmpv6Says) {
  expect_all(Family::kIpv6, {{1, 0, Reason::kNetUnreach},
                             {1, 1, Reason::kAdminProhibited},
                             {1, 3, Reason::kHostUnreach},
                             {1, 4, Reason::kPortUnreach},
                             {1, 5, Reason::kAdminProhibited},
                             {1, 6, Reason::kAdminProhibited},
                             {2, 0, std::nullopt},  // packet too big
                             {3, 0, Reason::kHostUnreach},
                             {4, 1, Reason::kProtoUnreach},
                             {4, 0, std::nullopt}});
}

}  // namespace
}  // namespace portsweep
