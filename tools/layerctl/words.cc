#include "tools/layerctl/words.h"

#include "scene/wire/merge_patch.h"
#include "scene/wire/yaml_codec.h"

#include <algorithm>
#include <array>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Value;

// Combines two patches, `more` after `patch`; keeps nulls.
void add_patch(Value& patch, const Value& more) {
  for (const auto& member : more.members) {
    Value* known = patch.find(member.key);
    if (known == nullptr) {
      patch.add(member.key, member.value);
    } else if (known->is(Value::Kind::kObject) && member.value.is(Value::Kind::kObject)) {
      add_patch(*known, member.value);
    } else {
      *known = member.value;
    }
  }
}

// The number of bytes of the quoted text or bracketed value that begins `word`; all of them when it
// is not closed.
size_t length_of_first(std::string_view word) {
  char quote = '\0';
  int depth = 0;
  for (size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (quote != '\0') {
      if (quote == '"' && c == '\\') ++i;
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    }
    if (quote == '\0' && depth <= 0) return i + 1;
  }
  return word.size();
}

// Whether a word is a text although it begins as a list, a mapping or a quoted text does:
// `{{clock}}`, `[LIVE] Auction`, `"Yes" she said`, `'tis the season`.
bool is_text(std::string_view word) {
  if (word.starts_with("{{")) return true;
  const std::string_view first = word.substr(0, length_of_first(word));
  if (first.front() == '\'' && (first.size() == 1 || first.back() != '\'')) return true;
  const std::string_view rest = word.substr(first.size());
  return rest.find_first_not_of(" \t\r\n") != std::string_view::npos;
}

}  // namespace

base::Result<Value> value_from(const std::string& word) {
  if (word.empty()) return Value::of(word);
  scene::YamlDocument read = scene::read_yaml(word);
  if (std::string_view("[{\"'").find(word.front()) != std::string_view::npos) {
    if (is_text(word)) return Value::of(word);
    if (read.faults.empty()) return std::move(read.value);
    return Error{ErrorCode::kInvalidInput, "\"" + word + "\" is " + read.faults.front().problem, "",
                 nullptr};
  }
  constexpr std::array<std::string_view, 4> kNulls = {"null", "~", "Null", "NULL"};
  if (std::ranges::find(kNulls, word) != kNulls.end()) return Value::null();
  // Other YAML types remain the string as typed.
  const bool is_meant = read.value.is(Value::Kind::kNumber) || read.value.is(Value::Kind::kBoolean);
  if (!read.faults.empty() || !is_meant || read.value.text != word) return Value::of(word);
  return std::move(read.value);
}

base::Result<Value> patch_from(const std::vector<std::string>& assignments) {
  Value patch = Value::object();
  for (const std::string& assignment : assignments) {
    const size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::kInvalidInput,
                   "\"" + assignment +
                       "\" is not understood, expected KEY=VALUE such as "
                       "opacity=0.5 or transform.position=[10,20]",
                   "", nullptr};
    }
    auto value = value_from(assignment.substr(equals + 1));
    if (!value) {
      Error error = std::move(value).error();
      error.where = assignment.substr(0, equals);
      return error;
    }
    TRY(const Value part, scene::patch_of(assignment.substr(0, equals), std::move(value).value()));
    add_patch(patch, part);
  }
  return patch;
}

}  // namespace layercast::tools
