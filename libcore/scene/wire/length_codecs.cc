#include "scene/wire/length_codecs.h"

#include "base/parse_number.h"
#include "scene/wire/value_codecs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

using base::PointF;

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes the first term of `text`: a number with its unit, up to a blank or the end.
std::optional<Length> take_term(std::string_view& text) {
  const std::string_view term = text.substr(0, text.find_first_of(kBlanks));
  text = trimmed(text.substr(term.size()));
  const auto number_before = [&](std::string_view unit) -> std::optional<double> {
    if (!term.ends_with(unit)) return std::nullopt;
    return base::parse_number<double>(term.substr(0, term.size() - unit.size()));
  };
  if (const auto percent = number_before("%")) return Length{0, *percent};
  if (const auto px = number_before("px")) return Length{*px};
  return std::nullopt;
}

// `50% - 20px`: as CSS demands, with blanks around the sign.
std::optional<Length> parse_sum(std::string_view text) {
  text = trimmed(text);
  auto sum = take_term(text);
  if (!sum || text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const double sign = text[0] == '+' ? 1 : -1;
  if (kBlanks.find(text[1]) == std::string_view::npos) return std::nullopt;
  text = trimmed(text.substr(1));
  const auto other = take_term(text);
  const bool has_both = other && (sum->percent != 0) != (other->percent != 0);
  if (!has_both || !text.empty()) return std::nullopt;
  return Length{sum->px + sign * other->px, sum->percent + sign * other->percent};
}

bool is_within(double number, limits::Range range) {
  return number >= range.min && number <= range.max;
}

// What parse_relative_length() reads, but that it allows the same unit twice.
std::string relative_pattern() {
  const std::string number = R"(-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?)";
  const std::string term = number + "(%|px)";
  return "^(" + number + R"(%|calc\([ \t]*)" + term + R"([ \t]+[-+][ \t]+)" + term +
         R"([ \t]*\))$)";
}

// The form of one side of a pair.
struct LengthForm {
  limits::Range px;
  limits::Range percent;
  std::string kind;  ///< of the pair
};

std::optional<Length> read_length(const LengthForm& form, const Value& value, Reader& reader) {
  if (value.is(Value::Kind::kNumber)) {
    const auto px = number(form.px).read(value, reader);
    return px ? std::optional(Length{*px}) : std::nullopt;
  }
  const auto length =
      value.is(Value::Kind::kString) ? parse_relative_length(value.text) : std::nullopt;
  if (!length) {
    reader.fault(value, given(value) + " is not a length", form.kind);
    return std::nullopt;
  }
  // "0%" is a length in px, which must be valid as one.
  const bool has_valid_px =
      length->is_relative() ? std::abs(length->px) <= form.px.max : is_within(length->px, form.px);
  if (is_within(length->percent, form.percent) && has_valid_px) return length;
  reader.fault(value, given(value) + " is out of range",
               "from " + number_text(form.percent.min) + "% to " + number_text(form.percent.max) +
                   "%, and " + number_text(form.px.min) + "px to " + number_text(form.px.max) +
                   "px");
  return std::nullopt;
}

Value written(const Length& length) {
  return length.is_relative() ? Value::of(relative_length_text(length)) : Value::of(length.px);
}

Value schema_of(const LengthForm& form, SchemaBuilder& builder) {
  Value side =
      either(number(form.px).schema(builder), Value::object()
                                                  .add("type", Value::of("string"))
                                                  .add("pattern", Value::of(relative_pattern())));
  return Value::object()
      .add("type", Value::of("array"))
      .add("items", std::move(side))
      .add("minItems", Value::of(2))
      .add("maxItems", Value::of(2));
}

// The codec of a pair of lengths, which are the members `first` and `second`.
template <class Pair>
Codec<Pair> length_pair(const LengthForm& form, Length Pair::*first, Length Pair::*second) {
  return {form.kind,
          [=](const Value& value, Reader& reader) -> std::optional<Pair> {
            if (!value.is(Value::Kind::kArray) || value.items.size() != 2) {
              reader.fault(
                  value,
                  value.is_scalar() ? "\"" + value.text + "\" is not a pair" : "this is not a pair",
                  form.kind);
              return std::nullopt;
            }
            Pair pair;
            bool is_read = true;
            for (size_t i = 0; i < 2; ++i) {
              const Reader::Step step(reader, i);
              const auto length = read_length(form, value.items[i], reader);
              is_read &= length.has_value();
              if (length) pair.*(i == 0 ? first : second) = *length;
            }
            return is_read ? std::optional(pair) : std::nullopt;
          },
          [=](const Pair& pair) {
            return Value::array({written(pair.*first), written(pair.*second)});
          },
          [=](SchemaBuilder& builder) { return schema_of(form, builder); }};
}

struct NamedAnchor {
  std::string_view name;
  PointF point;
};
constexpr std::array kAnchors = {
    NamedAnchor{"center", {0.5, 0.5}},   NamedAnchor{"top-left", {0, 0}},
    NamedAnchor{"top", {0.5, 0}},        NamedAnchor{"top-right", {1, 0}},
    NamedAnchor{"left", {0, 0.5}},       NamedAnchor{"right", {1, 0.5}},
    NamedAnchor{"bottom-left", {0, 1}},  NamedAnchor{"bottom", {0.5, 1}},
    NamedAnchor{"bottom-right", {1, 1}},
};

}  // namespace

std::optional<Length> parse_relative_length(std::string_view text) {
  constexpr std::string_view kCalc = "calc(";
  if (text.starts_with(kCalc) && text.ends_with(')')) {
    text.remove_prefix(kCalc.size());
    text.remove_suffix(1);
    return parse_sum(text);
  }
  if (text.find_first_of(kBlanks) != std::string_view::npos) return std::nullopt;
  const auto length = take_term(text);
  const bool is_percentage = length && length->px == 0;
  return is_percentage ? length : std::nullopt;
}

std::string relative_length_text(const Length& length) {
  std::string percent = number_text(length.percent) + "%";
  if (length.px == 0) return percent;
  return "calc(" + percent + (length.px < 0 ? " - " : " + ") + number_text(std::abs(length.px)) +
         "px)";
}

Codec<LengthPoint> length_point() {
  return length_pair<LengthPoint>({limits::kPosition, limits::kPercent,
                                   "[x, y], each in px, as \"50%\" or as \"calc(50% - 20px)\""},
                                  &LengthPoint::x, &LengthPoint::y);
}

Codec<LengthSize> length_size() {
  return length_pair<LengthSize>(
      {limits::kLayerSide, limits::kPercentOfSide,
       "[width, height], each in px, as \"50%\" or as \"calc(50% - 20px)\""},
      &LengthSize::width, &LengthSize::height);
}

Codec<PointF> anchor() {
  const auto numbers = point(limits::kAnchor, "of the box");
  std::vector<std::string_view> names;
  for (const NamedAnchor& each : kAnchors) names.push_back(each.name);
  const std::string kind = "[x, y] of the box, or " + joined_names(names);
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<PointF> {
            if (!value.is(Value::Kind::kString)) return numbers.read(value, reader);
            const auto named = std::ranges::find(kAnchors, value.text, &NamedAnchor::name);
            if (named != kAnchors.end()) return named->point;
            reader.fault(value, given(value) + " is not understood",
                         kind + suggestion(value.text, names));
            return std::nullopt;
          },
          numbers.write,
          [=](SchemaBuilder& builder) {
            Value all = Value::array();
            for (const std::string_view name : names) all.items.push_back(Value::of(name));
            return either(numbers.schema(builder), Value::object().add("enum", std::move(all)));
          }};
}

}  // namespace layercast::scene
