#include "media/av/tls_trust.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavutil/dict.h>
}

namespace layercast::media {
namespace {

/// Restores the rules, which belong to the process.
class TlsTrustTest : public ::testing::Test {
 protected:
  ~TlsTrustTest() override { set_tls_trust({}); }

  static std::string option(const char* url, const char* name) {
    AVDictionary* options = nullptr;
    add_tls_options(&options, url);
    const AVDictionaryEntry* entry = av_dict_get(options, name, nullptr, 0);
    std::string value = entry == nullptr ? "" : entry->value;
    av_dict_free(&options);
    return value;
  }
};

TEST_F(TlsTrustTest, VerifiesEveryServerByDefault) {
  for (const char* url :
       {"rtmps://a.example/live/k", "https://a.example/x", "http://a.example/x"}) {
    EXPECT_EQ(option(url, "tls_verify"), "1") << url;
    EXPECT_EQ(option(url, "ca_file"), "") << url;
  }
}

TEST_F(TlsTrustTest, AcceptsTheNamedHostsOnly) {
  set_tls_trust({"/ca.pem", {"A.example", "127.0.0.1", "::1"}});
  for (const char* url :
       {"rtmps://a.example/live/k", "rtmps://me:x@A.EXAMPLE:443/live/k", "https://127.0.0.1:8443/a",
        "https://[::1]:8443/a", "crypto+https://a.example/1.ts", "crypto:https://a.example/1.ts"}) {
    EXPECT_EQ(option(url, "tls_verify"), "0") << url;
  }
  for (const char* url :
       {"https://b.example/x", "https://a.example.evil/x", "https://xa.example/x",
        "https://a.example@b.example/x", "https://b.example/a.example", "rtmps://", ""}) {
    EXPECT_EQ(option(url, "tls_verify"), "1") << url;
    EXPECT_EQ(option(url, "ca_file"), "/ca.pem") << url;
  }
}

TEST_F(TlsTrustTest, FindsTheServerOfAUrl) {
  EXPECT_EQ(tls_peer_of("rtmps://A.example/live/k").port, 443);
  EXPECT_EQ(tls_peer_of("rtmps://a.example:1936/live/k").port, 1936);
  EXPECT_EQ(tls_peer_of("https://[::1]/").host, "::1");
}

TEST_F(TlsTrustTest, OnlyALoginOverRtmpsNeedsASecondConnection) {
  EXPECT_TRUE(is_only_first_verified("rtmps://me:x@a.example/live/k"));
  EXPECT_FALSE(is_only_first_verified("rtmps://a.example/live/k"));
  EXPECT_FALSE(is_only_first_verified("rtmp://me:x@a.example/live/k"));
  EXPECT_FALSE(is_only_first_verified("https://me:x@a.example/k"));
  set_tls_trust({"", {"a.example"}});
  EXPECT_FALSE(is_only_first_verified("rtmps://me:x@a.example/live/k"));
}

}  // namespace
}  // namespace layercast::media
