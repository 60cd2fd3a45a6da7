#include "layers/schedule.h"

#include "scene/live/command_codec.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

namespace layercast::layers {
namespace {

using scene::Value;

constexpr std::string_view kLocal = "local";
constexpr std::string_view kNetwork = "network";

base::Error not_ours(const std::string& what) {
  return {base::ErrorCode::kInvalidInput, "the stored schedule is invalid: " + what, {}, nullptr};
}

base::Result<int64_t> number_of(const Value& value, std::string_view key) {
  const Value* number = value.find(key);
  constexpr double kMax = 9e15;
  const bool is_whole = number != nullptr && number->is(Value::Kind::kNumber) &&
                        std::abs(number->number) < kMax &&
                        number->number == std::floor(number->number);
  if (!is_whole) return not_ours(std::string(key));
  return static_cast<int64_t>(number->number);
}

base::Result<std::string> text_of(const Value& value, std::string_view key) {
  const Value* text = value.find(key);
  if (text == nullptr || !text->is(Value::Kind::kString)) return not_ours(std::string(key));
  return text->text;
}

// nullopt: the command cannot be read, so it would be refused when it is due.
base::Result<std::optional<Scheduled>> scheduled_from(const Value& value) {
  Scheduled scheduled;
  TRY(scheduled.number, number_of(value, "number"));
  TRY(const std::string due, text_of(value, "due"));
  const auto time = base::parse_duration(due);
  if (!time) return not_ours("due " + due);
  scheduled.due = *time;
  TRY(const std::string origin, text_of(value, "origin"));
  scheduled.origin = origin == kLocal ? Origin::kLocal : Origin::kNetwork;
  const Value* command = value.find("command");
  if (command == nullptr) return not_ours("command");
  TRY(const scene::CommandDocument document, scene::command_document_from(*command));
  auto read = scene::command_from(document);
  if (!read) return std::optional<Scheduled>();
  scheduled.command = std::move(read).value();
  return std::optional(std::move(scheduled));
}

}  // namespace

void Schedule::add(Scheduled scheduled) {
  next_number = std::max(next_number, scheduled.number + 1);
  const auto order = [](const Scheduled& each) { return std::pair(each.due, each.number); };
  const auto place = std::ranges::upper_bound(waiting, order(scheduled), {}, order);
  waiting.insert(place, std::move(scheduled));
}

void Schedule::remove(int64_t number) {
  std::erase_if(waiting, [&](const Scheduled& each) { return each.number == number; });
}

bool Schedule::contains(int64_t number) const {
  return std::ranges::find(waiting, number, &Scheduled::number) != waiting.end();
}

Value document_of(const Scheduled& scheduled, base::WallTime time) {
  scene::CommandDocument command = scene::redacted_document_of(scheduled.command);
  return Value::object()
      .add("number", Value::of(static_cast<double>(scheduled.number)))
      .add("at", Value::of(base::duration_text(scheduled.due)))
      .add("time", Value::of(base::utc_text(time)))
      .add("method", Value::of(command.method))
      .add("params", std::move(command.params));
}

Value value_of(const Schedule& schedule) {
  Value waiting = Value::array();
  for (const Scheduled& each : schedule.waiting) {
    waiting.items.push_back(
        Value::object()
            .add("number", Value::of(static_cast<double>(each.number)))
            .add("due", Value::of(base::duration_text(each.due)))
            .add("origin", Value::of(each.origin == Origin::kLocal ? kLocal : kNetwork))
            .add("command", scene::value_of(scene::document_of(each.command))));
  }
  return Value::object()
      .add("next_number", Value::of(static_cast<double>(schedule.next_number)))
      .add("waiting", std::move(waiting));
}

base::Result<Schedule> schedule_from(const Value& value) {
  Schedule schedule;
  TRY(schedule.next_number, number_of(value, "next_number"));
  const Value* waiting = value.find("waiting");
  if (waiting == nullptr) return not_ours("waiting");
  for (const Value& item : waiting->items) {
    TRY(auto scheduled, scheduled_from(item));
    if (scheduled) schedule.add(*std::move(scheduled));
  }
  return schedule;
}

}  // namespace layercast::layers
