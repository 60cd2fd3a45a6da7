#include "base/ip_address.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace layercast::base {
namespace {

TEST(IpAddresses, AreReadInAllFormsOfTheResolver) {
  for (const char* form : {"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1",
                           "017700000001", "0177.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1"}) {
    const auto address = ip_address(form);
    ASSERT_TRUE(address) << form;
    EXPECT_EQ(to_string(*address), "127.0.0.1") << form;
  }
  EXPECT_EQ(to_string(ip_address("fe80::1%eth0").value()), "fe80::1");
  EXPECT_EQ(to_string(ip_address("::1").value()), "::1");
  for (const char* name : {"", "localhost", "a.example", "1.2.3.4.5", "256.0.0.1", "1 2", "[::1]",
                           "127.0.0.1 x", "0x", "g::1"}) {
    EXPECT_FALSE(ip_address(name)) << name;
  }
}

TEST(IpAddresses, ArePublicUnlessAnotherNetworkUsesThem) {
  for (const char* text :
       {"1.1.1.1",         "9.255.255.255",   "11.0.0.1",        "100.63.0.1",
        "100.128.0.1",     "126.255.255.255", "128.0.0.1",       "169.253.1.1",
        "172.15.0.1",      "172.32.0.1",      "192.167.0.1",     "192.169.0.1",
        "198.17.0.1",      "198.20.0.1",      "223.255.255.255", "192.0.2.1",
        "2606:4700::1111", "2001:4860::8888", "::ffff:1.1.1.1",  "64:ff9b::1.1.1.1",
        "2002:101:101::"}) {
    EXPECT_TRUE(is_public(ip_address(text).value())) << text;
  }
  for (const char* text : {"0.0.0.0",
                           "0",
                           "10.0.0.1",
                           "100.64.0.1",
                           "127.0.0.1",
                           "127.255.255.254",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.168.1.1",
                           "198.18.0.1",
                           "224.0.0.1",
                           "239.1.2.3",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::7f00:1",
                           "::ffff:10.0.0.1",
                           "::ffff:0:0",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b:1::1",
                           "2002:7f00:1::",
                           "2001::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1"}) {
    EXPECT_FALSE(is_public(ip_address(text).value())) << text;
  }
}

TEST(IpRanges, ContainTheAddressesWithTheirFirstBits) {
  const auto contains = [](const char* range, const char* address) {
    return ip_range(range).value().contains(ip_address(address).value());
  };
  EXPECT_TRUE(contains("192.168.0.0/16", "192.168.255.1"));
  EXPECT_TRUE(contains("192.168.0.0/16", "::ffff:192.168.255.1"));
  EXPECT_FALSE(contains("192.168.0.0/16", "192.169.0.1"));
  EXPECT_TRUE(contains("10.1.2.8/29", "10.1.2.15"));
  EXPECT_FALSE(contains("10.1.2.8/29", "10.1.2.16"));
  EXPECT_TRUE(contains("0.0.0.0/0", "10.1.2.3"));
  EXPECT_FALSE(contains("0.0.0.0/0", "fd00::1"));
  EXPECT_TRUE(contains("fd00::/8", "fdff::1"));
  EXPECT_TRUE(contains("::1", "::1"));
  EXPECT_FALSE(contains("127.0.0.1", "127.0.0.2"));
  for (const char* wrong : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "fd00::/129", "10/8",
                            "host/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(ip_range(wrong)) << wrong;
  }
}

TEST(IpAddresses, OfALocalNameAreLoopback) {
  const auto addresses = addresses_of("localhost");
  ASSERT_FALSE(addresses.empty());
  EXPECT_TRUE(std::ranges::none_of(addresses, is_public));
}

}  // namespace
}  // namespace layercast::base
