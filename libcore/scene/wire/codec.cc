#include "scene/wire/codec.h"

#include "base/shortened.h"

#include <cmath>
#include <cstdint>

namespace layercast::scene {
namespace {

std::string range_text(limits::Range range) {
  return "from " + number_text(range.min) + " to " + number_text(range.max);
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > static_cast<size_t>(limits::kNameLengthMax)) return false;
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return plain(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return plain(c) || c == '-'; });
}

// Longer keys are cut in the path of a fault.
constexpr size_t kKeyBytesMax = 256;

// The largest length up to `most` that does not cut a character in two.
size_t cut_at(std::string_view text, size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<uint8_t>(text[most]) & 0xc0) == 0x80) --most;
  return most;
}

// What is wrong, with the foreign text in it cut to about base::kShownBytesMax.
constexpr size_t kProblemBytesMax = 300;

// A printable form of text from a faulty file, which may contain line breaks, escape sequences or a
// megabyte.
std::string printable(std::string_view whole) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string text = base::shortened(whole, kProblemBytesMax);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const bool is_c1 =
        byte == 0xc2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xa0;
    if (byte == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f || is_c1) {
      const uint8_t code = is_c1 ? static_cast<uint8_t>(text[++i]) : byte;
      out += "\\x";
      out += kDigits[code >> 4];
      out += kDigits[code & 15];
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string Fault::to_string() const {
  std::string line;
  if (mark.line > 0) {
    line += std::to_string(mark.line) + ":" + std::to_string(mark.column) + ": ";
  }
  if (!path.empty()) line += printable(path) + ": ";
  line += printable(problem);
  if (!expected.empty()) line += ", expected " + expected;
  return line;
}

void Reader::fault(Mark mark, std::string_view problem, std::string expected) {
  if (faults_.size() < kFaultsKept) {
    faults_.push_back(
        {mark, path_, base::shortened(problem, kProblemBytesMax), std::move(expected), pointer_});
  } else {
    faults_.push_back({mark, {}, "another fault", {}, {}});
  }
}

void Reader::warn(const Value& value, std::string_view problem, std::string expected) {
  if (warnings_.size() >= kFaultsKept) return;
  warnings_.push_back({value.mark, path_, base::shortened(problem, kProblemBytesMax),
                       std::move(expected), pointer_});
}

Reader::Step::Step(Reader& reader, std::string_view key)
    : reader_(reader), length_(reader.path_.size()), pointer_length_(reader.pointer_.size()) {
  key = key.substr(0, cut_at(key, kKeyBytesMax));
  if (!reader_.path_.empty()) reader_.path_ += '.';
  reader_.path_ += key;
  reader_.pointer_ += '/';
  for (const char c : key) {
    if (c == '~' || c == '/') {
      reader_.pointer_ += c == '~' ? "~0" : "~1";
    } else {
      reader_.pointer_ += c;
    }
  }
}

Reader::Step::Step(Reader& reader, size_t index)
    : reader_(reader), length_(reader.path_.size()), pointer_length_(reader.pointer_.size()) {
  const std::string number = std::to_string(index);
  reader_.path_ += "[" + number + "]";
  reader_.pointer_ += "/" + number;
}

Reader::Step::~Step() {
  reader_.path_.resize(length_);
  reader_.pointer_.resize(pointer_length_);
}

Codec<double> number(limits::Range range, Integral integral) {
  const bool whole = integral == Integral::kYes;
  const std::string kind = (whole ? "a whole number " : "a number ") + range_text(range);
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<double> {
            if (!value.is(Value::Kind::kNumber)) {
              reader.fault(value, got(value), kind);
              return std::nullopt;
            }
            const double given = value.number;
            if (!std::isfinite(given)) {
              reader.fault(value, value.text + " is not a finite number", kind);
            } else if (whole && given != std::floor(given)) {
              reader.fault(value, value.text + " is not whole", kind);
            } else if (given < range.min) {
              reader.fault(value, value.text + " is below " + number_text(range.min), kind);
            } else if (given > range.max) {
              reader.fault(value, value.text + " is above " + number_text(range.max), kind);
            } else {
              return given;
            }
            return std::nullopt;
          },
          [](const double& typed) { return Value::of(typed); },
          [=](SchemaBuilder&) {
            return Value::object()
                .add("type", Value::of(whole ? "integer" : "number"))
                .add("minimum", Value::of(range.min))
                .add("maximum", Value::of(range.max));
          }};
}

Codec<int> integer(limits::Range range) {
  const Codec<double> codec = number(range, Integral::kYes);
  return {codec.kind,
          [=](const Value& value, Reader& reader) -> std::optional<int> {
            const auto read = codec.read(value, reader);
            return read ? std::optional<int>(static_cast<int>(*read)) : std::nullopt;
          },
          [](const int& typed) { return Value::of(typed); }, codec.schema};
}

Codec<bool> boolean() {
  return {"true or false",
          [](const Value& value, Reader& reader) -> std::optional<bool> {
            if (value.is(Value::Kind::kBoolean)) return value.boolean;
            const std::string given =
                value.is(Value::Kind::kString) ? "\"" + value.text + "\" is a string" : got(value);
            reader.fault(value, given, "true or false");
            return std::nullopt;
          },
          [](const bool& typed) { return Value::of(typed); },
          [](SchemaBuilder&) { return Value::object().add("type", Value::of("boolean")); }};
}

Codec<std::string> string(int min, int max, const std::string& kind, FileRole role) {
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<std::string> {
            if (!value.is(Value::Kind::kString)) {
              reader.fault(value, got(value), kind);
              return std::nullopt;
            }
            const auto bytes = static_cast<int64_t>(value.text.size());
            if (bytes < min || bytes > max) {
              reader.fault(
                  value, bytes < min ? "it is empty" : "it is too long",
                  kind + " of " + std::to_string(min) + " to " + std::to_string(max) + " bytes");
              return std::nullopt;
            }
            return value.text;
          },
          [](const std::string& typed) { return Value::of(typed); },
          [=](SchemaBuilder&) {
            return Value::object()
                .add("type", Value::of("string"))
                .add("minLength", Value::of(min))
                .add("maxLength", Value::of(max));
          },
          Shape{role, true, nullptr, nullptr, {}}};
}

Codec<std::string> text(int max) {
  return {"a text",
          [=](const Value& value, Reader& reader) -> std::optional<std::string> {
            if (!value.is_scalar()) {
              reader.fault(value, got(value), "a text");
              return std::nullopt;
            }
            if (value.text.size() > static_cast<size_t>(max)) {
              reader.fault(value, "it is too long",
                           "a text of at most " + std::to_string(max) + " bytes");
              return std::nullopt;
            }
            return value.is(Value::Kind::kNull) ? std::string{} : value.text;
          },
          [](const std::string& typed) { return Value::of(typed); },
          [=](SchemaBuilder&) {
            return Value::object()
                .add("type", Value::array({Value::of("string"), Value::of("number"),
                                           Value::of("boolean"), Value::of("null")}))
                .add("maxLength", Value::of(max));
          },
          Shape{FileRole::kNone, true, nullptr, nullptr, {}}};
}

Codec<std::string> name() {
  const std::string kind = "a name of a-z, 0-9 and -, at most " +
                           std::to_string(limits::kNameLengthMax) + " long, not starting with -";
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<std::string> {
            if (value.is(Value::Kind::kString) && is_name(value.text)) return value.text;
            const std::string given =
                value.is(Value::Kind::kString) ? "\"" + value.text + "\" is not a name"
                : value.is_scalar()            ? value.text + " is not a string (quote it)"
                                               : got(value);
            reader.fault(value, given, kind);
            return std::nullopt;
          },
          [](const std::string& typed) { return Value::of(typed); },
          [](SchemaBuilder&) {
            return Value::object()
                .add("type", Value::of("string"))
                .add("pattern", Value::of("^[a-z0-9][a-z0-9-]{0," +
                                          std::to_string(limits::kNameLengthMax - 1) + "}$"));
          }};
}

Codec<std::vector<std::pair<std::string, std::string>>> text_map(int entries_max) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const std::string kind =
      "a mapping of at most " + std::to_string(entries_max) + " names to texts";
  const Codec<std::string> entry = text(limits::kTextLengthMax);
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<Pairs> {
            if (!value.is(Value::Kind::kObject) ||
                value.members.size() > static_cast<size_t>(entries_max)) {
              reader.fault(value,
                           value.is(Value::Kind::kObject)
                               ? "it has " + std::to_string(value.members.size()) + " entries"
                               : got(value),
                           kind);
              return std::nullopt;
            }
            Pairs pairs;
            for (const auto& member : value.members) {
              const Reader::Step step(reader, member.key);
              if (auto read = entry.read(member.value, reader)) {
                pairs.emplace_back(member.key, *std::move(read));
              }
            }
            return pairs;
          },
          [](const Pairs& typed) {
            Value value = Value::object();
            for (const auto& [key, content] : typed) value.add(key, Value::of(content));
            return value;
          },
          [=](SchemaBuilder& builder) {
            return Value::object()
                .add("type", Value::of("object"))
                .add("maxProperties", Value::of(entries_max))
                .add("additionalProperties", entry.schema(builder));
          },
          shape_of_elements(entry.shape)};
}

std::string joined_names(std::span<const std::string_view> names) {
  std::string joined;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) joined += i + 1 == names.size() ? " or " : ", ";
    joined += names[i];
  }
  return joined;
}

std::string suggestion(std::string_view wrong, std::span<const std::string_view> known) {
  const auto nearest = base::nearest_name(wrong, known);
  return nearest ? "; did you mean \"" + std::string(*nearest) + "\"?" : "";
}

std::string got(const Value& value) { return "got " + std::string(name_of(value.kind)); }

std::string_view name_of(FileRole role) {
  switch (role) {
    case FileRole::kNone:
      break;
    case FileRole::kAsset:
      return "asset";
    case FileRole::kPicture:
      return "picture";
    case FileRole::kSource:
      return "source";
    case FileRole::kOutput:
      return "output";
  }
  return "";
}

Shape shape_of_elements(Shape element) {
  return {FileRole::kNone, false, nullptr, std::make_shared<const Shape>(std::move(element)), {}};
}

namespace internal {

bool is_readable_text(const WrittenForm& form, const Value& value, Reader& reader,
                      const std::string& kind) {
  if (value.is(Value::Kind::kString)) return true;
  if (form.numbers_too && value.is(Value::Kind::kNumber)) return true;
  reader.fault(value, got(value), kind);
  return false;
}

void fault_unreadable_text(const WrittenForm& form, const Value& value, Reader& reader,
                           const std::string& kind) {
  reader.fault(value, "\"" + value.text + "\" is not understood",
               kind + suggestion(value.text, form.names));
}

Value schema_of(const WrittenForm& form) {
  Value schema = Value::object();
  if (form.numbers_too) {
    schema.add("type", Value::array({Value::of("string"), Value::of("number")}));
    schema.add("minimum", Value::of(0));
  } else {
    schema.add("type", Value::of("string"));
  }
  if (!form.pattern.empty()) schema.add("pattern", Value::of(form.pattern));
  return schema;
}

std::optional<size_t> place_of_name(const std::vector<std::string_view>& names, const Value& value,
                                    Reader& reader, const std::string& kind) {
  const auto found = std::ranges::find(names, value.text);
  if (value.is(Value::Kind::kString) && found != names.end()) {
    return static_cast<size_t>(found - names.begin());
  }
  reader.fault(value, value.is_scalar() ? "\"" + value.text + "\" is not known" : got(value),
               kind + suggestion(value.text, names));
  return std::nullopt;
}

Value schema_of_names(const std::vector<std::string_view>& names) {
  Value choices = Value::array();
  for (const auto& each : names) choices.items.push_back(Value::of(each));
  return Value::object().add("enum", std::move(choices));
}

ListForm list_form(int min, int max, const std::string& what) {
  const std::string count = min > 0 ? std::to_string(min) + " to " + std::to_string(max)
                                    : "at most " + std::to_string(max);
  return {min, max, "a list of " + count + " " + what};
}

bool is_readable_list(const ListForm& form, const Value& value, Reader& reader) {
  if (!value.is(Value::Kind::kArray)) {
    reader.fault(value, got(value), form.kind);
    return false;
  }
  const auto count = static_cast<int64_t>(value.items.size());
  if (count >= form.min && count <= form.max) return true;
  reader.fault(value, "the list has " + std::to_string(count), form.kind);
  return false;
}

Value schema_of_list(const ListForm& form, Value items) {
  return Value::object()
      .add("type", Value::of("array"))
      .add("items", std::move(items))
      .add("minItems", Value::of(form.min))
      .add("maxItems", Value::of(form.max));
}

Value defined_schema(SchemaBuilder& builder, const std::string& name,
                     const std::function<Value(SchemaBuilder&)>& schema) {
  if (builder.definitions.find(name) == nullptr) {
    builder.definitions.add(name, Value::null());  // ends recursion
    builder.definitions.set(name, schema(builder));
  }
  return Value::object().add("$ref", Value::of("#/$defs/" + name));
}

}  // namespace internal
}  // namespace layercast::scene
