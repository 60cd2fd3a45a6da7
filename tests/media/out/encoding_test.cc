#include "media/out/encoding.h"

#include "tests/media/read_back.h"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace layercast::media::test {
namespace {

using base::ErrorCode;
using frame::PixelFormat;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// ---- Every container and codec ------------------------------------------------------------------

struct Pair {
  std::string name;
  std::optional<std::string> codec;
  std::string container_found;
  std::string video_codec;
  std::string audio_codec;
  AVChromaLocation chroma_location = AVCHROMA_LOC_LEFT;
};

std::string pair_name(const ::testing::TestParamInfo<Pair>& info) {
  return info.param.name.substr(2) + "_" + info.param.video_codec;
}

class EveryPair : public ::testing::TestWithParam<Pair> {};

TEST_P(EveryPair, ReadsBackAsItWasWritten) {
  const Pair& pair = GetParam();
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / pair.name});
  request.video.codec = pair.codec;
  request.video.crf = 8;
  const auto encoded = encode(request);
  ASSERT_TRUE(encoded.ok()) << encoded.error().to_string();
  const ReadBack found = read_back(folder / pair.name);
  ASSERT_TRUE(found.opened);
  EXPECT_THAT(found.container, HasSubstr(pair.container_found));
  EXPECT_EQ(found.video_codec, pair.video_codec);
  EXPECT_EQ(found.audio_codec, pair.audio_codec);
  EXPECT_EQ(found.size, kSize);
  EXPECT_EQ(found.pixel_format, "yuv420p");
  EXPECT_EQ(av_cmp_q(found.average_rate, {30, 1}), 0) << av_q2d(found.average_rate);
  EXPECT_EQ(av_cmp_q(found.real_rate, {30, 1}), 0) << av_q2d(found.real_rate);
  EXPECT_EQ(found.range, AVCOL_RANGE_MPEG);
  EXPECT_EQ(found.matrix, AVCOL_SPC_BT709);
  EXPECT_EQ(found.primaries, AVCOL_PRI_BT709);
  EXPECT_EQ(found.transfer, AVCOL_TRC_BT709);
  EXPECT_EQ(found.chroma_location, pair.chroma_location);
  EXPECT_EQ(found.sample_rate, 48000);
  EXPECT_EQ(found.channels, 2);
}

TEST_P(EveryPair, ShowsTheSamePictures) {
  const Pair& pair = GetParam();
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / pair.name});
  request.video.codec = pair.codec;
  request.video.crf = 8;
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / pair.name);
  ASSERT_EQ(found.frames.size(), size_t{kFrames});
  const auto first = moving_frame(PixelFormat::kYuv420p, kSize, 0);
  EXPECT_GT(psnr(*found.frames.front(), *first), 38);
  const auto last = moving_frame(PixelFormat::kYuv420p, kSize, kFrames - 1);
  EXPECT_GT(psnr(*found.frames.back(), *last), 36);
  for (size_t i = 0; i < found.frames.size(); ++i) {
    const double passed = found.frame_seconds[i] - found.frame_seconds[0];
    EXPECT_NEAR(passed, static_cast<double>(i) / 30, 0.0011);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Containers, EveryPair,
    ::testing::Values(
        Pair{"x.mp4", {}, "mp4", "h264", "aac"},
        // libavformat writes the siting to MP4's vpcC box and does not read it.
        Pair{"x.mp4", "vp9", "mp4", "vp9", "aac", AVCHROMA_LOC_UNSPECIFIED},
        Pair{"x.mov", {}, "mov", "h264", "aac"}, Pair{"x.mkv", {}, "matroska", "h264", "aac"},
        Pair{"x.mkv", "vp8", "matroska", "vp8", "aac"},
        Pair{"x.mkv", "vp9", "matroska", "vp9", "aac"}, Pair{"x.webm", {}, "webm", "vp9", "opus"},
        Pair{"x.webm", "vp8", "webm", "vp8", "opus"}, Pair{"x.flv", {}, "flv", "h264", "aac"},
        Pair{"x.ts", {}, "mpegts", "h264", "aac"}, Pair{"x.m3u8", {}, "hls", "h264", "aac"}),
    pair_name);

// ---- Time ---------------------------------------------------------------------------------------

std::string ending_of(const ::testing::TestParamInfo<std::string>& info) {
  return info.param.substr(2);
}

class EveryContainer : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryContainer, KeepsARationalRate) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / GetParam()});
  request.video.rate = {30000, 1001};
  ASSERT_TRUE(encode(request, 60).ok());
  const ReadBack found = read_back(folder / GetParam());
  EXPECT_EQ(av_cmp_q(found.real_rate, {30000, 1001}), 0) << av_q2d(found.real_rate);
  // FLV holds a double; libavformat measures between its milliseconds instead.
  if (GetParam() != "x.flv") {
    EXPECT_EQ(av_cmp_q(found.average_rate, {30000, 1001}), 0) << av_q2d(found.average_rate);
  }
  EXPECT_EQ(found.frames.size(), 60U);
}

TEST_P(EveryContainer, StartsSoundAndPictureTogether) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 2, 44100, 1000);
  EncodingRequest request = request_for({folder / GetParam()});
  request.audio = {AudioKind::kFile, folder / "a.wav"};
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / GetParam());
  EXPECT_NEAR(found.frame_seconds.front(), found.first_sample_seconds, 0.0011);
  if (GetParam() != "x.flv" && GetParam() != "x.ts" && GetParam() != "x.m3u8") {
    EXPECT_EQ(found.frame_seconds.front(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Containers, EveryContainer,
                         ::testing::Values("x.mp4", "x.mov", "x.mkv", "x.webm", "x.flv", "x.ts",
                                           "x.m3u8"),
                         ending_of);

TEST(Encoding, StreamDurationsAreExactlyTheFrames) {
  const TemporaryFolder folder;
  for (const base::FrameRate rate : {base::FrameRate{30000, 1001}, base::FrameRate{60, 1},
                                     base::FrameRate{24000, 1001}, base::FrameRate{25, 2}}) {
    EncodingRequest request = request_for({folder / "x.mp4"});
    request.video.rate = rate;
    ASSERT_TRUE(encode(request, 31).ok());
    const ReadBack found = read_back(folder / "x.mp4");
    const double seconds = 31 / rate.per_second();
    EXPECT_NEAR(found.video_seconds, seconds, 1e-9);
    EXPECT_NEAR(found.audio_seconds, seconds, 1.01 / 48000);
  }
}

TEST(Encoding, GopIsTheMostBetweenKeyframes) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / "x.mkv"});
  request.video.gop_frames = 6;
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / "x.mkv");
  for (size_t i = 0; i < found.frame_types.size(); i += 6) EXPECT_EQ(found.frame_types[i], 'I');
}

TEST(Encoding, Mp4HasItsIndexInFront) {
  const TemporaryFolder folder;
  ASSERT_TRUE(encode(request_for({folder / "x.mp4"})).ok());
  std::ifstream file(folder / "x.mp4", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_LT(bytes.find("moov"), bytes.find("mdat"));
}

// ---- Pixels -------------------------------------------------------------------------------------

struct Lossless {
  std::string codec;
  std::string pixel_format;
  PixelFormat ours;
};

TEST(Encoding, LosslessCodecsGiveBackThePlanes) {
  const TemporaryFolder folder;
  for (const Lossless& lossless : {Lossless{"ffv1", "yuv420p", PixelFormat::kYuv420p},
                                   Lossless{"ffv1", "yuv422p", PixelFormat::kYuv422p},
                                   Lossless{"ffv1", "yuv444p", PixelFormat::kYuv444p},
                                   Lossless{"libx264", "yuv420p", PixelFormat::kYuv420p},
                                   Lossless{"libx264", "yuv444p", PixelFormat::kYuv444p}}) {
    EncodingRequest request = request_for({folder / "x.mkv"});
    request.video.codec = lossless.codec;
    request.video.pixel_format = lossless.pixel_format;
    if (lossless.codec == "libx264") request.video.crf = 0;
    ASSERT_TRUE(encode(request).ok());
    const ReadBack found = read_back(folder / "x.mkv");
    EXPECT_EQ(found.pixel_format, lossless.pixel_format);
    ASSERT_EQ(found.frames.size(), size_t{kFrames});
    for (int i = 0; i < kFrames; ++i) {
      const auto expected = moving_frame(lossless.ours, kSize, i);
      for (int plane = 0; plane < 3; ++plane) {
        EXPECT_EQ(largest_difference(*found.frames[static_cast<size_t>(i)], *expected, plane), 0);
      }
    }
  }
}

TEST(Encoding, Nv12IsTheSamePictureAsYuv420p) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / "x.mkv"});
  request.video.crf = 0;
  request.video.pixel_format = "nv12";
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / "x.mkv");
  const auto expected = moving_frame(PixelFormat::kYuv420p, kSize, 0);
  ASSERT_EQ(found.frames.size(), size_t{kFrames});
  for (int plane = 0; plane < 3; ++plane) {
    EXPECT_EQ(largest_difference(*found.frames[0], *expected, plane), 0);
  }
}

TEST(Encoding, OtherFormatsAreMadeFromRgba) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / "x.mkv"});
  request.video.pixel_format = "yuv420p10le";
  request.video.crf = 4;
  {
    const auto encoding = Encoding::open(request);
    ASSERT_TRUE(encoding.ok());
    EXPECT_EQ(encoding.value()->input_format(), PixelFormat::kRgba);
  }
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / "x.mkv");
  EXPECT_EQ(found.pixel_format, "yuv420p10le");
  EXPECT_EQ(found.matrix, AVCOL_SPC_BT709);
  EXPECT_EQ(found.range, AVCOL_RANGE_MPEG);
}

TEST(Encoding, RgbIsExactAndTaggedFullRange) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / "x.mov"});
  request.video.codec = "png";
  request.video.pixel_format = "rgba";
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / "x.mov");
  EXPECT_EQ(found.range, AVCOL_RANGE_JPEG);
  EXPECT_EQ(found.matrix, AVCOL_SPC_RGB);
  ASSERT_EQ(found.frames.size(), size_t{kFrames});
  EXPECT_EQ(largest_difference(*found.frames[3], *moving_frame(PixelFormat::kRgba, kSize, 3), 0),
            0);
}

TEST(Encoding, WebmKeepsAlpha) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / "x.webm"});
  request.video.pixel_format = "yuva420p";
  request.video.crf = 5;
  auto encoding = Encoding::open(request);
  ASSERT_TRUE(encoding.ok()) << encoding.error().to_string();
  auto frame = std::make_shared<frame::Frame>(PixelFormat::kRgba, kSize);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      frame->rgba().at(x, y) = {10, 200, 40, static_cast<uint8_t>(x < 160 ? 255 : 64)};
    }
  }
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(encoding.value()->write(frame).ok());
  ASSERT_TRUE(encoding.value()->finish().ok());
  const ReadBack found = read_back(folder / "x.webm", "libvpx-vp9");
  ASSERT_EQ(found.frames.size(), 5U);
  ASSERT_EQ(found.frames[0]->format, AV_PIX_FMT_YUVA420P);
  const uint8_t* alpha = found.frames[0]->data[3] + 90 * found.frames[0]->linesize[3];
  EXPECT_NEAR(alpha[20], 255, 3);
  EXPECT_NEAR(alpha[300], 64, 3);
}

TEST(Encoding, FramesReturnToTheirPool) {
  const TemporaryFolder folder;
  frame::FramePool pool(PixelFormat::kYuv420p, kSize);
  auto encoding = Encoding::open(request_for({folder / "x.mp4"}));
  ASSERT_TRUE(encoding.ok());
  ASSERT_EQ(encoding.value()->input_format(), PixelFormat::kYuv420p);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(encoding.value()->write(pool.take()).ok());
  ASSERT_TRUE(encoding.value()->finish().ok());
  EXPECT_LE(pool.frames_made(), 4U);
}

TEST(Encoding, SameFramesMakeTheSameFile) {
  const TemporaryFolder folder;
  const auto bytes_of = [&](const std::string& name) {
    std::ifstream file(folder / name, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  for (const std::string ending : {".mkv", ".mp4", ".webm"}) {
    ASSERT_TRUE(encode(request_for({folder / ("a" + ending)})).ok());
    ASSERT_TRUE(encode(request_for({folder / ("b" + ending)})).ok());
    EXPECT_TRUE(bytes_of("a" + ending) == bytes_of("b" + ending)) << ending;
  }
}

// ---- Sound --------------------------------------------------------------------------------------

TEST(Encoding, ShortSoundIsFollowedBySilenceToTheEnd) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 0.3, 44100, 1000);
  for (const std::string name : {"x.mp4", "x.webm", "x.mkv"}) {
    EncodingRequest request = request_for({folder / name});
    request.audio = {AudioKind::kFile, folder / "a.wav"};
    ASSERT_TRUE(encode(request).ok());
    const ReadBack found = read_back(folder / name);
    const double full = 16000 / 32768.0 / std::sqrt(2.0);
    EXPECT_NEAR(loudness(found.left, 0.05, 0.28), full, 0.03) << name;
    EXPECT_LT(loudness(found.right, 0.05, 0.28), 0.03) << name;
    EXPECT_LT(loudness(found.left, 0.34, 0.66), 0.002) << name;
    EXPECT_NEAR(static_cast<double>(found.left.size()), kFrames / 30.0 * 48000, 1024) << name;
  }
}

TEST(Encoding, LongSoundIsCutAtTheLastFrame) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 3, 48000, 1000);
  EncodingRequest request = request_for({folder / "x.webm"});
  request.video.rate = {30000, 1001};
  request.audio = {AudioKind::kFile, folder / "a.wav"};
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / "x.webm");
  // 20 · 1001 / 30000 s are 32032 samples; Opus in WebM says its last one exactly.
  EXPECT_EQ(found.left.size(), 32032U);
  EXPECT_GT(loudness(found.left, 0.63, 0.667), 0.3);
}

TEST(Encoding, SoundIsInterleavedWithThePicture) {
  const TemporaryFolder folder;
  ASSERT_TRUE(encode(request_for({folder / "x.mkv"}), 120).ok());
  const ReadBack found = read_back(folder / "x.mkv");
  // 4 s: 120 pictures, 188 packets of sound. In the first half of the packets, half of each.
  const auto middle =
      found.packet_streams.begin() + static_cast<ptrdiff_t>(found.packet_streams.size() / 2);
  EXPECT_NEAR(static_cast<double>(std::count(found.packet_streams.begin(), middle, 0)), 60, 4);
}

TEST(Encoding, WithoutSoundThereIsNoTrack) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / "x.mp4"});
  request.audio.kind = AudioKind::kNone;
  ASSERT_TRUE(encode(request).ok());
  const ReadBack found = read_back(folder / "x.mp4");
  EXPECT_EQ(found.audio_codec, "");
  EXPECT_EQ(found.frames.size(), size_t{kFrames});
}

TEST(Encoding, UnreadableSoundIsInvalidBeforeAnythingIsWritten) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / "x.mp4"});
  request.audio = {AudioKind::kFile, folder / "none.wav"};
  const auto encoding = Encoding::open(request);
  ASSERT_FALSE(encoding.ok());
  EXPECT_EQ(encoding.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(encoding.error().where, folder / "none.wav");
  EXPECT_THAT(folder.names(), IsEmpty());
}

// ---- Several outputs ----------------------------------------------------------------------------

TEST(Encoding, OneEncodeFeedsEveryContainerThatTakesIt) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for(
      {folder / "x.mp4", folder / "x.mkv", folder / "x.ts", folder / "x.flv", folder / "x.webm"});
  auto encoding = Encoding::open(request);
  ASSERT_TRUE(encoding.ok());
  for (int i = 0; i < kFrames; ++i) {
    ASSERT_TRUE(encoding.value()->write(moving_frame(PixelFormat::kYuv420p, kSize, i)).ok());
  }
  ASSERT_TRUE(encoding.value()->finish().ok());
  const ReadBack mp4 = read_back(folder / "x.mp4");
  for (const std::string name : {"x.mkv", "x.ts", "x.flv"}) {
    const ReadBack other = read_back(folder / name);
    ASSERT_EQ(other.frames.size(), mp4.frames.size());
    EXPECT_EQ(std::memcmp(other.frames[9]->data[0], mp4.frames[9]->data[0], 320), 0) << name;
  }
  EXPECT_EQ(read_back(folder / "x.webm").video_codec, "vp9");
  const auto reports = encoding.value()->reports();
  ASSERT_EQ(reports.size(), 5U);
  for (const OutputReport& report : reports) {
    EXPECT_TRUE(report.finished);
    EXPECT_FALSE(report.error);
    EXPECT_EQ(report.frames, kFrames);
    EXPECT_EQ(report.bytes, static_cast<int64_t>(std::filesystem::file_size(report.name)));
  }
  EXPECT_EQ(reports[0].codec, "libx264");
  EXPECT_EQ(reports[4].codec, "libvpx-vp9");
  EXPECT_GT(encoding.value()->encode_nanoseconds(), 0);
  EXPECT_GT(encoding.value()->write_nanoseconds(), 0);
}

TEST(Encoding, AFailingOutputDoesNotStopTheOthers) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({"/dev/full", folder / "x.ts"});
  request.container = "ts";
  request.video.crf = 0;  // large enough to be flushed while frames still come
  auto encoding = Encoding::open(request);
  ASSERT_TRUE(encoding.ok());
  for (int i = 0; i < 150; ++i) {
    ASSERT_TRUE(encoding.value()->write(moving_frame(PixelFormat::kYuv420p, kSize, i)).ok());
  }
  EXPECT_TRUE(encoding.value()->reports()[0].error);
  const auto finished = encoding.value()->finish();
  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().to_string(), "/dev/full: cannot write: No space left on device");
  EXPECT_EQ(finished.error().code, ErrorCode::kIo);
  EXPECT_TRUE(encoding.value()->reports()[1].finished);
  EXPECT_EQ(read_back(folder / "x.ts").frames.size(), 150U);
}

// ---- Failures -----------------------------------------------------------------------------------

TEST(Encoding, FullDeviceIsAnErrorEvenWhenOnlyTheTrailerMeetsIt) {
  for (const std::string container : {"mkv", "mp4", "ts", "flv", "webm"}) {
    EncodingRequest request = request_for({"/dev/full"});
    request.container = container;
    const auto encoded = encode(request, 2);
    ASSERT_FALSE(encoded.ok()) << container;
    EXPECT_EQ(encoded.error().code, ErrorCode::kIo);
    EXPECT_THAT(encoded.error().to_string(), HasSubstr("/dev/full: "));
    EXPECT_THAT(encoded.error().to_string(), HasSubstr("No space left on device"));
  }
}

// Files of this process end at `bytes` while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

class FileThatCannotGrow : public ::testing::TestWithParam<std::string> {};

TEST_P(FileThatCannotGrow, IsAnErrorAndLeavesNothing) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / GetParam()});
  request.video.bitrate = 4'000'000;
  base::Result<void> encoded;
  {
    const FileSizeLimit limit(20'000);
    encoded = encode(request, 60);
  }
  ASSERT_FALSE(encoded.ok());
  EXPECT_EQ(encoded.error().code, ErrorCode::kIo);
  EXPECT_EQ(encoded.error().to_string(), folder / GetParam() + ": cannot write: File too large");
  EXPECT_THAT(folder.names(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Containers, FileThatCannotGrow,
                         ::testing::Values("x.mp4", "x.mkv", "x.webm", "x.flv", "x.ts", "x.m3u8"),
                         ending_of);

TEST(Encoding, WithoutFinishNothingStays) {
  const TemporaryFolder folder;
  std::ofstream(folder / "x.mp4") << "old";
  {
    auto encoding =
        Encoding::open(request_for({folder / "x.mp4", folder / "x.mkv", folder / "x.m3u8"}));
    ASSERT_TRUE(encoding.ok());
    EXPECT_EQ(folder.names().size(), 4U);
    EXPECT_THAT(folder.names(), Contains("x.mp4"));
    for (int i = 0; i < 150; ++i) {
      ASSERT_TRUE(encoding.value()->write(moving_frame(PixelFormat::kYuv420p, kSize, i)).ok());
    }
  }
  EXPECT_THAT(folder.names(), ElementsAre("x.mp4"));
  EXPECT_EQ(std::filesystem::file_size(folder / "x.mp4"), 3U);
}

TEST(Encoding, WithoutFramesIsAnError) {
  const TemporaryFolder folder;
  auto encoding = Encoding::open(request_for({folder / "x.mp4"}));
  ASSERT_TRUE(encoding.ok());
  const auto finished = encoding.value()->finish();
  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(Encoding, OneFrameIsEnough) {
  const TemporaryFolder folder;
  for (const std::string name : {"x.mp4", "x.webm", "x.ts", "x.m3u8"}) {
    ASSERT_TRUE(encode(request_for({folder / name}), 1).ok()) << name;
    EXPECT_EQ(read_back(folder / name).frames.size(), 1U) << name;
  }
}

TEST(Encoding, ReaderThatGoesAwayIsABrokenPipe) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "x.mkv").c_str(), 0600), 0);
  std::signal(SIGPIPE, SIG_IGN);
  std::thread reader([&] { ::close(::open((folder / "x.mkv").c_str(), O_RDONLY)); });
  EncodingRequest request = request_for({folder / "x.mkv"});
  request.video.crf = 0;
  const auto encoded = encode(request, 60);
  reader.join();
  std::signal(SIGPIPE, SIG_DFL);
  ASSERT_FALSE(encoded.ok());
  EXPECT_EQ(encoded.error().code, ErrorCode::kBrokenPipe);
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "x.mkv"));
}

TEST(Encoding, PipeGetsAnMp4ThatNeedsNoRewinding) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe.mp4").c_str(), 0600), 0);
  std::thread reader([&] {
    std::ifstream pipe(folder / "pipe.mp4", std::ios::binary);
    std::ofstream(folder / "x.mp4", std::ios::binary) << pipe.rdbuf();
  });
  ASSERT_TRUE(encode(request_for({folder / "pipe.mp4"})).ok());
  reader.join();
  const ReadBack found = read_back(folder / "x.mp4");
  EXPECT_EQ(found.frames.size(), size_t{kFrames});
  EXPECT_EQ(found.frame_seconds.front(), 0);
  EXPECT_EQ(found.first_sample_seconds, 0);
}

TEST(Encoding, HlsPlaylistNamesItsSegments) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "90%d");
  ASSERT_TRUE(encode(request_for({folder / "90%d/50%d.m3u8"}), 150).ok());
  EXPECT_TRUE(std::filesystem::exists(folder / "90%d/50_d-00000.ts"));
  EXPECT_TRUE(std::filesystem::exists(folder / "90%d/50_d-00001.ts"));
  EXPECT_EQ(read_back(folder / "90%d/50%d.m3u8").frames.size(), 150U);
}

TEST(Encoding, NamesThatLookLikeProtocolsAreFiles) {
  const TemporaryFolder folder;
  for (const std::string name : {"pipe:1.mp4", "a:b.mkv", "x y%03d.ts"}) {
    ASSERT_TRUE(encode(request_for({folder / name}), 2).ok()) << name;
    EXPECT_TRUE(std::filesystem::is_regular_file(folder / name));
  }
}

TEST(Encoding, RefusedConnectionIsAnIoError) {
  const TemporaryFolder folder;
  const auto encoding =
      Encoding::open(request_for({folder / "x.mp4", "rtmp://127.0.0.1:1/live/key"}));
  ASSERT_FALSE(encoding.ok());
  EXPECT_EQ(encoding.error().code, ErrorCode::kIo);
  EXPECT_EQ(encoding.error().where, "rtmp://127.0.0.1:1/live/***");
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(Encoding, LiveUrlGetsAStreamWithoutDelay) {
  const TemporaryFolder folder;
  // Nobody needs to listen to UDP. The file shares the encoder and so shows what it does.
  ASSERT_TRUE(encode(request_for({"udp://127.0.0.1:9", folder / "x.mkv"})).ok());
  const ReadBack found = read_back(folder / "x.mkv");
  EXPECT_EQ(found.has_b_frames, 0);
  EXPECT_EQ(std::count(found.frame_types.begin(), found.frame_types.end(), 'B'), 0);
}

struct Wrong {
  const char* why;
  ErrorCode code;
  const char* message;
  void (*spoil)(EncodingRequest&);
};

TEST(Encoding, WrongRequestsAreRefusedWithNothingWritten) {
  const TemporaryFolder folder;
  const std::array wrongs = {
      Wrong{"no output", ErrorCode::kInvalidInput, "no output",
            [](EncodingRequest& request) { request.outputs.clear(); }},
      Wrong{"unknown extension", ErrorCode::kInvalidInput, "unknown kind of video output",
            [](EncodingRequest& request) { request.outputs[0] += ".avi"; }},
      Wrong{"twice", ErrorCode::kInvalidInput, "twice",
            [](EncodingRequest& request) { request.outputs.push_back(request.outputs[0]); }},
      Wrong{"unknown codec", ErrorCode::kInvalidInput, "did you mean h264?",
            [](EncodingRequest& request) { request.video.codec = "h246"; }},
      Wrong{"misfit", ErrorCode::kInvalidInput, "mp4 cannot hold vp8",
            [](EncodingRequest& request) { request.video.codec = "vp8"; }},
      Wrong{"odd size", ErrorCode::kInvalidInput, "321x180",
            [](EncodingRequest& request) { request.video.size.width = 321; }},
      Wrong{"pixel format", ErrorCode::kInvalidInput, "does not support rgb24",
            [](EncodingRequest& request) { request.video.pixel_format = "rgb24"; }},
      Wrong{"preset", ErrorCode::kInvalidInput, "unknown preset",
            [](EncodingRequest& request) { request.video.preset = "fastest"; }},
      Wrong{"no hardware", ErrorCode::kUnsupported, "refuses these settings",
            [](EncodingRequest& request) { request.video.codec = "h264_v4l2m2m"; }},
      Wrong{"HLS into a device", ErrorCode::kInvalidInput, "several files",
            [](EncodingRequest& request) {
              request.outputs[0] = "/dev/null";
              request.container = "m3u8";
            }},
  };
  for (const Wrong& wrong : wrongs) {
    EncodingRequest request = request_for({folder / "x.mp4"});
    wrong.spoil(request);
    const auto encoding = Encoding::open(request);
    ASSERT_FALSE(encoding.ok()) << wrong.why;
    EXPECT_EQ(encoding.error().code, wrong.code) << wrong.why;
    EXPECT_THAT(encoding.error().message, HasSubstr(wrong.message)) << wrong.why;
    EXPECT_THAT(folder.names(), IsEmpty()) << wrong.why;
  }
}

TEST(Encoding, LibrariesSayNothingOnStderr) {
  const TemporaryFolder folder;
  ::testing::internal::CaptureStderr();
  std::vector<std::string> codecs = {"h264", "vp8", "vp9", "h264_v4l2m2m", "mjpeg"};
#ifndef __SANITIZE_ADDRESS__
  codecs.emplace_back("hevc");  // libx265 leaks a kilobyte each time it is opened
#endif
  for (const std::string& codec : codecs) {
    EncodingRequest request = request_for({folder / "x.mkv"});
    request.video.codec = codec;
    (void)encode(request, 3).ok();
  }
  (void)encode(request_for({"/dev/full"}), 3).ok();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace layercast::media::test
