#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/geometry.h"
#include "base/metrics.h"
#include "base/time.h"
#include "frame/frame.h"
#include "media/out/live_encoding.h"
#include "media/sound/audio_ring.h"
#include "scene/live/live_state.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::stream {

/// Size and frame rate of the stream.
struct PictureShape {
  base::SizeI size;
  base::FrameRate rate;
  bool operator==(const PictureShape&) const = default;
};

/// The encoders of a live state: one for each set of settings among its outputs, so that outputs
/// with equal settings share an encoder. Thread: any (locked), unless stated otherwise.
class EncodingSet {
 public:
  /// Called when an output changes its state, and when an encoder fails; must not block.
  struct Listeners {
    media::OutputListener on_output;
    std::function<void(const base::Error& error)> on_error;
  };

  /// `folder`: base of relative output paths. `sound`: the sound of all outputs; null: silence.
  /// `clock`: that of LiveEncoding::open().
  EncodingSet(base::Metrics& metrics, std::string folder, Listeners listeners,
              std::shared_ptr<const media::AudioRing> sound = nullptr,
              base::Clock* clock = &base::Clock::steady());
  ~EncodingSet();

  /// Why no encoder supports what `state` asks for; nullopt when all are supported. Opens and
  /// closes one encoder per set of settings. Thread: any.
  static std::optional<base::Error> objection_to(const scene::LiveState& state);

  /// Opens, changes and closes encoders and outputs to match `state`; closes all while it is
  /// stopped. May take a second per removed output. Thread: one at a time.
  void follow(const scene::LiveState& state);

  /// The shape of the frames that follow. Returns at once: the next follow() reopens the encoders,
  /// and until then they get no frames. Thread: render.
  void reshape(const PictureShape& shape);

  /// The format of the frames that the encoders take. Never waits for a change. Thread: any.
  frame::PixelFormat format() const;

  enum class Offered : uint8_t {
    kTaken,      ///< by every encoder
    kFull,       ///< an encoder had no room for it
    kReopening,  ///< an encoder is being opened for frames of this shape
  };
  /// Passes frame `index` to every encoder without waiting. `sample`: the first sample of its
  /// sound. Thread: render.
  Offered offer(const frame::FramePtr& frame, int64_t index, int64_t sample = 0);

  /// The state of every output, including those that could not be opened.
  std::vector<media::LiveOutputReport> outputs() const;
  /// The error that stopped an encoder; nullopt while all are running.
  std::optional<base::Error> failure() const;
  /// The number of encoders.
  size_t encodings() const;

  /// Completes all outputs at the same time, within `patience` and a second for those that do not
  /// end, and closes the encoders.
  void finish(base::Duration patience, media::StreamEnd end = media::StreamEnd::kForGood);

 private:
  // An encoder and its outputs.
  struct Group {
    scene::StreamSettings settings;
    std::shared_ptr<media::LiveEncoding> encoding;
    std::vector<scene::Output> outputs;
    PictureShape shape;          ///< of the frames that the encoder was opened for
    frame::PixelFormat format;   ///< of those frames
    PictureShape refused_shape;  ///< that it could not be opened for
  };
  // An output and its encoder settings.
  struct Wanted {
    scene::Output output;
    scene::StreamSettings settings;
  };

  static std::vector<Wanted> wanted_by(const scene::LiveState& state);
  static media::VideoSettings video_settings(const scene::StreamSettings& settings,
                                             const PictureShape& shape);
  void drop_failed();
  void change_settings(const std::vector<Wanted>& wanted);
  void change(Group& group, const scene::StreamSettings& settings);
  bool reopen(Group& group, const scene::StreamSettings& settings);
  void reopen_reshaped();
  void remove_unwanted(const std::vector<Wanted>& wanted);
  void add_missing(const Wanted& wanted);
  Group* group_for(const scene::StreamSettings& settings);
  std::vector<std::shared_ptr<media::LiveEncoding>> all_encodings() const;
  void refuse(const Wanted& wanted, const base::Error& error);

  base::Metrics& metrics_;
  const std::string folder_;
  const Listeners listeners_;
  const std::shared_ptr<const media::AudioRing> sound_;
  base::Clock* const clock_;

  std::mutex changing_;                 ///< held while groups change; offer() never waits for it
  std::vector<scene::Output> refused_;  ///< with `changing_`: not retried until they change

  mutable std::mutex mutex_;  ///< held briefly
  PictureShape shape_;
  std::vector<Group> groups_;
  std::vector<media::LiveOutputReport> refused_reports_;
};

}  // namespace layercast::stream
