#include "scene/wire/defaults.h"

#include <algorithm>
#include <utility>

namespace layercast::scene {
namespace {

const TableChoice* choice_of(const Table& table, const Value& document) {
  const Value* tag = document.find(table.tag);
  if (table.tag.empty() || tag == nullptr) return nullptr;
  const auto found = std::ranges::find(table.choices, tag->text, &TableChoice::name);
  return found == table.choices.end() ? nullptr : &*found;
}

// Moves the members of `table` from `document` to `complete`, with defaults for the absent ones.
void complete_members(const Table& table, Value& document, Value& complete) {
  if (const Value* tag = document.find(table.tag)) complete.add(table.tag, *tag);
  for (const TableField& field : table.fields) {
    Value* given = document.find(field.doc.key);
    if (given != nullptr) {
      complete.add(field.doc.key, with_defaults(field.shape, std::move(*given)));
    } else if (field.shown_fallback) {
      complete.add(field.doc.key, with_defaults(field.shape, *field.shown_fallback));
    }
  }
  if (const TableChoice* choice = choice_of(table, document)) {
    complete_members(*choice->table, document, complete);
  }
}

Value complete_object(const Table& table, Value document) {
  Value complete = Value::object();
  complete.mark = document.mark;
  complete_members(table, document, complete);
  for (auto& member : document.members) {
    if (complete.find(member.key) == nullptr) complete.members.push_back(std::move(member));
  }
  return complete;
}

// The table of an object; nullptr when it may have one of several forms.
const Table* table_of(const Shape& shape) {
  if (shape.table != nullptr) return shape.table.get();
  const Table* found = nullptr;
  for (const Shape& alternative : shape.alternatives) {
    const Table* table = table_of(alternative);
    if (table != nullptr && std::exchange(found, table) != nullptr) return nullptr;
  }
  return found;
}

}  // namespace

Value with_defaults(const Shape& shape, Value document) {
  if (document.is(Value::Kind::kObject)) {
    if (const Table* table = table_of(shape)) return complete_object(*table, std::move(document));
  }
  if (shape.elements != nullptr) {
    for (Value& item : document.items) item = with_defaults(*shape.elements, std::move(item));
    for (auto& member : document.members) {
      member.value = with_defaults(*shape.elements, std::move(member.value));
    }
  }
  return document;
}

}  // namespace layercast::scene
