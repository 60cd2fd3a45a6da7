#include "stream/live_soundtrack.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"
#include "media/in/live_feed.h"
#include "media/sound/audio_ahead.h"
#include "media/sound/audio_mixer.h"
#include "media/sound/audio_source.h"
#include "media/sound/live_sound.h"
#include "scene/eval/sound.h"
#include "scene/model/sound_names.h"
#include "stream/asset_watch.h"
#include "stream/closer.h"
#include "stream/sound_probes.h"
#include "stream/soundtrack.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::stream {
namespace {

using base::Duration;
using media::AudioAhead;
using media::AudioFeed;
using media::Voice;
using std::chrono::milliseconds;

// How far the mix is ahead of the next frame, and how often it is extended.
constexpr Duration kLead = milliseconds(40);
constexpr Duration kInterval = milliseconds(10);
// If the mix is this far from its target position, it restarts there.
constexpr int64_t kLeapMax = media::kAudioRate;
constexpr int64_t kBlock = media::AudioMixer::kGrid;
constexpr double kQuietest = -120;  // dBFS

// The sound of a live source. Playback starts when enough samples are buffered; excess samples are
// skipped.
class LiveFeed final : public AudioFeed {
 public:
  explicit LiveFeed(std::unique_ptr<media::LiveListener> listener)
      : listener_(std::move(listener)) {}

  void read(int64_t /*first*/, std::span<float> samples) override {
    const int64_t waiting = listener_->waiting();
    if (waiting > kTooMany) pass_over(waiting - kEnough);
    if (!is_playing_ && waiting < kEnough) {
      std::ranges::fill(samples, 0.0F);
      return;
    }
    is_playing_ = true;
    while (!samples.empty()) {
      const size_t taken = listener_->take(samples).samples * media::kAudioChannels;
      samples = samples.subspan(taken);
      if (taken > 0) continue;
      is_playing_ = false;  // the buffer is empty
      std::ranges::fill(samples, 0.0F);
      return;
    }
  }

  std::optional<int64_t> length() override { return std::nullopt; }

 private:
  static constexpr int64_t kEnough = media::kAudioRate * 60 / 1000;
  static constexpr int64_t kTooMany = media::kAudioRate * 300 / 1000;

  void pass_over(int64_t count) {
    std::array<float, 2048> unheard{};
    while (count > 0) {
      const auto most = static_cast<size_t>(std::min<int64_t>(count, 1024));
      const size_t taken = listener_->take(std::span(unheard).first(2 * most)).samples;
      if (taken == 0) return;
      count -= static_cast<int64_t>(taken);
    }
  }

  std::unique_ptr<media::LiveListener> listener_;
  bool is_playing_ = false;
};

// The samples in a ring that the mixer fills while this exists.
class TapSamples final : public MixedSamples {
 public:
  explicit TapSamples(std::shared_ptr<const media::MixTap> tap) : tap_(std::move(tap)) {}

  int64_t begin() const override { return tap_->ring->begin(); }
  int64_t end() const override { return tap_->ring->end(); }
  void read(int64_t first, std::span<float> samples) override {
    tap_->ring->read(first, samples, Duration::zero());
  }

 private:
  std::shared_ptr<const media::MixTap> tap_;
};

}  // namespace

class LiveSoundtrack::Work {
 public:
  explicit Work(LiveSoundtrackOptions options);
  ~Work();

  std::shared_ptr<const media::AudioRing> sound() const { return ring_; }
  std::unique_ptr<content::SoundProbe> open_probe(const std::string& of);
  std::vector<LayerFailure> failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  // A source that is open, or being opened.
  struct Source {
    scene::SoundSource sound;
    LayerFailure::Kind kind = LayerFailure::Kind::kContent;
    std::string id;  ///< of the layer or sound
    std::shared_ptr<AudioFeed> feed;
    AudioAhead* ahead = nullptr;  ///< the same feed, for a file
    std::string file;             ///< its path, resolved
    int version = 0;              ///< how often the file has changed; each is a voice of its own
    bool is_used = false;
  };

  void run();
  bool wait();
  bool is_heard() const;
  std::shared_ptr<const media::MixTap> tap_of(const std::string& of);
  void follow_taps();
  void take_changed_files();
  void watch_files();
  void follow_scene();
  void add_layer(const base::Shared<scene::Layer>& layer, const base::Shared<scene::LayerRun>& run,
                 std::vector<Voice>& voices);
  void add_track(const scene::AudioTrack& track, const base::Shared<scene::TrackRun>& run,
                 std::vector<Voice>& voices);
  // The owner of a source: a layer with sound, or a track.
  struct Owner {
    std::string key;  ///< of the voice
    LayerFailure::Kind kind;
    std::string id;
  };
  Source& source_of(const Owner& owner, const scene::SoundSource& sound, AudioAhead::Length length);
  static void take_feed(const Source& source, Voice& voice);
  std::shared_ptr<AudioFeed> listen_to(const std::string& owner, const std::string& source);
  AudioAhead::Listener teller(const std::string& owner) const;
  void mix_until(int64_t sample);
  void note_levels();
  void note_failures();

  const LiveSoundtrackOptions options_;
  Closer closer_{"sound-closer"};  ///< of the feeds
  const std::shared_ptr<media::AudioRing> ring_ = std::make_shared<media::AudioRing>();
  const std::shared_ptr<const media::MixTap> program_ = std::make_shared<const media::MixTap>(
      media::MixTap{std::string(scene::kProgramSound), ring_});
  std::shared_ptr<base::Gauge> peak_;
  std::shared_ptr<base::Gauge> voices_;
  std::shared_ptr<base::Counter> limited_;

  // Used by the mixing thread only.
  media::AudioMixer mixer_{0};
  std::map<std::string, Source> sources_;
  std::set<std::string> watched_files_;
  std::vector<media::MixTap> filled_taps_;
  scene::LiveStatePtr shown_;
  bool was_heard_ = false;
  std::vector<float> block_ = std::vector<float>(size_t{kBlock} * media::kAudioChannels);
  std::chrono::steady_clock::time_point noted_{};
  float peak_since_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stops_ = false;                                    ///< with the lock
  std::vector<std::weak_ptr<const media::MixTap>> taps_;  ///< with the lock; probes own them
  std::vector<LayerFailure> failures_;                    ///< with the lock
  std::set<std::string> changed_files_;                   ///< with the lock
  AssetWatch asset_watch_;
  std::thread thread_;
};

LiveSoundtrack::Work::Work(LiveSoundtrackOptions options)
    : options_(std::move(options)), asset_watch_([this](const std::set<std::string>& paths) {
        const std::lock_guard lock(mutex_);
        changed_files_.insert(paths.begin(), paths.end());
      }) {
  base::Metrics& metrics = *options_.metrics;
  peak_ = metrics.gauge({"audio_peak_dbfs", "Loudest sample of the last second, in dBFS."});
  peak_->set(kQuietest);
  voices_ = metrics.gauge({"audio_voices", "Sounds that are playing."});
  limited_ =
      metrics.counter({"audio_limited_samples_total", "Samples that the limiter attenuated."});
  thread_ = base::named_thread("sound-mixer", [this] { run(); });
}

LiveSoundtrack::Work::~Work() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// ---- Time ---------------------------------------------------------------------------------------

// False when the soundtrack ends.
bool LiveSoundtrack::Work::wait() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, kInterval, [this] { return stops_; });
}

void LiveSoundtrack::Work::run() {
  base::set_urgency(base::Urgency::kEncoding);
  while (wait()) {
    const base::FrameRate rate = options_.clock->rate();
    const auto frame = Duration(int64_t{1'000'000'000} * rate.denominator / rate.numerator);
    const int64_t now = media::sample_at(options_.clock->now());
    const int64_t until = media::sample_at(options_.clock->now() + frame + kLead);
    if (mixer_.place() < now - kLeapMax || mixer_.place() > until + kLeapMax) {
      mixer_ = media::AudioMixer(now);
      ring_->begin_at(now);
      shown_ = nullptr;
      filled_taps_.clear();
    }
    follow_taps();
    take_changed_files();
    follow_scene();
    mix_until(until);
    note_levels();
  }
  sources_.clear();
}

// ---- Taps ---------------------------------------------------------------------------------------

std::shared_ptr<const media::MixTap> LiveSoundtrack::Work::tap_of(const std::string& of) {
  if (of == scene::kProgramSound) return program_;
  const std::lock_guard lock(mutex_);
  for (const auto& weak : taps_) {
    auto tap = weak.lock();
    if (tap != nullptr && tap->owner == of) return tap;
  }
  auto tap = std::make_shared<const media::MixTap>(
      media::MixTap{of, std::make_shared<media::AudioRing>()});
  taps_.push_back(tap);
  return tap;
}

std::unique_ptr<content::SoundProbe> LiveSoundtrack::Work::open_probe(const std::string& of) {
  if (of == scene::kNoSound) return nullptr;
  return probe_of(std::make_unique<TapSamples>(tap_of(of)));
}

// Fills the rings that probes read, and no others.
void LiveSoundtrack::Work::follow_taps() {
  std::vector<media::MixTap> taps;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(taps_, [](const auto& tap) { return tap.expired(); });
    for (const auto& weak : taps_) {
      if (const auto tap = weak.lock()) taps.push_back(*tap);
    }
  }
  if (std::ranges::equal(taps, filled_taps_, {}, &media::MixTap::ring, &media::MixTap::ring))
    return;
  mixer_.set_taps(taps);
  filled_taps_ = std::move(taps);
}

void LiveSoundtrack::Work::mix_until(int64_t sample) {
  for (auto& [key, source] : sources_) {
    const int64_t begins = media::sample_at(source.sound.begins);
    if (source.ahead != nullptr) source.ahead->want(mixer_.place() - begins);
  }
  while (mixer_.place() < sample) {
    mixer_.read(block_);
    ring_->put(block_);
  }
}

void LiveSoundtrack::Work::note_levels() {
  const media::AudioLevels levels = mixer_.take_levels();
  limited_->add(static_cast<double>(levels.limited));
  voices_->set(levels.voices);
  peak_since_ = std::max(peak_since_, levels.peak);
  const auto now = std::chrono::steady_clock::now();
  if (now - noted_ < std::chrono::seconds(1)) return;
  noted_ = now;
  const float peak = std::exchange(peak_since_, 0.0F);
  peak_->set(peak > 0 ? std::max(kQuietest, 20 * std::log10(double{peak})) : kQuietest);
  note_failures();
}

void LiveSoundtrack::Work::note_failures() {
  std::vector<LayerFailure> failures;
  for (const auto& [key, source] : sources_) {
    if (source.ahead == nullptr) continue;
    if (auto failure = source.ahead->failure()) {
      failures.push_back({source.kind, source.id, *std::move(failure)});
    }
  }
  const std::lock_guard lock(mutex_);
  failures_ = std::move(failures);
}

// ---- The scene ----------------------------------------------------------------------------------

// Closes the files that have changed; follow_scene() opens them again.
void LiveSoundtrack::Work::take_changed_files() {
  const std::lock_guard lock(mutex_);
  if (changed_files_.empty()) return;
  for (auto& [key, source] : sources_) {
    if (source.feed == nullptr || !changed_files_.contains(source.file)) continue;
    const int version = source.version + 1;
    source = {};
    source.version = version;
  }
  changed_files_.clear();
  shown_ = nullptr;
}

void LiveSoundtrack::Work::watch_files() {
  std::set<std::string> files;
  for (const auto& [key, source] : sources_) {
    if (source.ahead != nullptr) files.insert(source.file);
  }
  if (files == watched_files_) return;
  asset_watch_.watch(files);
  watched_files_ = std::move(files);
}

void LiveSoundtrack::Work::follow_scene() {
  const scene::LiveStatePtr state = options_.layers->current();
  if (state == shown_) return;
  shown_ = state;
  for (auto& [key, source] : sources_) source.is_used = false;
  std::vector<Voice> voices;
  if (state->transmission == scene::Transmission::kOnAir) {
    const scene::RunState& run = state->run;
    for (const auto& layer : state->scene.layers) {
      add_layer(layer, run.layers.of(layer->id), voices);
    }
    for (const scene::ExitingLayer& each : run.exiting) add_layer(each.layer, each.run, voices);
    for (const scene::AudioTrack& track : state->scene.audio) {
      add_track(track, run.audio.of(track.id), voices);
    }
  }
  mixer_.set_voices(std::move(voices));
  std::erase_if(sources_, [](const auto& source) { return !source.second.is_used; });
  watch_files();
}

void LiveSoundtrack::Work::add_layer(const base::Shared<scene::Layer>& layer,
                                     const base::Shared<scene::LayerRun>& run,
                                     std::vector<Voice>& voices) {
  const auto sound = scene::sound_of({*layer, *run});
  const bool shows = layer->visible || run->exit_start;
  if (!sound || !run->start || !shows) return;
  Voice voice = voice_of(layer, run);
  take_feed(source_of({voice.key, LayerFailure::Kind::kContent, layer->id}, *sound,
                      AudioAhead::Length::kIsNot),
            voice);
  if (voice.feed != nullptr) voices.push_back(std::move(voice));
}

void LiveSoundtrack::Work::add_track(const scene::AudioTrack& track,
                                     const base::Shared<scene::TrackRun>& run,
                                     std::vector<Voice>& voices) {
  const scene::SoundSource sound = scene::sound_of({track, *run});
  const bool fades_out = track.fade_out > Duration::zero() && !track.loop;
  const base::Shared<scene::AudioTrack> shared(track);
  Voice voice = voice_of(shared, run, std::nullopt);
  const auto length = fades_out ? AudioAhead::Length::kIsNeeded : AudioAhead::Length::kIsNot;
  take_feed(source_of({voice.key, LayerFailure::Kind::kSound, track.id}, sound, length), voice);
  if (voice.feed == nullptr) return;
  if (fades_out) {
    // The end is known after the whole file was read.
    voice.volume = [shared, run, feed = voice.feed, begins = voice.begins](int64_t at) {
      const auto samples = feed->length();
      std::optional<Duration> ends;
      if (samples) ends = base::SceneTime{begins + *samples, media::kAudioRate}.floor();
      return scene::volume_at({*shared, *run}, {at, media::kAudioRate}, ends);
    };
  }
  voices.push_back(std::move(voice));
}

// The mixer keeps the feed of a voice, so the new version of a file is another voice.
void LiveSoundtrack::Work::take_feed(const Source& source, Voice& voice) {
  voice.feed = source.feed;
  if (source.version > 0) voice.key += "#" + std::to_string(source.version);
}

// ---- Sources ------------------------------------------------------------------------------------

AudioAhead::Listener LiveSoundtrack::Work::teller(const std::string& owner) const {
  return [this, owner](const base::Error& error) { options_.on_error(owner, error); };
}

std::shared_ptr<AudioFeed> LiveSoundtrack::Work::listen_to(const std::string& owner,
                                                           const std::string& source) {
  auto listener = media::LiveListener::open(source);
  if (listener) return std::make_shared<LiveFeed>(std::move(listener).value());
  teller(owner)(listener.error());
  return nullptr;
}

LiveSoundtrack::Work::Source& LiveSoundtrack::Work::source_of(const Owner& owner,
                                                              const scene::SoundSource& sound,
                                                              AudioAhead::Length length) {
  Source& source = sources_[owner.key];
  source.is_used = true;
  if (source.feed != nullptr) return source;
  source.sound = sound;
  source.kind = owner.kind;
  source.id = owner.id;
  const bool has_scheme = sound.source.find("://") != std::string::npos;
  const std::string path =
      has_scheme ? sound.source : (std::filesystem::path(options_.folder) / sound.source).string();
  if (media::is_live_source(path)) {
    source.feed = closer_.owned(listen_to(owner.id, path));
    return source;
  }
  // A restarted daemon continues in the middle of the file.
  auto ahead = std::make_shared<AudioAhead>(
      [sound, path] { return open_sound(sound, path, media::FarPlaces::kSoughtFor); },
      teller(owner.id), length);
  source.ahead = ahead.get();
  source.file = path;
  source.feed = closer_.owned<AudioFeed>(std::move(ahead));
  return source;
}

LiveSoundtrack::LiveSoundtrack(LiveSoundtrackOptions options)
    : work_(std::make_unique<Work>(std::move(options))) {}
LiveSoundtrack::~LiveSoundtrack() = default;

std::shared_ptr<const media::AudioRing> LiveSoundtrack::sound() const { return work_->sound(); }
std::unique_ptr<content::SoundProbe> LiveSoundtrack::open_probe(const std::string& of) {
  return work_->open_probe(of);
}
std::vector<LayerFailure> LiveSoundtrack::failures() const { return work_->failures(); }

}  // namespace layercast::stream
