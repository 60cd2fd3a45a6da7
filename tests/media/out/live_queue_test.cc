#include "media/out/live_queue.h"

#include <gmock/gmock.h>
#include <thread>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Offered = LiveQueue::Offered;

enum class Kind { kKeyframe, kFrame, kSound };

// A packet of 100 bytes, made `at` after a beginning.
LivePacketPtr packet(Kind kind, int number, milliseconds at = milliseconds(0)) {
  static const Clock::time_point begin = Clock::now();
  auto made = std::make_shared<LivePacket>();
  made->packet = new_packet();
  EXPECT_GE(av_new_packet(made->packet.get(), 100), 0);
  made->packet->pts = number;
  made->track = kind == Kind::kSound ? Output::Track::kAudio : Output::Track::kVideo;
  made->is_keyframe = kind == Kind::kKeyframe;
  made->made_at = begin + at;
  return made;
}

int64_t next_of(LiveQueue& queue) {
  const LivePacketPtr next = queue.pop(Clock::now());
  return next == nullptr ? -1 : next->packet->pts;
}

constexpr LiveQueue::Limits kLimits{1000, seconds(2)};

TEST(LiveQueue, BeginsWithAKeyframeAndMissesNothingBeforeIt) {
  LiveQueue queue(kLimits);
  queue.open();
  EXPECT_EQ(queue.offer(packet(Kind::kFrame, 0)), Offered::kTaken);
  queue.offer(packet(Kind::kSound, 1));
  queue.offer(packet(Kind::kKeyframe, 2));
  queue.offer(packet(Kind::kFrame, 3));
  queue.offer(packet(Kind::kSound, 4));
  EXPECT_EQ(queue.counts().packets, 3);
  EXPECT_EQ(queue.counts().bytes, 300);
  EXPECT_EQ(queue.counts().frames_dropped, 0);
  EXPECT_EQ(next_of(queue), 2);
  EXPECT_EQ(next_of(queue), 3);
  EXPECT_EQ(next_of(queue), 4);
  EXPECT_EQ(next_of(queue), -1);
}

TEST(LiveQueue, ThatIsFullGoesOnAtTheKeyframeThatItHolds) {
  LiveQueue queue(kLimits);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  for (int i = 1; i < 6; ++i) queue.offer(packet(Kind::kFrame, i));
  queue.offer(packet(Kind::kKeyframe, 6));
  for (int i = 7; i < 10; ++i) queue.offer(packet(Kind::kFrame, i));
  EXPECT_EQ(queue.counts().frames_dropped, 0);
  EXPECT_EQ(queue.offer(packet(Kind::kFrame, 10)), Offered::kTaken);
  EXPECT_EQ(queue.counts().frames_dropped, 6);
  EXPECT_EQ(next_of(queue), 6);
  EXPECT_EQ(queue.counts().bytes, 400);
}

TEST(LiveQueue, ThatIsFullWithoutAKeyframeWantsOne) {
  LiveQueue queue(kLimits);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  for (int i = 1; i < 10; ++i) EXPECT_EQ(queue.offer(packet(Kind::kFrame, i)), Offered::kTaken);
  EXPECT_EQ(queue.offer(packet(Kind::kFrame, 10)), Offered::kKeyframeWanted);
  EXPECT_EQ(queue.offer(packet(Kind::kFrame, 11)), Offered::kTaken);
  EXPECT_TRUE(queue.is_empty());
  EXPECT_EQ(queue.counts().frames_dropped, 12);
  queue.offer(packet(Kind::kKeyframe, 12));
  EXPECT_EQ(next_of(queue), 12);
}

TEST(LiveQueue, HoldsNoMoreThanItsTime) {
  LiveQueue queue(kLimits);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0, milliseconds(0)));
  EXPECT_EQ(queue.offer(packet(Kind::kSound, 1, milliseconds(2000))), Offered::kTaken);
  EXPECT_EQ(queue.offer(packet(Kind::kSound, 2, milliseconds(2001))), Offered::kKeyframeWanted);
  EXPECT_TRUE(queue.is_empty());
}

TEST(LiveQueue, BeginsAnewWhenWhatItHoldsIsTooOld) {
  LiveQueue queue(kLimits);
  queue.open();
  EXPECT_FALSE(queue.begin(seconds(1)));
  queue.offer(packet(Kind::kKeyframe, 0, milliseconds(-3000)));
  queue.offer(packet(Kind::kFrame, 1, milliseconds(-2990)));
  EXPECT_TRUE(queue.begin(seconds(100)));
  EXPECT_FALSE(queue.begin(seconds(1)));
  EXPECT_EQ(queue.counts().frames_dropped, 2);
  queue.offer(packet(Kind::kFrame, 2));
  EXPECT_TRUE(queue.is_empty());
}

TEST(LiveQueue, ThatIsShutTakesNothingAndCountsIt) {
  LiveQueue queue(kLimits);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  queue.disable();
  queue.offer(packet(Kind::kKeyframe, 1));
  queue.offer(packet(Kind::kSound, 2));
  EXPECT_EQ(queue.counts().frames_dropped, 2);
  EXPECT_EQ(queue.counts().bytes, 0);
  queue.open();
  queue.offer(packet(Kind::kFrame, 3));
  queue.offer(packet(Kind::kKeyframe, 4));
  EXPECT_EQ(next_of(queue), 4);
}

TEST(LiveQueue, ThatIsClosedGivesOutWhatItHoldsAndWakesWhoWaits) {
  LiveQueue queue(kLimits);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  std::thread closer([&] { queue.close(); });
  queue.wait_for_close(Clock::now() + seconds(10));
  closer.join();
  queue.offer(packet(Kind::kKeyframe, 1));
  EXPECT_EQ(next_of(queue), 0);
  EXPECT_EQ(queue.pop(Clock::now() + seconds(10)), nullptr);
}

}  // namespace
}  // namespace layercast::media
