#include "media/sound/audio_feed.h"

#include "base/floor_division.h"
#include "base/int128.h"
#include "base/regular_file.h"
#include "media/sound/audio_source.h"
#include "media/sound/time_stretch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using base::Int128;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
// A loop whose passes are not longer than this is decoded once and kept in memory.
constexpr int64_t kKeptMax = int64_t{10} * kAudioRate;
constexpr int64_t kBlock = 2048;
// With kSoughtFor, the feed seeks to samples further ahead: decoding up to them would be audible.
constexpr int64_t kFar = int64_t{10} * kAudioRate;

size_t floats(int64_t samples) { return static_cast<size_t>(samples) * kAudioChannels; }

// Rounds to nearest, halves up.
int64_t rounded(Int128 numerator, Int128 denominator) {
  return static_cast<int64_t>(
      base::floor_divided(2 * numerator + denominator, 2 * denominator).quotient);
}

// A length in samples as an exact fraction.
struct Period {
  Int128 numerator = 0;
  Int128 denominator = 1;

  /// The first sample of pass `index`.
  int64_t begin_of(int64_t index) const { return rounded(numerator * index, denominator); }
  /// The last pass that begins at or before `sample`, which may be the first sample of many passes.
  /// Range: `sample` is at least 0.
  int64_t pass_of(int64_t sample) const {
    return static_cast<int64_t>((denominator * (2 * Int128{sample} + 1) - 1) / (2 * numerator));
  }
  /// An upper bound for the length of a pass.
  int64_t longest() const { return static_cast<int64_t>(numerator / denominator) + 1; }
};

// The sound of a file, read forward, with silence before and after it.
class Line {
 public:
  Line(const AudioFeedRequest& request, std::unique_ptr<AudioTrack> reader)
      : request_(request), reader_(std::move(reader)) {}

  int64_t place() const { return place_; }
  /// The sample at which the sound ends, once it is known.
  const std::optional<int64_t>& end() const { return end_; }

  void read(std::span<float> samples) {
    while (!samples.empty()) {
      const auto wanted = static_cast<int64_t>(samples.size()) / kAudioChannels;
      const int64_t silent =
          is_past_end() ? wanted : std::clamp<int64_t>(reached_ - place_, 0, wanted);
      if (silent > 0) {
        std::fill_n(samples.begin(), floats(silent), 0.0F);
        advance(silent, samples);
        continue;
      }
      if (ready_.empty()) {
        take_more();
        continue;
      }
      const int64_t count = std::min(wanted, static_cast<int64_t>(ready_.size()) / kAudioChannels);
      std::copy_n(ready_.begin(), floats(count), samples.begin());
      drop(count);
      advance(count, samples);
    }
  }

  void skip_to(int64_t place) {
    while (place_ < place) {
      if (is_past_end() || place <= reached_) break;
      if (place_ < reached_) place_ = reached_;
      if (ready_.empty()) {
        take_more();
        continue;
      }
      const auto there = static_cast<int64_t>(ready_.size()) / kAudioChannels;
      const int64_t count = std::min(place - place_, there);
      drop(count);
      place_ += count;
    }
    place_ = std::max(place_, place);
  }

  /// Makes skip_to() begin close to `place`, if that is far ahead and the file supports it.
  void seek(int64_t place) {
    if (has_ended_ || place - std::max(place_, reached_) <= kFar) return;
    if (!reader_->seek(place)) return rewind();
    ready_ = {};
    is_open_ = false;
    reached_ = place_ = place;
  }

  /// Restarts at the beginning; silence when the file can no longer be opened.
  void rewind() {
    auto reader = audio_files().open(request_.path, request_.origin);
    reader_ = reader ? std::move(reader).value() : nullptr;
    ready_ = {};
    is_open_ = false;
    has_ended_ = reader_ == nullptr;
    reached_ = 0;
    place_ = 0;
  }

 private:
  bool is_past_end() const { return has_ended_ && place_ >= reached_; }

  // Reads the next block into `ready_`, which then begins at reached_.
  void take_more() {
    ready_ = reader_->next();
    if (!std::exchange(is_open_, true)) reached_ = reader_->first_sample();
    if (ready_.empty()) {
      has_ended_ = true;
      end_ = reached_;
      return;
    }
    // Skips samples before place_.
    const auto there = static_cast<int64_t>(ready_.size()) / kAudioChannels;
    drop(std::clamp<int64_t>(place_ - reached_, 0, there));
  }

  void drop(int64_t count) {
    ready_ = ready_.subspan(floats(count));
    reached_ += count;
  }

  void advance(int64_t count, std::span<float>& samples) {
    place_ += count;
    samples = samples.subspan(floats(count));
  }

  const AudioFeedRequest& request_;
  std::unique_ptr<AudioTrack> reader_;
  std::span<const float> ready_;
  bool is_open_ = false;
  bool has_ended_ = false;
  int64_t reached_ = 0;  ///< the first sample of ready_
  int64_t place_ = 0;    ///< the sample to read next
  std::optional<int64_t> end_;
};

class FileFeed final : public AudioFeed {
 public:
  FileFeed(AudioFeedRequest request, std::unique_ptr<AudioTrack> reader)
      : request_(std::move(request)),
        first_place_(sample_at(request_.start)),
        line_(request_, std::move(reader)) {
    begin_pass();
  }

  /// Determines the length of a pass if the request defines it. Errors: kInvalidInput when a pass
  /// would be empty.
  base::Result<void> find_period() {
    if (request_.end) {
      set_length(Int128{(*request_.end - request_.start).count()} * kAudioRate, kNanosPerSecond);
    } else if (request_.origin == AudioOrigin::kVideo && request_.loop) {
      TRY(const auto length, audio_files().video_length(request_.path));
      if (length) {
        set_length((Int128{length->numerator} * kNanosPerSecond -
                    Int128{request_.start.count()} * length->denominator) *
                       kAudioRate,
                   Int128{length->denominator} * kNanosPerSecond);
      }
    }
    if (!period_ || period_->numerator > 0) return {};
    return base::invalid_input("the file ends before \"start\"", request_.path);
  }

  void read(int64_t first, std::span<float> samples) override {
    while (!samples.empty()) {
      const int64_t count =
          std::min<int64_t>(static_cast<int64_t>(samples.size()) / kAudioChannels, kBlock);
      const int64_t done = read_some(first, samples.first(floats(count)));
      first += done;
      samples = samples.subspan(floats(done));
    }
  }

  std::optional<int64_t> length() override {
    if (request_.loop) return std::nullopt;
    if (period_) return period_->begin_of(1);
    const auto reader = audio_files().open(request_.path, request_.origin);
    if (!reader || reader.value() == nullptr) return 0;
    int64_t end = 0;
    for (auto ready = reader.value()->next(); !ready.empty(); ready = reader.value()->next()) {
      end += static_cast<int64_t>(ready.size()) / kAudioChannels;
    }
    set_length(std::max<int64_t>(0, end + reader.value()->first_sample() - first_place_), 1);
    return period_->begin_of(1);
  }

 private:
  // Sets the length of a pass from a length in samples of the file.
  void set_length(Int128 numerator, Int128 denominator) {
    if (request_.rate == 1) {
      period_ = Period{numerator, denominator};
      return;
    }
    constexpr double kParts = 1 << 20;
    const double samples = static_cast<double>(numerator) / static_cast<double>(denominator);
    period_ = Period{static_cast<Int128>(std::floor(samples / request_.rate * kParts + 0.5)),
                     static_cast<Int128>(kParts)};
  }

  // Reads at most to the end of a pass; returns 0 when it only determined the length of the pass.
  int64_t read_some(int64_t first, std::span<float> samples) {
    const auto wanted = static_cast<int64_t>(samples.size()) / kAudioChannels;
    const int64_t silent = silent_from(first, wanted);
    if (silent > 0) {
      std::fill_n(samples.begin(), floats(silent), 0.0F);
      return silent;
    }
    if (!period_) return read_first_pass(first, samples);
    const int64_t pass = period_->pass_of(first);
    const int64_t count = std::min(wanted, period_->begin_of(pass + 1) - first);
    read_pass(first - period_->begin_of(pass), samples.first(floats(count)));
    return count;
  }

  // The number of samples from `first` on that are before the beginning or after the end.
  int64_t silent_from(int64_t first, int64_t wanted) const {
    if (first < 0) return std::min(wanted, -first);
    if (!period_) return 0;
    const bool is_over = !request_.loop && first >= period_->begin_of(1);
    return is_over || period_->numerator <= 0 ? wanted : 0;
  }

  // Reads while the length of a pass is unknown. The length of a loop becomes known at its end.
  int64_t read_first_pass(int64_t first, std::span<float> samples) {
    const auto wanted = static_cast<int64_t>(samples.size()) / kAudioChannels;
    go_to(first);
    if (!is_length_due()) read_on(samples);
    if (!is_length_due()) return wanted;
    set_length(std::max<int64_t>(0, *line_.end() - first_place_), 1);
    return std::clamp<int64_t>(period_->begin_of(1) - first, 0, wanted);
  }

  bool is_length_due() const { return request_.loop && !period_ && line_.end(); }

  void read_pass(int64_t first, std::span<float> samples) {
    if (request_.loop && period_->longest() <= kKeptMax) {
      keep_pass();
      std::copy_n(kept_.begin() + static_cast<ptrdiff_t>(floats(first)), samples.size(),
                  samples.begin());
      return;
    }
    go_to(first);
    read_on(samples);
  }

  void keep_pass() {
    if (!kept_.empty()) return;
    kept_.resize(floats(period_->longest()));
    go_to(0);
    read_on(kept_);
  }

  void begin_pass() {
    pass_place_ = 0;
    if (request_.rate == 1) return;
    stretch_.emplace(request_.rate, [this](std::span<float> samples) { line_.read(samples); });
    line_.skip_to(first_place_);
  }

  // Makes read_on() continue with sample `first` of a pass.
  void go_to(int64_t first) {
    if (first < pass_place_) {
      line_.rewind();
      begin_pass();
    }
    if (!stretch_) {
      if (may_seek()) line_.seek(first_place_ + first);
      line_.skip_to(first_place_ + first);
      pass_place_ = first;
      return;
    }
    std::array<float, size_t{kBlock} * kAudioChannels> unheard{};
    while (pass_place_ < first && !is_length_due()) {
      read_on(std::span(unheard).first(floats(std::min(first - pass_place_, kBlock))));
    }
  }

  // The length of a loop is known only once a whole pass has been decoded.
  bool may_seek() const {
    return request_.far_places == FarPlaces::kSoughtFor && (!request_.loop || period_);
  }

  void read_on(std::span<float> samples) {
    if (stretch_) {
      stretch_->read(samples);
    } else {
      line_.read(samples);
    }
    pass_place_ += static_cast<int64_t>(samples.size()) / kAudioChannels;
  }

  const AudioFeedRequest request_;
  const int64_t first_place_;
  Line line_;
  std::optional<TimeStretch> stretch_;
  std::optional<Period> period_;  ///< of a pass
  int64_t pass_place_ = 0;        ///< the next sample of read_on(), from the beginning of the pass
  std::vector<float> kept_;       ///< a whole pass
};

}  // namespace

int64_t sample_at(base::Duration time) {
  return rounded(Int128{time.count()} * kAudioRate, kNanosPerSecond);
}

base::Result<std::unique_ptr<AudioFeed>> open_audio_feed(const AudioFeedRequest& request) {
  TRY_DO(base::check_regular_file(request.path, "this is a folder; expected a sound file"));
  TRY(auto reader, audio_files().open(request.path, request.origin));
  if (reader == nullptr) return std::unique_ptr<AudioFeed>();
  auto feed = std::make_unique<FileFeed>(request, std::move(reader));
  TRY_DO(feed->find_period());
  return std::unique_ptr<AudioFeed>(std::move(feed));
}

}  // namespace layercast::media
