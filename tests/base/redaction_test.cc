#include "base/redaction.h"

#include <gmock/gmock.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::base {
namespace {

using ::testing::HasSubstr;

struct Redaction {
  const char* url;
  const char* shown;
};

TEST(RedactedUrl, HidesPasswordsKeysAndQueryValues) {
  for (const Redaction& wanted :
       {Redaction{"rtmp://a.example/live/abcd-efgh", "rtmp://a.example/live/***"},
        Redaction{"RTMPS://a.example:443/app/x/key/", "RTMPS://a.example:443/app/x/***/"},
        Redaction{"rtmp://a.example/live/key?auth=1&n", "rtmp://a.example/live/***?auth=***&***"},
        Redaction{"rtmp://a.example/live2?backup=1/key", "rtmp://a.example/***?backup=***"},
        Redaction{"rtmp://me:secret@a.example:19/live/key", "rtmp://me:***@a.example:19/live/***"},
        Redaction{"rtmp://me:se@cret@a.example/live/key", "rtmp://me:***@a.example/live/***"},
        Redaction{"rtmp://me:se/cret@a.example/live/key", "rtmp://me:***@a.example/live/***"},
        Redaction{"rtmp://token@a.example/live/key", "rtmp://***@a.example/live/***"},
        Redaction{"rtmp://a.example/live/key playpath=other live=1",
                  "rtmp://a.example/live/*** playpath=*** live=***"},
        Redaction{"rtmp://[::1]:1935/live/key", "rtmp://[::1]:1935/live/***"},
        Redaction{"rtmp://a.example", "rtmp://a.example"},
        Redaction{"rtmp://a.example/", "rtmp://a.example/"},
        Redaction{"srt://a.example:9000?streamid=key&passphrase=secret#x",
                  "srt://a.example:9000?streamid=***&passphrase=***#***"},
        Redaction{"srt://a.example:9000/key", "srt://a.example:9000/***"},
        Redaction{"udp://239.0.0.1:5000?ttl=2", "udp://239.0.0.1:5000?ttl=***"},
        Redaction{"http://me:secret@a.example/x/y?t=1", "http://me:***@a.example/x/y?t=***"}}) {
    EXPECT_EQ(redacted_url(wanted.url), wanted.shown);
  }
}

TEST(RedactedUrl, HidesTheKeyOfAnUnknownOrMisspeltScheme) {
  for (const Redaction& wanted :
       {Redaction{"rmtp://live.example/app/SECRET", "rmtp://live.example/app/***"},
        Redaction{"ftp://u:PASS@h/SECRET", "ftp://u:***@h/***"},
        Redaction{"htps://u:PASS@h/app/SECRET?t=1", "htps://u:***@h/app/***?t=***"},
        Redaction{"rtmp:/live.example/app/SECRET", "rtmp:/live.example/app/***"},
        Redaction{"rtmp//live.example/app/SECRET", "rtmp//live.example/app/***"},
        Redaction{"rtmp:live.example/app/SECRET", "rtmp:live.example/app/***"},
        Redaction{"rmtps;//live.example/app/SECRET", "rmtps;//live.example/app/***"},
        Redaction{"rtmp:\\\\live.example/app/SECRET", "rtmp:\\\\live.example/app/***"},
        Redaction{"rtmp ://live.example/app/SECRET", "rtmp ://live.example/app/***"},
        Redaction{" rtmp://live.example/app/SECRET", " rtmp://live.example/app/***"},
        Redaction{"rt_mp://live.example/app/SECRET", "rt_mp://live.example/app/***"},
        Redaction{"rtmp:///live.example/app/SECRET", "rtmp:///live.example/app/***"},
        Redaction{"whip://live.example/SECRET", "whip://live.example/***"}}) {
    EXPECT_EQ(redacted_url(wanted.url), wanted.shown);
    EXPECT_EQ(redacted_url(wanted.url, UrlUse::kOutput), wanted.shown);
    EXPECT_TRUE(is_url_like(wanted.url)) << wanted.url;
  }
}

TEST(RedactedUrl, OfAnOutputHidesEveryPathThatMayBeAKey) {
  EXPECT_EQ(redacted_url("https://h/app/SECRET", UrlUse::kOutput), "https://h/app/***");
  EXPECT_EQ(redacted_url("rtsp://h/app/SECRET", UrlUse::kOutput), "rtsp://h/app/***");
  EXPECT_EQ(redacted_url("udp://239.0.0.1:5000/x", UrlUse::kOutput), "udp://239.0.0.1:5000/x");
  EXPECT_EQ(redacted_url("https://h/app/film.mp4"), "https://h/app/film.mp4");
}

TEST(RedactedUrl, FilesStayAsTheyAre) {
  for (const char* path :
       {"rec.mkv", "/a/b?c=d.mp4", "x:y@z.ts", "", "C:/a/b.mp4", "art: one/two.mp4", "srt/a.mkv",
        "./rtmp://x/y", "2026-01-01 10:00/rec.mkv", "rtp - talk/one.mkv", "a//b/c.mkv"}) {
    EXPECT_FALSE(is_url_like(path)) << path;
    EXPECT_EQ(redacted_url(path), path);
  }
}

TEST(RedactedText, HidesTheUrlAndItsSecretsWhereverTheyStand) {
  const std::string url = "rtmp://me:pass99@a.example/live/abcd-efgh?token=t0k3n";
  const std::string text =
      redacted_text("cannot open " + url + ": stream abcd-efgh refused (t0k3n, pass99)", url);
  EXPECT_EQ(text,
            "cannot open rtmp://me:***@a.example/live/***?token=***: stream *** refused "
            "(***, ***)");
}

TEST(RedactedUrls, HidesTheSecretsOfEveryUrlInAText) {
  EXPECT_EQ(
      redacted_urls("Error when loading first segment 'https://cdn.example/1.ts?sig=abcdef' of "
                    "(https://me:secret@h.example/a)"),
      "Error when loading first segment 'https://cdn.example/1.ts?sig=***' of "
      "(https://me:***@h.example/a)");
  EXPECT_EQ(redacted_urls("tcp://127.0.0.1:1935"), "tcp://127.0.0.1:1935");
  EXPECT_EQ(redacted_urls(" no URL: a/b?c=d "), " no URL: a/b?c=d ");
  EXPECT_EQ(redacted_urls(""), "");
}

TEST(RedactedText, ShortSecretsDoNotTearWordsApart) {
  EXPECT_EQ(
      redacted_text("a connection to rtmp://a.example/live/a was lost", "rtmp://a.example/live/a"),
      "a connection to rtmp://a.example/live/*** was lost");
  EXPECT_EQ(redacted_text("secure, /secure? and live/secure2 of --insecure-tls, insecurely",
                          "rtmps://h/live/secure", UrlUse::kOutput),
            "***, /***? and live/secure2 of --insecure-tls, insecurely");
  EXPECT_EQ(redacted_text("key-50 and key-5 of 1500 or 500 ms; 1key-5", "rtmp://h/live/key-5"),
            "key-50 and *** of 1500 or 500 ms; 1key-5");
  EXPECT_EQ(redacted_text("500, 1500, 500ms and -500.", "rtmp://h/live/500"),
            "***, 1500, 500ms and -***.");
  EXPECT_EQ(redacted_text("secret7 in asecret7", "rtmp://h/live/secret7"), "*** in asecret7");
  EXPECT_THAT(redacted_text("rec.mkv: no space", "rec.mkv"), HasSubstr("rec.mkv"));
}

TEST(RedactedText, LongSecretsAreHiddenInsideWordsToo) {
  EXPECT_EQ(redacted_text("xsecretly2: secretly", "rtmp://h/live/secretly"), "x***2: ***");
  EXPECT_EQ(redacted_text("aabcd-efghz", "rtmp://h/live/abcd-efgh"), "a***z");
}

TEST(RedactedUrl, LeavesWhatIsNoSecret) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"rtmp://host/live/key", "rtmp://host/live/***"},
      {"rtmps://user:pass@host:443/app/key?token=x&y",
       "rtmps://user:***@host:443/app/***?token=***&***"},
      {"RTMP://key@host/app/key/", "RTMP://***@host/app/***/"},
      {"srt://h:9?streamid=a&latency=20", "srt://h:9?streamid=***&latency=***"},
      {"rtmp://host", "rtmp://host"},
      {"udp://239.0.0.1:1234?pkt_size=1316", "udp://239.0.0.1:1234?pkt_size=***"},
      {"http://u:p@h/a/b?q=1", "http://u:***@h/a/b?q=***"},
      {"recording.mkv", "recording.mkv"},
      {"/a/b?c=d.mkv", "/a/b?c=d.mkv"}};
  for (const auto& [url, shown] : cases) EXPECT_EQ(redacted_url(url), shown);
}

TEST(IsUrl, TellsUrlsFromFiles) {
  for (const char* url : {"rtmp://h/a", "HTTPS://h", "x-y.z+1://", "udp://@239.0.0.1:1"}) {
    EXPECT_TRUE(is_url(url)) << url;
  }
  for (const char* file : {"a.mp4", "/a/b", "://x", "C:/a", "a b://c", "", "a/b://c"}) {
    EXPECT_FALSE(is_url(file)) << file;
  }
}

TEST(IsWebUrl, SchemesHaveNoCase) {
  for (const char* url : {"http://h/a", "https://h", "HTTP://h/a", "HttpS://h/A"}) {
    EXPECT_TRUE(is_web_url(url)) << url;
  }
  for (const char* other : {"rtmp://h/a", "http:/h", "httpx://h", "a/http://h", "a.png", ""}) {
    EXPECT_FALSE(is_web_url(other)) << other;
  }
  EXPECT_EQ(with_lower_case_scheme("HTTP://Me:Pass@H/A"), "http://Me:Pass@H/A");
  EXPECT_EQ(with_lower_case_scheme("Folder/A://b"), "Folder/A://b");
  EXPECT_EQ(with_lower_case_scheme("A.PNG"), "A.PNG");
}

}  // namespace
}  // namespace layercast::base
