#include "scene/wire/json_codec.h"

#include "base/ascii.h"
#include "base/shortened.h"
#include "base/utf8.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace layercast::scene {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Appends a byte that must be escaped in a string.
void append_escaped(std::string& out, char byte) {
  constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '\\';
  if (const size_t letter = kPlain.find(byte); letter != std::string_view::npos) {
    out += kLetters[letter];
  } else {
    const auto code = static_cast<uint8_t>(byte);
    out.append("u00").append({kDigits[code >> 4], kDigits[code & 15]});
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    const auto invalid = base::invalid_utf8_offset(text);
    for (const char byte : text.substr(0, invalid.value_or(text.size()))) {
      if (static_cast<uint8_t>(byte) < 0x20 || byte == '"' || byte == '\\') {
        append_escaped(out, byte);
      } else {
        out += byte;
      }
    }
    if (!invalid) break;
    // Invalid bytes become the replacement character; NUL is valid in JSON.
    if (text[*invalid] == '\0') {
      append_escaped(out, '\0');
    } else {
      out += kReplacement;
    }
    text.remove_prefix(*invalid + 1);
  }
  out += '"';
}

class JsonWriter {
 public:
  explicit JsonWriter(int indent) : indent_(indent) {}

  void write(const Value& value) {
    switch (value.kind) {
      case Value::Kind::kNull:
        out_ += "null";
        break;
      case Value::Kind::kBoolean:
        out_ += value.boolean ? "true" : "false";
        break;
      case Value::Kind::kNumber:
        // JSON has no infinity.
        out_ += std::isfinite(value.number) ? number_text(value.number) : "null";
        break;
      case Value::Kind::kString:
        append_string(out_, value.text);
        break;
      case Value::Kind::kArray:
        write_all('[', value.items, ']', [&](const Value& item) { write(item); });
        break;
      case Value::Kind::kObject:
        write_all('{', value.members, '}', [&](const Value::Member& member) {
          append_string(out_, member.key);
          out_ += indent_ > 0 ? ": " : ":";
          write(member.value);
        });
    }
  }

  std::string take() { return std::move(out_); }

 private:
  template <class Items, class WriteOne>
  void write_all(char open, const Items& items, char close, WriteOne write_one) {
    out_ += open;
    ++depth_;
    for (const auto& item : items) {
      if (&item != &items.front()) out_ += ',';
      start_line();
      write_one(item);
    }
    --depth_;
    if (!items.empty()) start_line();
    out_ += close;
  }

  void start_line() {
    if (indent_ <= 0) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(depth_) * static_cast<size_t>(indent_), ' ');
  }

  int indent_;
  int depth_ = 0;
  std::string out_;
};

// The value of a number with correct syntax; nullopt beyond the range of doubles.
std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, number).ec == std::errc{}) return number;
  // Too large, or too small: a wider type can tell.
  long double wide = 0;
  const bool fits = std::from_chars(text.data(), end, wide).ec == std::errc{};
  if (fits && std::abs(wide) < 1) return static_cast<double>(wide);
  const size_t exponent = text.find_first_of("eE");
  const bool is_tiny = exponent != std::string_view::npos && text[exponent + 1] == '-';
  return !fits && is_tiny ? std::optional(0.0) : std::nullopt;
}

void append_utf8(std::string& text, uint32_t code) {
  const auto byte = [&](uint32_t bits) { text += static_cast<char>(bits); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
  }
  byte(0x80 | (code & 0x3f));
}

// Thrown to leave the reader after a fault that ends it.
struct Stop {};

// A hand-written reader: libraries do not report positions, and accept duplicate keys.
class JsonReader {
 public:
  JsonReader(std::string_view text, JsonDocument& document) : text_(text), document_(document) {}

  void read() {
    try {
      document_.value = value(0);
      skip_blanks();
      if (at_ < text_.size()) fail("something follows the value", "the end of the text");
    } catch (const Stop&) {
      // The list already has the fault that stopped the reader.
    }
    if (faults_ <= limits::kFaultsMax) return;
    const int64_t more = faults_ - limits::kFaultsMax;
    document_.faults.push_back(
        {{}, {}, std::to_string(more) + (more == 1 ? " more fault" : " more faults"), {}});
  }

 private:
  Mark mark() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }

  // Counts all faults, and keeps the first ones.
  void fault(Mark mark, std::string problem, std::string expected) {
    if (++faults_ > limits::kFaultsMax) return;
    document_.faults.push_back({mark, {}, std::move(problem), std::move(expected)});
  }
  [[noreturn]] void fail(std::string problem, std::string expected) {
    fault(mark(), std::move(problem), std::move(expected));
    throw Stop{};
  }
  [[noreturn]] void fail_here(const std::string& expected) {
    if (at_ >= text_.size()) fail("the text ends too early", expected);
    const auto byte = static_cast<uint8_t>(text_[at_]);
    const bool is_plain = byte > 0x20 && byte < 0x7f;
    fail(is_plain ? "\"" + std::string(1, text_[at_]) + "\" is not JSON here"
                  : "this is not JSON here",
         expected);
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  Value value(int depth) {
    skip_blanks();
    const Mark start = mark();
    if (++nodes_ > limits::kSceneNodesMax) {
      fail("the text holds too many values", "at most " + std::to_string(limits::kSceneNodesMax));
    }
    Value value = any_value(depth);
    value.mark = start;
    return value;
  }

  Value any_value(int depth) {
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return Value::of(string());
      case 't':
        return word("true", Value::of(true));
      case 'f':
        return word("false", Value::of(false));
      case 'n':
        return word("null", Value::null());
      default:
        return number();
    }
  }

  Value word(std::string_view name, Value value) {
    if (!text_.substr(at_).starts_with(name)) fail_here("a value");
    at_ += name.size();
    return value;
  }

  Value number() {
    const size_t start = at_;
    const auto digits = [&] {
      if (!base::is_digit(peek())) fail_here(at_ == start ? "a value" : "a digit");
      while (base::is_digit(peek())) ++at_;
    };
    take('-');
    if (!take('0')) digits();
    if (take('.')) digits();
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      digits();
    }
    const std::string_view written = text_.substr(start, at_ - start);
    const auto number = number_of(written);
    if (!number) {
      at_ = start;
      fail("the number is too large", "one within the range of a double");
    }
    Value value;
    value.kind = Value::Kind::kNumber;
    value.number = *number;
    value.text = written;
    return value;
  }

  uint32_t hex4() {
    uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const bool is_small = c >= 'a' && c <= 'f';
      if (!base::is_digit(c) && !is_small && !(c >= 'A' && c <= 'F')) fail_here("four hex digits");
      code = code * 16 + static_cast<uint32_t>(base::is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return code;
  }

  void escaped(std::string& text) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const size_t letter = kLetters.find(peek());
    if (at_ < text_.size() && letter != std::string_view::npos) {
      ++at_;
      text += kMeanings[letter];
      return;
    }
    if (!take('u')) fail_here("an escape such as \\n or \\u00e9");
    uint32_t code = hex4();
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      const uint32_t low = hex4();
      if (low < 0xdc00 || low > 0xdfff) fail("half a surrogate pair", "both halves");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code >= 0xd800 && code <= 0xdfff) fail("half a surrogate pair", "both halves");
    if (code == 0) fail("the text holds a NUL character", "text without one");
    append_utf8(text, code);
  }

  std::string string() {
    const Mark start = mark();
    ++at_;
    std::string text;
    while (true) {
      const size_t plain = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<uint8_t>(text_[at_]) >= 0x20) {
        ++at_;
      }
      text += text_.substr(plain, at_ - plain);
      if (take('"')) return text;
      if (at_ >= text_.size()) {
        fault(start, "the string does not end", "a closing \"");
        throw Stop{};
      }
      if (!take('\\')) fail("a string contains a control character", "an escape such as \\n");
      escaped(text);
    }
  }

  void enter(int depth) {
    if (depth >= limits::kSceneDepthMax) {
      fail("the text is nested too deep",
           "at most " + std::to_string(limits::kSceneDepthMax) + " levels");
    }
    ++at_;
  }

  Value array(int depth) {
    enter(depth);
    Value array = Value::array();
    skip_blanks();
    if (take(']')) return array;
    while (true) {
      array.items.push_back(value(depth + 1));
      skip_blanks();
      if (take(']')) return array;
      if (!take(',')) fail_here("\",\" or \"]\"");
    }
  }

  Value object(int depth) {
    enter(depth);
    Value object = Value::object();
    // Ordered: a client could choose keys that all have one hash value.
    std::set<std::string, std::less<>> keys;
    skip_blanks();
    if (take('}')) return object;
    while (true) {
      skip_blanks();
      const Mark key_mark = mark();
      if (peek() != '"') fail_here("a key in \"\"");
      std::string key = string();
      skip_blanks();
      if (!take(':')) fail_here("\":\"");
      Value member = value(depth + 1);
      if (keys.insert(key).second) {
        object.members.push_back({std::move(key), key_mark, std::move(member)});
      } else {
        fault(key_mark, "the key \"" + base::shortened(key) + "\" is given twice", "each key once");
      }
      skip_blanks();
      if (take('}')) return object;
      if (!take(',')) fail_here("\",\" or \"}\"");
    }
  }

  std::string_view text_;
  JsonDocument& document_;
  size_t at_ = 0;
  int line_ = 1;
  size_t line_start_ = 0;
  int nodes_ = 0;
  int64_t faults_ = 0;
};

}  // namespace

JsonDocument read_json(std::string_view text) {
  JsonDocument document;
  if (text.size() > static_cast<size_t>(limits::kSceneBytesMax)) {
    document.faults.push_back({{},
                               {},
                               "the text has " + std::to_string(text.size()) + " bytes",
                               "at most " + std::to_string(limits::kSceneBytesMax)});
  } else if (const auto offset = base::invalid_utf8_offset(text)) {
    document.faults.push_back({mark_at(text, *offset), {}, "this is not UTF-8", "UTF-8 text"});
  } else {
    JsonReader(text, document).read();
  }
  if (!document.faults.empty()) document.value = Value::null();
  return document;
}

std::string write_json(const Value& value, int indent) {
  JsonWriter writer(indent);
  writer.write(value);
  return writer.take();
}

}  // namespace layercast::scene
