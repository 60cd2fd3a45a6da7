#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/frame.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace layercast::tools {

/// Size and rate of the frames.
struct Geometry {
  base::SizeI size;
  base::FrameRate rate;
};

/// The frames that the encoder takes.
struct FrameTarget {
  base::SizeI size;
  frame::PixelFormat format;
  int threads;  ///< for conversions
};

/// A source of frames: raw RGBA, Y4M or numbered stills. Thread: one at a time.
class FrameInput {
 public:
  FrameInput() = default;
  virtual ~FrameInput() = default;
  FrameInput(const FrameInput&) = delete;
  FrameInput& operator=(const FrameInput&) = delete;

  /// For messages: a path, a pattern, or `standard input`.
  virtual const std::string& name() const = 0;
  /// What the input itself states; nullopt where it does not.
  virtual std::optional<base::SizeI> size() const { return std::nullopt; }
  virtual std::optional<base::FrameRate> rate() const { return std::nullopt; }
  /// The number of frames, for the progress line. Range: of `size`.
  virtual std::optional<int64_t> count(base::SizeI size) const = 0;

  /// States that the frames are those of a scene with `frames` frames of `size`. Errors:
  /// kInvalidInput when the input evidently has frames of another size.
  virtual base::Result<void> expect(base::SizeI /*size*/, int64_t /*frames*/) { return {}; }
  /// Prepares reading. Range: `target.size` is size() where the input states one.
  virtual void start(const FrameTarget& target) = 0;
  /// Returns the next frame; null at the end. Errors: kTruncated inside a frame, kInvalidInput,
  /// kIo, kInterrupted; `where` names the input or the file.
  virtual base::Result<frame::FramePtr> next() = 0;
  /// After the last frame, or within it: the error of expect() for an input whose length was
  /// unknown before.
  virtual base::Result<void> check_end() { return {}; }
};

/// Whether `path`, or standard input for `-`, is a pipe or a socket, which may send nothing for
/// long.
bool is_pipe(const std::string& path);

/// Opens the input `path`, or standard input for `-`, and reads its first bytes to recognise its
/// kind. Errors: kNotFound, kIo, kInterrupted; kInvalidInput for what is none of these kinds.
base::Result<std::unique_ptr<FrameInput>> open_frame_input(const std::string& path);

}  // namespace layercast::tools
