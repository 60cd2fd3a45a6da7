#pragma once

#include "base/error.h"
#include "base/time.h"
#include "layers/layer_manager.h"
#include "scene/command.h"
#include "scene/value.h"

#include <cstdint>
#include <vector>

namespace layercast::layers {

/// A command that waits for its frame.
struct Scheduled {
  int64_t number = 0;  ///< in the order they were accepted, from 1
  base::Duration due{};
  Origin origin = Origin::kNetwork;
  scene::Command command;
};

/// What waits, by when it is due and then by number.
struct Schedule {
  int64_t next_number = 1;
  std::vector<Scheduled> waiting;

  void add(Scheduled scheduled);
  void remove(int64_t number);
};

/// The schedule as a durable header holds it; schedule_from() reads it back.
scene::Value value_of(const Schedule& schedule);
/// Errors: kInvalidInput.
base::Result<Schedule> schedule_from(const scene::Value& value);

}  // namespace layercast::layers
