// The part of scene/wire/codec.h that works on tables: reads, writes, describes and visits objects.

#include "scene/wire/codec.h"

#include <cstddef>

namespace layercast::scene {
namespace {

std::string inline_text(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      return "";
    case Value::Kind::kArray: {
      std::string joined;
      for (const auto& item : value.items) {
        joined += (joined.empty() ? "" : ", ") + inline_text(item);
      }
      return "[" + joined + "]";
    }
    case Value::Kind::kObject: {
      std::string joined;
      for (const auto& member : value.members) {
        joined += (joined.empty() ? "" : ", ") + member.key + ": " + inline_text(member.value);
      }
      return "{" + joined + "}";
    }
    default:
      return value.text;
  }
}

void add_documentation(SchemaBuilder& builder, const std::string& title, const std::string& doc,
                       std::vector<FieldDoc> fields) {
  if (std::ranges::find(builder.tables, title, &TableDoc::title) != builder.tables.end()) return;
  builder.tables.push_back({title, doc, std::move(fields)});
}

Value described_schema(Value schema, const FieldDoc& doc, const std::optional<Value>& fallback) {
  if (!doc.doc.empty()) schema.set("description", Value::of(doc.doc));
  if (fallback) schema.set("default", *fallback);
  return schema;
}

// The tables that the tags of one object select, each with its part of the object.
struct ActiveTables {
  struct Entry {
    const Table* table;
    void* object;
  };
  std::vector<Entry> entries;
  std::vector<std::string_view> tags;

  // The field called `key`, and the part of the object that has it.
  std::pair<const TableField*, void*> find(std::string_view key) const {
    for (const Entry& entry : entries) {
      for (const TableField& field : entry.table->fields) {
        if (field.doc.key == key) return {&field, entry.object};
      }
    }
    return {nullptr, nullptr};
  }

  bool is_run_state(const std::string& key) const {
    return std::ranges::any_of(entries, [&](const Entry& entry) {
      return std::ranges::find(entry.table->run_state_keys, key) !=
             entry.table->run_state_keys.end();
    });
  }

  std::vector<std::string_view> keys() const {
    std::vector<std::string_view> keys = tags;
    for (const Entry& entry : entries) {
      for (const TableField& field : entry.table->fields) keys.push_back(field.doc.key);
    }
    return keys;
  }
};

void fault_unknown_key(const Value::Member& member, const ActiveTables& active, Reader& reader) {
  const Reader::Step step(reader, member.key);
  // The search for similar names is slow, and this fault is not described.
  if (reader.faults().size() >= Reader::kFaultsKept) return reader.fault(member.key_mark, {}, {});
  if (member.key == "<<") {
    reader.fault(member.key_mark, "merge keys are not part of YAML 1.2",
                 "the keys written out, or an alias for the whole value");
    return;
  }
  if (active.is_run_state(member.key)) {
    reader.fault(member.key_mark, "this is run state, which a scene does not have",
                 "the key removed");
    return;
  }
  const std::vector<std::string_view> known = active.keys();
  reader.fault(member.key_mark, "unknown key",
               known.empty() ? "no keys" : joined_names(known) + suggestion(member.key, known));
}

std::vector<std::string_view> choice_names(const Table& table) {
  std::vector<std::string_view> names;
  for (const TableChoice& choice : table.choices) names.push_back(choice.name);
  return names;
}

const TableChoice* find_choice(const Table& table, const Value& tag) {
  const auto found = std::ranges::find(table.choices, tag.text, &TableChoice::name);
  return tag.is(Value::Kind::kString) && found != table.choices.end() ? &*found : nullptr;
}

// Selects the tables by the tags of `value`. False, with a fault, if a tag is missing or unknown.
bool activate(const Table& table, const Value& value, Reader& reader, void* object,
              ActiveTables& active) {
  active.entries.push_back({&table, object});
  if (table.tag.empty()) return true;
  active.tags.push_back(table.tag);
  const std::vector<std::string_view> names = choice_names(table);
  const Value* tag = value.find(table.tag);
  if (tag == nullptr) {
    reader.fault(value, "\"" + table.tag + "\" is missing", joined_names(names));
    return false;
  }
  if (const TableChoice* choice = find_choice(table, *tag)) {
    return activate(*choice->table, value, reader, choice->select(object), active);
  }
  const Reader::Step step(reader, table.tag);
  const std::string given = tag->is_scalar() ? tag->text : std::string(name_of(tag->kind));
  reader.fault(*tag, "\"" + given + "\" is not known",
               joined_names(names) + suggestion(tag->text, names));
  return false;
}

void read_members(const ActiveTables& active, bool tags_known, const Value& value, Reader& reader) {
  for (const auto& member : value.members) {
    if (std::ranges::find(active.tags, member.key) != active.tags.end()) continue;
    if (const auto [field, object] = active.find(member.key); field != nullptr) {
      const Reader::Step step(reader, member.key);
      field->codec->read(member.value, reader, static_cast<std::byte*>(object) + field->offset);
    } else if (tags_known) {
      fault_unknown_key(member, active, reader);
    }  // otherwise the key may belong to the misspelt choice
  }
  for (const ActiveTables::Entry& entry : active.entries) {
    for (const TableField& field : entry.table->fields) {
      if (field.doc.required && value.find(field.doc.key) == nullptr) {
        reader.fault(value, "\"" + field.doc.key + "\" is missing", field.doc.kind);
      }
    }
  }
}

// The properties of an object for one combination of tags.
struct SchemaVariant {
  Value properties = Value::object();
  Value required_keys = Value::array();
  std::vector<std::function<void(Value&)>> refinements;
};

void add_fields(const Table& table, SchemaBuilder& builder, SchemaVariant& variant) {
  for (const TableField& field : table.fields) {
    variant.properties.add(field.doc.key, described_schema(field.codec->schema(builder), field.doc,
                                                           field.shown_fallback));
    if (field.doc.required) variant.required_keys.items.push_back(Value::of(field.doc.key));
  }
  if (table.refine_schema) variant.refinements.push_back(table.refine_schema);
}

void expand(const Table& table, SchemaBuilder& builder, SchemaVariant variant,
            std::vector<SchemaVariant>& variants) {
  if (table.tag.empty()) {
    add_fields(table, builder, variant);
    variants.push_back(std::move(variant));
    return;
  }
  for (const TableChoice& choice : table.choices) {
    SchemaVariant chosen = variant;
    chosen.properties.add(table.tag, Value::object().add("const", Value::of(choice.name)));
    chosen.required_keys.items.push_back(Value::of(table.tag));
    add_fields(table, builder, chosen);
    expand(*choice.table, builder, std::move(chosen), variants);
  }
}

Value schema_of_variant(SchemaVariant variant) {
  Value schema = Value::object().add("type", Value::of("object"));
  schema.add("properties", std::move(variant.properties));
  if (!variant.required_keys.items.empty()) {
    schema.add("required", std::move(variant.required_keys));
  }
  schema.add("additionalProperties", Value::of(false));
  for (const auto& refine : variant.refinements) refine(schema);
  return schema;
}

void document(const Table& table, SchemaBuilder& builder) {
  std::vector<FieldDoc> fields;
  if (!table.tag.empty()) {
    fields.push_back({table.tag, joined_names(choice_names(table)), {}, true, table.tag_doc});
  }
  for (const TableField& field : table.fields) fields.push_back(field.doc);
  add_documentation(builder, table.title, table.doc, std::move(fields));
  for (const TableChoice& choice : table.choices) document(*choice.table, builder);
}

using FileVisitor = std::function<void(FileRole, Value&, Reader&)>;

void visit_members(const Table& table, Value& document, Reader& reader, const FileVisitor& visit) {
  for (const TableField& field : table.fields) {
    if (Value* member = document.find(field.doc.key)) {
      const Reader::Step step(reader, field.doc.key);
      visit_files(field.shape, *member, reader, visit);
    }
  }
  const Value* tag = document.find(table.tag);
  const TableChoice* known = tag == nullptr ? nullptr : find_choice(table, *tag);
  for (const TableChoice& choice : table.choices) {
    if (known == nullptr || known == &choice) {
      visit_members(*choice.table, document, reader, visit);
    }
  }
}

}  // namespace

void visit_files(const Shape& shape, Value& document, Reader& reader, const FileVisitor& visit) {
  if (document.is(Value::Kind::kString)) {
    if (shape.role != FileRole::kNone) visit(shape.role, document, reader);
  } else if (document.is(Value::Kind::kObject) && shape.table != nullptr) {
    visit_members(*shape.table, document, reader, visit);
  } else if (shape.elements != nullptr) {
    for (size_t i = 0; i < document.items.size(); ++i) {
      const Reader::Step step(reader, i);
      visit_files(*shape.elements, document.items[i], reader, visit);
    }
    for (auto& member : document.members) {
      const Reader::Step step(reader, member.key);
      visit_files(*shape.elements, member.value, reader, visit);
    }
  }
  for (const Shape& alternative : shape.alternatives) {
    visit_files(alternative, document, reader, visit);
  }
}

namespace internal {

TableField field_of(FieldDoc doc, ptrdiff_t offset, std::shared_ptr<const MemberCodec> codec,
                    const void* fallback, Shape shape) {
  std::optional<Value> shown;
  if (fallback != nullptr) {
    shown = codec->write(fallback);
    doc.fallback = inline_text(*shown);
  }
  return {std::move(doc), offset, std::move(codec), fallback, std::move(shown), std::move(shape)};
}

bool read_object(const Table& table, const Value& value, Reader& reader, void* object) {
  if (!value.is(Value::Kind::kObject)) {
    reader.fault(value, got(value), "a mapping (" + table.title + ")");
    return false;
  }
  const size_t faults_before = reader.faults().size();
  ActiveTables active;
  const bool tags_known = activate(table, value, reader, object, active);
  read_members(active, tags_known, value, reader);
  for (const ActiveTables::Entry& entry : active.entries) {
    if (entry.table->check) entry.table->check(value, reader);
  }
  return reader.faults().size() == faults_before;
}

void write_members(const Table& table, const void* object, Value& value) {
  for (const TableChoice& choice : table.choices) {
    if (const void* part = choice.place(object)) {
      value.add(table.tag, Value::of(choice.name));
      write_members(*choice.table, part, value);
    }
  }
  for (const TableField& field : table.fields) {
    const void* member = static_cast<const std::byte*>(object) + field.offset;
    if (field.fallback != nullptr && field.codec->equal(member, field.fallback)) continue;
    if (auto written = field.codec->write(member)) value.add(field.doc.key, *std::move(written));
  }
}

Value object_schema(const Table& table, SchemaBuilder& builder) {
  document(table, builder);
  std::vector<SchemaVariant> variants;
  expand(table, builder, {}, variants);
  Value alternatives = Value::array();
  for (SchemaVariant& variant : variants) {
    alternatives.items.push_back(schema_of_variant(std::move(variant)));
  }
  Value schema = alternatives.items.size() == 1
                     ? std::move(alternatives.items.front())
                     : Value::object().add("oneOf", std::move(alternatives));
  schema.set("title", Value::of(table.title));
  if (!table.doc.empty()) schema.set("description", Value::of(table.doc));
  return schema;
}

}  // namespace internal
}  // namespace layercast::scene
