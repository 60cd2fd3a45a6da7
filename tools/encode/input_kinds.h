#pragma once

#include "tools/encode/frame_input.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace layercast::tools {

/// An open input, whose first bytes have been read.
struct OpenedInput {
  int descriptor = -1;
  std::string name;
  std::string head;              ///< the first bytes; fewer only when the input is shorter
  int64_t start = 0;             ///< the place in a regular file at which the input begins
  std::optional<int64_t> bytes;  ///< from there on, if it is a regular file
};

/// Raw RGBA: 8 bits a channel, straight alpha, packed rows.
std::unique_ptr<FrameInput> raw_input(OpenedInput input);

/// YUV4MPEG2. Errors: as media::Y4mReader::open().
base::Result<std::unique_ptr<FrameInput>> y4m_input(const OpenedInput& input);

/// The files of a pattern, or one file, each a frame. Errors: kNotFound, kInvalidInput, kLimit.
base::Result<std::unique_ptr<FrameInput>> stills_input(const std::string& pattern);

/// Whether the name is that of a still image.
bool is_still_name(const std::string& path);

}  // namespace layercast::tools
