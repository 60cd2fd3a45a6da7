#include "media/helper/helper_live.h"

#include "media/av/input_guard.h"
#include "media/in/live_feed.h"
#include "media/in/live_source.h"
#include "tests/base/with_client_limits.h"
#include "tests/media/read_back.h"
#include "tests/media/rtmp_server.h"
#include "tests/media/video_source.h"
#include "tests/sandbox/processes.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Clock;
using test::counting;
using test::number_of;
using test::wait_for;
using ::testing::HasSubstr;
using Track = LiveConnection::Track;

// Writes a file into a pipe on a thread of its own, again and again until its end.
class Writer {
 public:
  Writer(std::string file, std::string pipe, bool repeats = false)
      : thread_([this, file = std::move(file), pipe = std::move(pipe), repeats] {
          const std::string bytes = layercast::test::text_of(file);
          const int to = ::open(pipe.c_str(), O_WRONLY);
          do {
            for (size_t at = 0; at < bytes.size() && !is_over_;) {
              const ssize_t count = ::write(to, bytes.data() + at, bytes.size() - at);
              if (count <= 0) break;
              at += static_cast<size_t>(count);
            }
          } while (repeats && !is_over_);
          ::close(to);
        }) {}
  ~Writer() {
    is_over_ = true;
    thread_.join();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

 private:
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

class HelperLiveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_TRUE(media_.helper->start());
    pipe_ = folder_ / "pipe.ts";
    ASSERT_EQ(::mkfifo(pipe_.c_str(), 0600), 0);
  }
  void TearDown() override {
    set_live_connector(connect_in_process);
    EXPECT_TRUE(wait_for([] { return LiveSource::threads() == 0; }, seconds(3)));
  }

  static std::vector<pid_t> jobs() {
    std::vector<pid_t> all;
    for (const pid_t helper : layercast::test::children_of(::getpid())) {
      for (const pid_t job : layercast::test::children_of(helper)) all.push_back(job);
    }
    return all;
  }
  std::vector<sandbox::JobFailure> failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }
  // A video with sound, of the numbers from 0.
  std::string film(int frames, const std::string& name = "film.ts") const {
    auto source = counting(frames);
    source.gop = 15;
    test::write_source(folder_ / ("video_" + name + ".mp4"), source);
    const std::string path = folder_ / name;
    const std::string command = "ffmpeg -nostdin -v error -i '" +
                                (folder_ / ("video_" + name + ".mp4")) +
                                "' -f lavfi -i sine=f=500:r=44100 -c:v copy -c:a mp2 -shortest "
                                "-f mpegts -y '" +
                                path + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return path;
  }

  // What a connection gives, in its order.
  struct Everything {
    std::vector<std::pair<Track, std::optional<int64_t>>> packets;
    std::vector<std::pair<int, int64_t>> pictures;  ///< their numbers and stamps
    std::vector<float> samples;
    std::vector<int64_t> sound_stamps;
    std::string end;
  };
  static Everything everything_of(LiveConnection& connection) {
    Everything all;
    for (;;) {
      const auto packet = connection.read();
      if (!packet) all.end = packet.error().to_string();
      if (!packet || !packet.value()) return all;
      all.packets.emplace_back(packet.value()->track, packet.value()->stamp);
      if (packet.value()->track == Track::kVideo) {
        EXPECT_TRUE(connection.decode_video({}, [&](const LivePicture& picture) {
          all.pictures.emplace_back(number_of(*std::get<frame::YuvPicturePtr>(picture.picture)),
                                    picture.stamp);
          EXPECT_EQ(picture.display_size, (base::SizeF{64, 32}));
        }));
      } else if (packet.value()->track == Track::kSound) {
        EXPECT_TRUE(connection.decode_sound([&](std::span<const float> samples, int64_t stamp) {
          all.samples.insert(all.samples.end(), samples.begin(), samples.end());
          all.sound_stamps.push_back(stamp);
        }));
      }
    }
  }

  test::TemporaryFolder folder_;
  std::string pipe_;
  std::mutex mutex_;
  std::vector<sandbox::JobFailure> failures_;  ///< with the lock
  HelperMedia media_{std::make_shared<sandbox::Helper>(
                         sandbox::HelperOptions{DECODE_PROGRAM, {}, sandbox::Reach::kNetwork}),
                     [this](const sandbox::JobFailure& failure) {
                       const std::lock_guard lock(mutex_);
                       failures_.push_back(failure);
                     }};
};

TEST_F(HelperLiveTest, GivesTheSamePacketsPicturesAndSamples) {
  const std::string path = film(90);
  std::vector<Everything> both;
  for (const LiveConnector& connector :
       {LiveConnector(connect_in_process), live_connector_of(media_)}) {
    const Writer writer(path, pipe_);
    Deadline deadline;
    const auto connection = connector(pipe_, deadline);
    ASSERT_TRUE(connection) << connection.error().to_string();
    EXPECT_TRUE(connection.value()->has_video());
    EXPECT_EQ(connection.value()->pace(), Pace::kSender);
    both.push_back(everything_of(*connection.value()));
  }
  EXPECT_GT(both[0].pictures.size(), 80U);
  EXPECT_GT(both[0].samples.size(), 2U * 48'000 * 2);
  EXPECT_EQ(both[0].packets, both[1].packets);
  EXPECT_EQ(both[0].pictures, both[1].pictures);
  EXPECT_EQ(both[0].samples, both[1].samples);
  EXPECT_EQ(both[0].sound_stamps, both[1].sound_stamps);
  EXPECT_EQ(both[0].end, both[1].end);
  EXPECT_TRUE(failures().empty());
}

TEST_F(HelperLiveTest, PacketsThatAreNotDecodedSkipToAKeyframe) {
  const std::string path = film(90);
  std::vector<std::vector<int>> both;
  for (const LiveConnector& connector :
       {LiveConnector(connect_in_process), live_connector_of(media_)}) {
    const Writer writer(path, pipe_);
    Deadline deadline;
    const auto connection = connector(pipe_, deadline);
    ASSERT_TRUE(connection);
    std::vector<int> numbers;
    for (int count = 0;;) {
      const auto packet = connection.value()->read();
      if (!packet || !packet.value()) break;
      if (packet.value()->track != Track::kVideo || ++count == 20) continue;
      EXPECT_TRUE(connection.value()->decode_video({}, [&](const LivePicture& picture) {
        numbers.push_back(number_of(*std::get<frame::YuvPicturePtr>(picture.picture)));
      }));
    }
    both.push_back(std::move(numbers));
  }
  EXPECT_EQ(both[0], both[1]);
  EXPECT_EQ(std::ranges::count(both[1], 25), 0) << "between the skipped packet and the keyframe 30";
  EXPECT_EQ(std::ranges::count(both[1], 31), 1);
}

TEST_F(HelperLiveTest, ASourceWhoseProcessIsKilledComesBack) {
  set_live_connector(live_connector_of(media_));
  const Writer writer(film(250), pipe_, true);
  const auto feed = open_live_feed({pipe_, FirstPicture::kComes}).value();
  const auto shows = [&] { return !frame::is_null(feed->newest_at({0, 1}).value()); };
  ASSERT_TRUE(wait_for(shows, seconds(8)));
  for (size_t deaths = 1; deaths <= 3; ++deaths) {
    ASSERT_TRUE(wait_for([] { return jobs().size() == 1; }, seconds(8)));
    const pid_t victim = jobs().front();
    ASSERT_EQ(::kill(victim, SIGKILL), 0);
    ASSERT_TRUE(wait_for([&] { return failures().size() == deaths; }, seconds(5)));
    EXPECT_EQ(failures().back().end, sandbox::JobEnd::kLost);
    EXPECT_TRUE(shows()) << "its last picture stays meanwhile";
    ASSERT_TRUE(
        wait_for([&] { return jobs().size() == 1 && jobs().front() != victim; }, seconds(8)));
    ASSERT_TRUE(wait_for(shows, seconds(8)));
    EXPECT_EQ(feed->absence(), std::nullopt);
  }
  EXPECT_GT(feed->decode_nanoseconds(), 0);
}

TEST_F(HelperLiveTest, ASourceWhoseProcessHangsComesBack) {
  set_live_connector(live_connector_of(media_));
  const Writer writer(film(250), pipe_, true);
  const auto feed = open_live_feed({pipe_, FirstPicture::kComes}).value();
  const auto shows = [&] { return !frame::is_null(feed->newest_at({0, 1}).value()); };
  ASSERT_TRUE(wait_for(shows, seconds(8)));
  ASSERT_EQ(jobs().size(), 1U);
  ASSERT_EQ(::kill(jobs().front(), SIGSTOP), 0);
  ASSERT_TRUE(wait_for([&] { return feed->newest_at({0, 1}) && feed->absence(); }, seconds(5)));
  ASSERT_TRUE(wait_for([&] { return !failures().empty(); }, seconds(15)));
  EXPECT_EQ(failures().front().end, sandbox::JobEnd::kOverLimit);
  EXPECT_TRUE(wait_for(shows, seconds(8)));
}

TEST_F(HelperLiveTest, AClosedSourceEndsItsProcessAtOnce) {
  set_live_connector(live_connector_of(media_));
  const test::Socket listener;
  ASSERT_TRUE(listener.listen(0));
  for (const std::string& source :
       {pipe_, "http://127.0.0.1:" + std::to_string(listener.port()) + "/silent"}) {
    auto feed = open_live_feed({source, FirstPicture::kComes}).value();
    ASSERT_TRUE(wait_for([] { return jobs().size() == 1; }, seconds(5)));
    const Clock::time_point closing = Clock::now();
    feed.reset();
    EXPECT_LT(Clock::now() - closing, milliseconds(100));
    EXPECT_TRUE(wait_for([] { return jobs().empty(); }, seconds(2)));
  }
  EXPECT_TRUE(failures().empty());
}

// The process may make every call that the protocols need.
TEST_F(HelperLiveTest, SpeaksItsProtocolsItself) {
  set_live_connector(live_connector_of(media_));
  const std::string path = film(250);
  const std::string srt = "srt://127.0.0.1:" + std::to_string(test::free_port());
  const std::string udp = "udp://127.0.0.1:" + std::to_string(test::free_port());
  const std::string send =
      "exec ffmpeg -nostdin -v error -re -stream_loop -1 -i '" + path + "' -c copy -f mpegts '";
  std::vector<std::pair<std::string, std::string>> pairs = {{srt, srt + "?mode=listener"},
                                                            {srt + "?mode=listener", srt}};
#ifndef __SANITIZE_THREAD__  // libavformat cancels its thread that receives
  pairs.emplace_back(udp, udp);
#endif
  for (const auto& [source, to] : pairs) {
    const auto feed = open_live_feed({source, FirstPicture::kComes}).value();
    const auto shows = [&] { return !frame::is_null(feed->newest_at({0, 1}).value()); };
    const pid_t sender = ::fork();
    if (sender == 0) {
      const std::string command = send + to + "'";
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    EXPECT_TRUE(wait_for(shows, seconds(15))) << source;
    ::kill(sender, SIGKILL);
    ::waitpid(sender, nullptr, 0);
  }
  EXPECT_TRUE(failures().empty());
}

TEST_F(HelperLiveTest, RulesForHostsHoldInTheProcess) {
  const auto failure_of = [&](const std::string& source) {
    Deadline deadline;
    const auto connection = live_connector_of(media_)(source, deadline);
    return connection ? base::Error{} : connection.error();
  };
  const base::WithClientLimits limits(folder_ / "assets", {"rtmp://127.0.0.1:1/a/own"},
                                      {"127.0.0.1"});
  for (const char* url : {"http://127.0.0.2:1/a.m3u8", "rtmp://localhost:1/a/b", "srt://[::1]:1",
                          "udp://0.0.0.0:1", "srt://0.0.0.0:1?mode=listener"}) {
    const base::Error error = failure_of(url);
    EXPECT_EQ(error.code, base::ErrorCode::kForbidden) << url << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr("--allow-source")) << url;
  }
  for (const char* url : {"rtmp://127.0.0.1:1/a/own", "http://127.0.0.1:1/a.m3u8"}) {
    EXPECT_THAT(failure_of(url).message, HasSubstr("connection refused")) << url;
  }
}

TEST_F(HelperLiveTest, FindsTheAddressesOfNames) {
  Deadline deadline;
  const auto connection = live_connector_of(media_)("http://localhost:1/a.ts", deadline);
  ASSERT_FALSE(connection);
  EXPECT_THAT(connection.error().message, HasSubstr("connection refused"));
}

TEST_F(HelperLiveTest, ErrorsAreThoseOfThisProcess) {
  for (const std::string& source : {std::string("/nonexistent/pipe"), std::string("odd://x/y")}) {
    Deadline deadline;
    const auto here = connect_in_process(source, deadline);
    const auto there = live_connector_of(media_)(source, deadline);
    ASSERT_FALSE(here || there);
    EXPECT_EQ(here.error().code, there.error().code);
    EXPECT_EQ(here.error().message, there.error().message);
  }
}

}  // namespace
}  // namespace layercast::media
