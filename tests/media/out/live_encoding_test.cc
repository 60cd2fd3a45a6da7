#include "media/out/live_encoding.h"

#include "tests/base/with_client_limits.h"
#include "tests/media/live_feed.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace layercast::media::test {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// ---- Files --------------------------------------------------------------------------------------

TEST(LiveFile, OfEveryContainerHoldsEveryFrameFromZeroOn) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  const std::vector<std::string> names = {"x.mkv", "x.mp4", "x.mov", "x.flv", "x.ts"};
  for (const auto& name : names) {
    ASSERT_TRUE(encoding->add_output({name, folder / name, {}, {}}).ok()) << name;
  }
  offer_all(*encoding, noise_frames(kSize), 1000, 90);
  encoding->finish(seconds(5));
  for (const auto& name : names) {
    const LiveOutputReport report = report_of(*encoding, name);
    EXPECT_EQ(report.state, OutputState::kStopped) << name << report.error;
    EXPECT_EQ(report.error, "") << name;
    EXPECT_EQ(report.frames, 90) << name;
    EXPECT_EQ(report.frames_dropped, 0) << name;
    const ReadBack found = read_back(folder / name);
    EXPECT_EQ(found.frames.size(), 90U) << name;
    EXPECT_EQ(found.video_codec, "h264");
    EXPECT_EQ(found.audio_codec, "aac");
    EXPECT_NEAR(static_cast<double>(found.left.size()) / 48000, 3, 0.05) << name;
    // MPEG-TS begins later, by the time that a player buffers.
    const double begin = name == "x.ts" ? found.first_sample_seconds : 0;
    EXPECT_NEAR(found.frame_seconds.front(), begin, 0.001) << name;
  }
}

TEST(LiveFile, OfWebmHoldsVp8AndOpus) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  VideoSettings settings = live_settings();
  settings.codec = "vp8";
  const auto encoding = open_live(metrics, settings);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.webm", {}, {}}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 30);
  EXPECT_EQ(encoding->set_bitrate(1'000'000).error().code, ErrorCode::kUnsupported);
  encoding->finish(seconds(5));
  EXPECT_EQ(contiguous_frames(folder / "x.webm"), 30);
  EXPECT_EQ(read_back(folder / "x.webm").audio_codec, "opus");
}

TEST(LiveFile, ThatExistsIsNeverOverwritten) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  std::ofstream(folder / "rec.mkv") << "mine";
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "rec.mkv", {}, {}}).ok());
  ASSERT_TRUE(encoding->add_output({"b", folder / "rec.mkv", {}, {}}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 30);
  encoding->finish(seconds(5));
  EXPECT_THAT(folder.names(), ElementsAre("rec-1.mkv", "rec-2.mkv", "rec.mkv"));
  EXPECT_EQ(std::filesystem::file_size(folder / "rec.mkv"), 4U);
  EXPECT_EQ(contiguous_frames(folder / "rec-1.mkv"), 30);
  EXPECT_EQ(contiguous_frames(folder / "rec-2.mkv"), 30);
}

TEST(LiveFile, WithoutAFrameLeavesNothingBehind) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  for (const std::string name : {"a.mkv", "a.mp4", "a.ts", "a.m3u8"}) {
    ASSERT_TRUE(encoding->add_output({name, folder / name, {}, {}}).ok());
  }
  encoding->finish(seconds(2));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(LiveFile, IsRotatedAtAKeyframeByTime) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  VideoSettings settings = live_settings();
  settings.gop_frames = 15;
  const auto encoding = open_live(metrics, settings);
  ASSERT_TRUE(encoding->add_output({"a", folder / "rec.mkv", seconds(1), {}}).ok());
  ASSERT_TRUE(encoding->add_output({"b", folder / "rec.ts", {}, {}}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 75);
  encoding->finish(seconds(5));
  EXPECT_EQ(contiguous_frames(folder / "rec.mkv"), 30);
  EXPECT_EQ(contiguous_frames(folder / "rec-1.mkv"), 30);
  EXPECT_EQ(contiguous_frames(folder / "rec-2.mkv"), 15);
  EXPECT_EQ(report_of(*encoding, "a").frames, 75);
  EXPECT_EQ(report_of(*encoding, "a").frames_dropped, 0);
}

TEST(LiveFile, IsRotatedAtAKeyframeBySize) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  VideoSettings settings = live_settings();
  settings.gop_frames = 5;
  const auto encoding = open_live(metrics, settings);
  ASSERT_TRUE(encoding->add_output({"a", folder / "rec.ts", {}, 300'000}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 120);
  encoding->finish(seconds(5));
  ASSERT_GE(folder.names().size(), 3U);
  size_t frames = 0;
  for (const auto& name : folder.names()) {
    frames += read_back(folder / name).frames.size();
    EXPECT_LT(std::filesystem::file_size(folder / name), 600'000U);
  }
  EXPECT_EQ(frames, 120U);
}

TEST(LiveFile, OfAPlaylistIsAWindowThatGoesOnAfterARestart) {
  const TemporaryFolder folder;
  const auto run = [&] {
    base::Metrics metrics;
    VideoSettings settings = live_settings({160, 90});
    settings.gop_frames = 30;
    const auto encoding = open_live(metrics, settings);
    ASSERT_TRUE(encoding->add_output({"a", folder / "x.m3u8", {}, {}}).ok());
    offer_all(*encoding, noise_frames({160, 90}), 0, 30 * 26);
    EXPECT_GT(report_of(*encoding, "a").bytes, 0);
    encoding->finish(seconds(5));
    EXPECT_EQ(report_of(*encoding, "a").error, "");
  };
  const auto text = [&] {
    std::ifstream file(folder / "x.m3u8");
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  run();
  EXPECT_THAT(text(), HasSubstr("x-00012.ts"));
  EXPECT_THAT(text(), Not(HasSubstr("x-00003.ts")));
  EXPECT_EQ(folder.names().size(), 6 + 1U) << ::testing::PrintToString(folder.names());
  EXPECT_THAT(text(), HasSubstr("#EXT-X-ENDLIST"));
  EXPECT_THAT(streams_of(folder / "x.m3u8"), HasSubstr("h264,video,160,90\n"));
  run();
  EXPECT_THAT(text(), HasSubstr("x-00025.ts"));
  EXPECT_THAT(text(), HasSubstr("x-00020.ts"));
  EXPECT_EQ(folder.names().size(), 6 + 1U) << ::testing::PrintToString(folder.names());
  EXPECT_THAT(text(), HasSubstr("#EXT-X-DISCONTINUITY-SEQUENCE:1\n"));
}

TEST(LiveFile, OfAPlaylistOfAClientKeepsTheFilesOfOthersAndContinuesItsOwn) {
  const TemporaryFolder folder;
  const base::WithClientLimits limits(folder / "");
  const std::string foreign = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nx-00000.ts\n";
  std::ofstream(folder / "x.m3u8") << foreign;
  std::ofstream(folder / "x-00000.ts") << "of others";
  std::ofstream(folder / "x-00007.ts") << "of others";
  std::ofstream(folder / "x-1-00000.ts") << "of others";
  const auto text = [&](const std::string& name) {
    std::ifstream file(folder / name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const auto run = [&] {
    base::Metrics metrics;
    VideoSettings settings = live_settings({160, 90});
    settings.gop_frames = 30;
    const auto encoding = open_live(metrics, settings);
    ASSERT_TRUE(encoding->add_output({"a", folder / "x.m3u8", {}, {}}).ok());
    offer_all(*encoding, noise_frames({160, 90}), 0, 90);
    EXPECT_TRUE(wait_for([&] { return !report_of(*encoding, "a").file.empty(); }, seconds(5)));
    EXPECT_EQ(report_of(*encoding, "a").file, folder / "x-2.m3u8");
    encoding->finish(seconds(5), StreamEnd::kToBeContinued);
    EXPECT_EQ(report_of(*encoding, "a").error, "");
  };
  run();
  EXPECT_THAT(text("x-2.m3u8"), HasSubstr("x-2-00000.ts\n"));
  run();
  EXPECT_THAT(text("x-2.m3u8"), HasSubstr("#EXT-X-DISCONTINUITY\n"));
  EXPECT_THAT(text("x-2.m3u8"), HasSubstr("x-2-00000.ts\n"));
  EXPECT_EQ(text("x.m3u8"), foreign);
  for (const char* name : {"x-00000.ts", "x-00007.ts", "x-1-00000.ts"}) {
    EXPECT_EQ(text(name), "of others") << name;
  }
}

TEST(LiveFile, OfAClientIsNotWrittenThroughALinkOutOfTheAssetsFolder) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "assets");
  std::filesystem::create_directory(folder / "other");
  std::filesystem::create_symlink(folder / "other", folder / "assets/link");
  const base::WithClientLimits limits(folder / "assets");
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  for (const std::string name : {"a.mkv", "b.m3u8"}) {
    ASSERT_TRUE(encoding->add_output({name, folder / ("assets/link/" + name), {}, {}}).ok());
  }
  offer_all(*encoding, noise_frames(kSize), 0, 30);
  for (const std::string name : {"a.mkv", "b.m3u8"}) {
    EXPECT_TRUE(is_in(*encoding, name, OutputState::kReconnecting, seconds(5))) << name;
    EXPECT_THAT(report_of(*encoding, name).error, HasSubstr("assets folder")) << name;
  }
  encoding->finish(seconds(2));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "other"));
}

TEST(LiveFile, OfAPlaylistMakesItsFolderAndDoesNotEndAtAReopening) {
  const TemporaryFolder folder;
  const std::string path = folder / "new/hls/x.m3u8";
  const auto text = [&] {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  base::Metrics metrics;
  VideoSettings settings = live_settings({160, 90});
  settings.gop_frames = 30;
  const auto encoding = open_live(metrics, settings);
  ASSERT_TRUE(encoding->add_output({"a", path, {}, {}}).ok());
  offer_all(*encoding, noise_frames({160, 90}), 0, 130);
  settings.size = {80, 60};
  ASSERT_TRUE(encoding->reopen(settings).ok());
  offer_all(*encoding, noise_frames({80, 60}), 130, 70);
  EXPECT_TRUE(wait_for([&] { return text().find("x-00002.ts") != std::string::npos; }, seconds(5)));
  EXPECT_THAT(text(), Not(HasSubstr("ENDLIST")));
  ASSERT_TRUE(encoding->remove_output("a", StreamEnd::kToBeContinued).ok());
  EXPECT_THAT(text(), Not(HasSubstr("ENDLIST")));
  EXPECT_THAT(text(), HasSubstr("#EXT-X-DISCONTINUITY\n"));
  ASSERT_TRUE(encoding->add_output({"a", path, {}, {}}).ok());
  offer_all(*encoding, noise_frames({80, 60}), 200, 70);
  ASSERT_TRUE(encoding->remove_output("a").ok());
  EXPECT_THAT(text(), HasSubstr("#EXT-X-ENDLIST\n"));
}

// What a killed process leaves behind.
void record_and_die(const std::vector<std::string>& paths) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    base::Metrics metrics;
    const auto encoding = open_live(metrics);
    for (const auto& path : paths) (void)encoding->add_output({path, path, {}, {}}).ok();
    offer_all(*encoding, noise_frames(kSize), 0, 200);
    wait_for([&] { return report_of(*encoding, paths.back()).frames >= 190; }, seconds(10));
    (void)!::write(pipe[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  EXPECT_EQ(::read(pipe[0], &byte, 1), 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(LiveFile, CanBeReadAfterItsProcessWasKilled) {
  const TemporaryFolder folder;
  const std::vector<std::string> names = {"x.mkv", "x.mp4", "x.flv", "x.ts"};
  std::vector<std::string> paths;
  for (const auto& name : names) paths.push_back(folder / name);
  record_and_die(paths);
  for (const auto& path : paths) {
    const ReadBack found = read_back(path);
    EXPECT_TRUE(found.opened) << path;
    // 200 frames, of which a container keeps those since its last keyframe or second to itself.
    EXPECT_GE(found.frames.size(), 120U) << path;
    EXPECT_EQ(found.audio_codec, "aac") << path;
    EXPECT_THAT(streams_of(path), HasSubstr("h264,video,320,180\n")) << path;
  }
}

TEST(LiveFile, OnAFullDeviceIsTriedAgainAndSaysWhy) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  std::filesystem::create_symlink("/dev/full", folder / "full.mkv");
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "full.mkv", {}, {}}).ok());
  ASSERT_TRUE(encoding->add_output({"b", folder / "fine.mkv", {}, {}}).ok());
  ASSERT_TRUE(encoding->add_output({"c", folder / "missing/x.mkv", {}, {}}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 60);
  EXPECT_TRUE(is_in(*encoding, "a", OutputState::kReconnecting, seconds(2)));
  EXPECT_THAT(report_of(*encoding, "a").error, HasSubstr("No space left"));
  EXPECT_TRUE(is_in(*encoding, "c", OutputState::kReconnecting, seconds(2)));
  EXPECT_THAT(report_of(*encoding, "c").error, HasSubstr("No such file"));
  encoding->finish(seconds(2));
  EXPECT_EQ(report_of(*encoding, "a").state, OutputState::kStopped);
  EXPECT_EQ(contiguous_frames(folder / "fine.mkv"), 60);
}

TEST(LiveFile, ThatCannotGrowGoesOnInANewOneWhenThereIsRoom) {
  const TemporaryFolder folder;
  std::signal(SIGXFSZ, SIG_IGN);
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"file", folder / "rec.mkv", {}, {}}).ok());
  ASSERT_TRUE(encoding->add_output({"other", "udp://127.0.0.1:9", {}, {}}).ok());
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 0;
  Feed feed(*encoding);
  for (int i = 0; i < repeats(); ++i) {
    EXPECT_TRUE(is_in(*encoding, "file", OutputState::kLive, seconds(4)));
    ::setrlimit(RLIMIT_FSIZE, &small);
    const bool is_lost = is_in(*encoding, "file", OutputState::kReconnecting, seconds(4));
    const auto names = folder.names();
    std::this_thread::sleep_for(milliseconds(300));
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_TRUE(is_lost);
    EXPECT_LE(names.size(), static_cast<size_t>(2 * i + 2));  // no heap of empty ones
    EXPECT_THAT(report_of(*encoding, "file").error, HasSubstr("File too large"));
  }
  EXPECT_TRUE(is_in(*encoding, "file", OutputState::kLive, seconds(3)));
  feed.stop();
  encoding->finish(seconds(3));
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_EQ(report_of(*encoding, "other").frames, feed.taken());
  EXPECT_EQ(report_of(*encoding, "other").frames_dropped, 0);
}

// ---- The encoder --------------------------------------------------------------------------------

TEST(LiveEncoding, MissingFramesLeaveTheirTimeInPictureAndSound) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  const auto frames = noise_frames(kSize);
  offer_all(*encoding, frames, 0, 30);
  offer_all(*encoding, frames, 60, 30);    // a second is missing
  offer_all(*encoding, frames, 2000, 30);  // and a minute
  encoding->finish(seconds(5));
  std::vector<double> video;
  std::vector<double> audio;
  for (const auto& packet : packets_of(folder / "x.mkv")) {
    (packet.is_video ? video : audio).push_back(packet.seconds);
  }
  ASSERT_EQ(video.size(), 90U);
  EXPECT_NEAR(video[30], 2, 0.0011);
  EXPECT_NEAR(video[60], 2000.0 / 30, 0.0011);
  EXPECT_NEAR(audio.back(), video.back(), 0.1);
  // The short gap is filled with sound, the long one is not.
  const auto sounds = std::count_if(audio.begin(), audio.end(), [](double s) { return s < 3; });
  EXPECT_NEAR(static_cast<double>(sounds), 3 * 48000.0 / 1024, 3);
  EXPECT_LT(audio.size(), 6 * 48000U / 1024);
  EXPECT_TRUE(std::is_sorted(audio.begin(), audio.end()));
}

std::vector<double> keyframes_of(const std::string& path) {
  std::vector<double> times;
  for (const auto& packet : packets_of(path)) {
    if (packet.is_video && packet.is_keyframe) times.push_back(packet.seconds);
  }
  return times;
}

TEST(LiveEncoding, KeyframesComeEveryTwoSecondsOfStreamTimeAlsoWhenFramesAreMissing) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  const auto frames = noise_frames(kSize);
  // Two of three frames are missing, later none.
  for (int64_t index = 0; index < 180; index += 3) offer_all(*encoding, frames, index, 1);
  offer_all(*encoding, frames, 180, 121);
  encoding->finish(seconds(5));
  const std::vector<double> times = keyframes_of(folder / "x.mkv");
  ASSERT_EQ(times.size(), 6U);
  for (size_t i = 0; i < times.size(); ++i)
    EXPECT_NEAR(times[i], 2.0 * static_cast<double>(i), 0.0011);
}

TEST(LiveEncoding, OutputsThatComeCostTheOthersNoKeyframe) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  const auto frames = noise_frames(kSize);
  for (int64_t index = 0; index < 150; index += 25) {
    offer_all(*encoding, frames, index, 25);
    ASSERT_TRUE(
        wait_for([&] { return report_of(*encoding, "a").frames == index + 25; }, seconds(5)));
    if (index == 75) {
      ASSERT_TRUE(encoding->add_output({"b", folder / "y.mkv", {}, {}}).ok());
    }
    ASSERT_TRUE(encoding->add_output({"other", "udp://127.0.0.1:9", {}, {}}).ok());
    EXPECT_TRUE(is_in(*encoding, "other", OutputState::kLive, seconds(5)));
    ASSERT_TRUE(encoding->remove_output("other").ok());
  }
  encoding->finish(seconds(5));
  const std::vector<double> times = keyframes_of(folder / "x.mkv");
  ASSERT_EQ(times.size(), 3U);
  for (size_t i = 0; i < times.size(); ++i)
    EXPECT_NEAR(times[i], 2.0 * static_cast<double>(i), 0.0011);
  // The new one begins with the keyframe before it: frame 60 of 150.
  EXPECT_EQ(contiguous_frames(folder / "y.mkv"), 90);
}

TEST(LiveEncoding, RequestedKeyframeIsTheNextFrame) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  const auto frames = noise_frames(kSize);
  offer_all(*encoding, frames, 0, 40);
  ASSERT_TRUE(wait_for([&] { return report_of(*encoding, "a").frames >= 38; }, seconds(3)));
  encoding->request_keyframe();
  offer_all(*encoding, frames, 40, 10);
  encoding->finish(seconds(5));
  std::vector<int> keyframes;
  int frame = 0;
  for (const auto& packet : packets_of(folder / "x.mkv")) {
    if (packet.is_video && packet.is_keyframe) keyframes.push_back(frame);
    if (packet.is_video) ++frame;
  }
  ASSERT_EQ(keyframes.size(), 2U);
  EXPECT_EQ(keyframes[0], 0);
  EXPECT_LE(std::abs(keyframes[1] - 40), 2);
}

double bits_per_second(const std::vector<FoundPacket>& packets, double from, double to) {
  double bits = 0;
  for (const auto& packet : packets) {
    if (packet.is_video && packet.seconds >= from && packet.seconds < to) bits += 8 * packet.bytes;
  }
  return bits / (to - from);
}

TEST(LiveEncoding, BitrateChangesWithinASecondWithoutAKeyframe) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  VideoSettings settings = live_settings();
  settings.bitrate = 2'000'000;
  settings.gop_frames = 1000;
  const auto encoding = open_live(metrics, settings);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  const auto frames = noise_frames(kSize);
  offer_all(*encoding, frames, 0, 120);
  ASSERT_TRUE(encoding->set_bitrate(500'000).ok());
  offer_all(*encoding, frames, 120, 120);
  ASSERT_TRUE(encoding->set_bitrate(3'000'000).ok());
  offer_all(*encoding, frames, 240, 120);
  encoding->finish(seconds(5));
  const auto packets = packets_of(folder / "x.mkv");
  EXPECT_NEAR(bits_per_second(packets, 3, 4), 2e6, 0.3e6);
  EXPECT_NEAR(bits_per_second(packets, 5, 6), 0.5e6, 0.15e6);
  EXPECT_NEAR(bits_per_second(packets, 6, 8), 0.5e6, 0.1e6);
  EXPECT_NEAR(bits_per_second(packets, 9, 10), 3e6, 0.6e6);
  EXPECT_EQ(std::count_if(packets.begin(), packets.end(),
                          [](const auto& p) { return p.is_video && p.is_keyframe; }),
            1);
  EXPECT_EQ(contiguous_frames(folder / "x.mkv"), 360);
}

TEST(LiveEncoding, BitrateThatCannotChangeIsRefused) {
  base::Metrics metrics;
  VideoSettings settings = live_settings();
  settings.bitrate = std::nullopt;
  const auto encoding = open_live(metrics, settings);
  EXPECT_EQ(encoding->set_bitrate(1'000'000).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(encoding->set_bitrate(10).error().code, ErrorCode::kInvalidInput);
}

TEST(LiveEncoding, ReopenedToAnotherSizeGoesOnInANewFileWithoutLosingAFrame) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 40);
  ASSERT_TRUE(encoding->reopen(live_settings({160, 90})).ok());
  EXPECT_FALSE(encoding->offer(noise_frames(kSize, 1)[0], 40));  // the old size
  offer_all(*encoding, noise_frames({160, 90}), 41, 50);
  VideoSettings misfit = live_settings({160, 90});
  misfit.size.width = 161;
  EXPECT_EQ(encoding->reopen(misfit).error().code, ErrorCode::kInvalidInput);
  offer_all(*encoding, noise_frames({160, 90}), 91, 10);
  encoding->finish(seconds(5));
  EXPECT_EQ(contiguous_frames(folder / "x.mkv"), 40);
  EXPECT_EQ(contiguous_frames(folder / "x-1.mkv"), 60);
  EXPECT_EQ(read_back(folder / "x.mkv").size, kSize);
  EXPECT_EQ(read_back(folder / "x-1.mkv").size, (base::SizeI{160, 90}));
  EXPECT_EQ(report_of(*encoding, "a").frames, 100);
}

TEST(LiveEncoding, FramesBeyondTheQueueAreNotTakenAndNobodyWaits) {
  base::Metrics metrics;
  VideoSettings settings = live_settings({1280, 720});
  settings.preset = "veryslow";
  const auto encoding = open_live(metrics, settings);
  const auto frames = noise_frames({1280, 720}, 2);
  const Clock::time_point began = Clock::now();
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += encoding->offer(frames[0], i) ? 1 : 0;
  EXPECT_LT(Clock::now() - began, milliseconds(100));
  EXPECT_GE(taken, 16);  // as many as wait, and what is encoded meanwhile
  EXPECT_LE(taken, 24);
}

TEST(LiveEncoding, WrongOutputsAreRefusedAndNameNoKey) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  const std::vector<LiveOutputRequest> wrongs = {{"a", folder / "y.mkv", {}, {}},
                                                 {"", folder / "y.mkv", {}, {}},
                                                 {"b", folder / "y.webm", {}, {}},
                                                 {"b", folder / "y.doc", {}, {}},
                                                 {"b", "gopher://host/live/secret", {}, {}},
                                                 {"b", "rtmp://host/live/secret", seconds(1), {}},
                                                 {"b", folder / "y.m3u8", {}, 1000},
                                                 {"b", folder / "y.mkv", seconds(0), {}},
                                                 {"b", folder / "50%d.m3u8", {}, {}},
                                                 {"b", "rtmp://host/live/secret", {}, {}, true},
                                                 {"b", folder / "y.mkv", {}, {}, true}};
  for (const auto& wrong : wrongs) {
    const auto added = encoding->add_output(wrong);
    ASSERT_FALSE(added.ok()) << wrong.url;
    EXPECT_EQ(added.error().code, ErrorCode::kInvalidInput) << wrong.url;
    if (wrong.url.starts_with("rtmp")) {
      EXPECT_THAT(added.error().to_string(), Not(HasSubstr("secret")));
    }
  }
  EXPECT_EQ(encoding->outputs().size(), 1U);
  EXPECT_EQ(encoding->remove_output("nobody").error().code, ErrorCode::kNotFound);
}

double value_of(const base::Metrics& metrics, const std::string& name,
                const base::MetricLabels& labels) {
  for (const auto& family : metrics.read()) {
    if (family.name != name) continue;
    for (const auto& sample : family.samples) {
      if (sample.labels == labels) return sample.value;
    }
  }
  return -1;
}

TEST(LiveEncoding, MetricsTellOfEachOutputUntilItIsRemoved) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto encoding = open_live(metrics);
  ASSERT_TRUE(encoding->add_output({"a", folder / "x.mkv", {}, {}}).ok());
  ASSERT_TRUE(encoding->add_output({"b", folder / "y.ts", {}, {}}).ok());
  offer_all(*encoding, noise_frames(kSize), 0, 60);
  EXPECT_TRUE(is_in(*encoding, "a", OutputState::kLive, seconds(2)));
  EXPECT_TRUE(wait_for([&] { return report_of(*encoding, "b").frames >= 57; }, seconds(2)));
  std::this_thread::sleep_for(milliseconds(100));
  ASSERT_TRUE(encoding->remove_output("b").ok());
  EXPECT_EQ(read_back(folder / "y.ts").frames.size(), 60U);
  encoding->finish(seconds(3));
  EXPECT_EQ(value_of(metrics, "output_frames_total", {{"output", "a"}}), 60);
  EXPECT_GT(value_of(metrics, "output_bytes_total", {{"output", "a"}}), 50'000);
  EXPECT_EQ(value_of(metrics, "output_state", {{"output", "a"}, {"state", "stopped"}}), 1);
  EXPECT_EQ(value_of(metrics, "output_state", {{"output", "a"}, {"state", "live"}}), 0);
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(value_of(metrics, "output_last_live_timestamp_seconds", {{"output", "a"}}), now, 5);
  EXPECT_EQ(value_of(metrics, "output_frames_total", {{"output", "b"}}), -1);
  EXPECT_EQ(value_of(metrics, "output_state", {{"output", "b"}, {"state", "live"}}), -1);
  EXPECT_GT(value_of(metrics, "encode_seconds", {}), 0);
}

}  // namespace
}  // namespace layercast::media::test
