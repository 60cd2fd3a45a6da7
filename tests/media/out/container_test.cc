#include "media/out/container.h"

#include "base/redaction.h"

#include <gmock/gmock.h>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string_view name_of(std::string_view output, const std::optional<std::string>& forced = {}) {
  const auto container = container_of(output, forced);
  return container.ok() ? container.value()->name : "";
}

TEST(Container, ComesFromTheExtension) {
  EXPECT_EQ(name_of("x.mp4"), "mp4");
  EXPECT_EQ(name_of("a.b/x.mov"), "mov");
  EXPECT_EQ(name_of("x.mp4.mkv"), "mkv");
  EXPECT_EQ(name_of("/tmp/x.webm"), "webm");
  EXPECT_EQ(name_of("x.FLV"), "flv");
  EXPECT_EQ(name_of("pipe:1.ts"), "ts");
  EXPECT_EQ(name_of("50%.m3u8"), "m3u8");
}

TEST(Container, OfAUrlComesFromTheScheme) {
  EXPECT_EQ(name_of("rtmp://host/live/key.mp4"), "flv");
  EXPECT_EQ(name_of("RTMPS://host/live/key"), "flv");
  EXPECT_EQ(name_of("srt://host:9000?latency=200"), "ts");
  EXPECT_EQ(name_of("udp://239.0.0.1:5000"), "ts");
}

TEST(Container, ForcedOverridesTheName) {
  EXPECT_EQ(name_of("/dev/null", "mkv"), "mkv");
  EXPECT_EQ(name_of("x.mp4", "webm"), "webm");
  EXPECT_EQ(name_of("x", "matroska"), "mkv");
  EXPECT_EQ(name_of("x", "mpegts"), "ts");
  const auto unknown = container_of("x.mp4", "mp5");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(unknown.error().message, AllOf(HasSubstr("mp5"), HasSubstr("mp4, mov, mkv")));
}

TEST(Container, OfAnUnknownNameIsInvalidAndTheKnownOnesAreListed) {
  for (const char* name :
       {"x.avi", "x", "mp4", ".", "x.mp4/", "http://host/x.mp4", "file://x.mp4"}) {
    const auto container = container_of(name, {});
    ASSERT_FALSE(container.ok()) << name;
    EXPECT_EQ(container.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(container.error().where, base::redacted_url(name, base::UrlUse::kOutput));
    EXPECT_THAT(container.error().message,
                AllOf(HasSubstr("mp4, mov, mkv, webm, flv, ts or m3u8"), HasSubstr("rtmp")));
    EXPECT_FALSE(is_known_output(name));
  }
  EXPECT_TRUE(is_known_output("x.mp4"));
  EXPECT_TRUE(is_known_output("rtmp://host/x"));
}

TEST(Container, UrlsAreLiveAndPathsAreNot) {
  EXPECT_EQ(delivery_of("rtmp://host/x"), Delivery::kLive);
  EXPECT_EQ(delivery_of("x.flv"), Delivery::kFile);
  EXPECT_EQ(delivery_of("a://b.flv"), Delivery::kLive);
  EXPECT_EQ(delivery_of("./a b://c.flv"), Delivery::kFile);
}

struct Fit {
  const char* container;
  AVCodecID codec;
  bool fits;
};

TEST(Container, HoldsWhatItsPlayersRead) {
  for (const Fit& fit : {Fit{"mp4", AV_CODEC_ID_H264, true}, Fit{"mp4", AV_CODEC_ID_VP9, true},
                         Fit{"mp4", AV_CODEC_ID_VP8, false}, Fit{"webm", AV_CODEC_ID_H264, false},
                         Fit{"webm", AV_CODEC_ID_VP8, true}, Fit{"flv", AV_CODEC_ID_VP9, false},
                         Fit{"flv", AV_CODEC_ID_H264, true}, Fit{"ts", AV_CODEC_ID_VP9, false},
                         Fit{"ts", AV_CODEC_ID_HEVC, true}, Fit{"m3u8", AV_CODEC_ID_VP8, false},
                         Fit{"mkv", AV_CODEC_ID_FFV1, true}, Fit{"mkv", AV_CODEC_ID_VP8, true},
                         Fit{"mkv", AV_CODEC_ID_HUFFYUV, true}, Fit{"mov", AV_CODEC_ID_VP8, false},
                         Fit{"mov", AV_CODEC_ID_PNG, true}}) {
    const auto container = container_of("x", fit.container);
    ASSERT_TRUE(container.ok());
    const auto held = check_can_hold(*container.value(), *avcodec_find_encoder(fit.codec), "x.y");
    EXPECT_EQ(held.ok(), fit.fits) << fit.container << " " << avcodec_get_name(fit.codec);
  }
}

TEST(Container, ThatCannotHoldTheCodecNamesARemedy) {
  const auto held = check_can_hold(*container_of("x.webm", {}).value(),
                                   *avcodec_find_encoder(AV_CODEC_ID_H264), "x.webm");
  ASSERT_FALSE(held.ok());
  EXPECT_EQ(held.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(
      held.error().to_string(),
      "x.webm: webm cannot hold h264; choose the codec vp8, vp9 or av1, or the container mp4, "
      "mov, mkv, flv, ts or m3u8");
}

}  // namespace
}  // namespace layercast::media
