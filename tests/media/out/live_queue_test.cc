#include "media/out/live_queue.h"

#include "tests/base/manual_clock.h"

#include <future>
#include <gmock/gmock.h>
#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {
namespace {

using base::ManualClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Offered = LiveQueue::Offered;

enum class Kind { kKeyframe, kFrame, kSound };

// A packet of 100 bytes, made `at` after the start of the clock.
LivePacketPtr packet(Kind kind, int number, milliseconds at = milliseconds(0)) {
  auto made = std::make_shared<LivePacket>();
  made->packet = new_packet();
  EXPECT_GE(av_new_packet(made->packet.get(), 100), 0);
  made->packet->pts = number;
  made->track = kind == Kind::kSound ? Output::Track::kAudio : Output::Track::kVideo;
  made->is_keyframe = kind == Kind::kKeyframe;
  made->made_at = ManualClock::kStart + at;
  return made;
}

int64_t next_of(LiveQueue& queue) {
  const LivePacketPtr next = queue.pop(ManualClock::kStart);  // a time that has come
  return next == nullptr ? -1 : next->packet->pts;
}

constexpr LiveQueue::Limits kLimits{1000, seconds(2)};

TEST(LiveQueue, BeginsWithAKeyframeAndMissesNothingBeforeIt) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
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
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
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
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
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
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0, milliseconds(0)));
  EXPECT_EQ(queue.offer(packet(Kind::kSound, 1, milliseconds(2000))), Offered::kTaken);
  EXPECT_EQ(queue.offer(packet(Kind::kSound, 2, milliseconds(2001))), Offered::kKeyframeWanted);
  EXPECT_TRUE(queue.is_empty());
}

TEST(LiveQueue, BeginsAnewWhenWhatItHoldsIsTooOld) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  EXPECT_FALSE(queue.begin(seconds(1)));
  queue.offer(packet(Kind::kKeyframe, 0));
  queue.offer(packet(Kind::kFrame, 1, milliseconds(10)));
  clock.advance(seconds(1));
  EXPECT_TRUE(queue.begin(seconds(1)));
  clock.advance(base::Duration(1));
  EXPECT_TRUE(queue.begin(seconds(100)));
  EXPECT_FALSE(queue.begin(seconds(1)));
  EXPECT_EQ(queue.counts().frames_dropped, 2);
  queue.offer(packet(Kind::kFrame, 2));
  EXPECT_TRUE(queue.is_empty());
}

TEST(LiveQueue, ThatIsShutTakesNothingAndCountsWhatCannotBeSentAnyMore) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  queue.disable();
  queue.offer(packet(Kind::kKeyframe, 1));
  queue.offer(packet(Kind::kSound, 2));
  EXPECT_EQ(queue.counts().frames_dropped, 1);
  EXPECT_EQ(queue.counts().bytes, 0);
  queue.open();
  queue.offer(packet(Kind::kFrame, 3));
  queue.offer(packet(Kind::kKeyframe, 4));
  EXPECT_EQ(queue.counts().frames_dropped, 3);
  EXPECT_EQ(next_of(queue), 4);
}

TEST(LiveQueue, BeginsWithThePacketsSinceTheLastKeyframeAlsoWithThoseThatWerePopped) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  queue.offer(packet(Kind::kKeyframe, 1));
  queue.offer(packet(Kind::kSound, 2));
  queue.offer(packet(Kind::kFrame, 3));
  for (int i = 0; i < 3; ++i) next_of(queue);
  queue.disable();
  queue.offer(packet(Kind::kFrame, 4));
  EXPECT_EQ(next_of(queue), -1);
  queue.open();
  queue.offer(packet(Kind::kFrame, 5));
  EXPECT_EQ(next_of(queue), -1);
  EXPECT_TRUE(queue.begin(seconds(1)));
  EXPECT_EQ(queue.counts().bytes, 500);
  queue.offer(packet(Kind::kFrame, 6));
  for (int i = 1; i <= 6; ++i) EXPECT_EQ(next_of(queue), i);
  EXPECT_EQ(next_of(queue), -1);
  EXPECT_EQ(queue.counts().frames_dropped, 0);
}

TEST(LiveQueue, DoesNotBeginWithAKeyframeThatIsTooOldOrWithAnotherStream) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  next_of(queue);
  queue.disable();
  queue.open();
  clock.advance(seconds(1) + base::Duration(1));
  EXPECT_FALSE(queue.begin(seconds(1)));
  queue.offer(packet(Kind::kKeyframe, 1, milliseconds(1000)));
  next_of(queue);
  queue.disable();
  queue.open();
  auto other = std::make_shared<LivePacket>();
  other->packet = new_packet();
  other->track = Output::Track::kAudio;
  other->stream = std::make_shared<LiveStream>();
  other->made_at = clock.now();
  queue.offer(other);
  EXPECT_FALSE(queue.begin(seconds(1)));
}

TEST(LiveQueue, KeepsNoMoreThanItsLimits) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  for (int i = 1; i < 10; ++i) {
    queue.offer(packet(Kind::kFrame, i));
    next_of(queue);
  }
  queue.disable();
  queue.offer(packet(Kind::kFrame, 10));  // more than 1000 bytes since the keyframe
  queue.open();
  EXPECT_FALSE(queue.begin(seconds(1)));
}

TEST(LiveQueue, GivesOutNothingAtTheDeadlineAndNotBefore) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  const auto deadline = clock.now() + milliseconds(250);
  auto popped = std::async(std::launch::async, [&] { return queue.pop(deadline); });
  ASSERT_TRUE(clock.await_waiter(deadline));
  clock.advance_to(deadline - base::Duration(1));
  ASSERT_TRUE(clock.await_waiter(deadline));
  EXPECT_EQ(popped.wait_for(seconds(0)), std::future_status::timeout);
  clock.advance_to(deadline);
  EXPECT_EQ(popped.get(), nullptr);
}

TEST(LiveQueue, GivesAPacketToTheThreadThatWaitsForIt) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  const auto deadline = clock.now() + milliseconds(250);
  auto popped = std::async(std::launch::async, [&] { return queue.pop(deadline); });
  ASSERT_TRUE(clock.await_waiter(deadline));
  queue.offer(packet(Kind::kKeyframe, 7));
  EXPECT_EQ(popped.get()->packet->pts, 7);
}

TEST(LiveQueue, WaitsForItsCloseUntilTheDeadline) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  const auto deadline = clock.now() + milliseconds(100);
  auto waited = std::async(std::launch::async, [&] { queue.wait_for_close(deadline); });
  ASSERT_TRUE(clock.await_waiter(deadline));
  queue.offer(packet(Kind::kKeyframe, 0));  // wakes the thread, which waits again
  ASSERT_TRUE(clock.await_waiter(deadline));
  clock.advance_to(deadline);
  waited.get();
  EXPECT_FALSE(queue.is_closed());
}

TEST(LiveQueue, ThatIsClosedGivesOutWhatItHoldsAndWakesWhoWaits) {
  ManualClock clock;
  LiveQueue queue(kLimits, &clock);
  queue.open();
  queue.offer(packet(Kind::kKeyframe, 0));
  const auto deadline = clock.now() + seconds(10);
  auto waited = std::async(std::launch::async, [&] { queue.wait_for_close(deadline); });
  ASSERT_TRUE(clock.await_waiter(deadline));
  queue.close();
  waited.get();
  queue.offer(packet(Kind::kKeyframe, 1));
  EXPECT_EQ(next_of(queue), 0);
  EXPECT_EQ(queue.pop(deadline), nullptr);
}

}  // namespace
}  // namespace layercast::media
