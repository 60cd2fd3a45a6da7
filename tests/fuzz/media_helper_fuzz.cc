// Any bytes as a video or sound file that the helper process decodes, as the tools decode it:
// pictures and samples, or a reason. Whatever becomes of the process, a good file is decoded
// afterwards.

#include "base/check.h"
#include "media/helper/helper_media.h"
#include "sandbox/helper.h"
#include "tests/fuzz/helper_watch.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace base = layercast::base;
namespace frame = layercast::frame;
namespace fuzz = layercast::fuzz;
namespace media = layercast::media;

namespace {

/// A file in memory with these bytes, at a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("media", MFD_CLOEXEC)) {
    LAYERCAST_CHECK(::write(descriptor_, bytes.data(), bytes.size()) ==
                    static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

base::Result<void> read_video(const media::VideoOpener& open, const std::string& path) {
  TRY(const auto video, open({path, 1}));
  LAYERCAST_CHECK(video->time_base().denominator > 0);
  constexpr int kFramesMax = 4;
  for (int frames = 0; frames < kFramesMax; ++frames) {
    TRY(auto next, video->next());
    if (!next) break;
    LAYERCAST_CHECK(next->tick < next->end_tick);
    TRY_DO(video->check(*next));
    TRY(const auto picture, video->picture_of(*std::move(next)));
    LAYERCAST_CHECK(!frame::size_of(picture).empty());
  }
  return video->seek(0);
}

base::Result<void> read_sound(const media::AudioFiles& files, const std::string& path) {
  TRY(const auto length, files.video_length(path));
  LAYERCAST_CHECK(!length || length->denominator > 0);
  TRY(const auto sound, files.open(path, media::AudioOrigin::kSound));
  if (sound == nullptr) return {};
  constexpr int kReadsMax = 8;
  for (int reads = 0; reads < kReadsMax; ++reads) {
    const auto samples = sound->next();
    LAYERCAST_CHECK(samples.size() % 2 == 0);
    for (const float sample : samples) LAYERCAST_CHECK(std::isfinite(sample));
    if (samples.empty()) break;
  }
  static_cast<void>(sound->seek(0));
  return {};
}

// Sixteen samples of silence as WAV.
std::string silence() {
  constexpr std::string_view kHead(
      "RIFF\x44\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\xbb\0\0\0\x77\1\0\2\0\x10\0data\x20\0\0\0", 44);
  return std::string(kHead) + std::string(32, '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static fuzz::HelperWatch watch(DECODE_PROGRAM);
  static const media::HelperMedia kMedia{watch.helper(), watch.listener()};
  static const media::VideoOpener kOpenVideo = media::video_opener_of(kMedia);
  static const media::AudioFiles kSounds = media::audio_files_of(kMedia);
  const MemoryFile file({reinterpret_cast<const char*>(bytes), size});
  watch.run([&] {
    const auto video = read_video(kOpenVideo, file.path());
    LAYERCAST_CHECK(video.ok() || !video.error().message.empty());
    const auto sound = read_sound(kSounds, file.path());
    LAYERCAST_CHECK(sound.ok() || !sound.error().message.empty());
  });
  if (watch.takes_stock()) fuzz::expect_good(read_sound(kSounds, MemoryFile(silence()).path()));
  return 0;
}
