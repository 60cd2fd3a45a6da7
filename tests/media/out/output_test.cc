#include "media/out/output.h"

#include "tests/base/manual_clock.h"
#include "tests/media/rtmp_server.h"

#include <cstring>
#include <gmock/gmock.h>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media::test {
namespace {

using base::ErrorCode;
using base::ManualClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr base::Duration kTick{1};
constexpr base::Duration kOpenPatience = seconds(4);
constexpr base::Duration kWritePatience = milliseconds(850);
constexpr int kPacketBytes = 8 << 10;
constexpr int kPacketsMax = 2000;  // far more than the buffers of two sockets hold

// At this poll the test moves the clock to the deadline. libavformat polls a few times before the
// call blocks, and then every 100 ms in real time.
constexpr int kLastPoll = 10;
// A call that is still not interrupted here ignores its deadline; the test fails instead of
// hanging.
constexpr int kPollsMax = 30;

CodecContextPtr video_description() {
  CodecContextPtr video(avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MPEG2VIDEO)));
  video->width = 320;
  video->height = 180;
  video->pix_fmt = AV_PIX_FMT_YUV420P;
  video->time_base = {1, 30};
  return video;
}

PacketPtr packet(int64_t number) {
  PacketPtr made = new_packet();
  EXPECT_GE(av_new_packet(made.get(), kPacketBytes), 0);
  std::memset(made->data, 0xA5, kPacketBytes);
  made->pts = number;
  made->dts = number;
  made->flags = AV_PKT_FLAG_KEY;
  return made;
}

/// Opens outputs to a listening socket that never answers. The kernel accepts the connection; it
/// takes bytes until its buffers are full.
class OutputToASilentPeer : public ::testing::Test {
 protected:
  OutputToASilentPeer() {
    silent_.set_receive_bytes(16 << 10);
    EXPECT_TRUE(silent_.listen(0));
  }

  std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(silent_.port()) + "/live/x";
  }

  base::Result<std::unique_ptr<Output>> open(const std::string& scheme,
                                             const std::string& container,
                                             std::function<bool()> is_given_up) {
    const Output::Feed feed{video_.get(), nullptr, {30, 1}};
    return Output::open_live(url(scheme), *container_of("x." + container, std::nullopt).value(),
                             feed,
                             {kOpenPatience, kWritePatience, std::move(is_given_up), &clock_});
  }

  /// Writes packets until one fails. `polls_` counts the polls of the last write.
  void write_until_failure(Output& output) {
    for (int number = 0; number < kPacketsMax && !output.failed(); ++number) {
      polls_ = 0;
      write_began_ = clock_.now();
      output.write(*packet(number), Output::Track::kVideo);
    }
    ASSERT_TRUE(output.failed());
    EXPECT_GT(output.report().frames, 0);
  }

  ManualClock clock_;
  const Socket silent_;
  const CodecContextPtr video_ = video_description();
  int polls_ = 0;
  base::Clock::time_point write_began_;
};

// An RTMP client waits for the answer to its handshake.
TEST_F(OutputToASilentPeer, OpensForFourSecondsAndNotLonger) {
  const auto opened = open("rtmp", "flv", [this] {
    ++polls_;
    if (polls_ == 1) clock_.advance(kOpenPatience - kTick);
    if (polls_ == kLastPoll) clock_.advance(kTick);
    return polls_ >= kPollsMax;
  });
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
  EXPECT_THAT(opened.error().message, HasSubstr("timed out"));
  EXPECT_EQ(clock_.now(), ManualClock::kStart + kOpenPatience);
  EXPECT_GE(polls_, kLastPoll) << "interrupted before the deadline";
  EXPECT_LT(polls_, kPollsMax) << "not interrupted at the deadline";
}

TEST_F(OutputToASilentPeer, WritesAPacketFor850MillisecondsAndNotLonger) {
  // Every write takes all of its time but a nanosecond; one that blocks takes that, too.
  auto opened = open("tcp", "ts", [this] {
    ++polls_;
    if (polls_ == 1) clock_.advance(kWritePatience - kTick);
    if (polls_ == kLastPoll) clock_.advance(kTick);
    return polls_ >= kPollsMax;
  });
  ASSERT_TRUE(opened.ok()) << opened.error().to_string();
  Output& output = *opened.value();
  ASSERT_NO_FATAL_FAILURE(write_until_failure(output));
  EXPECT_EQ(output.report().error->code, ErrorCode::kIo);
  EXPECT_THAT(output.report().error->message, HasSubstr("accepted no data"));
  EXPECT_EQ(clock_.now(), write_began_ + kWritePatience);
  EXPECT_GE(polls_, kLastPoll) << "interrupted before the deadline";
  EXPECT_LT(polls_, kPollsMax) << "not interrupted at the deadline";
}

TEST_F(OutputToASilentPeer, EndsABlockedWriteThatIsGivenUpWhileTheClockStands) {
  auto opened = open("tcp", "ts", [this] { return ++polls_ >= kLastPoll; });
  ASSERT_TRUE(opened.ok()) << opened.error().to_string();
  ASSERT_NO_FATAL_FAILURE(write_until_failure(*opened.value()));
  EXPECT_GE(polls_, kLastPoll);
  EXPECT_EQ(clock_.now(), ManualClock::kStart);
}

}  // namespace
}  // namespace layercast::media::test
