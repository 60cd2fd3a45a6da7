#include "media/in/live_source.h"

#include "media/in/live_feed.h"
#include "media/in/live_input.h"
#include "media/sound/live_sound.h"
#include "tests/base/with_client_limits.h"
#include "tests/media/read_back.h"
#include "tests/media/rtmp_server.h"
#include "tests/media/video_source.h"

#include <chrono>
#include <cmath>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace layercast::media {
namespace {

using base::ErrorCode;
using frame::VideoFeed;
using frame::YuvPicturePtr;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Clock;
using test::counting;
using test::number_of;
using test::Source;
using test::wait_for;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr base::SceneTime kAnyTime{0, 1};

// A program that is killed at the end, and with the test.
class Program {
 public:
  explicit Program(const std::string& command) {
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::setpgid(0, 0);
      const std::string line = "exec " + command + " >/dev/null 2>&1 </dev/null";
      ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
      ::_exit(127);
    }
  }
  ~Program() { kill(); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  void wait() {
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  void freeze() const { ::kill(process_, SIGSTOP); }
  void thaw() const { ::kill(process_, SIGCONT); }

 private:
  pid_t process_ = -1;
};

std::unique_ptr<VideoFeed> opened(const std::string& source, bool loops = false,
                                  FirstPicture first = FirstPicture::kComes) {
  auto feed = open_live_feed({source, first, loops});
  EXPECT_TRUE(feed.ok()) << (feed.ok() ? "" : feed.error().to_string());
  return feed.ok() ? std::move(feed).value() : nullptr;
}

// What shows now; asking takes no time.
std::optional<int> number_shown(VideoFeed& feed) {
  const Clock::time_point began = Clock::now();
  const auto found = feed.newest_at(kAnyTime);
  EXPECT_LT(Clock::now() - began, milliseconds(200));
  if (!found.ok()) ADD_FAILURE() << found.error().to_string();
  if (!found.ok() || frame::is_null(found.value())) return std::nullopt;
  return number_of(*std::get<YuvPicturePtr>(found.value()));
}

std::optional<base::Error> absence_of(VideoFeed& feed) {
  static_cast<void>(feed.newest_at(kAnyTime));
  return feed.absence();
}

// Different numbers that showed during `length`.
std::set<int> numbers_during(VideoFeed& feed, milliseconds length) {
  std::set<int> numbers;
  const Clock::time_point end = Clock::now() + length;
  while (Clock::now() < end) {
    if (const auto number = number_shown(feed)) numbers.insert(*number);
    std::this_thread::sleep_for(milliseconds(5));
  }
  return numbers;
}

class LiveSources : public ::testing::Test {
 protected:
  void SetUp() override {
    Source source = counting(250);
    source.gop = 15;
    film_ = folder_ / "film.mp4";
    test::write_source(film_, source);
    pipe_ = folder_ / "pipe.ts";
    ASSERT_EQ(::mkfifo(pipe_.c_str(), 0600), 0);
  }
  void TearDown() override {
    EXPECT_TRUE(wait_for([] { return LiveSource::threads() == 0; }, seconds(3)));
  }
  // Sends the film at its own pace, again and again.
  std::string sending(const std::string& to, const std::string& format) const {
    return "ffmpeg -nostdin -re -stream_loop -1 -i " + film_ + " -c copy -f " + format + " -y '" +
           to + "'";
  }

  test::TemporaryFolder folder_;
  std::string film_;
  std::string pipe_;
};

TEST_F(LiveSources, AreUrlsPipesAndCameras) {
  for (const char* url : {"rtmp://h/a/b", "http://h/a.mp4", "srt://h:1", "udp://h:1", "odd://x"}) {
    EXPECT_TRUE(is_live_source(url)) << url;
  }
  EXPECT_TRUE(is_live_source(pipe_));
  EXPECT_TRUE(is_live_source("/dev/video7"));
  for (const std::string& file : {film_, folder_ / "", folder_ / "none.mp4", std::string("a:b")}) {
    EXPECT_FALSE(is_live_source(file)) << file;
  }
}

TEST_F(LiveSources, OfSchemesThatNothingConnectsToAreRefused) {
  for (const std::string url : {"file:///etc/passwd", "concat://a", "ftp://me:secret@h/a",
                                "tcp://h:1", "pipe://0", "lavfi://x"}) {
    const auto feed = open_live_feed({url});
    ASSERT_FALSE(feed.ok()) << url;
    EXPECT_EQ(feed.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(feed.error().to_string(), Not(HasSubstr("secret")));
  }
}

TEST_F(LiveSources, OfClientsAreAtPublicOrAllowedHostsAndWithinTheAssetsFolder) {
  const auto failure_of = [](const std::string& source) {
    Deadline deadline;
    deadline.expire_after(seconds(5));
    const auto input = LiveInput::open(source, deadline);
    return input.ok() ? base::Error{} : input.error();
  };
  const base::WithClientLimits limits(folder_ / "assets", {"rtmp://127.0.0.1:1/a/own"},
                                      {"127.0.0.1"});
  for (const char* url :
       {"http://127.0.0.2:1/a.m3u8", "rtmp://localhost:1/a/b", "srt://[::1]:1", "udp://0.0.0.0:1",
        "rtp://127.0.0.2:5004", "srt://0.0.0.0:1?mode=listener"}) {
    const base::Error error = failure_of(url);
    EXPECT_EQ(error.code, ErrorCode::kForbidden) << url << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr("--allow-source")) << url;
  }
  for (const char* url : {"rtmp://127.0.0.1:1/a/own", "http://127.0.0.1:1/a.m3u8"}) {
    EXPECT_THAT(failure_of(url).message, HasSubstr("connection refused")) << url;
  }
  std::filesystem::create_directory(folder_ / "assets");
  std::filesystem::create_symlink(pipe_, folder_ / "assets/pipe.ts");
  EXPECT_EQ(failure_of(folder_ / "assets/pipe.ts").code, ErrorCode::kForbidden);
}

TEST_F(LiveSources, APipeShowsItsNewestPictureAndComesBack) {
  const auto feed = opened(pipe_);
  EXPECT_EQ(number_shown(*feed), std::nullopt);  // nobody writes yet, and nobody waits
  for (int round = 0; round < 2; ++round) {
    Program sender(sending(pipe_, "mpegts"));
    ASSERT_TRUE(wait_for([&] { return number_shown(*feed).has_value(); }, seconds(8))) << round;
    EXPECT_EQ(absence_of(*feed), std::nullopt);
    const size_t shown = numbers_during(*feed, seconds(1)).size();
    EXPECT_GT(shown, 15U);
    EXPECT_LT(shown, 45U);
    EXPECT_EQ(feed->display_size(), (base::SizeF{64, 32}));
    sender.kill();
    EXPECT_EQ(absence_of(*feed), std::nullopt);  // for a moment the last picture stays
    EXPECT_TRUE(number_shown(*feed).has_value());
    ASSERT_TRUE(wait_for([&] { return absence_of(*feed).has_value(); }, seconds(5)));
    EXPECT_EQ(number_shown(*feed), std::nullopt);
    EXPECT_THAT(absence_of(*feed)->to_string(), HasSubstr("ended the stream"));
    EXPECT_EQ(absence_of(*feed)->where, pipe_);
  }
}

TEST_F(LiveSources, ThatFallSilentAreAwayUntilTheySpeak) {
  const auto feed = opened(pipe_);
  const Program sender(sending(pipe_, "mpegts"));
  ASSERT_TRUE(wait_for([&] { return number_shown(*feed).has_value(); }, seconds(8)));
  sender.freeze();
  ASSERT_TRUE(wait_for([&] { return absence_of(*feed).has_value(); }, seconds(6)));
  EXPECT_THAT(absence_of(*feed)->message, HasSubstr("no data has arrived"));
  sender.thaw();
  EXPECT_TRUE(wait_for([&] { return number_shown(*feed).has_value(); }, seconds(5)));
  EXPECT_EQ(absence_of(*feed), std::nullopt);
}

TEST_F(LiveSources, OfAnRtmpServerComeBackAfterItDied) {
  test::RtmpServer server;
  const std::string url = server.url("abcd-secret");
  const auto feed = opened(url);
  std::optional<Program> sender(std::in_place, sending(url, "flv"));
  ASSERT_TRUE(wait_for([&] { return number_shown(*feed).has_value(); }, seconds(15)));
  EXPECT_GT(numbers_during(*feed, seconds(1)).size(), 15U);
  server.kill();
  ASSERT_TRUE(wait_for([&] { return absence_of(*feed).has_value(); }, seconds(8)));
  EXPECT_THAT(absence_of(*feed)->to_string(), Not(HasSubstr("secret")));
  server.start();
  sender.emplace(sending(url, "flv"));
  EXPECT_TRUE(wait_for([&] { return number_shown(*feed).has_value(); }, seconds(15)));
  EXPECT_EQ(absence_of(*feed), std::nullopt);
}

TEST_F(LiveSources, OverUdpShowTheNewestPicture) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "libavformat cancels its thread that receives, which ThreadSanitizer takes amiss";
#endif
  const std::string url = "udp://127.0.0.1:" + std::to_string(test::free_port());
  const auto feed = opened(url);
  const Program sender(sending(url, "mpegts"));
  ASSERT_TRUE(wait_for([&] { return number_shown(*feed).has_value(); }, seconds(15)));
  EXPECT_GT(numbers_during(*feed, seconds(1)).size(), 15U);
}

// Files behind a web address come as fast as they are read.
TEST_F(LiveSources, OfTheWebPlayAtTheirOwnPace) {
  const int port = test::free_port();
  const Program server("python3 -m http.server --bind 127.0.0.1 --directory '" +
                       std::filesystem::path(film_).parent_path().string() + "' " +
                       std::to_string(port));
  ASSERT_TRUE(wait_for([&] { return test::Socket().connect(port); }, seconds(8)));
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/film.mp4";
  const auto feed = opened(url);
  ASSERT_TRUE(wait_for([&] { return number_shown(*feed).has_value(); }, seconds(8)));
  const int first = *number_shown(*feed);
  const std::set<int> shown = numbers_during(*feed, seconds(2));
  EXPECT_LT(first, 40);
  EXPECT_GT(shown.size(), 40U);  // of 60, on a busy machine
  EXPECT_LT(*shown.rbegin(), first + 75);
  ASSERT_TRUE(wait_for([&] { return number_shown(*feed) == 249; }, seconds(10)));
  std::this_thread::sleep_for(seconds(3));  // longer than it may be away
  EXPECT_EQ(number_shown(*feed), 249);
  EXPECT_EQ(absence_of(*feed), std::nullopt);
  const auto looping = opened(url, true);
  EXPECT_TRUE(wait_for([&] { return number_shown(*looping) < 100; }, seconds(5)));
}

TEST_F(LiveSources, ThatAreNotThereAreTriedForEverAndStandInNobodysWay) {
  const std::string url = "rtmp://127.0.0.1:" + std::to_string(test::free_port()) + "/live/abcdefg";
  const Clock::time_point began = Clock::now();
  auto feed = opened(url);
  EXPECT_LT(Clock::now() - began, milliseconds(300));
  EXPECT_EQ(absence_of(*feed), std::nullopt);
  ASSERT_TRUE(wait_for([&] { return absence_of(*feed).has_value(); }, seconds(4)));
  EXPECT_EQ(absence_of(*feed)->code, ErrorCode::kIo);
  EXPECT_THAT(absence_of(*feed)->to_string(), HasSubstr("refused"));
  EXPECT_THAT(absence_of(*feed)->to_string(), Not(HasSubstr("abcdefg")));
  const Clock::time_point closing = Clock::now();
  feed.reset();
  EXPECT_LT(Clock::now() - closing, milliseconds(300));
}

TEST_F(LiveSources, ThatTakeAConnectionAndSayNothingAreLeftAtOnce) {
  const test::Socket listener;
  ASSERT_TRUE(listener.listen(0));
  for (const std::string scheme : {"rtmp", "http", "rtsp"}) {
    auto feed = opened(scheme + "://127.0.0.1:" + std::to_string(listener.port()) + "/a/b");
    EXPECT_EQ(number_shown(*feed), std::nullopt);
    ASSERT_TRUE(wait_for([&] { return absence_of(*feed).has_value(); }, seconds(4))) << scheme;
    feed.reset();
    EXPECT_TRUE(wait_for([] { return LiveSource::threads() == 0; }, seconds(2))) << scheme;
  }
}

TEST_F(LiveSources, OfOneNameShareAConnection) {
  const auto one = opened(pipe_);
  const auto other = opened(pipe_);
  const auto listener = LiveListener::open(pipe_);
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ(LiveSource::threads(), 1);
  const Program sender(sending(pipe_, "mpegts"));
  ASSERT_TRUE(wait_for([&] { return number_shown(*one).has_value(); }, seconds(8)));
  EXPECT_TRUE(wait_for([&] { return number_shown(*other).has_value(); }, seconds(1)));
}

TEST_F(LiveSources, AreWaitedForOffline) {
  const auto feed = opened(pipe_, false, FirstPicture::kIsWaitedFor);
  const Program sender(sending(pipe_, "mpegts"));
  const auto found = feed->picture_at(kAnyTime);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(frame::is_null(found.value()));
}

TEST_F(LiveSources, WithoutVideoSaySo) {
  const auto feed = opened(pipe_);
  const Program sender("ffmpeg -nostdin -re -f lavfi -i sine=r=48000 -c:a mp2 -f mpegts -y '" +
                       pipe_ + "'");
  ASSERT_TRUE(wait_for(
      [&] {
        const auto absence = absence_of(*feed);
        return absence && absence->message.find("contains no video") != std::string::npos;
      },
      seconds(10)));
}

TEST_F(LiveSources, ThatArePlaylistsInAPipeNameNothing) {
  const auto feed = opened(pipe_);
  const int pipe = ::open(pipe_.c_str(), O_WRONLY);
  const std::string playlist =
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:8.0,\n" + film_ + "\n#EXT-X-ENDLIST\n";
  ASSERT_GT(::write(pipe, playlist.data(), playlist.size()), 0);
  ::close(pipe);
  ASSERT_TRUE(wait_for([&] { return absence_of(*feed).has_value(); }, seconds(5)));
  EXPECT_EQ(number_shown(*feed), std::nullopt);
}

TEST_F(LiveSources, AreHeardInOrderAndWithoutAGap) {
  auto listener = LiveListener::open(pipe_).value();
  const Program sender(
      "ffmpeg -nostdin -re -f lavfi -i sine=f=1000:r=44100 -c:a mp2 -f mpegts -y '" + pipe_ + "'");
  std::vector<float> heard;
  std::vector<float> samples(4800);
  std::optional<LiveSound::Clock::time_point> expected;
  ASSERT_TRUE(wait_for(
      [&] {
        const LiveSound::Taken taken = listener->take(samples);
        heard.insert(heard.end(), samples.begin(),
                     samples.begin() + static_cast<ptrdiff_t>(2 * taken.samples));
        if (taken.samples > 0) {
          const auto due = expected.value_or(taken.due);
          EXPECT_LT(std::chrono::abs(taken.due - due), milliseconds(60));
          expected = taken.due + std::chrono::nanoseconds(taken.samples * 1'000'000'000 / 48000);
        }
        return heard.size() > 2 * 48000;
      },
      seconds(15)));
  EXPECT_LT(listener->waiting(), 4 * 48000);
  // A sine of 1000 Hz crosses zero upwards 1000 times a second.
  int crossings = 0;
  const size_t second = 2 * 48000;
  for (size_t i = heard.size() - second + 2; i < heard.size(); i += 2) {
    crossings += heard[i - 2] < 0 && heard[i] >= 0 ? 1 : 0;
  }
  EXPECT_NEAR(crossings, 1000, 3);
}

TEST(LiveSound, IsTakenByEachListenerOnce) {
  LiveSound sound;
  LiveSound::Position one;
  LiveSound::Position other;
  std::vector<float> samples(2 * 480);
  EXPECT_EQ(sound.take(one, samples).samples, 0U);
  const LiveSound::Clock::time_point due{seconds(100)};
  for (int i = 0; i < 10; ++i) {
    std::vector<float> block(2 * 480, static_cast<float>(i));
    sound.put(block, due + milliseconds(10 * i));
  }
  for (int i = 0; i < 10; ++i) {
    const LiveSound::Taken taken = sound.take(one, samples);
    EXPECT_EQ(taken.samples, 480U);
    EXPECT_EQ(taken.due, due + milliseconds(10 * i));
    EXPECT_EQ(samples[100], static_cast<float>(i));
  }
  EXPECT_EQ(sound.take(one, samples).samples, 0U);
  EXPECT_EQ(sound.waiting(one), 0);
  EXPECT_EQ(sound.waiting(other), 4800);
  std::vector<float> all(2 * 4800);
  EXPECT_EQ(sound.take(other, all).samples, 4800U);
  EXPECT_EQ(all[2 * 4799], 9.0F);
}

TEST(LiveSound, IsCutWhereTimeLeaps) {
  LiveSound sound;
  LiveSound::Position position;
  const std::vector<float> block(2 * 480);
  const LiveSound::Clock::time_point due{seconds(100)};
  sound.put(block, due);
  sound.put(block, due + milliseconds(11));
  sound.put(block, due + milliseconds(500));
  std::vector<float> all(2 * 4800);
  EXPECT_EQ(sound.take(position, all).samples, 960U);
  const LiveSound::Taken after = sound.take(position, all);
  EXPECT_EQ(after.samples, 480U);
  EXPECT_EQ(after.due, due + milliseconds(500));
}

TEST(LiveSound, KeepsFourSecondsAtMost) {
  LiveSound sound;
  LiveSound::Position early;
  std::vector<float> one(2);
  sound.put(one, {});
  EXPECT_EQ(sound.take(early, one).samples, 1U);
  const std::vector<float> block(2 * 4800);
  for (int i = 0; i < 100; ++i) sound.put(block, {});
  EXPECT_LE(sound.waiting(early), 4 * 48000);
  EXPECT_GT(sound.waiting(early), 3 * 48000);
}

TEST(LiveFeeds, LeaveNoThreadOrFileBehind) {
  const auto files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const std::string url = "rtmp://127.0.0.1:" + std::to_string(test::free_port()) + "/a/";
  const auto before = files();
  for (int i = 0; i < 1000; ++i) {
    const auto feed = opened(url + std::to_string(i));
    EXPECT_EQ(number_shown(*feed), std::nullopt);
  }
  EXPECT_TRUE(wait_for([] { return LiveSource::threads() == 0; }, seconds(10)));
  EXPECT_EQ(files(), before);
}

}  // namespace
}  // namespace layercast::media
