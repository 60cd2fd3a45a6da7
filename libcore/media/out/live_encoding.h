#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "base/time.h"
#include "frame/frame.h"
#include "media/out/live_report.h"
#include "media/out/settings.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::media {

class AudioRing;

/// A live encoder and its outputs. The caller offers frames at a constant rate by their index;
/// frames may be missing, since the index determines the time. The audio track follows the frames.
/// The encoder and each output have their own threads and bounded queues: an output that is slow,
/// dead or frozen blocks neither the other outputs nor the caller of offer().
/// Lost outputs reconnect indefinitely; each connection begins with new headers, at a keyframe that
/// the output requests, and with time stamps from 0.
/// The process must ignore SIGPIPE. Thread: any (locked), unless stated otherwise.
class LiveEncoding {
 public:
  /// Opens the encoder, which sends nothing until there is an output. `sound`: the audio, read at
  /// the samples that offer() names; null: silence. `clock`: measures the age of packets and all
  /// deadlines, delays and rates of the outputs, but not the encode time. Ownership: `clock`
  /// outlives the encoding, and threads that look up a host name even after their output is
  /// removed. Errors: kInvalidInput, kUnsupported: as VideoEncoder::open().
  static base::Result<std::unique_ptr<LiveEncoding>> open(
      const VideoSettings& settings, base::Metrics& metrics, OutputListener listener,
      std::shared_ptr<const AudioRing> sound = nullptr,
      base::Clock* clock = &base::Clock::steady());
  /// Succeeds when an encoder with `settings` can be opened and its stream fits the containers of
  /// `outputs`: the format of the frames that it takes. Sends and writes nothing. Errors: as open()
  /// and add_output().
  static base::Result<frame::PixelFormat> check(const VideoSettings& settings,
                                                const std::vector<LiveOutputRequest>& outputs);
  /// Stops at once; files stay readable up to the data written so far.
  ~LiveEncoding();

  /// The format of the frames that offer() takes.
  frame::PixelFormat input_format() const;

  /// Queues frame `index` without blocking. Returns false without taking it when the queue is full
  /// because the encoder is too slow, when the size or format differs, and after a failure or
  /// finish(). `sample`: the sample of the sound at the beginning of the frame. Range: `index` is
  /// above all earlier ones. Ownership: kept as long as the encoder needs it. Thread: one at a
  /// time.
  [[nodiscard]] bool offer(const frame::FramePtr& frame, int64_t index, int64_t sample = 0);

  /// Adds an output and starts to connect it. Errors: kInvalidInput for requests that can never
  /// work (an unknown container, a codec that it cannot hold, an id in use). A failure that may be
  /// temporary is no error, but a state of the output.
  base::Result<void> add_output(const LiveOutputRequest& request);
  /// Finishes an output (completes its file, closes its connection) and removes it, within a
  /// second. Errors: kNotFound.
  base::Result<void> remove_output(const std::string& id, StreamEnd end = StreamEnd::kForGood);
  std::vector<LiveOutputReport> outputs() const;

  /// Changes the bitrate from the next frame on. Errors: kInvalidInput for a value out of range;
  /// kUnsupported when the encoder cannot change it and must be reopened.
  base::Result<void> set_bitrate(int64_t bits_per_second);
  /// Makes the next frame a keyframe.
  void request_keyframe();

  /// Encodes with `settings` from the next offered frame on; the old encoder still encodes the
  /// frames offered before. All outputs restart at the first new frame: URLs reconnect, files
  /// continue in a new file. Errors: as open(), and kInvalidInput when an output cannot hold the
  /// codec; the old encoder then continues.
  base::Result<void> reopen(const VideoSettings& settings);

  /// Encodes the queued frames and finishes all outputs; slow ones have at most `patience`.
  void finish(base::Duration patience, StreamEnd end = StreamEnd::kForGood);

  /// Why the encoder itself has stopped; nullopt while it works.
  std::optional<base::Error> failure() const;

 private:
  class Work;
  explicit LiveEncoding(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::media
