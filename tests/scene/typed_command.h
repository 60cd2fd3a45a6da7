#pragma once

#include "scene/live/command_codec.h"

#include <gtest/gtest.h>
#include <utility>
#include <variant>

namespace layercast::scene {

/// The command that the document describes; a failure of the test when it cannot be read.
inline Command typed(const CommandDocument& document) {
  auto command = command_from(document);
  if (const auto* refusal = std::get_if<Refusal>(&command)) {
    ADD_FAILURE() << document.method << ": " << refusal->error.to_string();
    return StopStream{};
  }
  return std::get<Command>(std::move(command));
}

}  // namespace layercast::scene
