#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/metrics.h"
#include "base/time.h"
#include "frame/frame.h"
#include "media/audio_ring.h"
#include "media/live_encoding.h"
#include "scene/live_state.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::stream {

/// What the picture going out looks like.
struct PictureShape {
  base::SizeI size;
  base::FrameRate rate;
  bool operator==(const PictureShape&) const = default;
};

/// The encodings that a live state asks for: one for each set of settings among its outputs, so
/// that outputs that can share an encode do. Thread: any (locked), unless said otherwise.
class EncodingSet {
 public:
  /// Is told of outputs that change their state, and of what an encoder refuses; must not wait.
  struct Listeners {
    media::LiveEncoding::OutputListener on_output;
    std::function<void(const base::Error& error)> on_error;
  };

  /// `folder`: what relative paths of outputs start from. `sound`: what they are heard with; null:
  /// silence.
  EncodingSet(base::Metrics& metrics, std::string folder, Listeners listeners,
              std::shared_ptr<const media::AudioRing> sound = nullptr);
  ~EncodingSet();

  /// Why no encoder would do what `state` asks for; nothing when each would. Opens and closes one
  /// of each kind. Thread: any.
  static std::optional<base::Error> objection_to(const scene::LiveState& state);

  /// Adds, changes and removes encodings and outputs until they are those of `state`; none while it
  /// is stopped. May take a second for an output that is removed. Thread: one at a time.
  void follow(const scene::LiveState& state);

  /// Frames have another shape from the next one on; every encoder starts anew. Thread: render.
  void reshape(const PictureShape& shape);

  /// Hands frame `index` to every encoder without waiting. False when one of them had no room for
  /// it. `sample`: the place of its sound. Thread: render.
  bool offer(const frame::FramePtr& frame, int64_t index, int64_t sample = 0);

  std::vector<media::LiveOutputReport> outputs() const;
  /// What has stopped an encoder; nullopt while all are well.
  std::optional<base::Error> failure() const;
  size_t encodings() const;

  /// Completes every output; nothing is encoded afterwards.
  void finish(base::Duration patience);

 private:
  // One encoder and the outputs that hang on it.
  struct Group {
    scene::StreamSettings settings;
    std::shared_ptr<media::LiveEncoding> encoding;
    std::vector<scene::Output> outputs;
    bool takes_frames = true;  ///< false once it could not be reshaped
  };
  // An output and the settings it is to be encoded with.
  struct Wanted {
    scene::Output output;
    scene::StreamSettings settings;
  };

  static std::vector<Wanted> wanted_by(const scene::LiveState& state);
  static media::VideoSettings video_settings(const scene::StreamSettings& settings,
                                             const PictureShape& shape);
  media::VideoSettings video_settings(const scene::StreamSettings& settings) const;
  void drop_failed();
  void change_settings(const std::vector<Wanted>& wanted);
  void change(Group& group, const scene::StreamSettings& settings);
  void remove_unwanted(const std::vector<Wanted>& wanted);
  void add_missing(const Wanted& wanted);
  Group* group_for(const scene::StreamSettings& settings);
  std::vector<std::shared_ptr<media::LiveEncoding>> all_encodings() const;
  void refuse(const Wanted& wanted, const base::Error& error);

  base::Metrics& metrics_;
  const std::string folder_;
  const Listeners listeners_;
  const std::shared_ptr<const media::AudioRing> sound_;

  std::mutex changing_;                 ///< held while groups change; never waited for by offer()
  std::vector<scene::Output> refused_;  ///< with `changing_`: not tried again as they are

  mutable std::mutex mutex_;  ///< held for an instant
  PictureShape shape_;
  std::vector<Group> groups_;
  std::vector<media::LiveOutputReport> refused_reports_;
};

}  // namespace layercast::stream
