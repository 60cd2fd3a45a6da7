#include "base/source_hosts.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::base {
namespace {

SourceHosts hosts(const std::vector<std::string>& allowed) {
  auto parsed = SourceHosts::parse(allowed);
  EXPECT_TRUE(parsed) << parsed.error().to_string();
  return parsed ? std::move(parsed).value() : SourceHosts();
}

TEST(HostOfUrl, IsThatOfTheLibrary) {
  struct Case {
    const char* url;
    const char* host;
  };
  for (const Case& each : {Case{"http://a.example/x", "a.example"},
                           {"HTTP://A.Example.:80", "a.example"},
                           {"http://me:pass@host:1/a@b", "host"},
                           {"http://1.1.1.1@127.0.0.1/", "127.0.0.1"},
                           {"http://1.1.1.1:80@x@127.0.0.1", "127.0.0.1"},
                           {"http://[::1]:80/", "::1"},
                           {"http://me@[fe80::1%eth0]", "fe80::1%eth0"},
                           {"http://host?@1.1.1.1", "host"},
                           {"http://host#@1.1.1.1", "host"},
                           {"udp://@239.0.0.1:5000", "239.0.0.1"},
                           {"udp://:5000", ""},
                           {"http:///a", ""},
                           {"no url", ""}}) {
    EXPECT_EQ(host_of_url(each.url), each.host) << each.url;
  }
}

TEST(SourceHosts, ArePublicByDefault) {
  const SourceHosts none;
  for (const char* good : {"http://a.example/x", "https://1.1.1.1/x", "http://[2606:4700::1111]/",
                           "rtmp://a.example/live/listener", "srt://a.example:1",
                           "srt://a.example:1?mode=caller&latency=9", "rtsp://a.example/x",
                           "http://a.example/?listen=0"}) {
    EXPECT_FALSE(none.objection_to(good)) << good << *none.objection_to(good);
  }
  for (const char* bad : {"http://127.0.0.1/",
                          "http://127.1/",
                          "http://2130706433/",
                          "http://0x7f000001/",
                          "http://017700000001/",
                          "http://0/",
                          "http://0.0.0.0:80/",
                          "http://10.1.2.3/",
                          "http://192.168.0.1/",
                          "http://172.20.0.1/",
                          "http://169.254.169.254/latest",
                          "http://[::1]/",
                          "http://[::]/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://[::ffff:a00:1]/",
                          "http://[fe80::1%25eth0]/",
                          "http://[fd00::1]/",
                          "http://localhost/",
                          "http://LOCALHOST./",
                          "http://a.localhost/",
                          "http://ip6-localhost/",
                          "http:///a",
                          "rtmp://1.1.1.1@127.0.0.1/a",
                          "rtsp://10.0.0.1/x",
                          "srt://127.0.0.1:1"}) {
    EXPECT_TRUE(none.objection_to(bad)) << bad;
  }
}

TEST(SourceHosts, DoNotLetTheMachineListen) {
  const SourceHosts none;
  for (const char* bad :
       {"srt://0.0.0.0:9?mode=listener", "srt://1.1.1.1:9?mode=listener", "srt://:9?mode=listener",
        "srt://a.example:9?latency=1&mode=LISTENER", "srt://a.example:9?mode=rendezvous",
        "rtmp://a.example/live?listen=1", "rtmp://a.example/live?a=b&listen",
        "http://a.example/?listen=2", "udp://0.0.0.0:5000", "udp://a.example:5000", "udp://@:5000",
        "UDP://239.0.0.1:5000", "rtp://0.0.0.0:5004", "rtp://1.1.1.1:5004"}) {
    const auto objection = none.objection_to(bad);
    ASSERT_TRUE(objection) << bad;
    EXPECT_NE(objection->find("listen on a port"), std::string::npos) << bad;
    EXPECT_NE(objection->find("--allow-source "), std::string::npos) << bad;
  }
  EXPECT_TRUE(none.objection_to_output("srt://1.1.1.1:9?mode=listener"));
  EXPECT_TRUE(none.objection_to_output("rtmp://1.1.1.1/a?listen=1"));
  EXPECT_FALSE(none.objection_to_output("udp://127.0.0.1:5000"));
  EXPECT_FALSE(none.objection_to_output("srt://127.0.0.1:5000"));
  const SourceHosts any = hosts({"0.0.0.0"});
  EXPECT_FALSE(any.objection_to("srt://0.0.0.0:9?mode=listener"));
  EXPECT_FALSE(any.objection_to("udp://0.0.0.0:9"));
  EXPECT_TRUE(any.objection_to("udp://1.1.1.1:9"));
}

TEST(SourceHosts, AreAllowedByNameAddressRangeAndEnding) {
  const SourceHosts some =
      hosts({"Localhost", "127.0.0.1", "192.168.0.0/16", "[fd00::1]", "*.Lan.example", "nas."});
  for (const char* good :
       {"http://localhost/", "http://127.0.0.1/", "http://127.1/", "http://[::ffff:127.0.0.1]/",
        "http://192.168.9.9/", "http://[fd00::1]/", "udp://a.lan.example:1", "udp://nas:1"}) {
    EXPECT_FALSE(some.objection_to(good)) << good;
  }
  for (const char* bad : {"http://127.0.0.2/", "http://10.0.0.1/", "http://[::1]/",
                          "http://[fd00::2]/", "udp://lan.example:1", "udp://xlan.example:1"}) {
    EXPECT_TRUE(some.objection_to(bad)) << bad;
  }
  const SourceHosts all = hosts({"*"});
  for (const char* url : {"http://127.0.0.1/", "udp://@:1", "srt://0.0.0.0:1?mode=listener"}) {
    EXPECT_FALSE(all.objection_to(url)) << url;
  }
}

TEST(SourceHosts, PermitTheAddressesOfConnections) {
  const auto address = [](const char* text) { return ip_address(text).value(); };
  const SourceHosts none;
  EXPECT_TRUE(none.permits(address("1.1.1.1"), "a.example"));
  EXPECT_FALSE(none.permits(address("127.0.0.1"), "a.example"));
  EXPECT_FALSE(none.permits(address("127.0.0.1"), "localhost"));
  const SourceHosts range = hosts({"127.0.0.0/8"});
  EXPECT_TRUE(range.permits(address("127.0.0.2"), "a.example"));
  EXPECT_FALSE(range.permits(address("10.0.0.1"), "a.example"));
  // The addresses of an allowed name, also after a redirection to it.
  const IpAddress local = addresses_of("localhost").at(0);
  const SourceHosts name = hosts({"localhost"});
  EXPECT_TRUE(name.permits(local, "localhost"));
  EXPECT_TRUE(name.permits(local, "a.example"));
  EXPECT_FALSE(name.permits(address("10.0.0.1"), "localhost"));
  EXPECT_TRUE(hosts({"*"}).permits(address("10.0.0.1"), "a.example"));
}

TEST(SourceHosts, AreToldWhatIsExpected) {
  for (const char* wrong :
       {"", "http://a", "10.0.0.0/33", "a b", "*.", "*x", "a..b", "127.1", "a:80", "[::1"}) {
    const auto parsed = SourceHosts::parse({wrong});
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_NE(parsed.error().message.find("192.168.0.0/16"), std::string::npos);
  }
}

}  // namespace
}  // namespace layercast::base
