#include "scene/wire/character_check.h"

#include "scene/model/scene.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {
namespace {

// Reports the state at `key` of `object` if no animation has its name.
void check_state(const Value& object, std::string_view key,
                 const std::vector<std::string_view>& names, Reader& reader) {
  const Value* state = object.find(key);
  if (state == nullptr || !state->is(Value::Kind::kString)) return;
  if (std::ranges::find(names, state->text) != names.end()) return;
  const Reader::Step step(reader, key);
  reader.fault(*state, "there is no animation \"" + state->text + "\"",
               names.empty() ? "no state, or the name of one of the \"animations\""
                             : joined_names(names) + suggestion(state->text, names));
}

}  // namespace

void check_character(const Value& value, Reader& reader) {
  const Value* animations = value.find("animations");
  std::vector<std::string_view> names;
  if (animations != nullptr && animations->is(Value::Kind::kObject)) {
    for (const auto& member : animations->members) names.push_back(member.key);
  }
  check_state(value, "state", names, reader);
  const Value* choice = value.find("talking");
  if (choice == nullptr || !choice->is(Value::Kind::kObject)) return;
  const Reader::Step step(reader, "talking");
  check_state(*choice, "else", names, reader);
  if (choice->find("state") != nullptr) return check_state(*choice, "state", names, reader);
  const std::string expected = Talking{}.state;
  if (std::ranges::find(names, expected) != names.end()) return;
  reader.fault(*choice, "there is no animation \"" + expected + "\"",
               "\"state\" with the name of one of the \"animations\"");
}

}  // namespace layercast::scene
