#include "media/in/decoded_feed.h"
#include "media/sound/audio_source.h"
#include "tests/base/with_client_limits.h"
#include "tests/media/read_back.h"
#include "tests/media/video_source.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::media {
namespace {

using base::ErrorCode;
using std::chrono::seconds;
using std::chrono::steady_clock;
using test::counting;
using test::Source;
using ::testing::HasSubstr;

constexpr seconds kPatience{5};  // on a busy machine, with room to spare
constexpr int64_t kMemoryMax = int64_t{350} << 20;

// The most memory the process has held since reset_peak().
int64_t peak_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) << 10;
  }
  return 0;
}
void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

class HostileMedia : public ::testing::Test {
 protected:
  std::string written(const std::string& name, std::string_view bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  std::string made(const std::string& name, const Source& source) {
    test::write_source(folder_ / name, source);
    return folder_ / name;
  }
  static std::string contents_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// Plays what can be played, and says why it cannot be, in time and within memory.
  base::Error outcome_of(const std::string& path) {
    reset_peak();
    const int64_t before = peak_bytes();
    const auto began = steady_clock::now();
    base::Error error{ErrorCode::kInternal, "it plays", {}, nullptr};
    auto feed = open_video_feed({path});
    if (!feed.ok()) {
      error = feed.error();
    } else {
      for (int i = 0; i < 30; ++i) {
        const auto found = feed.value()->picture_at({i, 30});
        if (!found.ok()) error = found.error();
      }
    }
    EXPECT_LT(steady_clock::now() - began, kPatience) << path;
    EXPECT_LT(peak_bytes() - before, kMemoryMax) << path;
    return error;
  }
  base::Error refusal_of(const std::string& path) {
    base::Error error = outcome_of(path);
    EXPECT_NE(error.message, "it plays") << path;
    EXPECT_EQ(error.where, path);
    EXPECT_GT(error.message.size(), 5U);
    return error;
  }

  test::TemporaryFolder folder_;
};

std::string big_endian(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}
std::string little_endian(uint32_t value) {
  const std::string bytes = big_endian(value);
  return {bytes.rbegin(), bytes.rend()};
}

// Source: PNG, second edition, section 5; the sums are wrong, which decoders do not mind.
std::string png_of(uint32_t width, uint32_t height) {
  const auto chunk = [](std::string_view name, const std::string& body) {
    return big_endian(static_cast<uint32_t>(body.size())) + std::string(name) + body +
           std::string(4, '\0');
  };
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(width) + big_endian(height) + std::string("\x08\x06\0\0\0", 5)) +
         chunk("IDAT", std::string("\x78\x9c\x63\x60\x60\x60\x60\0\0\0\x05\0\x01", 13)) +
         chunk("IEND", "");
}

std::string bmp_of(uint32_t width, uint32_t height) {
  return "BM" + little_endian(1000) + little_endian(0) + little_endian(54) + little_endian(40) +
         little_endian(width) + little_endian(height) + std::string("\x01\0\x18\0", 4) +
         std::string(24, '\0') + std::string(900, 'x');
}

TEST_F(HostileMedia, OfPicturesTooLargeIsRefusedBeforeMemoryIsTaken) {
  refusal_of(written("png.png", png_of(60'000, 60'000)));
  refusal_of(written("png.mp4", png_of(60'000, 60'000)));
  refusal_of(written("large.png", png_of(30'000, 30'000)));
  refusal_of(written("bmp.mp4", bmp_of(60'000, 60'000)));
  refusal_of(
      written("raw.mp4", "YUV4MPEG2 W60000 H60000 F25:1 C420\nFRAME\n" + std::string(1000, 'x')));
  refusal_of(
      written("wide.y4m", "YUV4MPEG2 W2000000000 H1 F25:1 C420\nFRAME\n" + std::string(99, 'x')));
}

TEST_F(HostileMedia, OfATrackThatSaysItIsHugeIsRefused) {
  Source source = counting(3);
  source.codec = "png";
  source.format = AV_PIX_FMT_RGBA;
  source.size = {64, 32};
  source.paint = [](AVFrame& frame, int) { std::fill_n(frame.data[0], 64, uint8_t{7}); };
  for (const char* name : {"x.mov", "x.mkv"}) {
    std::string bytes = contents_of(made(name, source));
    // Each picture's own header.
    for (size_t at = bytes.find("IHDR"); at != std::string::npos; at = bytes.find("IHDR", at + 4)) {
      bytes.replace(at + 4, 8, big_endian(60'000) + big_endian(60'000));
    }
    refusal_of(written(name, bytes));
  }
}

TEST_F(HostileMedia, OfRareFormatsIsNotEvenOpened) {
  using namespace std::string_literals;
  // Source: the probes of libavformat 59. The films of old games, and a script.
  const std::string roq = "\x84\x10\xff\xff\xff\xff\x1e\0"s + std::string(4000, '\0');
  const std::string fli =
      little_endian(4128) + "\x12\xaf\x01\0\x40\x01\xc8\0\x08\0\x03\0"s + std::string(4100, '\0');
  for (const std::string& bytes : {roq, fli}) {
    EXPECT_THAT(refusal_of(written("x.mp4", bytes)).message, HasSubstr("rare format"));
  }
}

TEST_F(HostileMedia, OfRareCodecsIsRefused) {
  Source source = counting(3);
  source.codec = "flashsv";
  source.format = AV_PIX_FMT_BGR24;
  source.paint = [](AVFrame& frame, int) { std::fill_n(frame.data[0], 64, uint8_t{7}); };
  EXPECT_THAT(refusal_of(made("x.flv", source)).message, HasSubstr("no decoder for flashsv"));
}

// What a playlist names may lie anywhere.
TEST_F(HostileMedia, ThatNamesOtherFilesIsRefusedWhateverItIsCalled) {
  const std::string secret = made("secret.ts", counting(30));
  const std::string playlist =
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\n" + secret +
      "\n#EXT-X-ENDLIST\n";
  const std::string joined = "ffconcat version 1.0\nfile secret.ts\n";
  const std::string session =
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
      "a=rtpmap:96 H264/90000\n";
  const std::string manifest =
      "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\">\n"
      "<Period><AdaptationSet><Representation id=\"0\"><BaseURL>secret.ts</BaseURL>"
      "</Representation></AdaptationSet></Period></MPD>\n";
  for (const std::string name : {"x.mp4", "x.m3u8", "x.ts", "x"}) {
    EXPECT_EQ(refusal_of(written(name, playlist)).code, ErrorCode::kForbidden) << name;
  }
  for (const std::string name : {"x.mp4", "x.ffconcat", "x.mov"}) {
    refusal_of(written(name, joined));
  }
  for (const std::string name : {"x.mp4", "x.sdp"}) refusal_of(written(name, session));
  for (const std::string name : {"x.mp4", "x.mpd"}) refusal_of(written(name, manifest));
  EXPECT_THAT(refusal_of(written("x.mp4", playlist)).message, HasSubstr("list of other files"));
}

TEST_F(HostileMedia, WhoseNameIsAPatternIsOneFile) {
  Source source = counting(1);
  source.codec = "png";
  source.format = AV_PIX_FMT_GRAY8;
  source.muxer_options = {{"update", "1"}};
  made("a001.png", source);
  written("a%03d.png", "words");
  refusal_of(folder_ / "a%03d.png");
  refusal_of(written("concat:a001.png|a001.png", "words"));
}

TEST_F(HostileMedia, OfTwoThousandTracksIsRefused) {
  const LibraryLog log;
  AVFormatContext* muxer = nullptr;
  const std::string path = folder_ / "x.mp4";
  ASSERT_GE(avformat_alloc_output_context2(&muxer, nullptr, "mov", path.c_str()), 0);
  muxer->max_streams = 4000;
  for (int i = 0; i < 2000; ++i) {
    AVStream* track = avformat_new_stream(muxer, nullptr);
    ASSERT_NE(track, nullptr);
    track->codecpar->codec_type = AVMEDIA_TYPE_AUDIO;
    track->codecpar->codec_id = AV_CODEC_ID_PCM_S16LE;
    track->codecpar->codec_tag = MKTAG('s', 'o', 'w', 't');
    track->codecpar->sample_rate = 48000;
    track->codecpar->block_align = 2;
    track->codecpar->bits_per_coded_sample = 16;
    av_channel_layout_default(&track->codecpar->ch_layout, 1);
  }
  ASSERT_GE(avio_open(&muxer->pb, path.c_str(), AVIO_FLAG_WRITE), 0);
  ASSERT_GE(avformat_write_header(muxer, nullptr), 0);
  const PacketPtr packet = new_packet();
  for (int i = 0; i < 2000; ++i) {
    ASSERT_GE(av_new_packet(packet.get(), 4), 0);
    packet->stream_index = i;
    packet->pts = packet->dts = 0;
    packet->duration = 2;
    ASSERT_GE(av_write_frame(muxer, packet.get()), 0);
    av_packet_unref(packet.get());
  }
  ASSERT_GE(av_write_trailer(muxer), 0);
  avio_closep(&muxer->pb);
  avformat_free_context(muxer);
  const base::Error error = refusal_of(path);
  EXPECT_EQ(error.code, ErrorCode::kLimit);
  EXPECT_THAT(error.message, HasSubstr("more than 64 tracks"));
}

TEST_F(HostileMedia, WithoutAnyPictureIsRefused) {
  for (const char* name : {"x.mp4", "x.mkv", "x.ts"}) refusal_of(made(name, counting(0)));
}

TEST_F(HostileMedia, OfTheWrongNameIsWhatItIs) {
  for (const char* name : {"x.mkv", "x.ts", "x.mov"}) {
    const std::string bytes = contents_of(made(name, counting(30)));
    EXPECT_EQ(outcome_of(written("renamed.mp4", bytes)).message, "it plays") << name;
    EXPECT_EQ(outcome_of(written("renamed.txt", bytes)).message, "it plays") << name;
  }
  refusal_of(written("program.mp4", contents_of("/proc/self/exe").substr(0, 500'000)));
}

TEST_F(HostileMedia, ThatIsCutOffAnywhereEndsInTime) {
  Source source = counting(40);
  source.gop = 10;
  for (const char* name : {"x.mp4", "x.mkv", "x.ts", "x.mov"}) {
    const std::string bytes = contents_of(made(name, source));
    for (size_t tenth = 0; tenth < 20; ++tenth) {
      outcome_of(written(name, std::string_view(bytes).substr(0, bytes.size() * tenth / 20)));
    }
  }
}

TEST_F(HostileMedia, ThatIsDamagedAnywhereEndsInTime) {
  Source source = counting(40);
  source.gop = 10;
  std::mt19937 dice(11);
  for (const char* name : {"x.mp4", "x.mkv", "x.ts"}) {
    const std::string bytes = contents_of(made(name, source));
    for (int i = 0; i < 60; ++i) {
      std::string damaged = bytes;
      const size_t header = std::min<size_t>(damaged.size(), 2000);
      for (int hit = 0; hit < 8; ++hit) {
        const size_t place = dice() % (i % 2 == 0 ? header : damaged.size());
        damaged[place] = static_cast<char>(dice());
      }
      outcome_of(written(name, damaged));
    }
  }
}

TEST_F(HostileMedia, AFileOfAClientIsReadWithinTheAssetsFolderOnly) {
  std::filesystem::create_directory(folder_ / "assets");
  std::filesystem::create_directory(folder_ / "other");
  const std::string film = made("assets/film.mp4", counting(30));
  const std::string outside = made("other/film.mp4", counting(30));
  const std::string sound = folder_ / "assets/a.wav";
  test::write_sine(sound, 0.5, 48000, 1000);
  const base::WithClientLimits limits(folder_ / "assets");
  EXPECT_EQ(outcome_of(film).message, "it plays");
  EXPECT_TRUE(open_audio_file(sound).ok());
  for (const std::string& name : {film, sound}) {
    std::filesystem::remove(name);
    std::filesystem::create_symlink(outside, name);
  }
  const base::Error error = refusal_of(film);
  EXPECT_EQ(error.code, ErrorCode::kForbidden);
  EXPECT_THAT(error.message, HasSubstr("assets folder"));
  const auto heard = open_audio_file(sound);
  ASSERT_FALSE(heard.ok());
  EXPECT_EQ(heard.error().code, ErrorCode::kForbidden);
}

}  // namespace
}  // namespace layercast::media
