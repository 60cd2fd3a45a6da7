#include "media/out/video_codec.h"

#include "media/av/libav.h"

#include <gmock/gmock.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using ::testing::HasSubstr;

std::string encoder_of(std::string_view name) {
  const auto encoder = find_video_encoder(name);
  return encoder.ok() ? encoder.value()->name : encoder.error().message;
}

TEST(VideoCodec, CommonNamesMeanTheUsualEncoders) {
  EXPECT_EQ(encoder_of("h264"), "libx264");
  EXPECT_EQ(encoder_of("vp8"), "libvpx");
  EXPECT_EQ(encoder_of("vp9"), "libvpx-vp9");
  EXPECT_EQ(encoder_of("hevc"), "libx265");
}

TEST(VideoCodec, EveryOtherCodecAndEncoderIsFoundByItsOwnName) {
  EXPECT_EQ(encoder_of("ffv1"), "ffv1");
  EXPECT_EQ(encoder_of("libx264rgb"), "libx264rgb");
  EXPECT_EQ(encoder_of("mpeg2video"), "mpeg2video");
  EXPECT_EQ(encoder_of("theora"), "libtheora");
}

TEST(VideoCodec, AnUnknownNameIsInvalidAndTheNearestIsNamed) {
  EXPECT_EQ(find_video_encoder("h246").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(encoder_of("h246"), "unknown video codec h246, did you mean h264?");
  EXPECT_EQ(encoder_of("libx246"), "unknown video codec libx246, did you mean libx264?");
  EXPECT_THAT(encoder_of("qqqqqqqqqqqq"), HasSubstr("expected h264, vp8, vp9"));
}

TEST(VideoCodec, SoundIsNoVideo) {
  EXPECT_THAT(encoder_of("aac"), HasSubstr("unknown video codec"));
}

class ConfiguredRate : public ::testing::Test {
 protected:
  AVCodecContext& configured(const char* encoder, Delivery delivery = Delivery::kFile) {
    context_.reset(avcodec_alloc_context3(avcodec_find_encoder_by_name(encoder)));
    context_->pix_fmt = AV_PIX_FMT_YUV420P;
    settings_.size = {1280, 720};
    result_ = configure_rate(*context_, settings_, delivery);
    return *context_;
  }
  int64_t option(const char* name) {
    int64_t value = -99;
    av_opt_get_int(context_->priv_data, name, 0, &value);
    return value;
  }
  double number(const char* name) {
    double value = -99;
    av_opt_get_double(context_->priv_data, name, 0, &value);
    return value;
  }
  std::string text(const char* name) {
    uint8_t* value = nullptr;
    if (av_opt_get(context_->priv_data, name, 0, &value) < 0) return "?";
    std::string copy = value == nullptr ? "" : reinterpret_cast<const char*>(value);
    av_free(value);
    return copy;
  }

  VideoSettings settings_;
  base::Result<void> result_;

 private:
  CodecContextPtr context_;
};

TEST_F(ConfiguredRate, H264DefaultsToVeryfastAtConstantQualityWithAKeyframeEachTwoSeconds) {
  settings_.rate = {30000, 1001};
  const AVCodecContext& context = configured("libx264");
  ASSERT_TRUE(result_.ok());
  EXPECT_EQ(text("preset"), "veryfast");
  EXPECT_EQ(text("tune"), "");
  EXPECT_EQ(number("crf"), 20);
  EXPECT_EQ(context.bit_rate, 0);
  EXPECT_EQ(context.gop_size, 60);
  EXPECT_NE(static_cast<unsigned>(context.flags) & AV_CODEC_FLAG_CLOSED_GOP, 0U);
}

TEST_F(ConfiguredRate, BitrateIsTheMeanAndTheMostOverTwoSeconds) {
  settings_.bitrate = 6'000'000;
  const AVCodecContext& context = configured("libx264");
  ASSERT_TRUE(result_.ok());
  EXPECT_EQ(context.bit_rate, 6'000'000);
  EXPECT_EQ(context.rc_max_rate, 6'000'000);
  EXPECT_EQ(context.rc_buffer_size, 12'000'000);
  EXPECT_LT(number("crf"), 0);
}

TEST_F(ConfiguredRate, LiveH264HasNoDelay) {
  configured("libx264", Delivery::kLive);
  EXPECT_EQ(text("tune"), "zerolatency");
}

TEST_F(ConfiguredRate, ThreadsDependOnTheEncoderAlone) {
  EXPECT_EQ(configured("libx264").thread_count, 6);
  EXPECT_EQ(configured("libvpx").thread_count, 1);
}

TEST_F(ConfiguredRate, PresetsBecomeSpeedsForLibvpx) {
  settings_.preset = "ultrafast";
  configured("libvpx-vp9");
  EXPECT_EQ(option("cpu-used"), 8);
  settings_.preset = "slow";
  configured("libvpx-vp9");
  EXPECT_EQ(option("cpu-used"), 1);
  settings_.preset = "3";
  configured("libvpx-vp9");
  EXPECT_EQ(option("cpu-used"), 3);
  EXPECT_EQ(option("row-mt"), 1);
  EXPECT_EQ(option("deadline"), 1'000'000);
}

TEST_F(ConfiguredRate, LiveLibvpxIsRealtimeAtAConstantRate) {
  settings_.bitrate = 2'000'000;
  const AVCodecContext& context = configured("libvpx", Delivery::kLive);
  EXPECT_EQ(option("deadline"), 1);
  EXPECT_EQ(option("lag-in-frames"), 0);
  EXPECT_LT(option("cpu-used"), 0);
  EXPECT_EQ(context.rc_min_rate, 2'000'000);
}

TEST_F(ConfiguredRate, WhatTheEncoderDoesNotHaveIsInvalid) {
  settings_.preset = "fastest";
  configured("libx264");
  EXPECT_EQ(result_.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(result_.error().message, HasSubstr("expected ultrafast, superfast, veryfast"));
  configured("libvpx");
  EXPECT_EQ(result_.error().code, ErrorCode::kInvalidInput);
  configured("ffv1");
  EXPECT_EQ(result_.error().message, "ffv1 has no presets");
  settings_.preset.reset();
  settings_.crf = 51.5;
  configured("libx264");
  EXPECT_EQ(result_.error().message, "crf 51.5 of libx264; expected a number from 0 to 51");
  configured("libvpx-vp9");
  EXPECT_EQ(result_.error().message,
            "crf 51.5 of libvpx-vp9; expected a whole number from 0 to 63");
  configured("mpeg4");
  EXPECT_EQ(result_.error().message, "mpeg4 has no crf; choose a bitrate");
  settings_.crf.reset();
  settings_.gop_frames = 0;
  configured("libx264");
  EXPECT_EQ(result_.error().message, "gop 0; expected at least 1 frame");
  settings_.gop_frames.reset();
  settings_.bitrate = 0;
  configured("libx264");
  EXPECT_EQ(result_.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace layercast::media
