#include "scene/wire/yaml_codec.h"

#include "base/parse_number.h"
#include "base/utf8.h"
#include "scene/wire/yaml_hints.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace layercast::scene {
namespace {

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, text) != names.end();
}

// YAML 1.2.2, section 10.3.2: the core schema's integers and floats.
std::optional<double> core_number(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (is_any_of(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (is_any_of(digits, {".inf", ".Inf", ".INF"})) return negative ? -kInfinity : kInfinity;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    const auto whole = base::parse_number<uint64_t>(text.substr(2), text[1] == 'x' ? 16 : 8);
    if (!whole) return std::nullopt;
    return static_cast<double>(*whole);
  }
  const bool decimal_start =
      !digits.empty() && (std::isdigit(static_cast<unsigned char>(digits[0])) ||
                          (digits.size() > 1 && digits[0] == '.' &&
                           std::isdigit(static_cast<unsigned char>(digits[1]))));
  if (!decimal_start) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (end != digits.data() + digits.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too large, or too small: a wider type can tell.
    long double wide = kInfinity;
    static_cast<void>(std::from_chars(digits.data(), digits.data() + digits.size(), wide));
    number = static_cast<double>(wide);
  }
  return negative ? -number : number;
}

// yaml-cpp turns the escapes \N and \_ into one byte of Latin-1 each; this converts them to UTF-8.
std::string repaired(std::string_view text) {
  std::string out;
  while (const auto offset = base::invalid_utf8_offset(text)) {
    const char byte = text[*offset];
    out += text.substr(0, *offset);
    if (byte == '\x85' || byte == '\xa0') out += '\xc2';
    out += byte;
    text.remove_prefix(*offset + 1);
  }
  return out.append(text);
}

Value plain_scalar(const std::string& text) {
  if (is_any_of(text, {"", "~", "null", "Null", "NULL"})) return Value::null();
  const bool is_true = is_any_of(text, {"true", "True", "TRUE"});
  if (is_true || is_any_of(text, {"false", "False", "FALSE"})) {
    Value value = Value::of(is_true);
    value.text = text;
    return value;
  }
  if (const auto number = core_number(text)) {
    Value value;
    value.kind = Value::Kind::kNumber;
    value.number = *number;
    value.text = text;
    return value;
  }
  return Value::of(text);
}

int64_t node_count(const Value& value) {
  int64_t count = 1;
  for (const auto& item : value.items) count += node_count(item);
  for (const auto& member : value.members) count += node_count(member.value);
  return count;
}

int64_t byte_count(const Value& value) {
  auto count = static_cast<int64_t>(value.text.size());
  for (const auto& item : value.items) count += byte_count(item);
  for (const auto& member : value.members) {
    count += static_cast<int64_t>(member.key.size()) + byte_count(member.value);
  }
  return count;
}

Mark mark_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Thrown to leave yaml-cpp's parser after a fault that ends it.
struct Stop {};

// Builds the document from the parser's events. Unlike yaml-cpp's nodes, events have a mark for
// everything, cannot form cycles, and can be limited by a budget.
class Builder : public YAML::EventHandler {
 public:
  Builder(YamlDocument& document, const YamlLines& lines) : document_(document), lines_(lines) {}

  /// The place of the last scalar; line 0 when there is none.
  Mark last_scalar() const { return last_scalar_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Value value = Value::null();
    value.mark = mark_of(mark);
    if (!open_.empty() && value.mark.line > 0) {
      const Open& parent = open_.back();
      const Mark key = parent.key ? parent.key->mark : Mark{};
      value.mark = mark_of_missing_value(lines_, key, parent.value.mark.line, value.mark);
    }
    add(std::move(value), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto anchored = anchors_.find(anchor);
    if (anchored == anchors_.end()) {
      fault(mark_of(mark), "the alias is inside its own anchor", "a value without cycles");
      throw Stop{};
    }
    spend_copy(mark_of(mark), anchored->second);
    Value copy = anchored->second;
    copy.mark = mark_of(mark);
    place(std::move(copy));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& raw_text) override {
    const std::string text = repaired(raw_text);
    const bool is_plain = tag == "?" || tag.empty();
    Value value = is_plain ? plain_scalar(text) : Value::of(text);
    value.mark = mark_of(mark);
    last_scalar_ = value.mark;
    if (base::invalid_utf8_offset(text)) {
      fault(value.mark, "the text holds a NUL character", "text without one");
    }
    if (!is_plain && tag != "!" && tag != "tag:yaml.org,2002:str") fault_tag(value.mark, tag);
    add(std::move(value), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Value::array(), mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Value::object(), mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Value value;
    YAML::anchor_t anchor;
    bool is_placeholder = false;                   ///< whether it is an unquoted `{{…}}`
    std::optional<Value> key{};                    ///< of an object: the key whose value comes next
    std::unordered_map<std::string, int> lines{};  ///< of an object: where each key was given
  };

  void fault(Mark mark, std::string problem, std::string expected) {
    document_.faults.push_back({mark, {}, std::move(problem), std::move(expected)});
  }
  void fault_tag(Mark mark, const std::string& tag) {
    const bool is_text = lines_.at(mark) == '!' && !tag.starts_with("tag:");
    fault(mark, "the tag " + tag + " is not supported",
          is_text ? "a value without a tag, or text that begins with \"!\" in quotes"
                  : "a value without a tag");
  }

  void spend(Mark mark, int64_t nodes) {
    nodes_ += nodes;
    if (nodes_ <= limits::kSceneNodesMax) return;
    fault(mark, "the file holds too many values, aliases expanded",
          "at most " + std::to_string(limits::kSceneNodesMax));
    throw Stop{};
  }

  void spend_copy(Mark mark, const Value& value) {
    spend(mark, node_count(value));
    copied_bytes_ += byte_count(value);
    if (copied_bytes_ <= limits::kSceneBytesMax) return;
    fault(mark, "the file holds too much text, aliases expanded",
          "at most " + std::to_string(limits::kSceneBytesMax) + " bytes");
    throw Stop{};
  }

  void open(Value value, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    value.mark = mark_of(mark);
    spend(value.mark, 1);
    if (tag != "?" && tag != "!" && !tag.empty()) fault_tag(value.mark, tag);
    if (open_.size() >= static_cast<size_t>(limits::kSceneDepthMax)) {
      fault(value.mark, "the file is nested too deep",
            "at most " + std::to_string(limits::kSceneDepthMax) + " levels");
      throw Stop{};
    }
    const bool is_placeholder = lines_.rest(value.mark).starts_with("{{");
    if (is_placeholder) {
      const std::string_view text = lines_.rest(value.mark);
      fault(value.mark, "\"{{\" begins a mapping in YAML, not a placeholder",
            "the text in quotes: \"" + std::string(text.substr(0, text.find("}}"))) + "}}\"");
    }
    open_.push_back({std::move(value), anchor, is_placeholder});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    // As a text, it causes no further faults.
    if (done.is_placeholder) done.value = text_at(done.value.mark);
    if (done.anchor != 0) {
      spend_copy(done.value.mark, done.value);  // it is kept for its aliases
      anchors_[done.anchor] = done.value;
    }
    place(std::move(done.value));
  }

  Value text_at(Mark mark) const {
    Value value = Value::of(lines_.rest(mark));
    value.mark = mark;
    return value;
  }

  void add(Value value, YAML::anchor_t anchor) {
    spend(value.mark, 1);
    if (anchor != 0) anchors_[anchor] = value;
    place(std::move(value));
  }

  void place(Value value) {
    if (open_.empty()) {
      document_.value = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.is(Value::Kind::kArray)) {
      parent.value.items.push_back(std::move(value));
    } else if (!parent.key) {
      if (!parent.is_placeholder && (!value.is_scalar() || value.is(Value::Kind::kNull))) {
        fault(value.mark, "the key is " + std::string(name_of(value.kind)), "a string");
      }
      parent.key = std::move(value);
    } else {
      place_member(parent, std::move(value));
    }
  }

  void place_member(Open& parent, Value value) {
    const Value key = *std::exchange(parent.key, std::nullopt);
    const auto [first, is_new] = parent.lines.try_emplace(key.text, key.mark.line);
    if (!is_new) {
      fault(key.mark,
            "the key \"" + key.text + "\" is given twice, first on line " +
                std::to_string(first->second),
            "each key once");
      return;
    }
    parent.value.members.push_back({key.text, key.mark, std::move(value)});
  }

  YamlDocument& document_;
  const YamlLines& lines_;
  Mark last_scalar_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Value> anchors_;
  int64_t nodes_ = 0;
  int64_t copied_bytes_ = 0;
};

SyntaxErrorKind kind_of(std::string_view message) {
  using namespace YAML::ErrorMsg;  // NOLINT(google-build-using-namespace)
  if (is_any_of(message, {END_OF_MAP, END_OF_SEQ, END_OF_MAP_FLOW, END_OF_SEQ_FLOW})) {
    return SyntaxErrorKind::kEndsEarly;
  }
  if (message == MAP_VALUE) return SyntaxErrorKind::kMisplacedKey;
  if (message == BLOCK_ENTRY) return SyntaxErrorKind::kMisplacedItem;
  if (message == UNKNOWN_TOKEN) return SyntaxErrorKind::kUnknownToken;
  if (message == UNKNOWN_ANCHOR) return SyntaxErrorKind::kUnknownAnchor;
  return SyntaxErrorKind::kOther;
}

// Whether an earlier fault on the line of `mark` explains a syntax error there.
bool is_explained(const YamlDocument& document, Mark mark) {
  return !document.faults.empty() && document.faults.back().mark.line == mark.line;
}

void parse_documents(std::istringstream& stream, Builder& builder, const YamlLines& lines,
                     YamlDocument& document) {
  YAML::Parser parser(stream);
  parser.HandleNextDocument(builder);
  YamlDocument second;
  Builder second_builder(second, lines);
  if (parser.HandleNextDocument(second_builder)) {
    document.faults.push_back(
        {second.value.mark, {}, "the file has a second YAML document", "one document in a file"});
  }
}

void parse(std::string_view text, YamlDocument& document) {
  std::istringstream stream{std::string(text)};
  const YamlLines lines(text);
  Builder builder(document, lines);
  try {
    parse_documents(stream, builder, lines, document);
    // The parser accepts a quoted text that ends with the file.
    if (auto fault = unclosed_quote_fault(lines, builder.last_scalar())) {
      document.faults.push_back(*std::move(fault));
    }
  } catch (const Stop&) {
    // The list already has the fault that stopped the parser.
  } catch (const YAML::Exception& error) {
    const Mark mark = error.mark.is_null() ? Mark{1, 1} : mark_of(error.mark);
    if (auto fault = unclosed_quote_fault(lines, builder.last_scalar())) {
      document.faults.push_back(*std::move(fault));
    } else if (!is_explained(document, mark)) {
      const SyntaxError syntax{kind_of(error.msg), mark, error.msg};
      document.faults.push_back(explained_syntax_fault(lines, syntax));
    }
  }
}

/// --- writing ---

bool needs_quotes(const std::string& text) {
  if (text.empty() || !plain_scalar(text).is(Value::Kind::kString)) return true;
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || is_any_of({&c, 1}, {"_", "-", ".", "/"});
  };
  return text.front() == '-' || text.front() == '.' || !std::ranges::all_of(text, plain);
}

// YAML 1.2.2, section 5.7: a double-quoted scalar, with JSON's escapes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  const auto add_hex = [&out](unsigned char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0xff);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      add_hex(byte);
    } else if (byte == 0xc2 && next < 0xa0) {  // C1: NEL is a line break, and terminals obey others
      add_hex(next);
      ++i;
    } else {
      out += c;
    }
  }
  // Readers would fold the line and paragraph separators as line breaks.
  for (const auto& [raw, escape] :
       {std::pair{"\xe2\x80\xa8", "\\L"}, {"\xe2\x80\xa9", "\\P"}, {"\xef\xbb\xbf", "\\uFEFF"}}) {
    for (size_t at = out.find(raw); at != std::string::npos; at = out.find(raw, at)) {
      out.replace(at, std::string_view(raw).size(), escape);
    }
  }
  return out + "\"";
}

std::string scalar_text(const Value& value) {
  if (value.is(Value::Kind::kNull)) return "null";
  if (value.is(Value::Kind::kString)) {
    return needs_quotes(value.text) ? quoted(value.text) : value.text;
  }
  if (value.is(Value::Kind::kBoolean)) return value.boolean ? "true" : "false";
  return number_text(value.number);
}

bool fits_one_line(const Value& value) {
  if (value.is(Value::Kind::kObject)) return value.members.empty();
  return value.is_scalar() ||
         (value.items.size() <= 4 &&
          std::ranges::all_of(value.items, [](const Value& item) { return item.is_scalar(); }));
}

std::string one_line(const Value& value) {
  if (value.is_scalar()) return scalar_text(value);
  if (value.is(Value::Kind::kObject)) return "{}";
  std::string joined;
  for (const auto& item : value.items) joined += (joined.empty() ? "" : ", ") + scalar_text(item);
  return "[" + joined + "]";
}

void write_block(const Value& value, size_t indent, bool after_dash, std::string& out);

void write_after_key(const Value& value, size_t indent, std::string& out) {
  if (fits_one_line(value)) {
    out += " " + one_line(value) + "\n";
    return;
  }
  out += "\n";
  write_block(value, indent + 2, false, out);
}

// Writes the lines of an object or a long list; `after_dash`: the first line continues the dash's.
void write_block(const Value& value, size_t indent, bool after_dash, std::string& out) {
  const std::string margin(indent, ' ');
  for (const auto& member : value.members) {
    if (!std::exchange(after_dash, false)) out += margin;
    const std::string key = scalar_text(Value::of(member.key));
    // YAML 1.2.2, section 7.4.2: a key without a question mark has at most 1024 characters.
    const bool is_long = key.size() > 1024;
    out.append(is_long ? "? " : "").append(key);
    if (is_long) out.append("\n").append(margin);
    out += ":";
    write_after_key(member.value, indent, out);
  }
  for (const auto& item : value.items) {
    if (!std::exchange(after_dash, false)) out += margin;
    out += "-";
    if (fits_one_line(item)) {
      out += " " + one_line(item) + "\n";
    } else {
      out += " ";
      write_block(item, indent + 2, true, out);
    }
  }
}

}  // namespace

YamlDocument read_yaml(std::string_view text) {
  YamlDocument document;
  if (text.size() > static_cast<size_t>(limits::kSceneBytesMax)) {
    document.faults.push_back({{1, 1},
                               {},
                               "the file has " + std::to_string(text.size()) + " bytes",
                               "at most " + std::to_string(limits::kSceneBytesMax)});
    return document;
  }
  if (const auto offset = base::invalid_utf8_offset(text)) {
    document.faults.push_back({mark_at(text, *offset), {}, "this is not UTF-8", "UTF-8 text"});
    return document;
  }
  parse(text, document);
  return document;
}

std::string write_yaml(const Value& value) {
  if (fits_one_line(value)) return one_line(value) + "\n";
  std::string out;
  write_block(value, 0, false, out);
  return out;
}

}  // namespace layercast::scene
