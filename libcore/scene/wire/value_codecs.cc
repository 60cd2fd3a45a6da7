#include "scene/wire/value_codecs.h"

#include "base/parse_number.h"
#include "base/redaction.h"
#include "scene/wire/gradient_text.h"

#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <set>
#include <utility>

namespace layercast::scene {
namespace {

using base::PointF;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A letter after a number, and the factor that it stands for.
struct Suffix {
  char letter;
  double factor;
};
std::optional<double> scaled_number(std::string_view text, std::initializer_list<Suffix> suffixes) {
  double factor = 1;
  for (const Suffix& suffix : suffixes) {
    if (factor == 1 && text.ends_with(suffix.letter)) factor = suffix.factor;
  }
  if (factor != 1) text.remove_suffix(1);
  const auto number = base::parse_number<double>(text);
  if (!number) return std::nullopt;
  return std::round(*number * factor);
}

std::optional<int64_t> within(std::optional<double> number, limits::Range range) {
  if (!number || !(*number >= range.min && *number <= range.max)) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<base::FrameRate> parse_limited_rate(std::string_view text) {
  const auto rate = base::parse_frame_rate(text);
  if (!rate || rate->denominator > limits::kFrameRateDenominatorMax ||
      rate->per_second() < limits::kFrameRate.min || rate->per_second() > limits::kFrameRate.max) {
    return std::nullopt;
  }
  return rate;
}

/// A list of exactly `count` numbers.
Codec<std::vector<double>> numbers(limits::Range range, int count, const std::string& what) {
  return list(number(range), count, count, what);
}

}  // namespace

std::string given(const Value& value) {
  return value.is_scalar() ? "\"" + value.text + "\"" : std::string(name_of(value.kind));
}

Codec<base::Color> color() {
  return defined_as("color",
                    written_as<base::Color>("a CSS colour such as \"#0b1020\", \"tomato\" or "
                                            "\"rgb(255 99 71 / 50%)\"",
                                            base::parse_color, base::color_text));
}

Codec<base::Duration> duration() {
  return defined_as(
      "duration", written_as<base::Duration>(
                      "a duration such as 500ms, 2s, 1m30s or a number of seconds",
                      base::parse_duration, base::duration_text,
                      {R"(^([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?$|^[0-9.]+$)", true, {}}));
}

Codec<base::Duration> duration_within(base::Duration min, base::Duration max) {
  const Codec<base::Duration> any = duration();
  const std::string kind =
      "a duration from " + base::duration_text(min) + " to " + base::duration_text(max);
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<base::Duration> {
            const auto read = any.read(value, reader);
            if (!read || (*read >= min && *read <= max)) return read;
            reader.fault(value, given(value) + " is too " + (*read < min ? "short" : "long"), kind);
            return std::nullopt;
          },
          any.write, any.schema};
}

Codec<Easing> easing() {
  return defined_as("easing",
                    written_as<Easing>("an easing such as ease-out, cubic-bezier(.2, 0, 0, 1) or "
                                       "steps(4)",
                                       parse_easing, easing_text,
                                       {{},
                                        false,
                                        {"linear", "ease", "ease-in", "ease-out", "ease-in-out",
                                         "step-start", "step-end"}}));
}

Codec<Gradient> gradient() {
  return defined_as(
      "gradient",
      written_as<Gradient>("a CSS gradient such as \"linear-gradient(90deg, #f80, #f08 60%)\"",
                           parse_gradient, gradient_text,
                           {"^(linear|radial)-gradient\\(.*\\)$", false, {}}));
}

Codec<Paint> paint() {
  return defined_as("paint", written_as<Paint>(
                                 "a CSS colour or gradient",
                                 [](std::string_view text) -> std::optional<Paint> {
                                   if (const auto solid = base::parse_color(text))
                                     return Paint{*solid};
                                   if (auto graded = parse_gradient(text))
                                     return Paint{*std::move(graded)};
                                   return std::nullopt;
                                 },
                                 [](const Paint& paint) {
                                   const auto* solid = std::get_if<base::Color>(&paint);
                                   return solid ? base::color_text(*solid)
                                                : gradient_text(std::get<Gradient>(paint));
                                 }));
}

Codec<base::FrameRate> frame_rate() {
  const std::string kind =
      "frames per second from 1 to 240, whole, or a string such as "
      "\"30000/1001\"";
  auto codec = written_as<base::FrameRate>(
      kind, parse_limited_rate, [](const base::FrameRate& rate) { return rate.to_string(); },
      {"^[0-9]+(/[0-9]+)?$", true, {}});
  codec.write = [](const base::FrameRate& rate) {
    return rate.denominator == 1 ? Value::of(rate.numerator) : Value::of(rate.to_string());
  };
  return codec;
}

Codec<int64_t> bitrate() {
  return written_as<int64_t>("bits per second such as 6M, 2500k or 6000000", parse_bitrate,
                             [](const int64_t& bits) {
                               if (bits % 1'000'000 == 0)
                                 return std::to_string(bits / 1'000'000) + "M";
                               if (bits % 1000 == 0) return std::to_string(bits / 1000) + "k";
                               return std::to_string(bits);
                             },
                             {"^[0-9.]+[kKM]?$", true, {}});
}

Codec<int64_t> file_size() {
  return written_as<int64_t>(
      "a size such as 500M, 2G or a number of bytes from 10k to 1000000G", parse_file_size,
      [](const int64_t& bytes) {
        constexpr std::array kSuffixes = {std::pair{int64_t{1'000'000'000}, "G"},
                                          std::pair{int64_t{1'000'000}, "M"},
                                          std::pair{int64_t{1000}, "k"}};
        for (const auto& [factor, suffix] : kSuffixes) {
          if (bytes % factor == 0) {
            return std::to_string(bytes / factor) + suffix;
          }
        }
        return std::to_string(bytes);
      },
      {"^[0-9.]+[kKMG]?$", true, {}});
}

Codec<PointF> point(limits::Range range, const std::string& what) {
  const auto pair = numbers(range, 2, "numbers");
  const std::string kind = "[x, y], " + what;
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<PointF> {
            if (!value.is(Value::Kind::kArray) || value.items.size() != 2) {
              reader.fault(
                  value,
                  value.is_scalar() ? "\"" + value.text + "\" is not a pair" : "this is not a pair",
                  kind);
              return std::nullopt;
            }
            const auto read = pair.read(value, reader);
            if (!read || read->size() != 2) return std::nullopt;
            return PointF{(*read)[0], (*read)[1]};
          },
          [=](const PointF& typed) {
            return pair.write({typed.x, typed.y});
          },
          pair.schema};
}

Value either(Value one, Value other) {
  return Value::object().add("oneOf", Value::array({std::move(one), std::move(other)}));
}

Value requires_key(std::string_view key) {
  return Value::object().add("required", Value::array({Value::of(key)}));
}

Codec<PointF> scale() {
  const auto both = number(limits::kScale);
  const auto each = point(limits::kScale, "factors");
  return {
      "a factor, or [x, y]",
      [=](const Value& value, Reader& reader) -> std::optional<PointF> {
        if (value.is(Value::Kind::kArray)) return each.read(value, reader);
        const auto read = both.read(value, reader);
        return read ? std::optional(PointF{*read, *read}) : std::nullopt;
      },
      [=](const PointF& typed) {
        return typed.x == typed.y ? both.write(typed.x) : each.write(typed);
      },
      [=](SchemaBuilder& builder) { return either(both.schema(builder), each.schema(builder)); }};
}

Codec<Insets> insets() {
  const auto one = number(limits::kLength);
  const auto several = list(number(limits::kLength), 2, 4, "numbers");
  const std::string kind = "px: a number, [vertical, horizontal] or [top, right, bottom, left]";
  return {
      kind,
      [=](const Value& value, Reader& reader) -> std::optional<Insets> {
        if (!value.is(Value::Kind::kArray)) {
          const auto read = one.read(value, reader);
          return read ? std::optional(Insets{*read, *read, *read, *read}) : std::nullopt;
        }
        const auto read = several.read(value, reader);
        if (!read || read->size() != value.items.size()) return std::nullopt;
        const auto& n = *read;
        if (n.size() == 2) return Insets{n[0], n[1], n[0], n[1]};
        if (n.size() == 4) return Insets{n[0], n[1], n[2], n[3]};
        reader.fault(value, "the list has 3", kind);
        return std::nullopt;
      },
      [=](const Insets& p) {
        if (p.top == p.bottom && p.left == p.right) {
          return p.top == p.left ? one.write(p.top) : several.write({p.top, p.left});
        }
        return several.write({p.top, p.right, p.bottom, p.left});
      },
      [=](SchemaBuilder& builder) { return either(one.schema(builder), several.schema(builder)); }};
}

Codec<double> iterations() {
  const auto count = number(limits::kIterations);
  return {
      "a number of times, or infinite",
      [=](const Value& value, Reader& reader) -> std::optional<double> {
        if (value.is(Value::Kind::kString) && value.text == "infinite") return kInfinity;
        if (value.is(Value::Kind::kNumber)) return count.read(value, reader);
        reader.fault(value, given(value) + " is not understood", "a number of times, or infinite");
        return std::nullopt;
      },
      [=](const double& typed) {
        return std::isinf(typed) ? Value::of("infinite") : count.write(typed);
      },
      [=](SchemaBuilder& builder) {
        return either(Value::object().add("const", Value::of("infinite")), count.schema(builder));
      }};
}

Codec<int> font_weight() {
  const auto weight = integer(limits::kFontWeight);
  const std::string kind = "a weight from 1 to 1000, normal or bold";
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<int> {
            if (value.is(Value::Kind::kString) && value.text == "normal") return 400;
            if (value.is(Value::Kind::kString) && value.text == "bold") return 700;
            if (value.is(Value::Kind::kNumber)) return weight.read(value, reader);
            reader.fault(value, given(value) + " is not a weight", kind);
            return std::nullopt;
          },
          weight.write,
          [=](SchemaBuilder& builder) {
            return either(weight.schema(builder),
                          Value::object().add(
                              "enum", Value::array({Value::of("normal"), Value::of("bold")})));
          }};
}

Codec<std::string> file_path(FileRole role) {
  auto codec = string(1, limits::kPathLengthMax, "a path, relative to the scene file", role);
  if (role != FileRole::kAsset) return codec;
  codec.read = [read = std::move(codec.read), kind = codec.kind](
                   const Value& value, Reader& reader) -> std::optional<std::string> {
    auto path = read(value, reader);
    if (!path || !base::is_url(*path)) return path;
    reader.fault(value, "\"" + base::redacted_url(*path) + "\" is a URL", kind);
    return std::nullopt;
  };
  return codec;
}

void check_unique_ids(const Value& value, std::string_view key, std::string_view kind,
                      Reader& reader) {
  const Value* list = value.find(key);
  if (list == nullptr) return;
  std::set<std::string_view> seen;
  const Reader::Step step(reader, key);
  for (size_t i = 0; i < list->items.size(); ++i) {
    const Value* id = list->items[i].find("id");
    if (id == nullptr || !id->is(Value::Kind::kString) || seen.insert(id->text).second) continue;
    const Reader::Step item(reader, i);
    const Reader::Step id_key(reader, "id");
    reader.fault(*id, "\"" + id->text + "\" is already the id of another " + std::string(kind),
                 "an id of its own");
  }
}

std::optional<int64_t> parse_bitrate(std::string_view text) {
  return within(scaled_number(text, {{'k', 1e3}, {'K', 1e3}, {'M', 1e6}}), limits::kBitrate);
}

std::optional<int64_t> parse_file_size(std::string_view text) {
  return within(scaled_number(text, {{'k', 1e3}, {'K', 1e3}, {'M', 1e6}, {'G', 1e9}}),
                limits::kFileSize);
}

}  // namespace layercast::scene
