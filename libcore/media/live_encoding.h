#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "base/time.h"
#include "frame/frame.h"
#include "media/settings.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::media {

class AudioRing;

enum class OutputState : uint8_t {
  kConnecting,    ///< for the first time
  kLive,          ///< the far side takes what is sent
  kReconnecting,  ///< it was lost, or never answered; tried again for ever
  kFailed,        ///< of no use to try again: what the user wrote is wrong
  kStopped,       ///< finished, because it was asked to
};

/// `connecting`, as users read it.
std::string_view name_of(OutputState state);

struct LiveOutputRequest {
  std::string id;                              ///< what users call it
  std::string url;                             ///< file or URL
  std::optional<base::Duration> rotate_after;  ///< files only: a new one at the keyframe after
  std::optional<int64_t> rotate_bytes;
};

/// How an output does. Shown to anybody: no stream key stands in it.
struct LiveOutputReport {
  std::string id;
  std::string url;  ///< base::redacted_url() of it
  OutputState state = OutputState::kConnecting;
  std::string error;           ///< why it is not live, or the last thing that went wrong; or empty
  std::string file;            ///< being written now, of a file output
  int64_t frames = 0;          ///< sent since it was added
  int64_t frames_dropped = 0;  ///< that it was too slow for, or away for
  int64_t bytes = 0;           ///< sent since it was added
  int64_t reconnects = 0;      ///< times it was live again after it was lost
  int64_t queued_packets = 0;
  int64_t queued_bytes = 0;
};

/// One live encode and the outputs that hang on it. Frames are offered at a constant rate by their
/// index and may be missing; time goes on by the index. The audio track goes on with them.
/// Encoding runs on a thread of its own, and so does each output, behind a bounded queue: an output
/// that is slow, dead or frozen disturbs neither the others nor whoever offers frames.
/// Outputs that are lost are tried again for ever, each time with new headers, from a keyframe that
/// they ask for, and with times that begin at 0.
/// A caller ignores SIGPIPE. Thread: any (locked), unless said otherwise.
class LiveEncoding {
 public:
  /// Is told of each change of an output's state, on that output's thread; must not wait.
  using OutputListener = std::function<void(const LiveOutputReport&)>;

  /// Opened; nothing is sent before there is an output. `sound`: what is heard, by the places that
  /// offer() tells; null: silence.
  /// Errors: kInvalidInput, kUnsupported: as VideoEncoder::open().
  static base::Result<std::unique_ptr<LiveEncoding>> open(
      const VideoSettings& settings, base::Metrics& metrics, OutputListener listener,
      std::shared_ptr<const AudioRing> sound = nullptr);
  /// Whether an encoding by `settings` could be opened and feed `outputs`, files and URLs as they
  /// are named. Nothing is sent or written. Errors: as open() and add_output().
  static base::Result<void> check(const VideoSettings& settings,
                                  const std::vector<LiveOutputRequest>& outputs);
  /// Ends at once; files stay readable up to what was written.
  ~LiveEncoding();

  /// The format of the frames that offer() takes.
  frame::PixelFormat input_format() const;

  /// Hands over frame `index` without waiting. False when the queue is full: the encoder is too
  /// slow, and the frame is not taken; nor is one of another size or format. Range: above every
  /// index that was taken before. Ownership: kept as long as the encoder needs it. Thread: one at a
  /// time. `sample`: the place of what is heard when the frame is first seen.
  [[nodiscard]] bool offer(const frame::FramePtr& frame, int64_t index, int64_t sample = 0);

  /// Errors: kInvalidInput for what cannot ever work (an unknown container, a codec that it cannot
  /// hold, an id that is there); what may come right by itself is not an error but a state.
  base::Result<void> add_output(const LiveOutputRequest& request);
  /// Finishes an output (a file is completed, a connection closed) and forgets it, within a second.
  /// Errors: kNotFound.
  base::Result<void> remove_output(const std::string& id);
  std::vector<LiveOutputReport> outputs() const;

  /// From the next frame on, when the encoder can. Errors: kUnsupported when it must be reopened.
  base::Result<void> set_bitrate(int64_t bits_per_second);
  /// The next frame will be a keyframe.
  void request_keyframe();

  /// From the next frame offered on, frames are encoded anew by `settings`; what was offered
  /// before is still sent. Every output starts again at the first of them: URLs reconnect, files
  /// go on in a new one. Errors: as open(); the old encoder then goes on.
  base::Result<void> reopen(const VideoSettings& settings);

  /// Encodes what was offered and finishes every output, at most `patience` for slow ones.
  void finish(base::Duration patience);

  /// What went wrong with the encoder itself, which then has stopped; nullopt while all is well.
  std::optional<base::Error> failure() const;

 private:
  class Work;
  explicit LiveEncoding(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::media
