#include "media/sound/audio_source.h"

#include "media/sound/audio_track.h"

#include <algorithm>

namespace layercast::media {
namespace {

class SilentSource : public AudioSource {
 public:
  void read(std::span<float> samples) override { std::fill(samples.begin(), samples.end(), 0.0F); }
};

class FileSource : public AudioSource {
 public:
  explicit FileSource(std::unique_ptr<AudioTrack> reader) : reader_(std::move(reader)) {}

  void read(std::span<float> samples) override {
    while (!samples.empty()) {
      if (ready_.empty()) ready_ = reader_->next();
      if (ready_.empty()) break;
      const size_t count = std::min(samples.size(), ready_.size());
      std::copy_n(ready_.begin(), count, samples.begin());
      ready_ = ready_.subspan(count);
      samples = samples.subspan(count);
    }
    std::fill(samples.begin(), samples.end(), 0.0F);
  }

 private:
  std::unique_ptr<AudioTrack> reader_;
  std::span<const float> ready_;
};

}  // namespace

std::unique_ptr<AudioSource> silent_source() { return std::make_unique<SilentSource>(); }

base::Result<std::unique_ptr<AudioSource>> open_audio_file(const std::string& path) {
  TRY(auto reader, audio_files().open(path, AudioOrigin::kSound));
  if (reader == nullptr) {
    return base::invalid_input("the file contains no sound", path);
  }
  return std::unique_ptr<AudioSource>(std::make_unique<FileSource>(std::move(reader)));
}

}  // namespace layercast::media
