#pragma once

#include "base/error.h"
#include "base/time.h"
#include "layers/submission.h"
#include "scene/live/command.h"
#include "scene/wire/value.h"

#include <cstdint>
#include <vector>

namespace layercast::layers {

/// A command that waits for its stream time.
struct Scheduled {
  int64_t number = 0;  ///< in the order of acceptance, from 1
  base::Duration due{};
  Origin origin = Origin::kNetwork;
  scene::Command command;
};

/// The waiting commands, ordered by due time, then by number.
struct Schedule {
  int64_t next_number = 1;
  std::vector<Scheduled> waiting;

  /// Inserts a command in order, or removes one by its number.
  void add(Scheduled scheduled);
  void remove(int64_t number);
  bool contains(int64_t number) const;
};

/// A scheduled command as clients see it: `{number, at, time, method, params}`, where `at` is its
/// stream time and `time` the wall-clock time. Keys and passwords in URLs are redacted.
scene::Value document_of(const Scheduled& scheduled, base::WallTime time);

/// The schedule as the durable header stores it; schedule_from() reads it back.
scene::Value value_of(const Schedule& schedule);
/// Reads what value_of() wrote, without commands that this version cannot read. Errors:
/// kInvalidInput, naming the wrong key.
base::Result<Schedule> schedule_from(const scene::Value& value);

}  // namespace layercast::layers
