#pragma once

#include "base/error.h"
#include "control/problem.h"
#include "layers/layer_manager.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace layercast::control {

/// When a command counts as answered.
enum class Until : uint8_t {
  kDurable,
  kOnAir,  ///< a frame that shows it has been handed to the encoder
};

/// A command as a client gave it.
struct Order {
  layers::Submission submission;
  Until until = Until::kDurable;
};

/// What came of it.
struct Outcome {
  layers::Accepted accepted;
  bool is_scheduled = false;
  Until until = Until::kDurable;
  std::optional<int64_t> frame;  ///< that first showed it; absent: not seen in time
};

/// `10s`, `1.5` (seconds of stream time) or `frame:1234`. Errors: kInvalidInput.
base::Result<layers::At> at_from(std::string_view text);
/// `on-air`. Errors: kInvalidInput.
base::Result<Until> until_from(std::string_view text);

/// Whether a command that was accepted has been put off.
bool is_put_off(const layers::Submission& submission, const layers::Accepted& accepted);

/// `{revision, frame, result}`; `frame` only where the client waited for it.
scene::Value document_of(const Outcome& outcome);

}  // namespace layercast::control
