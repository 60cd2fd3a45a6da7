#include "scene/live/live_migration.h"

#include <string_view>
#include <utility>

namespace layercast::scene {
namespace {

// Moves a member of `from` to `to`, under the name `new_key`.
void move_member(Value& from, std::string_view key, Value& to, std::string_view new_key) {
  const Value* found = from.find(key);
  if (found == nullptr) return;
  to.add(new_key, *found);
  from.erase(key);
}

// Moves the starts of the animations in `owner` to `run`; null for animations without a start.
void take_starts(Value& owner, Value& run) {
  Value* animations = owner.find("animations");
  if (animations == nullptr || animations->items.empty()) return;
  Value starts = Value::array();
  for (Value& animation : animations->items) {
    const Value* start = animation.find("start");
    starts.items.push_back(start == nullptr ? Value::null() : *start);
    animation.erase("start");
  }
  run.add("animations", std::move(starts));
}

void take_states(Value& content, Value& run) {
  Value character = Value::object();
  for (const std::string_view key :
       {"state_before", "state_start", "state_before_start", "fade_start"}) {
    move_member(content, key, character, key);
  }
  if (!character.members.empty()) run.add("character", std::move(character));
}

void take_messages(Value& content, Value& run) {
  Value* messages = content.find("messages");
  if (messages == nullptr) return;
  Value times = Value::array();
  for (Value& message : messages->items) {
    const Value* id = message.find("id");
    if (id == nullptr || message.find("timestamp") == nullptr) continue;
    Value time = Value::object().add("id", *id);
    move_member(message, "timestamp", time, "shown_at");
    times.items.push_back(std::move(time));
  }
  if (!times.items.empty()) run.add("messages", std::move(times));
}

}  // namespace

Value take_run_of_layer(Value& layer) {
  Value run = Value::object();
  move_member(layer, "start", run, "start");
  move_member(layer, "shown_since", run, "shown_since");
  move_member(layer, "leaves", run, "exit_start");
  move_member(layer, "glide", run, "transition");
  take_starts(layer, run);
  if (Value* content = layer.find("content")) {
    take_states(*content, run);
    take_messages(*content, run);
  }
  return run;
}

Value take_run_of_track(Value& track) {
  Value run = Value::object();
  move_member(track, "begins", run, "start");
  take_starts(track, run);
  return run;
}

}  // namespace layercast::scene
