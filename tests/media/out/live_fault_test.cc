#include "media/out/live_encoding.h"
#include "tests/media/live_feed.h"
#include "tests/media/rtmp_server.h"

#include <gmock/gmock.h>

namespace layercast::media::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr seconds kBackWithin{3};

std::string url_of(int port, const std::string& key) {
  return "rtmp://127.0.0.1:" + std::to_string(port) + "/live/" + key;
}

/// An encoding on a steady clock with a file that must not lose a frame, whatever happens to the
/// other outputs.
class LiveFault : public ::testing::Test {
 protected:
  LiveFault() {
    EXPECT_TRUE(encoding_->add_output({"file", folder_ / "rec.mkv", {}, {}}).ok());
    feed_.emplace(*encoding_);
  }

  void add(const std::string& id, const std::string& url) {
    const auto added = encoding_->add_output({id, url, {}, {}});
    ASSERT_TRUE(added.ok()) << added.error().to_string();
  }
  bool is_in(const std::string& id, OutputState state, milliseconds patience) {
    return test::is_in(*encoding_, id, state, patience);
  }
  LiveOutputReport report(const std::string& id) { return report_of(*encoding_, id); }

  /// Ends it and holds the file against what was offered.
  void expect_whole_file() {
    feed_->stop();
    encoding_->finish(seconds(3));
    // None on a machine with nothing else to do; an encoder that waited for an output would refuse
    // a third of them.
    EXPECT_LE(feed_->refused(), feed_->taken() / 10);
    EXPECT_EQ(report("file").frames, feed_->taken());
    EXPECT_EQ(report("file").frames_dropped, 0);
    EXPECT_EQ(frames_found(folder_ / "rec.mkv", feed_->indices()), feed_->taken());
  }

  TemporaryFolder folder_;
  base::Metrics metrics_;
  std::unique_ptr<LiveEncoding> encoding_ = open_live(metrics_);
  std::optional<Feed> feed_;
};

TEST_F(LiveFault, StreamThatIsLivePlaysBack) {
  const RtmpServer server;
  const Clock::time_point began = Clock::now();
  add("a", server.url("key"));
  EXPECT_TRUE(is_in("a", OutputState::kLive, seconds(2)));
  EXPECT_LT(Clock::now() - began, seconds(1));
  EXPECT_TRUE(wait_for([&] { return server.is_publishing("key"); }, seconds(1)));
  EXPECT_EQ(streams_of(server.url("key")), "aac,audio\nh264,video,320,180\n");
  // Played by a player, all pictures whole.
  const std::string played = folder_ / "played.mkv";
  EXPECT_EQ(printed_by("timeout 20 ffmpeg -v error -xerror -i " + server.url("key") +
                       " -t 3 -c copy " + played + " 2>&1"),
            "");
  EXPECT_GE(read_back(played).frames.size(), 50U);
  const LiveOutputReport live = report("a");
  EXPECT_EQ(live.error, "");
  EXPECT_EQ(live.frames_dropped, 0);
  EXPECT_EQ(live.reconnects, 0);
  EXPECT_THAT(live.url, Not(HasSubstr("key")));
  expect_whole_file();
}

int free_udp_port() {
  const Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(socket.number(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return socket.port();
}

TEST_F(LiveFault, TransportStreamOverUdpAndSrtIsReceived) {
  for (const std::string scheme : {"udp", "srt"}) {
    const std::string url = scheme + "://127.0.0.1:" + std::to_string(free_udp_port());
    const std::string received = folder_ / (scheme + ".mkv");
    // It listens before there is anything to hear, or after: SRT is tried again.
    std::string said;
    std::thread receiver([&] {
      said = printed_by("timeout 20 ffmpeg -v fatal -i '" + url +
                        (scheme == "srt" ? "?mode=listener" : "") + "' -t 3 -c copy " + received +
                        " 2>&1");
    });
    add(scheme, url);
    EXPECT_TRUE(is_in(scheme, OutputState::kLive, seconds(8))) << report(scheme).error;
    receiver.join();
    EXPECT_EQ(said, "") << scheme;
    EXPECT_EQ(streams_of(received), "aac,audio\nh264,video,320,180\n") << scheme;
    // Three seconds from the first sound on; pictures begin at a keyframe, within two of them.
    EXPECT_GE(read_back(received).frames.size(), 25U) << scheme;
  }
  expect_whole_file();
}

TEST_F(LiveFault, KilledServerIsNoticedAtOnceAndBackWithinThreeSeconds) {
  RtmpServer server;
  add("a", server.url("key"));
  for (int i = 0; i < repeats(); ++i) {
    ASSERT_TRUE(is_in("a", OutputState::kLive, kBackWithin)) << i << report("a").error;
    ASSERT_TRUE(wait_for([&] { return server.is_publishing("key"); }, seconds(1)));
    server.kill();
    EXPECT_TRUE(is_in("a", OutputState::kReconnecting, milliseconds(500))) << i;
    EXPECT_NE(report("a").error, "");
    EXPECT_THAT(report("a").error, Not(HasSubstr("key")));
    std::this_thread::sleep_for(milliseconds(i % 3 * 300));
    server.start();
  }
  EXPECT_TRUE(is_in("a", OutputState::kLive, kBackWithin));
  EXPECT_EQ(report("a").reconnects, repeats());
  EXPECT_TRUE(wait_for([&] { return server.is_publishing("key"); }, seconds(1)));
  EXPECT_EQ(streams_of(server.url("key")), "aac,audio\nh264,video,320,180\n");
  expect_whole_file();
}

TEST_F(LiveFault, FrozenServerIsNoticedAndBackWithinThreeSeconds) {
  RtmpServer server;
  add("a", server.url("key"));
  for (int i = 0; i < repeats(); ++i) {
    ASSERT_TRUE(is_in("a", OutputState::kLive, kBackWithin)) << i << report("a").error;
    server.freeze();
    // Until the sockets are full it cannot be told from one that listens.
    EXPECT_TRUE(is_in("a", OutputState::kReconnecting, seconds(15))) << i;
    EXPECT_THAT(report("a").error, HasSubstr("accepted no data"));
    std::this_thread::sleep_for(milliseconds(i % 3 * 400));
    server.thaw();
  }
  EXPECT_TRUE(is_in("a", OutputState::kLive, kBackWithin));
  EXPECT_TRUE(wait_for([&] { return server.is_publishing("key"); }, seconds(1)));
  expect_whole_file();
}

TEST_F(LiveFault, SlowServerLosesFramesOfItsOwnAndRecovers) {
  const RtmpServer server;
  SlowProxy proxy(server.rtmp_port());
  add("a", url_of(proxy.port(), "key"));
  for (int i = 0; i < repeats(); ++i) {
    ASSERT_TRUE(is_in("a", OutputState::kLive, kBackWithin)) << i << report("a").error;
    const int64_t dropped = report("a").frames_dropped;
    proxy.set_bytes_per_second(250'000);  // half of what comes
    EXPECT_TRUE(wait_for([&] { return report("a").frames_dropped > dropped; }, seconds(10))) << i;
    EXPECT_LE(report("a").queued_bytes, 4'000'000);
    proxy.set_bytes_per_second(SlowProxy::kUnlimited);
  }
  EXPECT_TRUE(is_in("a", OutputState::kLive, kBackWithin));
  EXPECT_TRUE(wait_for([&] { return report("a").queued_packets < 10; }, seconds(3)));
  EXPECT_TRUE(wait_for([&] { return server.is_publishing("key"); }, seconds(2)));
  expect_whole_file();
}

TEST_F(LiveFault, RefusedConnectionIsTriedAgainUntilThereIsAServer) {
  RtmpServer server;
  for (int i = 0; i < repeats(); ++i) {
    server.kill();
    add("a", server.url("key"));
    EXPECT_TRUE(is_in("a", OutputState::kReconnecting, seconds(1))) << i;
    EXPECT_EQ(report("a").error, "connection refused");
    std::this_thread::sleep_for(milliseconds(700 * (i + 1) % 1500));
    EXPECT_EQ(report("a").frames, 0);
    server.start();
    EXPECT_TRUE(is_in("a", OutputState::kLive, kBackWithin)) << i;
    const Clock::time_point began = Clock::now();
    ASSERT_TRUE(encoding_->remove_output("a").ok());
    EXPECT_LT(Clock::now() - began, seconds(1));
  }
  expect_whole_file();
}

TEST_F(LiveFault, ServerThatClosesAtTheHandshakeIsNeverLive) {
  RtmpServer server;
  server.kill();
  for (int i = 0; i < repeats(); ++i) {
    {
      ClosingServer closing(server.rtmp_port());
      if (i == 0) add("a", server.url("key"));
      EXPECT_TRUE(wait_for(
          [&] {
            EXPECT_NE(report("a").state, OutputState::kLive);
            return closing.closed() >= 2;
          },
          seconds(5)));
      EXPECT_EQ(report("a").state, OutputState::kReconnecting);
    }
    server.start();
    EXPECT_TRUE(is_in("a", OutputState::kLive, kBackWithin)) << i << report("a").error;
    server.kill();
    EXPECT_TRUE(is_in("a", OutputState::kReconnecting, seconds(1)));
  }
  expect_whole_file();
}

TEST_F(LiveFault, RefusedPublishAndUnknownNameAreNamed) {
  const RtmpServer server;
  add("first", server.url("s3cret"));
  ASSERT_TRUE(is_in("first", OutputState::kLive, kBackWithin));
  add("second", server.url("s3cret"));
  EXPECT_TRUE(is_in("second", OutputState::kReconnecting, kBackWithin));
  EXPECT_EQ(report("second").error, "the server refused the publish: Already publishing");
  add("unknown", "rtmp://no-such-host.invalid/live/s3cret");
  EXPECT_TRUE(is_in("unknown", OutputState::kReconnecting, seconds(8)));
  EXPECT_THAT(report("unknown").error,
              HasSubstr("the name does not resolve: no-such-host.invalid"));
  EXPECT_THAT(report("unknown").error, Not(HasSubstr("s3cret")));
  EXPECT_EQ(report("first").state, OutputState::kLive);
  expect_whole_file();
}

TEST_F(LiveFault, RemovedOutputIsGoneWithinASecondWhateverItDoes) {
  RtmpServer server;
  SlowProxy proxy(server.rtmp_port());
  add("frozen", url_of(proxy.port(), "a"));
  add("live", server.url("b"));
  ASSERT_TRUE(is_in("frozen", OutputState::kLive, kBackWithin));
  ASSERT_TRUE(is_in("live", OutputState::kLive, kBackWithin));
  proxy.set_bytes_per_second(50);
  // Connected to nobody, on its way to nowhere, and to a name that is looked up.
  const Socket silent;
  ASSERT_TRUE(silent.listen(0));
  add("silent", url_of(silent.port(), "c"));
  add("unknown", "rtmp://no-such-host.invalid/live/c");
  std::this_thread::sleep_for(milliseconds(1000));
  for (const char* id : {"frozen", "live", "silent", "unknown"}) {
    const Clock::time_point began = Clock::now();
    EXPECT_TRUE(encoding_->remove_output(id).ok());
    EXPECT_LT(Clock::now() - began, milliseconds(1050)) << id;
  }
  EXPECT_EQ(encoding_->outputs().size(), 1U);
  EXPECT_TRUE(wait_for([&] { return !server.is_publishing("b"); }, seconds(1)));
  expect_whole_file();
}

TEST_F(LiveFault, ReopenedEncoderReconnectsItsOutputs) {
  const RtmpServer server;
  add("a", server.url("key"));
  ASSERT_TRUE(is_in("a", OutputState::kLive, kBackWithin));
  const base::SizeI small{160, 90};
  ASSERT_TRUE(encoding_->reopen(live_settings(small)).ok());
  feed_->set_size(small);
  EXPECT_TRUE(wait_for([&] { return report("file").file == folder_ / "rec-1.mkv"; }, seconds(2)));
  EXPECT_TRUE(is_in("a", OutputState::kLive, kBackWithin));
  EXPECT_TRUE(
      wait_for([&] { return streams_of(server.url("key")) == "aac,audio\nh264,video,160,90\n"; },
               seconds(5)));
  feed_->stop();
  encoding_->finish(seconds(3));
  EXPECT_EQ(contiguous_frames(folder_ / "rec.mkv") > 0, true);
  EXPECT_EQ(report("file").frames, feed_->taken());
  EXPECT_EQ(read_back(folder_ / "rec-1.mkv").size, small);
}

TEST(LiveOutputListener, IsToldOfEveryState) {
  RtmpServer server;
  base::Metrics metrics;
  std::mutex mutex;
  std::vector<std::string> told;
  const auto encoding = open_live(metrics, live_settings(), [&](const LiveOutputReport& report) {
    const std::lock_guard lock(mutex);
    told.push_back(report.id + " " + std::string(name_of(report.state)));
    EXPECT_THAT(report.url + report.error, Not(HasSubstr("s3cret")));
  });
  ASSERT_TRUE(encoding->add_output({"a", server.url("s3cret"), {}, {}}).ok());
  EXPECT_EQ(report_of(*encoding, "a").state, OutputState::kConnecting);
  Feed feed(*encoding);
  EXPECT_TRUE(is_in(*encoding, "a", OutputState::kLive, seconds(2)));
  server.kill();
  EXPECT_TRUE(is_in(*encoding, "a", OutputState::kReconnecting, seconds(2)));
  server.start();
  EXPECT_TRUE(is_in(*encoding, "a", OutputState::kLive, seconds(3)));
  ASSERT_TRUE(encoding->remove_output("a").ok());
  feed.stop();
  const std::lock_guard lock(mutex);
  EXPECT_THAT(told, ::testing::ElementsAre("a live", "a reconnecting", "a live", "a stopped"));
}

TEST(LiveOutputEnd, OfAllIsAtOnceEvenWithAFrozenPeer) {
  const RtmpServer server;
  const TemporaryFolder folder;
  base::Metrics metrics;
  auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", server.url("key"), {}, {}}).ok());
  ASSERT_TRUE(encoding->add_output({"b", folder / "x.mkv", {}, {}}).ok());
  Feed feed(*encoding);
  ASSERT_TRUE(is_in(*encoding, "a", OutputState::kLive, seconds(2)));
  server.freeze();
  std::this_thread::sleep_for(seconds(1));
  feed.stop();
  const Clock::time_point began = Clock::now();
  encoding.reset();
  EXPECT_LT(Clock::now() - began, milliseconds(500));
  EXPECT_GT(contiguous_frames(folder / "x.mkv"), 20);
  for (const auto& family : metrics.read()) {
    for (const auto& sample : family.samples) EXPECT_TRUE(sample.labels.empty()) << family.name;
  }
}

}  // namespace
}  // namespace layercast::media::test
