// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "portsweep/net/port_set.h"

namespace portsweep {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Services, NameAPort) {
  EXPECT_EQ(service_name(Port(80)), "http");
  EXPECT_EQ(service_name(Port(443)), "https");
  EXPECT_EQ(service_name(Port(3389)), "ms-wbt-server");
  EXPECT_EQ(service_name(Port(65000)), "");
}

TEST(Services, FindAPortByNameOrAlias) {
  EXPECT_EQ(service_port("http"), Port(80));
  EXPECT_EQ(service_port("www"), Port(80));
  EXPECT_EQ(service_port("www-http"), Port(80));
  EXPECT_EQ(service_port("rdp"), Port(3389));
  EXPECT_EQ(service_port("postgres"), Port(5432));
  EXPECT_EQ(service_port("nosuchservice"), std::nullopt);
  EXPECT_EQ(service_port(""), std::nullopt);
  EXPECT_EQ(service_port("www www-http"), std::nullopt);
}

TEST(Services, ANameOfSeveralPortsMeansTheLikeliest) {
  EXPECT_EQ(service_name(Port(8008)), "http-alt");
  EXPECT_EQ(service_port("http-alt"), Port(8080));
}

TEST(Services, NamesAreShortAndLowerCase) {
  for (const Port port : ports_by_rank()) {
    const std::string_view name = service_name(port);
    EXPECT_LE(name.size(), 32U) << name;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos) << name;
    // A name made of digits and hyphens only would read as a port range.
    EXPECT_TRUE(name.empty() || name.find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string_view::npos) << name;
  }
}

TEST(Services, EveryPortHasOneRank) {
  const auto ranked = ports_by_rank();
  const std::set<Port> distinct(ranked.begin(), ranked.end());
  EXPECT_EQ(ranked.size(), Port::kMax);
  EXPECT_EQ(distinct.size(), Port::kMax);
  EXPECT_EQ(ranked[0], Port(80));
  EXPECT_EQ(ranked.back(), Port(65535));
}

TEST(Services, TheFirstHundredHoldWhatNetworksHave) {
  const auto top = ports_by_rank().subspan(0, 100);
  for (const int number : {22, 25, 53, 80, 443, 445, 3306, 3389, 5432, 6379, 8080, 8443, 9200, 27017}) {
    EXPECT_THAT(top, Contains(Port(static_cast<std::uint16_t>(number))));
  }
}

TEST(MostPopular, KeepsRankOrderAndTheLimit) {
  const std::vector<Port> ports{Port(1), Port(22), Port(80), Port(443), Port(65535), Port(80)};
  EXPECT_THAT(most_popular(ports, 3), ElementsAre(Port(80), Port(443), Port(22)));
  EXPECT_THAT(most_popular(ports, 100), ElementsAre(Port(80), Port(443), Port(22), Port(1), Port(65535)));
  EXPECT_THAT(most_popular(ports, 0), IsEmpty());
  EXPECT_THAT(most_popular({}, 100), IsEmpty());
  EXPECT_EQ(most_popular(PortSet::all().to_vector(), 100).size(), 100U);
}

TEST(SimilarServices, SuggestTheNearestFirst) {
  EXPECT_EQ(similar_services("htpp").front(), "http");
  EXPECT_EQ(similar_services("mysq").front(), "mysql");
  EXPECT_THAT(similar_services("sssh"), Contains("ssh"));
  EXPECT_LE(similar_services("http").size(), 3U);
}

TEST(SimilarServices, SaysNothingWhenNothingIsNear) {
  EXPECT_THAT(similar_services("nosuchservice"), IsEmpty());
  EXPECT_THAT(similar_services(""), IsEmpty());
  EXPECT_THAT(similar_services(std::string(100'000, 'x')), IsEmpty());
}

}  // namespace
}  // namespace portsweep
