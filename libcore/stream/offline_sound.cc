#include "stream/offline_sound.h"

#include "media/sound/audio_ring.h"
#include "scene/model/sound_names.h"
#include "stream/sound_probes.h"
#include "stream/soundtrack.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace layercast::stream {
namespace {

using media::AudioRing;

// The rings keep this much before the sample that was mixed last.
constexpr int64_t kKept = AudioRing::kSamples - media::kAudioRate;

}  // namespace

class OfflineSound::Mix {
 public:
  explicit Mix(scene::SceneFile file) : file_(std::move(file)) {}

  std::shared_ptr<const AudioRing> ring_of(const std::string& name) {
    if (name == scene::kProgramSound) return program_;
    auto& ring = rings_[name];
    if (ring == nullptr) {
      ring = std::make_shared<AudioRing>();
      soundtrack_.reset();  // mixed again, with this tap
    }
    return ring;
  }

  void read(const AudioRing& ring, int64_t first, std::span<float> samples) {
    const int64_t begin = std::max<int64_t>(0, first);
    const bool is_kept = soundtrack_ != nullptr && begin >= std::max(first_, place_ - kKept);
    if (!is_kept) begin_at(begin);
    const int64_t end = first + static_cast<int64_t>(samples.size()) / media::kAudioChannels;
    while (place_ < end) {
      soundtrack_->read(block_);
      program_->put(block_);
      place_ += media::AudioMixer::kGrid;
    }
    ring.read(first, samples, base::Duration::zero());
  }

  std::vector<render::ContentFailure> take_failures() { return std::exchange(failures_, {}); }

 private:
  void begin_at(int64_t first) {
    Soundtrack::Opened opened = Soundtrack::open(file_, first);
    soundtrack_ = std::move(opened.soundtrack);
    if (!std::exchange(has_opened_, true)) failures_ = std::move(opened.failures);
    std::vector<media::MixTap> taps;
    for (const auto& [name, ring] : rings_) taps.push_back({name, ring});
    soundtrack_->set_taps(taps);
    program_->begin_at(first);
    first_ = first;
    place_ = first;
  }

  const scene::SceneFile file_;
  std::unique_ptr<Soundtrack> soundtrack_;
  const std::shared_ptr<AudioRing> program_ = std::make_shared<AudioRing>();
  std::map<std::string, std::shared_ptr<AudioRing>> rings_;
  std::vector<float> block_ =
      std::vector<float>(size_t{media::AudioMixer::kGrid} * media::kAudioChannels);
  int64_t first_ = 0;  ///< the sample from which the mix is exact
  int64_t place_ = 0;  ///< the sample that is mixed next
  bool has_opened_ = false;
  std::vector<render::ContentFailure> failures_;
};

class OfflineSound::Samples final : public MixedSamples {
 public:
  Samples(std::shared_ptr<Mix> mix, const std::string& name)
      : mix_(std::move(mix)), ring_(mix_->ring_of(name)) {}

  int64_t begin() const override { return 0; }
  int64_t end() const override { return std::numeric_limits<int64_t>::max() / 2; }
  void read(int64_t first, std::span<float> samples) override {
    mix_->read(*ring_, first, samples);
  }

 private:
  std::shared_ptr<Mix> mix_;
  std::shared_ptr<const AudioRing> ring_;
};

OfflineSound::OfflineSound(const scene::SceneFile& file) : mix_(std::make_shared<Mix>(file)) {}
OfflineSound::~OfflineSound() = default;

content::ProbeOpener OfflineSound::opener() const {
  return [mix = mix_](const std::string& of) -> std::unique_ptr<content::SoundProbe> {
    if (of == scene::kNoSound) return nullptr;
    return probe_of(std::make_unique<Samples>(mix, of));
  };
}

std::vector<render::ContentFailure> OfflineSound::take_failures() { return mix_->take_failures(); }

}  // namespace layercast::stream
