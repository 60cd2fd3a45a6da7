#include "media/out/live_output.h"

#include "media/out/container.h"
#include "tests/base/manual_clock.h"
#include "tests/media/live_feed.h"
#include "tests/media/rtmp_server.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <future>
#include <gmock/gmock.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace layercast::media::test {
namespace {

using base::ManualClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr base::Duration kTick{1};
constexpr seconds kRealPatience{10};       // for what takes real time: sockets and threads
constexpr milliseconds kPopPatience{250};  // a connected output looks at its queue that often
constexpr milliseconds kBackOffLeast{50};
// A blocked output reads the clock at least once in each poll, ten times a second. One that gives
// up reads it less often than this before it ends or waits.
constexpr int64_t kReadsOfAPoller = 16;

/// A TCP server on a port of its own, which refuses connections unless it listens.
class Peer {
 public:
  Peer() { bind(reserved_, 0); }

  std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(reserved_.port()) + "/live/x";
  }

  void listen() {
    listener_.emplace();
    listener_->set_receive_bytes(16 << 10);
    bind(*listener_, reserved_.port());
    EXPECT_EQ(::listen(listener_->number(), 16), 0);
  }

  /// Waits for a connection. The peer reads nothing from it.
  void accept() {
    ASSERT_TRUE(listener_->is_readable(static_cast<int>(milliseconds(kRealPatience).count())));
    client_.reset();
    client_.emplace(::accept4(listener_->number(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_GE(client_->number(), 0);
  }

  /// Resets the connection and refuses others.
  void vanish() {
    listener_.reset();
    const linger at_once{1, 0};
    ::setsockopt(client_->number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    client_.reset();
  }

 private:
  // Several sockets share the port, so that no other program gets it meanwhile.
  static void bind(const Socket& socket, int port) {
    const int one = 1;
    EXPECT_EQ(::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEPORT, &one, sizeof one), 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket.number(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  const Socket reserved_;
  std::optional<Socket> listener_;
  std::optional<Socket> client_;
};

/// One output on a manual clock. Its URLs are addresses, so its thread looks up no name and always
/// ends.
class LiveOutputs : public ::testing::Test {
 protected:
  enum class Kind { kKeyframe, kFrame };

  LiveOutputs() {
    std::signal(SIGPIPE, SIG_IGN);
    auto stream = std::make_shared<LiveStream>();
    stream->video.reset(avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MPEG2VIDEO)));
    stream->video->width = kSize.width;
    stream->video->height = kSize.height;
    stream->video->pix_fmt = AV_PIX_FMT_YUV420P;
    stream->video->time_base = {1, 30};
    stream->rate = {30, 1};
    stream_ = std::move(stream);
  }
  ~LiveOutputs() override {
    if (output_ == nullptr) return;
    output_->finish_by(clock_.now(), StreamEnd::kForGood);
    output_->detach(base::Clock::time_point::max());
  }

  void start(const std::string& scheme) {
    LiveOutput::Plan plan;
    plan.request = {"a", peer_.url(scheme), {}, {}};
    plan.container = container_of(scheme == "rtmp" ? "x.flv" : "x.ts", std::nullopt).value();
    plan.stream = stream_;
    plan.request_keyframe = [this] { ++keyframe_requests_; };
    plan.clock = &clock_;
    output_ = LiveOutput::start(std::move(plan), metrics_);
  }

  void offer(Kind kind, int bytes = 1000) {
    auto packet = std::make_shared<LivePacket>();
    packet->packet = new_packet();
    ASSERT_GE(av_new_packet(packet->packet.get(), bytes), 0);
    std::memset(packet->packet->data, 0xA5, static_cast<size_t>(bytes));
    packet->packet->pts = number_;
    packet->packet->dts = number_++;
    packet->is_keyframe = kind == Kind::kKeyframe;
    packet->packet->flags = packet->is_keyframe ? AV_PKT_FLAG_KEY : 0;
    packet->stream = stream_;
    packet->made_at = clock_.now();
    output_->offer(packet);
  }

  OutputState state() const { return output_->report().state; }
  bool comes_to(OutputState wanted) {
    return wait_for([&] { return state() == wanted; }, kRealPatience);
  }

  /// The output is connected and waits for a packet.
  [[nodiscard]] bool awaits_a_packet() { return clock_.await_waiter(clock_.now() + kPopPatience); }

  /// The output has looked at the clock, and still waits for its peer.
  [[nodiscard]] bool is_still_blocked() { return clock_.await_reads(kReadsOfAPoller); }

  /// Offers a packet and waits until it is sent.
  void send(Kind kind) {
    const int64_t frames = output_->report().frames;
    offer(kind);
    ASSERT_TRUE(wait_for([&] { return output_->report().frames > frames; }, kRealPatience));
    ASSERT_TRUE(awaits_a_packet());
  }

  /// Accepts the output's connection and sends it the first two frames.
  void go_live() {
    ASSERT_NO_FATAL_FAILURE(peer_.accept());
    ASSERT_TRUE(awaits_a_packet());
    EXPECT_EQ(keyframe_requests_.exchange(0), 1);
    ASSERT_NO_FATAL_FAILURE(send(Kind::kKeyframe));
    EXPECT_NE(state(), OutputState::kLive);
    ASSERT_NO_FATAL_FAILURE(send(Kind::kFrame));
    EXPECT_EQ(state(), OutputState::kLive);
  }

  /// The peer vanishes, which the output notices when it writes.
  void lose_peer() {
    peer_.vanish();
    ASSERT_TRUE(wait_for(
        [&] {
          offer(Kind::kFrame);
          return state() == OutputState::kReconnecting;
        },
        kRealPatience));
  }

  /// Waits until the output waits for `delay`, or up to a quarter less, then calls `meanwhile` and
  /// moves the clock to the end of the delay.
  void pass_back_off(
      milliseconds delay, const std::function<void()>& meanwhile = [] {}) {
    const auto now = clock_.now();
    const auto end = clock_.await_waiter(now + delay * 3 / 4, now + delay + kTick);
    ASSERT_TRUE(end) << "no back-off of " << delay.count() << " ms";
    EXPECT_EQ(state(), OutputState::kReconnecting);
    meanwhile();
    clock_.advance_to(*end);
  }

  /// The same after an attempt that has taken a long time.
  void pass_least_back_off() {
    ASSERT_TRUE(clock_.await_waiter(clock_.now() + kBackOffLeast));
    clock_.advance(kBackOffLeast);
  }

  ManualClock clock_;
  base::Metrics metrics_;
  Peer peer_;
  std::shared_ptr<const LiveStream> stream_;
  std::atomic<int> keyframe_requests_ = 0;
  int64_t number_ = 0;
  std::shared_ptr<LiveOutput> output_;
};

TEST_F(LiveOutputs, DoubleTheirBackOffUpToItsMaximumAndRecover) {
  start("tcp");
  for (const int delay :
       {100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000}) {
    ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(delay)));
  }
  EXPECT_EQ(output_->report().error, "connection refused");
  ASSERT_NO_FATAL_FAILURE(pass_back_off(seconds(60), [&] { peer_.listen(); }));
  ASSERT_NO_FATAL_FAILURE(go_live());
  EXPECT_EQ(output_->report().error, "");
  EXPECT_EQ(output_->report().reconnects, 0);  // it has not been live before
}

TEST_F(LiveOutputs, BeginTheirBackOffAgainOnlyAfterFiveSecondsOnAir) {
  start("tcp");
  for (const int delay : {100, 200, 400, 800}) {
    ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(delay)));
  }
  ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(1600), [&] { peer_.listen(); }));
  ASSERT_NO_FATAL_FAILURE(go_live());
  clock_.advance(seconds(5) - kTick);
  ASSERT_NO_FATAL_FAILURE(send(Kind::kFrame));
  ASSERT_NO_FATAL_FAILURE(lose_peer());
  ASSERT_NO_FATAL_FAILURE(pass_least_back_off());
  // Too short a time on air: the delay grows as if it had not been. The loss took one of 3.2 s.
  ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(6400), [&] { peer_.listen(); }));
  ASSERT_NO_FATAL_FAILURE(go_live());
  EXPECT_EQ(output_->report().reconnects, 1);
  clock_.advance(seconds(5));
  ASSERT_NO_FATAL_FAILURE(send(Kind::kFrame));
  ASSERT_NO_FATAL_FAILURE(lose_peer());
  ASSERT_NO_FATAL_FAILURE(pass_least_back_off());
  // The loss was the first failure, the refused attempt the second.
  ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(200)));
}

TEST_F(LiveOutputs, AreTriedOftenForAMinuteAfterTheyWereOnAirAndRarelyLater) {
  peer_.listen();
  start("tcp");
  ASSERT_NO_FATAL_FAILURE(go_live());
  clock_.advance(seconds(5));
  ASSERT_NO_FATAL_FAILURE(send(Kind::kFrame));
  ASSERT_NO_FATAL_FAILURE(lose_peer());
  const auto lost_at = clock_.now();
  ASSERT_NO_FATAL_FAILURE(pass_least_back_off());
  for (const int delay : {200, 400, 800}) {
    ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(delay)));
  }
  while (clock_.now() - lost_at <= seconds(60)) {
    ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(1200)));
  }
  for (const int delay : {2400, 4800, 9600, 19200, 38400, 60000, 60000}) {
    ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(delay)));
  }
}

TEST_F(LiveOutputs, ResumeWithThePacketsSinceTheLastKeyframe) {
  peer_.listen();
  start("tcp");
  ASSERT_NO_FATAL_FAILURE(go_live());
  ASSERT_NO_FATAL_FAILURE(lose_peer());
  ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(100), [&] { peer_.listen(); }));
  ASSERT_NO_FATAL_FAILURE(peer_.accept());
  EXPECT_TRUE(comes_to(OutputState::kLive));
  EXPECT_EQ(keyframe_requests_, 0);
  EXPECT_EQ(output_->report().reconnects, 1);
}

TEST_F(LiveOutputs, CarryNoOldErrorWhenTheyAreLiveOrStopped) {
  start("tcp");
  ASSERT_NO_FATAL_FAILURE(pass_back_off(milliseconds(100), [&] { peer_.listen(); }));
  EXPECT_EQ(output_->report().error, "connection refused");
  ASSERT_NO_FATAL_FAILURE(go_live());
  EXPECT_EQ(output_->report().error, "");
  ASSERT_NO_FATAL_FAILURE(lose_peer());
  EXPECT_EQ(output_->report().error, "the server closed the connection");
  output_->finish_by(clock_.now(), StreamEnd::kForGood);
  ASSERT_TRUE(comes_to(OutputState::kStopped));
  EXPECT_EQ(output_->report().error, "");
}

TEST_F(LiveOutputs, LeaveASilentPeerAfterFourSecondsAndTryAgain) {
  peer_.listen();
  start("rtmp");
  for (int attempt = 0; attempt < 3; ++attempt) {
    ASSERT_NO_FATAL_FAILURE(peer_.accept());
    clock_.advance(seconds(4) - kTick);
    ASSERT_TRUE(is_still_blocked()) << "attempt " << attempt;
    EXPECT_EQ(state(), attempt == 0 ? OutputState::kConnecting : OutputState::kReconnecting);
    clock_.advance(kTick);
    ASSERT_TRUE(clock_.await_waiter(clock_.now() + kBackOffLeast));
    EXPECT_EQ(state(), OutputState::kReconnecting);
    EXPECT_THAT(output_->report().error, HasSubstr("timed out"));
    clock_.advance(kBackOffLeast);
  }
}

TEST_F(LiveOutputs, SendTheirQueueUntilTheirDeadlineAndNotLonger) {
  peer_.listen();
  start("tcp");
  ASSERT_NO_FATAL_FAILURE(go_live());
  // Far more than the peer takes, which reads nothing.
  for (int i = 0; i < 200; ++i) offer(Kind::kFrame, 64 << 10);
  const auto deadline = clock_.now() + milliseconds(700);
  output_->finish_by(deadline, StreamEnd::kForGood);
  clock_.advance_to(deadline - kTick);
  ASSERT_TRUE(is_still_blocked());
  EXPECT_EQ(state(), OutputState::kLive);
  clock_.advance_to(deadline);
  EXPECT_TRUE(comes_to(OutputState::kStopped));
  EXPECT_EQ(output_->report().error, "");
}

TEST_F(LiveOutputs, AreWaitedForUntilTheDeadline) {
  peer_.listen();
  start("tcp");
  ASSERT_NO_FATAL_FAILURE(go_live());
  const auto deadline = clock_.now() + milliseconds(100);
  auto has_ended = std::async(std::launch::async, [&] { return output_->wait(deadline); });
  ASSERT_TRUE(clock_.await_waiter(deadline));
  clock_.advance_to(deadline);
  EXPECT_FALSE(has_ended.get());
  output_->finish_by(clock_.now() + milliseconds(100), StreamEnd::kForGood);
  EXPECT_TRUE(output_->wait(clock_.now() + milliseconds(100)));  // its queue is empty
}

TEST_F(LiveOutputs, CountTheFramesOfTheLastSecond) {
  const auto fps =
      metrics_.gauge({"output_fps", "Frames per second sent to an output, over the last second."},
                     {{"output", "a"}});
  peer_.listen();
  start("tcp");
  ASSERT_NO_FATAL_FAILURE(go_live());
  for (int i = 2; i < 30; ++i) ASSERT_NO_FATAL_FAILURE(send(Kind::kFrame));
  EXPECT_EQ(fps->value(), 0);
  clock_.advance(seconds(1));
  ASSERT_TRUE(awaits_a_packet());
  EXPECT_EQ(fps->value(), 30);
  clock_.advance(seconds(1));
  ASSERT_TRUE(awaits_a_packet());
  EXPECT_EQ(fps->value(), 0);
}

TEST(LiveEncodingOnAClock, EndsItsOutputsWhileTheClockStands) {
  const TemporaryFolder folder;
  ManualClock clock;
  base::Metrics metrics;
  std::signal(SIGPIPE, SIG_IGN);
  auto opened = LiveEncoding::open(live_settings(), metrics, {}, nullptr, &clock);
  ASSERT_TRUE(opened.ok()) << opened.error().to_string();
  auto encoding = std::move(opened).value();
  Peer first;
  Peer second;
  first.listen();
  second.listen();
  ASSERT_TRUE(encoding->add_output({"removed", first.url("rtmp"), {}, {}}).ok());
  ASSERT_TRUE(encoding->add_output({"left", second.url("rtmp"), {}, {}}).ok());
  ASSERT_NO_FATAL_FAILURE(first.accept());
  ASSERT_NO_FATAL_FAILURE(second.accept());
  ASSERT_TRUE(encoding->add_output({"file", folder / "x.mkv", {}, {}}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 60);
  // The queue of the output that is being opened is not empty: only its deadline ends it.
  ASSERT_TRUE(
      wait_for([&] { return report_of(*encoding, "removed").queued_packets > 0; }, kRealPatience));
  const auto sending_ends = clock.now() + milliseconds(700);
  auto removed = std::async(std::launch::async, [&] { return encoding->remove_output("removed"); });
  ASSERT_TRUE(clock.await_waiter(clock.now() + milliseconds(950)));
  clock.advance_to(sending_ends);
  EXPECT_TRUE(removed.get().ok());
  ASSERT_TRUE(wait_for([&] { return report_of(*encoding, "file").frames >= 50; }, kRealPatience));
  ASSERT_TRUE(encoding->remove_output("file").ok());
  EXPECT_GE(contiguous_frames(folder / "x.mkv"), 50);
  encoding.reset();  // leaves the last output at once
  EXPECT_EQ(clock.now(), sending_ends);
}

}  // namespace
}  // namespace layercast::media::test
