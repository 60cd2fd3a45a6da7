#include "scene/json_codec.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace layercast::scene {
namespace {

nlohmann::ordered_json json_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      return nullptr;
    case Value::Kind::kBoolean:
      return value.boolean;
    case Value::Kind::kNumber:
      // A whole number is written without ".0".
      if (std::abs(value.number) < 9e15 && value.number == std::floor(value.number)) {
        return static_cast<int64_t>(value.number);
      }
      return value.number;
    case Value::Kind::kString:
      return value.text;
    case Value::Kind::kArray: {
      auto array = nlohmann::ordered_json::array();
      for (const auto& item : value.items) array.push_back(json_of(item));
      return array;
    }
    case Value::Kind::kObject: {
      auto object = nlohmann::ordered_json::object();
      for (const auto& member : value.members) object[member.key] = json_of(member.value);
      return object;
    }
  }
  return nullptr;
}

}  // namespace

std::string write_json(const Value& value, int indent) {
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return json_of(value).dump(indent > 0 ? indent : -1, ' ', false, kReplace);
}

}  // namespace layercast::scene
