#include "control/command_request.h"

#include "base/parse_number.h"
#include "base/shortened.h"
#include "scene/model/placeholder.h"

#include <string>

namespace layercast::control {

base::Result<layers::At> at_from(std::string_view text) {
  constexpr std::string_view kFrame = "frame:";
  if (text.starts_with(kFrame)) {
    const auto frame = base::parse_number<int64_t>(text.substr(kFrame.size()));
    if (frame && *frame >= 0) return layers::At(std::in_place_index<1>, *frame);
  } else if (const auto time = base::parse_duration(text)) {
    return layers::At(std::in_place_index<0>, *time);
  } else if (const auto instant = scene::parse_instant(text)) {
    return layers::At(std::in_place_index<2>, *instant);
  }
  return base::Error{base::ErrorCode::kInvalidInput,
                     "at: \"" + base::shortened(text) +
                         "\" is not a time, expected a stream time such as 90s, a frame such as "
                         "frame:5400, or a date and time with its offset from UTC such as "
                         "2026-01-01T18:00:00+01:00",
                     {},
                     nullptr};
}

base::Result<AckLevel> ack_level_from(std::string_view text) {
  if (text == "on-air") return AckLevel::kOnAir;
  return base::Error{base::ErrorCode::kInvalidInput,
                     "wait: \"" + base::shortened(text) + "\" is unknown; expected on-air",
                     {},
                     nullptr};
}

scene::Value document_of(const CommandResult& result) {
  using scene::Value;
  Value document = Value::object();
  document.add("revision", Value::of(static_cast<double>(result.accepted.revision)));
  if (result.level == AckLevel::kOnAir && !result.accepted.is_scheduled) {
    document.add("frame",
                 result.frame ? Value::of(static_cast<double>(*result.frame)) : Value::null());
  }
  if (!result.failing.empty()) {
    Value failing = Value::array();
    for (const FailingLayer& layer : result.failing) {
      failing.items.push_back(
          Value::object().add("id", Value::of(layer.id)).add("message", Value::of(layer.message)));
    }
    document.add("failing", std::move(failing));
  }
  document.add("result", result.accepted.result);
  return document;
}

}  // namespace layercast::control
