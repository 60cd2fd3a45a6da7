#pragma once

#include "base/time.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::media {

/// The state of a live output.
enum class OutputState : uint8_t {
  kConnecting,    ///< for the first time
  kLive,          ///< the peer accepts the data
  kReconnecting,  ///< lost, or not reached yet; retried indefinitely
  kFailed,        ///< retried only after reopen(), because the request is invalid
  kStopped,       ///< finished on request
};

/// Whether a stream continues after the stream or one of its outputs has finished. Decides whether
/// an HLS playlist ends.
enum class StreamEnd : uint8_t {
  kToBeContinued,  ///< after a restart of the output, the encoder or the process
  kForGood,
};

/// The name for users, such as `connecting`.
std::string_view name_of(OutputState state);

/// A state together with its reason. Only a state that is not well has one: a live output cannot
/// carry an old error.
class OutputCondition {
 public:
  static OutputCondition connecting() { return {OutputState::kConnecting, {}}; }
  static OutputCondition live() { return {OutputState::kLive, {}}; }
  static OutputCondition reconnecting(std::string reason) {
    return {OutputState::kReconnecting, std::move(reason)};
  }
  static OutputCondition failed(std::string reason) {
    return {OutputState::kFailed, std::move(reason)};
  }
  /// After everything was sent.
  static OutputCondition stopped() { return {OutputState::kStopped, {}}; }
  /// A recording that could not be completed.
  static OutputCondition stopped_incomplete(std::string reason) {
    return {OutputState::kStopped, std::move(reason)};
  }

  OutputState state() const { return state_; }
  const std::string& reason() const { return reason_; }

 private:
  OutputCondition(OutputState state, std::string reason)
      : state_(state), reason_(std::move(reason)) {}

  OutputState state_;
  std::string reason_;
};

/// A file or URL to which a LiveEncoding sends its stream.
struct LiveOutputRequest {
  std::string id;                              ///< the name for users
  std::string url;                             ///< file or URL
  std::optional<base::Duration> rotate_after;  ///< files only: a new file at the next keyframe
  std::optional<int64_t> rotate_bytes;         ///< files only, likewise
  bool insecure_tls = false;                   ///< rtmps only: the certificate is not verified
};

/// The condition of an output. It contains no stream key, so anybody may see it.
struct LiveOutputReport {
  std::string id;
  std::string url;  ///< redacted by base::redacted_url()
  OutputState state = OutputState::kConnecting;
  std::string error;           ///< why it is not live; empty while it is, and when it stopped well
  std::string file;            ///< the file that a file output writes now
  int64_t frames = 0;          ///< sent since it was added
  int64_t frames_dropped = 0;  ///< because it was too slow or not connected
  int64_t bytes = 0;           ///< sent since it was added
  int64_t bytes_dropped = 0;   ///< of packets, for the same reasons as frames
  int64_t reconnects = 0;      ///< times that it became live again after a loss
  int64_t queued_packets = 0;
  int64_t queued_bytes = 0;

  void set(const OutputCondition& condition) {
    state = condition.state();
    error = condition.reason();
  }
};

/// Called for each change of an output's state, on the thread of that output; must not block.
using OutputListener = std::function<void(const LiveOutputReport&)>;

}  // namespace layercast::media
