#pragma once

#include "scene/live/command_codec.h"

#include <gtest/gtest.h>
#include <utility>

namespace layercast::scene {

/// The command that the document describes; a failure of the test when it cannot be read.
inline Command typed(const CommandDocument& document) {
  auto command = command_from(document);
  if (!command) {
    ADD_FAILURE() << document.method << ": " << command.error().error.to_string();
    return StopStream{};
  }
  return std::move(command).value();
}

}  // namespace layercast::scene
