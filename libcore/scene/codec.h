#pragma once

#include "base/geometry.h"
#include "base/nearest.h"
#include "scene/limits.h"
#include "scene/value.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Two-way tables: one description of each object reads it, writes it, and prints its JSON Schema
/// and its manual page, so that the four cannot disagree.
namespace layercast::scene {

/// One thing that is wrong in a document.
struct Fault {
  Mark mark;
  std::string path;       ///< such as `layers[3].content.source`
  std::string problem;    ///< what is wrong
  std::string expected;   ///< what would be right; may be empty
  std::string pointer{};  ///< the path as RFC 6901 writes it: `/layers/3/content/source`

  /// `line:column: path: problem, expected …`, without the parts that are unknown.
  std::string to_string() const;
};

/// Where reading stands in a document, and what was found wrong so far.
class Reader {
 public:
  void fault(Mark mark, std::string problem, std::string expected);
  void fault(const Value& value, std::string problem, std::string expected) {
    fault(value.mark, std::move(problem), std::move(expected));
  }
  const std::vector<Fault>& faults() const { return faults_; }
  const std::string& path() const { return path_; }
  /// The path as a JSON pointer.
  const std::string& pointer() const { return pointer_; }

  /// Goes one step down while it lives: into a member, or an item of a list.
  class Step {
   public:
    Step(Reader& reader, std::string_view key);
    Step(Reader& reader, size_t index);
    ~Step();
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
    size_t length_;
    size_t pointer_length_;
  };

 private:
  std::string path_;
  std::string pointer_;
  std::vector<Fault> faults_;
};

/// What one key of an object means, for the manual page.
struct FieldDoc {
  std::string key;
  std::string kind;
  std::string fallback;  ///< the default as it would be written; empty when there is none
  bool required = false;
  std::string doc;
};
struct TableDoc {
  std::string title;
  std::string doc;
  std::vector<FieldDoc> fields;
};

/// Collects the named parts of a JSON Schema, and the documentation of each object, once each.
struct SchemaBuilder {
  Value definitions = Value::object();
  std::vector<TableDoc> tables;
};

/// How one type is read, written and described.
template <class T>
struct Codec {
  std::string kind;  ///< `a number from 0 to 1`: what a fault says was expected
  std::function<std::optional<T>(const Value&, Reader&)> read;
  std::function<Value(const T&)> write;
  std::function<Value(SchemaBuilder&)> schema;
};

/// --- scalars ---
enum class Integral { kNo, kYes };
Codec<double> number(limits::Range range, Integral integral = Integral::kNo);
Codec<int> integer(limits::Range range);
Codec<bool> boolean();
/// A string with at least `min` and at most `max` bytes.
Codec<std::string> string(int min, int max, std::string kind);
/// Any scalar, as it was written: captions and texts where `price: 12` means "12".
Codec<std::string> text(int max);
/// [a-z0-9][a-z0-9-]{0,62}
Codec<std::string> name();
/// Keys keep their order.
Codec<std::vector<std::pair<std::string, std::string>>> text_map(int entries_max);

/// `a, b or c`
std::string joined_names(std::span<const std::string_view> names);
/// `; did you mean "x"?`, or nothing.
std::string suggestion(std::string_view wrong, std::span<const std::string_view> known);

/// What a schema says of a textual form.
struct WrittenForm {
  std::string pattern;                  ///< an ECMA regular expression, or empty
  bool numbers_too = false;             ///< a plain number is such a text
  std::vector<std::string_view> names;  ///< known words, for "did you mean"
};

/// A type with a textual form of its own.
template <class T>
Codec<T> written_as(std::string kind, std::function<std::optional<T>(std::string_view)> parse,
                    std::function<std::string(const T&)> print, const WrittenForm& form = {}) {
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<T> {
            const bool readable = value.is(Value::Kind::kString) ||
                                  (form.numbers_too && value.is(Value::Kind::kNumber));
            if (!readable) {
              reader.fault(value, std::string(name_of(value.kind)) + " stands here", kind);
              return std::nullopt;
            }
            auto parsed = parse(value.text);
            if (!parsed) {
              reader.fault(value, "\"" + value.text + "\" is not understood",
                           kind + suggestion(value.text, form.names));
            }
            return parsed;
          },
          [=](const T& typed) { return Value::of(print(typed)); },
          [=](SchemaBuilder&) {
            Value schema = Value::object();
            if (form.numbers_too) {
              schema.add("type", Value::array({Value::of("string"), Value::of("number")}));
              schema.add("minimum", Value::of(0));
            } else {
              schema.add("type", Value::of("string"));
            }
            if (!form.pattern.empty()) schema.add("pattern", Value::of(form.pattern));
            return schema;
          }};
}

template <class Enum>
struct EnumName {
  Enum value;
  std::string_view name;
};

/// One of a fixed set of names.
template <class Enum>
Codec<Enum> one_of(std::vector<EnumName<Enum>> table) {
  std::vector<std::string_view> names;
  for (const auto& entry : table) names.push_back(entry.name);
  const std::string kind = joined_names(names);
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<Enum> {
            for (const auto& entry : table) {
              if (value.is(Value::Kind::kString) && entry.name == value.text) return entry.value;
            }
            const std::string given = value.is_scalar()
                                          ? "\"" + value.text + "\" is not known"
                                          : std::string(name_of(value.kind)) + " stands here";
            reader.fault(value, given, kind + suggestion(value.text, names));
            return std::nullopt;
          },
          [=](const Enum& typed) {
            return Value::of(std::ranges::find(table, typed, &EnumName<Enum>::value)->name);
          },
          [=](SchemaBuilder&) {
            Value choices = Value::array();
            for (const auto& each : names) choices.items.push_back(Value::of(each));
            return Value::object().add("enum", std::move(choices));
          }};
}

/// --- compound ---

/// `what`: the kind of the items in the plural, such as `points`.
template <class T>
Codec<std::vector<T>> list(Codec<T> item, int min, int max, const std::string& what) {
  const std::string count = min > 0 ? std::to_string(min) + " to " + std::to_string(max)
                                    : "at most " + std::to_string(max);
  const std::string kind = "a list of " + count + " " + what;
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<std::vector<T>> {
            if (!value.is(Value::Kind::kArray)) {
              reader.fault(value, std::string(name_of(value.kind)) + " stands here", kind);
              return std::nullopt;
            }
            const auto count_of_items = static_cast<int64_t>(value.items.size());
            if (count_of_items < min || count_of_items > max) {
              reader.fault(value, "the list has " + std::to_string(count_of_items), kind);
              return std::nullopt;
            }
            std::vector<T> items;
            for (size_t i = 0; i < value.items.size(); ++i) {
              const Reader::Step step(reader, i);
              if (auto read = item.read(value.items[i], reader)) items.push_back(*std::move(read));
            }
            return items;
          },
          [=](const std::vector<T>& typed) {
            Value array = Value::array();
            for (const T& each : typed) array.items.push_back(item.write(each));
            return array;
          },
          [=](SchemaBuilder& builder) {
            return Value::object()
                .add("type", Value::of("array"))
                .add("items", item.schema(builder))
                .add("minItems", Value::of(min))
                .add("maxItems", Value::of(max));
          }};
}

/// A codec whose schema is written once, under $defs, and referred to.
template <class T>
Codec<T> defined_as(const std::string& name_in_schema, Codec<T> codec) {
  auto schema = codec.schema;
  codec.schema = [=](SchemaBuilder& builder) {
    if (builder.definitions.find(name_in_schema) == nullptr) {
      builder.definitions.add(name_in_schema, Value::null());  // ends recursion
      const Value definition = schema(builder);
      for (auto& member : builder.definitions.members) {
        if (member.key == name_in_schema) member.value = definition;
      }
      return Value::object().add("$ref", Value::of("#/$defs/" + name_in_schema));
    }
    return Value::object().add("$ref", Value::of("#/$defs/" + name_in_schema));
  };
  return codec;
}

/// One key of an object of type T.
template <class T>
struct Field {
  FieldDoc doc;
  std::function<void(const Value&, Reader&, T&)> read;
  std::function<std::optional<Value>(const T&)> write;  ///< nullopt: it has its default
  std::function<Value(SchemaBuilder&)> schema;
};

template <class T>
struct Choice;

/// Everything that an object may hold. With a `tag`, the value of that key decides which further
/// keys belong to it.
template <class T>
struct ObjectTable {
  std::string title{};
  std::string doc{};
  std::vector<Field<T>> fields{};
  std::string tag{};
  std::string tag_doc{};
  std::vector<Choice<T>> choices{};
  /// What no single key can tell. Runs whatever else is wrong, so it trusts no kind of value.
  std::function<void(const Value&, Reader&)> check{};
  /// Adds to the object's schema what `check` checks, where a schema can say it.
  std::function<void(Value& schema)> refine_schema{};
};

template <class T>
struct Choice {
  std::string name;
  std::function<void(T&)> select;
  std::function<bool(const T&)> selected;
  ObjectTable<T> table;
};

namespace internal {

/// How a default is shown: lists and objects in one line.
std::string inline_text(const Value& value);
void add_documentation(SchemaBuilder& builder, const std::string& title, const std::string& doc,
                       std::vector<FieldDoc> fields);
Value described(Value schema, const FieldDoc& doc, const std::optional<Value>& fallback);

template <class T, class Member>
Field<T> make_field(std::string key, bool required, Member T::*member, Codec<Member> codec,
                    std::string doc) {
  const Member fallback = T{}.*member;
  const std::optional<Value> fallback_value =
      required ? std::nullopt : std::optional<Value>(codec.write(fallback));
  FieldDoc field_doc{std::move(key), codec.kind,
                     fallback_value ? inline_text(*fallback_value) : std::string{}, required,
                     std::move(doc)};
  return {field_doc,
          [=](const Value& value, Reader& reader, T& object) {
            if (auto read = codec.read(value, reader)) object.*member = *std::move(read);
          },
          [=](const T& object) -> std::optional<Value> {
            if (!required && object.*member == fallback) return std::nullopt;
            return codec.write(object.*member);
          },
          [=](SchemaBuilder& builder) {
            return described(codec.schema(builder), field_doc, fallback_value);
          }};
}

}  // namespace internal

template <class T, class Member>
Field<T> required(std::string key, Member T::*member, Codec<Member> codec, std::string doc) {
  return internal::make_field(std::move(key), true, member, std::move(codec), std::move(doc));
}

/// The default is what a T{} holds.
template <class T, class Member>
Field<T> optional(std::string key, Member T::*member, Codec<Member> codec, std::string doc) {
  return internal::make_field(std::move(key), false, member, std::move(codec), std::move(doc));
}

/// May be left out, and then is absent.
template <class T, class Member>
Field<T> optional(std::string key, std::optional<Member> T::*member, Codec<Member> codec,
                  std::string doc) {
  FieldDoc field_doc{std::move(key), codec.kind, {}, false, std::move(doc)};
  return {field_doc,
          [=](const Value& value, Reader& reader, T& object) {
            if (auto read = codec.read(value, reader)) object.*member = *std::move(read);
          },
          [=](const T& object) -> std::optional<Value> {
            if (!(object.*member)) return std::nullopt;
            return codec.write(*(object.*member));
          },
          [=](SchemaBuilder& builder) {
            return internal::described(codec.schema(builder), field_doc, std::nullopt);
          }};
}

/// A Field of Part as a field of Whole, where `part_of` finds the Part.
template <class Whole, class Part>
Field<Whole> lifted(const Field<Part>& field, std::function<Part&(Whole&)> part_of) {
  return {field.doc,
          [=](const Value& value, Reader& reader, Whole& whole) {
            field.read(value, reader, part_of(whole));
          },
          [=](const Whole& whole) { return field.write(part_of(const_cast<Whole&>(whole))); },
          field.schema};
}

template <class Whole, class Part>
ObjectTable<Whole> lifted(const ObjectTable<Part>& table, std::function<Part&(Whole&)> part_of) {
  ObjectTable<Whole> whole;
  whole.title = table.title;
  whole.doc = table.doc;
  whole.tag = table.tag;
  whole.tag_doc = table.tag_doc;
  whole.refine_schema = table.refine_schema;
  for (const auto& field : table.fields) whole.fields.push_back(lifted<Whole>(field, part_of));
  for (const auto& choice : table.choices) {
    whole.choices.push_back(
        {choice.name, [=](Whole& object) { choice.select(part_of(object)); },
         [=](const Whole& object) { return choice.selected(part_of(const_cast<Whole&>(object))); },
         lifted<Whole>(choice.table, part_of)});
  }
  whole.check = table.check;
  return whole;
}

/// The choice of one alternative of the variant that `variant_of` finds in T.
template <class Alternative, class T, class Variant>
Choice<T> alternative(std::string name, std::function<Variant&(T&)> variant_of,
                      const ObjectTable<Alternative>& table) {
  std::function<Alternative&(T&)> part_of = [=](T& object) -> Alternative& {
    return *std::get_if<Alternative>(&variant_of(object));
  };
  return {std::move(name), [=](T& object) { variant_of(object) = Alternative{}; },
          [=](const T& object) {
            return std::holds_alternative<Alternative>(variant_of(const_cast<T&>(object)));
          },
          lifted<T>(table, part_of)};
}

namespace internal {

/// The fields that belong to one object once its tags are known.
template <class T>
struct ActiveFields {
  std::vector<const Field<T>*> fields;
  std::vector<const ObjectTable<T>*> tables;
  std::vector<std::string_view> tags;
};

template <class T>
bool select_choice(const ObjectTable<T>& table, const Value& object_value, Reader& reader,
                   T& object, ActiveFields<T>& active);

template <class T>
bool activate(const ObjectTable<T>& table, const Value& value, Reader& reader, T& object,
              ActiveFields<T>& active) {
  active.tables.push_back(&table);
  for (const auto& field : table.fields) active.fields.push_back(&field);
  return table.tag.empty() || select_choice(table, value, reader, object, active);
}

template <class T>
bool select_choice(const ObjectTable<T>& table, const Value& object_value, Reader& reader,
                   T& object, ActiveFields<T>& active) {
  active.tags.push_back(table.tag);
  std::vector<std::string_view> names;
  for (const auto& choice : table.choices) names.push_back(choice.name);
  const Value* tag = object_value.find(table.tag);
  if (tag == nullptr) {
    reader.fault(object_value, "\"" + table.tag + "\" is missing", joined_names(names));
    return false;
  }
  for (const auto& choice : table.choices) {
    if (!tag->is(Value::Kind::kString) || tag->text != choice.name) continue;
    choice.select(object);
    return activate(choice.table, object_value, reader, object, active);
  }
  const Reader::Step step(reader, table.tag);
  const std::string given = tag->is_scalar() ? tag->text : std::string(name_of(tag->kind));
  reader.fault(*tag, "\"" + given + "\" is not known",
               joined_names(names) + suggestion(tag->text, names));
  return false;
}

void fault_unknown_key(const Value::Member& member, std::vector<std::string_view> known,
                       Reader& reader);

template <class T>
void read_members(const ActiveFields<T>& active, bool tags_known, const Value& value,
                  Reader& reader, T& object) {
  for (const auto& member : value.members) {
    if (std::ranges::find(active.tags, member.key) != active.tags.end()) continue;
    const auto field = std::ranges::find(active.fields, member.key,
                                         [](const Field<T>* each) { return each->doc.key; });
    if (field != active.fields.end()) {
      const Reader::Step step(reader, member.key);
      (*field)->read(member.value, reader, object);
      continue;
    }
    if (!tags_known) continue;  // the key may belong to the choice that was misspelt
    std::vector<std::string_view> known = active.tags;
    for (const auto* each : active.fields) known.push_back(each->doc.key);
    fault_unknown_key(member, std::move(known), reader);
  }
  for (const auto* field : active.fields) {
    if (field->doc.required && value.find(field->doc.key) == nullptr) {
      reader.fault(value, "\"" + field->doc.key + "\" is missing", field->doc.kind);
    }
  }
}

template <class T>
std::optional<T> read_object(const ObjectTable<T>& table, const Value& value, Reader& reader) {
  if (!value.is(Value::Kind::kObject)) {
    reader.fault(value, std::string(name_of(value.kind)) + " stands here",
                 "a mapping (" + table.title + ")");
    return std::nullopt;
  }
  const size_t faults_before = reader.faults().size();
  T object{};
  ActiveFields<T> active;
  const bool tags_known = activate(table, value, reader, object, active);
  read_members(active, tags_known, value, reader, object);
  for (const auto* each : active.tables) {
    if (each->check) each->check(value, reader);
  }
  if (reader.faults().size() != faults_before) return std::nullopt;
  return object;
}

template <class T>
void write_members(const ObjectTable<T>& table, const T& object, Value& value) {
  for (const auto& choice : table.choices) {
    if (!choice.selected(object)) continue;
    value.add(table.tag, Value::of(choice.name));
    write_members(choice.table, object, value);
  }
  for (const auto& field : table.fields) {
    if (auto written = field.write(object)) value.add(field.doc.key, *std::move(written));
  }
}

/// The properties that one way through the tags gives.
struct SchemaVariant {
  Value properties = Value::object();
  Value required_keys = Value::array();
  std::vector<std::function<void(Value&)>> refinements;
};

template <class T>
void add_fields(const ObjectTable<T>& table, SchemaBuilder& builder, SchemaVariant& variant) {
  for (const auto& field : table.fields) {
    variant.properties.add(field.doc.key, field.schema(builder));
    if (field.doc.required) variant.required_keys.items.push_back(Value::of(field.doc.key));
  }
  if (table.refine_schema) variant.refinements.push_back(table.refine_schema);
}

template <class T>
void expand(const ObjectTable<T>& table, SchemaBuilder& builder, SchemaVariant variant,
            std::vector<SchemaVariant>& variants) {
  if (table.tag.empty()) {
    add_fields(table, builder, variant);
    variants.push_back(std::move(variant));
    return;
  }
  for (const auto& choice : table.choices) {
    SchemaVariant chosen = variant;
    chosen.properties.add(table.tag, Value::object().add("const", Value::of(choice.name)));
    chosen.required_keys.items.push_back(Value::of(table.tag));
    add_fields(table, builder, chosen);
    expand(choice.table, builder, std::move(chosen), variants);
  }
}

Value object_schema(const std::string& title, const std::string& doc,
                    std::vector<SchemaVariant> variants);

template <class T>
void document(const ObjectTable<T>& table, SchemaBuilder& builder) {
  std::vector<FieldDoc> fields;
  if (!table.tag.empty()) {
    std::vector<std::string_view> names;
    for (const auto& choice : table.choices) names.push_back(choice.name);
    fields.push_back({table.tag, joined_names(names), {}, true, table.tag_doc});
  }
  for (const auto& field : table.fields) fields.push_back(field.doc);
  add_documentation(builder, table.title, table.doc, std::move(fields));
  for (const auto& choice : table.choices) document(choice.table, builder);
}

}  // namespace internal

/// The codec of a whole object.
template <class T>
Codec<T> object(ObjectTable<T> source_table) {
  const auto table = std::make_shared<const ObjectTable<T>>(std::move(source_table));
  return {"a mapping (" + table->title + ")",
          [=](const Value& value, Reader& reader) {
            return internal::read_object(*table, value, reader);
          },
          [=](const T& typed) {
            Value value = Value::object();
            internal::write_members(*table, typed, value);
            return value;
          },
          [=](SchemaBuilder& builder) {
            internal::document(*table, builder);
            std::vector<internal::SchemaVariant> variants;
            internal::expand(*table, builder, {}, variants);
            return internal::object_schema(table->title, table->doc, std::move(variants));
          }};
}

}  // namespace layercast::scene
