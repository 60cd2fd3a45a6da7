#pragma once

#include "base/geometry.h"
#include "base/nearest.h"
#include "base/shared.h"
#include "scene/model/limits.h"
#include "scene/wire/value.h"

#include <algorithm>
#include <cstddef>
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

/// One fault in a document.
struct Fault {
  Mark mark;
  std::string path;       ///< such as `layers[3].content.source`
  std::string problem;    ///< what is wrong
  std::string expected;   ///< what was expected; may be empty
  std::string pointer{};  ///< the path as RFC 6901 writes it: `/layers/3/content/source`

  /// `line:column: path: problem, expected …`, without the parts that are unknown.
  std::string to_string() const;
};

/// The current position in a document that is being read, and the faults found so far.
class Reader {
 public:
  /// Adds a fault at the current position. A long `problem`, which then has text of the document in
  /// it, is shortened.
  void fault(Mark mark, std::string_view problem, std::string expected);
  void fault(const Value& value, std::string_view problem, std::string expected) {
    fault(value.mark, problem, std::move(expected));
  }
  /// Adds a warning at the current position: the value is valid, but may not be what was meant.
  void warn(const Value& value, std::string_view problem, std::string expected);
  /// Further faults are counted but not described, to bound the memory that a text full of faults
  /// takes.
  static constexpr size_t kFaultsKept = size_t{10} * limits::kFaultsMax;
  const std::vector<Fault>& faults() const { return faults_; }
  /// At most kFaultsKept.
  const std::vector<Fault>& warnings() const { return warnings_; }
  const std::string& path() const { return path_; }
  /// The path as a JSON pointer.
  const std::string& pointer() const { return pointer_; }

  /// Extends the path by one step while it lives: a member, or an item of a list.
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
  std::vector<Fault> warnings_;
};

/// One key of an object, for the manual page.
struct FieldDoc {
  std::string key;
  std::string kind;
  std::string fallback;  ///< the default as it would be written; empty when there is none
  bool required = false;
  std::string doc;
};
/// One kind of object, for the manual page.
struct TableDoc {
  std::string title;
  std::string doc;
  std::vector<FieldDoc> fields;
};

/// Collects the named parts of a JSON Schema and the documentation of each kind of object, each
/// once.
struct SchemaBuilder {
  Value definitions = Value::object();
  std::vector<TableDoc> tables;
};

/// What a string in a document refers to outside the scene. Path resolution, permissions of network
/// clients, redaction and the manual depend on it, so every string field states its role. Each URL
/// may hold keys and passwords.
enum class FileRole : uint8_t {
  kNone,     ///< nothing
  kAsset,    ///< a file that is read, never a URL; relative to the scene's folder
  kPicture,  ///< an image that is read: such a file, or an http or https URL
  kSource,   ///< media that is read: such a file, or a URL of any scheme that live inputs read
  kOutput,   ///< where media is written to: such a file, or a URL of a scheme of outputs
};
/// `asset`, `picture`, `source`, `output`; empty for kNone.
std::string_view name_of(FileRole role);

struct Table;

/// The structure of the values of a codec, for walks over documents and tables.
struct Shape {
  FileRole role = FileRole::kNone;        ///< of a string
  bool is_free_text = false;              ///< any string is a valid value
  std::shared_ptr<const Table> table;     ///< of an object with known keys
  std::shared_ptr<const Shape> elements;  ///< of the items of a list, and the values of a mapping
  std::vector<Shape> alternatives;        ///< of a value that has one of several forms
};
/// The shape of lists and mappings whose elements have the shape `element`.
Shape shape_of_elements(Shape element);

/// Calls `visit` for every string with a FileRole in `document`; `visit` may replace the string.
/// `document` may be incomplete or faulty, such as a merge patch: where a tag is missing or
/// unknown, the fields of all choices are visited.
void visit_files(const Shape& shape, Value& document, Reader& reader,
                 const std::function<void(FileRole, Value&, Reader&)>& visit);

/// How one type is read, written and described.
template <class T>
struct Codec {
  std::string kind;  ///< `a number from 0 to 1`: the expectation in faults
  std::function<std::optional<T>(const Value&, Reader&)> read;
  std::function<Value(const T&)> write;
  std::function<Value(SchemaBuilder&)> schema;
  Shape shape{};
};

/// --- scalars ---
enum class Integral { kNo, kYes };
Codec<double> number(limits::Range range, Integral integral = Integral::kNo);
Codec<int> integer(limits::Range range);
Codec<bool> boolean();
/// A string of `min` to `max` bytes with its role.
Codec<std::string> string(int min, int max, const std::string& kind, FileRole role);
/// Any scalar as it was written, for captions and texts: `price: 12` means "12".
Codec<std::string> text(int max);
/// [a-z0-9][a-z0-9-]{0,62}
Codec<std::string> name();
/// A mapping of names to texts, in document order.
Codec<std::vector<std::pair<std::string, std::string>>> text_map(int entries_max);

/// `a, b or c`
std::string joined_names(std::span<const std::string_view> names);
/// `; did you mean "x"?` if a known name is similar, else empty.
std::string suggestion(std::string_view wrong, std::span<const std::string_view> known);
/// `got a list`: the problem of a value of the wrong kind.
std::string got(const Value& value);

/// The schema of a textual form.
struct WrittenForm {
  std::string pattern;                  ///< an ECMA regular expression, or empty
  bool numbers_too = false;             ///< a plain number is also valid
  std::vector<std::string_view> names;  ///< known words, for "did you mean"
};

namespace internal {

bool is_readable_text(const WrittenForm& form, const Value& value, Reader& reader,
                      const std::string& kind);
void fault_unreadable_text(const WrittenForm& form, const Value& value, Reader& reader,
                           const std::string& kind);
Value schema_of(const WrittenForm& form);

/// The index of the string in `names`; a fault and nullopt if it is none of them.
std::optional<size_t> place_of_name(const std::vector<std::string_view>& names, const Value& value,
                                    Reader& reader, const std::string& kind);
Value schema_of_names(const std::vector<std::string_view>& names);

struct ListForm {
  int min = 0;
  int max = 0;
  std::string kind;
};
ListForm list_form(int min, int max, const std::string& what);
bool is_readable_list(const ListForm& form, const Value& value, Reader& reader);
Value schema_of_list(const ListForm& form, Value items);

}  // namespace internal

/// The codec of a type that is written as a string. `parse` returns nullopt for invalid texts.
template <class T>
Codec<T> written_as(std::string kind, std::function<std::optional<T>(std::string_view)> parse,
                    std::function<std::string(const T&)> print, const WrittenForm& form = {}) {
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<T> {
            if (!internal::is_readable_text(form, value, reader, kind)) return std::nullopt;
            auto parsed = parse(value.text);
            if (!parsed) internal::fault_unreadable_text(form, value, reader, kind);
            return parsed;
          },
          [=](const T& typed) { return Value::of(print(typed)); },
          [=](SchemaBuilder&) { return internal::schema_of(form); }};
}

template <class Enum>
/// An enumerator and its name in documents.
struct EnumName {
  Enum value;
  std::string_view name;
};

/// The codec of one of a fixed set of names.
template <class Enum>
Codec<Enum> one_of(std::vector<EnumName<Enum>> table) {
  std::vector<std::string_view> names;
  for (const auto& entry : table) names.push_back(entry.name);
  const std::string kind = joined_names(names);
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<Enum> {
            const auto place = internal::place_of_name(names, value, reader, kind);
            return place ? std::optional<Enum>(table[*place].value) : std::nullopt;
          },
          [=](const Enum& typed) {
            return Value::of(std::ranges::find(table, typed, &EnumName<Enum>::value)->name);
          },
          [=](SchemaBuilder&) { return internal::schema_of_names(names); }};
}

/// --- compound ---

/// The codec of a list of `min` to `max` items. `what`: the kind of the items in the plural, such
/// as `points`.
template <class T>
Codec<std::vector<T>> list(Codec<T> item, int min, int max, const std::string& what) {
  const internal::ListForm form = internal::list_form(min, max, what);
  return {
      form.kind,
      [=](const Value& value, Reader& reader) -> std::optional<std::vector<T>> {
        if (!internal::is_readable_list(form, value, reader)) return std::nullopt;
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
      [=](SchemaBuilder& builder) { return internal::schema_of_list(form, item.schema(builder)); },
      shape_of_elements(item.shape)};
}

/// The codec of a shared value, which is written as the value itself.
template <class T>
Codec<base::Shared<T>> shared(const Codec<T>& codec) {
  return {
      codec.kind,
      [read = codec.read](const Value& value, Reader& reader) -> std::optional<base::Shared<T>> {
        auto typed = read(value, reader);
        return typed ? std::optional(base::Shared<T>(*std::move(typed))) : std::nullopt;
      },
      [write = codec.write](const base::Shared<T>& typed) { return write(*typed); }, codec.schema,
      codec.shape};
}

namespace internal {
Value defined_schema(SchemaBuilder& builder, const std::string& name,
                     const std::function<Value(SchemaBuilder&)>& schema);
}  // namespace internal

/// The same codec; its schema is written once, under $defs, and referenced from elsewhere.
template <class T>
Codec<T> defined_as(const std::string& name_in_schema, Codec<T> codec) {
  codec.schema = [name_in_schema, schema = codec.schema](SchemaBuilder& builder) {
    return internal::defined_schema(builder, name_in_schema, schema);
  };
  return codec;
}

/// Reads and writes one member of an object through a type-erased pointer.
class MemberCodec {
 public:
  virtual ~MemberCodec() = default;
  /// Sets `member`, or reports faults.
  virtual void read(const Value& value, Reader& reader, void* member) const = 0;
  /// Nullopt if the member is absent.
  virtual std::optional<Value> write(const void* member) const = 0;
  virtual bool equal(const void* a, const void* b) const = 0;
  virtual Value schema(SchemaBuilder& builder) const = 0;
};

/// One key of an object.
struct TableField {
  FieldDoc doc;
  ptrdiff_t offset = 0;                      ///< of the member in its object, in bytes
  std::shared_ptr<const MemberCodec> codec;  ///< of the member
  const void* fallback = nullptr;            ///< a member with this value is not written
  std::optional<Value> shown_fallback;       ///< the default that the schema names
  Shape shape;
};

/// The additional fields of an object for one value of its tag.
struct TableChoice {
  std::string name;
  std::function<void*(void* object)> select;             ///< switches the object to this choice
  std::function<const void*(const void* object)> place;  ///< nullptr: the object has another choice
  std::shared_ptr<const Table> table;                    ///< of what `select` and `place` return
};

/// Describes an object type. With a `tag`, the value of that key selects the additional keys.
struct Table {
  std::string title;
  std::string doc;
  std::vector<TableField> fields;
  std::string tag;
  std::string tag_doc;
  std::vector<TableChoice> choices;
  /// Checks what involves several keys. Runs even if other faults were found, so it must expect
  /// values of any kind.
  std::function<void(const Value&, Reader&)> check;
  /// Adds to the object's schema what `check` checks, as far as a schema can express it.
  std::function<void(Value& schema)> refine_schema;
  /// Keys of version 0.1 for run state, which is not part of a scene any more. They are refused
  /// with that reason.
  std::vector<std::string> run_state_keys;
};

/// A TableField of an object of type T.
template <class T>
struct Field {
  TableField form;
};

/// A TableChoice of an object of type T.
template <class T>
struct Choice {
  TableChoice form;
};

/// A Table of objects of type T.
template <class T>
struct ObjectTable {
  std::string title{};
  std::string doc{};
  std::vector<Field<T>> fields{};
  std::string tag{};
  std::string tag_doc{};
  std::vector<Choice<T>> choices{};
  std::function<void(const Value&, Reader&)> check{};
  std::function<void(Value& schema)> refine_schema{};
  std::vector<std::string> run_state_keys{};
};

namespace internal {

template <class T>
class TypedMember final : public MemberCodec {
 public:
  explicit TypedMember(Codec<T> codec) : codec_(std::move(codec)) {}
  void read(const Value& value, Reader& reader, void* member) const override {
    if (auto read = codec_.read(value, reader)) *static_cast<T*>(member) = *std::move(read);
  }
  std::optional<Value> write(const void* member) const override {
    return codec_.write(*static_cast<const T*>(member));
  }
  bool equal(const void* a, const void* b) const override {
    return *static_cast<const T*>(a) == *static_cast<const T*>(b);
  }
  Value schema(SchemaBuilder& builder) const override { return codec_.schema(builder); }

 private:
  Codec<T> codec_;
};

template <class T>
class OptionalMember final : public MemberCodec {
 public:
  explicit OptionalMember(Codec<T> codec) : codec_(std::move(codec)) {}
  void read(const Value& value, Reader& reader, void* member) const override {
    if (auto read = codec_.read(value, reader)) {
      *static_cast<std::optional<T>*>(member) = *std::move(read);
    }
  }
  std::optional<Value> write(const void* member) const override {
    const auto& typed = *static_cast<const std::optional<T>*>(member);
    return typed ? std::optional(codec_.write(*typed)) : std::nullopt;
  }
  bool equal(const void*, const void*) const override { return false; }
  Value schema(SchemaBuilder& builder) const override { return codec_.schema(builder); }

 private:
  Codec<T> codec_;
};

/// A default-constructed object.
template <class T>
const T& default_object() {
  static const T object{};
  return object;
}

template <class T, class Member>
ptrdiff_t offset_of(Member T::*member) {
  const T& object = default_object<T>();
  return reinterpret_cast<const std::byte*>(&(object.*member)) -
         reinterpret_cast<const std::byte*>(&object);
}

TableField field_of(FieldDoc doc, ptrdiff_t offset, std::shared_ptr<const MemberCodec> codec,
                    const void* fallback, Shape shape);

}  // namespace internal

template <class T, class Member>
/// A field that every document must have.
Field<T> required(std::string key, Member T::*member, Codec<Member> codec, std::string doc) {
  FieldDoc field_doc{std::move(key), codec.kind, {}, true, std::move(doc)};
  Shape shape = codec.shape;
  return {internal::field_of(std::move(field_doc), internal::offset_of(member),
                             std::make_shared<internal::TypedMember<Member>>(std::move(codec)),
                             nullptr, std::move(shape))};
}

/// A field with the default that a T{} has.
template <class T, class Member>
Field<T> optional(std::string key, Member T::*member, Codec<Member> codec, std::string doc) {
  FieldDoc field_doc{std::move(key), codec.kind, {}, false, std::move(doc)};
  Shape shape = codec.shape;
  return {internal::field_of(std::move(field_doc), internal::offset_of(member),
                             std::make_shared<internal::TypedMember<Member>>(std::move(codec)),
                             &(internal::default_object<T>().*member), std::move(shape))};
}

/// A field without a default; the member is nullopt if the key is missing.
template <class T, class Member>
Field<T> optional(std::string key, std::optional<Member> T::*member, Codec<Member> codec,
                  std::string doc) {
  FieldDoc field_doc{std::move(key), codec.kind, {}, false, std::move(doc)};
  Shape shape = codec.shape;
  return {internal::field_of(std::move(field_doc), internal::offset_of(member),
                             std::make_shared<internal::OptionalMember<Member>>(std::move(codec)),
                             nullptr, std::move(shape))};
}

/// The codec of a field that does not correspond to one member: it reads and writes the whole
/// object.
template <class T>
class WholeCodec final : public MemberCodec {
 public:
  using Read = std::function<void(const Value&, Reader&, T&)>;
  using Write = std::function<std::optional<Value>(const T&)>;
  WholeCodec(Read read, Write write, std::function<Value(SchemaBuilder&)> schema)
      : read_(std::move(read)), write_(std::move(write)), schema_(std::move(schema)) {}
  void read(const Value& value, Reader& reader, void* object) const override {
    read_(value, reader, *static_cast<T*>(object));
  }
  std::optional<Value> write(const void* object) const override {
    return write_(*static_cast<const T*>(object));
  }
  bool equal(const void*, const void*) const override { return false; }
  Value schema(SchemaBuilder& builder) const override { return schema_(builder); }

 private:
  Read read_;
  Write write_;
  std::function<Value(SchemaBuilder&)> schema_;
};
template <class T>
/// A field that is read into and written from the whole object. `shape`: of its value.
Field<T> field_of_whole(const FieldDoc& doc, typename WholeCodec<T>::Read read,
                        typename WholeCodec<T>::Write write,
                        std::function<Value(SchemaBuilder&)> schema, const Shape& shape = {}) {
  auto codec =
      std::make_shared<const WholeCodec<T>>(std::move(read), std::move(write), std::move(schema));
  return {internal::field_of(doc, 0, std::move(codec), nullptr, shape)};
}

/// The fields of a member of T, as fields of T itself.
template <class T, class Part>
std::vector<Field<T>> fields_of(Part T::*part, const std::vector<Field<Part>>& fields) {
  std::vector<Field<T>> whole;
  for (const Field<Part>& field : fields) {
    whole.push_back({field.form});
    whole.back().form.offset += internal::offset_of(part);
  }
  return whole;
}

/// The table without its type.
template <class T>
std::shared_ptr<const Table> erased(ObjectTable<T> typed) {
  Table table{
      std::move(typed.title), std::move(typed.doc),           {},
      std::move(typed.tag),   std::move(typed.tag_doc),       {},
      std::move(typed.check), std::move(typed.refine_schema), std::move(typed.run_state_keys)};
  for (auto& field : typed.fields) table.fields.push_back(std::move(field.form));
  for (auto& choice : typed.choices) table.choices.push_back(std::move(choice.form));
  return std::make_shared<const Table>(std::move(table));
}

/// The choice for one alternative of the variant that `variant_of` returns.
template <class Alternative, class T, class Variant>
Choice<T> alternative(std::string name, Variant& (*variant_of)(T&),
                      ObjectTable<Alternative> table) {
  return {{std::move(name),
           [=](void* object) -> void* {
             return &variant_of(*static_cast<T*>(object)).template emplace<Alternative>();
           },
           [=](const void* object) -> const void* {
             // It only finds the member and does not change it.
             T& mutable_object = const_cast<T&>(*static_cast<const T*>(object));
             return std::get_if<Alternative>(&variant_of(mutable_object));
           },
           erased(std::move(table))}};
}

namespace internal {

/// Reads `value` into the object; false when faults were reported.
bool read_object(const Table& table, const Value& value, Reader& reader, void* object);
void write_members(const Table& table, const void* object, Value& value);
Value object_schema(const Table& table, SchemaBuilder& builder);

}  // namespace internal

/// The codec of an object with this table.
template <class T>
Codec<T> object(ObjectTable<T> source_table) {
  const std::shared_ptr<const Table> table = erased(std::move(source_table));
  return {"a mapping (" + table->title + ")",
          [=](const Value& value, Reader& reader) -> std::optional<T> {
            T object{};
            if (!internal::read_object(*table, value, reader, &object)) return std::nullopt;
            return object;
          },
          [=](const T& typed) {
            Value value = Value::object();
            internal::write_members(*table, &typed, value);
            return value;
          },
          [=](SchemaBuilder& builder) { return internal::object_schema(*table, builder); },
          Shape{FileRole::kNone, false, table, nullptr, {}}};
}

}  // namespace layercast::scene
