#include "tools/layerctl/yaml_text.h"

#include "scene/wire/json_codec.h"
#include "scene/wire/merge_patch.h"
#include "scene/wire/yaml_codec.h"
#include "tools/layerctl/scene_text.h"

#include <algorithm>
#include <utility>

namespace layercast::tools {
namespace {

using scene::Value;

bool is_collection(const Value& value) { return !value.is_scalar(); }

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The end of the quoted scalar at `at`.
std::optional<size_t> end_of_quoted(std::string_view text, size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool is_doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'';
      if (!is_doubled) return at + 1;
      ++at;
    }
  }
  return std::nullopt;
}

// The end of the flow collection at `at`.
std::optional<size_t> end_of_flow(std::string_view text, size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    // Quotes inside a plain scalar have no special meaning.
    const bool begins = at == 0 || is_blank(text[at - 1]) || text[at - 1] == '\n' ||
                        std::string_view("[{,:").find(text[at - 1]) != std::string_view::npos;
    if ((c == '"' || c == '\'') && begins) {
      const auto end = end_of_quoted(text, at);
      if (!end) return std::nullopt;
      at = *end;
      continue;
    }
    if (c == '#' && begins) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
    if (depth == 0) return at;
  }
  return std::nullopt;
}

std::string indented(const std::string& block, size_t indent) {
  std::string out;
  size_t from = 0;
  while (from < block.size()) {
    const size_t end = std::min(block.find('\n', from), block.size());
    out += (from == 0 ? "" : "\n" + std::string(indent, ' ')) + block.substr(from, end - from);
    from = end + 1;
  }
  return out;
}

// Block style, without the indent of the first line and the final line break.
std::string block_text(const Value& value, size_t indent) {
  return indented(scene::write_yaml(value), indent);
}

Value without_nulls(const Value& value) {
  return value.is(Value::Kind::kObject) ? scene::merge_patched(Value::object(), value) : value;
}

}  // namespace

YamlText::YamlText(std::string_view text) : text_(text) {
  scene::YamlDocument read = scene::read_yaml(text_);
  is_right_ = read.faults.empty();
  root_ = std::move(read.value);
  is_json_ = scene::read_json(text_).faults.empty();
  lines_.push_back(0);
  for (size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    lines_.push_back(at + 1);
  }
}

std::string YamlText::inline_text(const Value& value) const {
  return is_json_ ? scene::write_json(value, 0) : flow_text(value);
}

// ---- Positions ----------------------------------------------------------------------------------

size_t YamlText::offset_of(const scene::Mark& mark) const {
  if (mark.line < 1 || static_cast<size_t>(mark.line) > lines_.size()) return text_.size();
  const size_t offset = lines_[static_cast<size_t>(mark.line) - 1] +
                        static_cast<size_t>(std::max(mark.column, 1) - 1);
  return std::min(offset, text_.size());
}

size_t YamlText::line_start(size_t offset) const {
  return *std::prev(std::ranges::upper_bound(lines_, offset));
}

size_t YamlText::line_end(size_t offset) const {
  return std::min(text_.find('\n', offset), text_.size());
}

size_t YamlText::begin_of(const Place& place) const {
  size_t begin = offset_of(place.value->mark);
  if (begin >= text_.size() || text_[begin] != '&') return begin;
  begin = text_.find_first_of(" \t\r\n,]}", begin);
  return std::min(text_.find_first_not_of(" \t\r\n", begin), text_.size());
}

bool YamlText::is_flow(const Place& place) const {
  const size_t begin = begin_of(place);
  return begin < text_.size() && (text_[begin] == '{' || text_[begin] == '[');
}

bool YamlText::is_alias(const Place& place) const {
  const size_t begin = offset_of(place.value->mark);
  return begin < text_.size() && text_[begin] == '*';
}

YamlText::Place YamlText::member_place(const Place& parent, size_t index) const {
  const auto& member = parent.value->members[index];
  return {&member.value, parent.is_in_flow || is_flow(parent),
          indent_at(offset_of(member.key_mark))};
}

YamlText::Place YamlText::item_place(const Place& parent, size_t index) const {
  const Value& item = parent.value->items[index];
  const size_t line = line_start(offset_of(item.mark));
  size_t dash = line;
  while (dash < text_.size() && is_blank(text_[dash])) ++dash;
  return {&item, parent.is_in_flow || is_flow(parent), dash - line};
}

std::optional<YamlText::Place> YamlText::place_of(const DocumentPath& path) const {
  Place place{&root_, false, 0};
  for (const PathStep& step : path) {
    if (const auto* index = std::get_if<size_t>(&step)) {
      if (*index >= place.value->items.size()) return std::nullopt;
      place = item_place(place, *index);
      continue;
    }
    const auto& members = place.value->members;
    const auto member =
        std::ranges::find(members, std::get<std::string>(step), &Value::Member::key);
    if (member == members.end()) return std::nullopt;
    place = member_place(place, static_cast<size_t>(member - members.begin()));
  }
  return place;
}

const Value* YamlText::find(const DocumentPath& path) const {
  const auto place = place_of(path);
  return place ? place->value : nullptr;
}

std::optional<YamlText::Span> YamlText::span_of_block(const Place& place) const {
  const size_t begin = offset_of(place.value->mark);
  const auto& members = place.value->members;
  const auto& items = place.value->items;
  if (members.empty() && items.empty()) return std::nullopt;
  const auto last = members.empty() ? span_of(item_place(place, items.size() - 1))
                                    : span_of(member_place(place, members.size() - 1));
  if (!last) return std::nullopt;
  return Span{begin, last->end};
}

std::optional<size_t> YamlText::end_of_scalar(const Place& place, size_t begin) const {
  if (text_[begin] == '|' || text_[begin] == '>') {
    if (place.is_in_flow) return std::nullopt;
    size_t end = line_end(begin);
    for (size_t line = end + 1; line < text_.size(); line = line_end(line) + 1) {
      size_t first = line;
      while (first < text_.size() && text_[first] == ' ') ++first;
      const bool is_empty = first == text_.size() || text_[first] == '\n';
      if (!is_empty && first - line <= place.outer_indent) break;
      if (!is_empty) end = line_end(line);
    }
    return end;
  }
  size_t end = begin;
  for (; end < text_.size() && text_[end] != '\n'; ++end) {
    const char c = text_[end];
    if (c == '#' && end > begin && is_blank(text_[end - 1])) break;
    if (place.is_in_flow && (c == ',' || c == '}' || c == ']')) break;
  }
  while (end > begin && (is_blank(text_[end - 1]) || text_[end - 1] == '\r')) --end;
  // A plain scalar that continues on the next line is not supported.
  if (text_.substr(begin, end - begin) != place.value->text) return std::nullopt;
  return end;
}

std::optional<YamlText::Span> YamlText::span_of(const Place& place) const {
  const size_t mark = offset_of(place.value->mark);
  const size_t begin = begin_of(place);
  if (begin >= text_.size() || text_[begin] == '!') return std::nullopt;
  if (is_alias(place)) {
    return Span{mark, std::min(text_.find_first_of(" \t\r\n,]}", mark), text_.size())};
  }
  std::optional<size_t> end;
  if (is_collection(*place.value)) {
    if (!is_flow(place)) return span_of_block(place);
    end = end_of_flow(text_, begin);
  } else if (text_[begin] == '"' || text_[begin] == '\'') {
    end = end_of_quoted(text_, begin);
  } else {
    end = end_of_scalar(place, begin);
  }
  if (!end) return std::nullopt;
  return Span{mark, *end};
}

// ---- Edits --------------------------------------------------------------------------------------

bool YamlText::replace(Span span, std::string_view with) {
  std::string text = text_;
  text.replace(span.begin, span.end - span.begin, with);
  YamlText changed(text);
  if (!changed.is_right_) return false;
  *this = std::move(changed);
  return true;
}

bool YamlText::put(const DocumentPath& path, const Value& value) {
  if (path.empty() || !std::holds_alternative<std::string>(path.back())) return false;
  const DocumentPath parent(path.begin(), path.end() - 1);
  const Value* object = find(parent);
  if (object == nullptr) return false;
  const auto& members = object->members;
  const auto member =
      std::ranges::find(members, std::get<std::string>(path.back()), &Value::Member::key);
  if (member == members.end()) return false;
  return set_member(parent, static_cast<size_t>(member - members.begin()), value);
}

bool YamlText::set_member(const DocumentPath& path, size_t index, const Value& value) {
  const auto parent = place_of(path);
  const Place place = member_place(*parent, index);
  const auto span = span_of(place);
  if (!span) return false;
  const bool was_block = is_collection(*place.value) && !is_flow(place) && !is_alias(place);
  const bool is_small =
      value.is_scalar() || (value.members.empty() && value.items.empty()) ||
      (value.is(Value::Kind::kArray) && std::ranges::all_of(value.items, &Value::is_scalar));
  if (place.is_in_flow || (!was_block && is_small)) return replace(*span, inline_text(value));
  const auto& member = parent->value->members[index];
  const size_t key = offset_of(member.key_mark);
  return replace({key, span->end},
                 block_text(Value::object().add(member.key, value), indent_at(key)));
}

bool YamlText::add_member(const DocumentPath& path, const std::string& key, const Value& value) {
  const auto place = place_of(path);
  const auto span = span_of(*place);
  if (!span) return false;
  const auto& members = place->value->members;
  if (is_flow(*place)) {
    size_t at = begin_of(*place) + 1;
    if (!members.empty()) {
      const auto last = span_of(member_place(*place, members.size() - 1));
      if (!last) return false;
      at = last->end;
    }
    return replace({at, at}, (members.empty() ? "" : ", ") + inline_text(Value::of(key)) + ": " +
                                 inline_text(value));
  }
  if (members.empty()) return false;
  const size_t indent = indent_at(offset_of(members.front().key_mark));
  const size_t at = line_end(span->end);
  return replace({at, at}, "\n" + std::string(indent, ' ') +
                               block_text(Value::object().add(key, value), indent));
}

bool YamlText::remove_member(const DocumentPath& path, size_t index) {
  const auto place = place_of(path);
  const auto& members = place->value->members;
  const size_t key = offset_of(members[index].key_mark);
  const auto span = span_of(member_place(*place, index));
  if (!span) return false;
  const bool is_last = index + 1 == members.size();
  const size_t next = is_last ? 0 : offset_of(members[index + 1].key_mark);
  if (is_flow(*place)) {
    if (!is_last) return replace({key, next}, "");
    if (index == 0) return replace({key, span->end}, "");
    const auto before = span_of(member_place(*place, index - 1));
    return before && replace({before->end, span->end}, "");
  }
  if (members.size() == 1) return put(path, Value::object());
  const size_t line = line_start(key);
  const bool is_alone = std::all_of(text_.begin() + static_cast<ptrdiff_t>(line),
                                    text_.begin() + static_cast<ptrdiff_t>(key), is_blank);
  // The first member follows a dash; the next member takes its place.
  if (!is_alone) return !is_last && replace({key, next}, "");
  return replace({line, std::min(line_end(span->end) + 1, text_.size())}, "");
}

bool YamlText::merge(const DocumentPath& path, const Value& patch) {
  for (const auto& member : patch.members) {
    const Value* object = find(path);
    if (object == nullptr || !object->is(Value::Kind::kObject)) return false;
    const auto known = std::ranges::find(object->members, member.key, &Value::Member::key);
    const auto index = static_cast<size_t>(known - object->members.begin());
    bool is_done = true;
    if (known == object->members.end()) {
      if (!member.value.is(Value::Kind::kNull)) {
        is_done = add_member(path, member.key, without_nulls(member.value));
      }
    } else if (member.value.is(Value::Kind::kNull)) {
      is_done = remove_member(path, index);
    } else if (known->value == member.value) {
      continue;
    } else if (member.value.is(Value::Kind::kObject) && known->value.is(Value::Kind::kObject)) {
      DocumentPath inner = path;
      inner.emplace_back(member.key);
      // Replaces the alias by a changed copy of its value.
      is_done = is_alias(*place_of(inner))
                    ? set_member(path, index, scene::merge_patched(known->value, member.value))
                    : merge(inner, member.value);
    } else {
      is_done = set_member(path, index, without_nulls(member.value));
    }
    if (!is_done) return false;
  }
  return true;
}

bool YamlText::append(const DocumentPath& list, const Value& item) {
  const auto place = place_of(list);
  if (!place || !place->value->is(Value::Kind::kArray)) return false;
  const auto& items = place->value->items;
  if (items.empty() || is_alias(*place)) {
    Value longer = *place->value;
    longer.items.push_back(item);
    return put(list, longer);
  }
  const auto last = span_of(item_place(*place, items.size() - 1));
  if (!last) return false;
  if (is_flow(*place)) return replace({last->end, last->end}, ", " + inline_text(item));
  const size_t dash = item_place(*place, items.size() - 1).outer_indent;
  const size_t at = line_end(last->end);
  return replace({at, at}, "\n" + std::string(dash, ' ') + "- " + block_text(item, dash + 2));
}

bool YamlText::remove(const DocumentPath& list, size_t index) {
  const auto place = place_of(list);
  if (!place || index >= place->value->items.size()) return false;
  const auto& items = place->value->items;
  if (items.size() == 1) return put(list, Value::array());
  const auto span = span_of(item_place(*place, index));
  if (!span) return false;
  if (is_flow(*place)) {
    if (index + 1 < items.size()) {
      return replace({span->begin, offset_of(items[index + 1].mark)}, "");
    }
    const auto before = span_of(item_place(*place, index - 1));
    return before && replace({before->end, span->end}, "");
  }
  const size_t line = line_start(span->begin);
  const size_t dash = text_.find_first_not_of(' ', line);
  const bool is_own_line = dash < span->begin && text_[dash] == '-' &&
                           text_.find_first_not_of(' ', dash + 1) == span->begin;
  return is_own_line && replace({line, std::min(line_end(span->end) + 1, text_.size())}, "");
}

}  // namespace layercast::tools
