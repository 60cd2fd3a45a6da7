#include "content/image/heif_boxes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

namespace layercast::content {
namespace {

/// Reads big-endian numbers. Once a read fails, all later ones do.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }
  bool at_end() const { return !ok_ || rest_.empty(); }

  std::string_view take(size_t count) {
    if (count > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    for (const char byte : take(bytes)) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }
  int32_t i32() { return static_cast<int32_t>(u32()); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Box {
  std::string_view type;
  std::string_view body;
};

// Removes the first box; empty at the end, and when the rest is damaged.
std::optional<Box> take_box(Bytes& bytes) {
  if (bytes.at_end()) return std::nullopt;
  const size_t whole = bytes.rest().size();
  uint64_t size = bytes.u32();
  const std::string_view type = bytes.take(4);
  if (size == 1) size = bytes.number(8);
  if (size == 0) size = whole;
  const size_t header = whole - bytes.rest().size();
  if (!bytes.ok() || size < header) return std::nullopt;
  const std::string_view body = bytes.take(size - header);
  if (!bytes.ok()) return std::nullopt;
  return Box{type, body};
}

std::optional<std::string_view> child(std::string_view boxes, std::string_view type) {
  Bytes bytes(boxes);
  while (const auto box = take_box(bytes)) {
    if (box->type == type) return box->body;
  }
  return std::nullopt;
}

struct FullBox {
  unsigned version;
  unsigned flags;
};

FullBox take_full_header(Bytes& bytes) {
  const uint32_t word = bytes.u32();
  return {word >> 24, word & 0xffffffU};
}

using Item = uint64_t;

/// The tables of the `meta` box.
class Meta {
 public:
  static std::optional<Meta> read(std::string_view file) {
    const auto body = child(file, "meta");
    if (!body) return std::nullopt;
    Meta meta;
    Bytes bytes(*body);
    take_full_header(bytes);
    const std::string_view boxes = bytes.rest();
    const auto primary = child(boxes, "pitm");
    const auto properties = child(boxes, "iprp");
    if (!primary || !properties) return std::nullopt;
    meta.read_primary(*primary);
    meta.read_properties(*properties);
    if (const auto items = child(boxes, "iinf")) meta.read_types(*items);
    if (const auto references = child(boxes, "iref")) meta.read_references(*references);
    if (!meta.ok_) return std::nullopt;
    return meta;
  }

  Item primary() const { return primary_; }
  std::string_view type_of(Item item) const {
    const auto found = types_.find(item);
    return found == types_.end() ? std::string_view{} : found->second;
  }
  // The properties of an item, in their order.
  std::vector<Box> properties_of(Item item) const {
    std::vector<Box> found;
    const auto indices = associations_.find(item);
    if (indices == associations_.end()) return found;
    for (const size_t index : indices->second) {
      if (index > 0 && index <= properties_.size()) found.push_back(properties_[index - 1]);
    }
    return found;
  }
  // The first of the items that an item is derived from.
  std::optional<Item> source_of(Item item) const {
    const auto found = sources_.find(item);
    if (found == sources_.end()) return std::nullopt;
    return found->second;
  }

 private:
  void read_primary(std::string_view body) {
    Bytes bytes(body);
    const FullBox header = take_full_header(bytes);
    primary_ = bytes.number(header.version == 0 ? 2 : 4);
    ok_ = ok_ && bytes.ok();
  }

  void read_properties(std::string_view body) {
    const auto container = child(body, "ipco");
    ok_ = ok_ && container.has_value();
    if (!container) return;
    Bytes boxes(*container);
    while (const auto property = take_box(boxes)) properties_.push_back(*property);
    ok_ = ok_ && boxes.at_end() && boxes.ok();
    Bytes tables(body);
    while (const auto table = take_box(tables)) {
      if (table->type == "ipma") read_associations(table->body);
    }
  }

  void read_associations(std::string_view body) {
    Bytes bytes(body);
    const FullBox header = take_full_header(bytes);
    const uint32_t items = bytes.u32();
    const bool is_wide = (header.flags & 1U) != 0;
    for (uint32_t i = 0; i < items && bytes.ok(); ++i) {
      auto& indices = associations_[bytes.number(header.version == 0 ? 2 : 4)];
      const uint64_t count = bytes.number(1);
      for (uint64_t k = 0; k < count && bytes.ok(); ++k) {
        // The highest bit says that the property is essential.
        indices.push_back(is_wide ? bytes.number(2) & 0x7fffU : bytes.number(1) & 0x7fU);
      }
    }
    ok_ = ok_ && bytes.ok();
  }

  void read_types(std::string_view body) {
    Bytes bytes(body);
    const FullBox header = take_full_header(bytes);
    bytes.number(header.version == 0 ? 2 : 4);
    while (const auto entry = take_box(bytes)) {
      Bytes fields(entry->body);
      const FullBox version = take_full_header(fields);
      if (version.version < 2) continue;
      const Item item = fields.number(version.version == 2 ? 2 : 4);
      fields.number(2);
      const std::string_view type = fields.take(4);
      if (fields.ok()) types_[item] = type;
    }
  }

  void read_references(std::string_view body) {
    Bytes bytes(body);
    const size_t id_bytes = take_full_header(bytes).version == 0 ? 2 : 4;
    while (const auto reference = take_box(bytes)) {
      Bytes fields(reference->body);
      const Item from = fields.number(id_bytes);
      const uint64_t count = fields.number(2);
      const Item to = fields.number(id_bytes);
      if (fields.ok() && count > 0 && reference->type == "dimg") sources_.emplace(from, to);
    }
  }

  bool ok_ = true;
  Item primary_ = 0;
  std::vector<Box> properties_;
  std::map<Item, std::vector<size_t>> associations_;
  std::map<Item, std::string_view> types_;
  std::map<Item, Item> sources_;
};

double ratio(Bytes& bytes, bool is_signed) {
  const double numerator = is_signed ? static_cast<double>(bytes.i32()) : bytes.u32();
  const double denominator = bytes.u32();
  return denominator == 0 ? 0 : numerator / denominator;
}

std::optional<HeifStep> step_of(const Box& property) {
  Bytes bytes(property.body);
  HeifStep step;
  if (property.type == "irot") {
    step.kind = HeifStep::Kind::kRotate;
    step.quarter_turns = static_cast<int>(bytes.number(1) & 3U);
  } else if (property.type == "imir") {
    step.kind = HeifStep::Kind::kMirror;
    step.swaps_left_right = (bytes.number(1) & 1U) != 0;
  } else if (property.type == "clap") {
    step.kind = HeifStep::Kind::kCrop;
    step.crop_size.width = ratio(bytes, false);
    step.crop_size.height = ratio(bytes, false);
    step.crop_offset.x = ratio(bytes, true);
    step.crop_offset.y = ratio(bytes, true);
  } else {
    return std::nullopt;
  }
  if (!bytes.ok()) return std::nullopt;
  return step;
}

bool is_monochrome(const std::vector<Box>& properties) {
  for (const Box& property : properties) {
    if (property.type == "av1C" && property.body.size() >= 4) {
      return (static_cast<uint8_t>(property.body[2]) & 0x10U) != 0;
    }
    constexpr size_t kChromaFormat = 16;
    if (property.type == "hvcC" && property.body.size() > kChromaFormat) {
      return (static_cast<uint8_t>(property.body[kChromaFormat]) & 3U) == 0;
    }
  }
  return false;
}

}  // namespace

std::optional<HeifStructure> read_heif_boxes(std::string_view bytes) {
  const auto meta = Meta::read(bytes);
  if (!meta) return std::nullopt;
  const std::string_view type = meta->type_of(meta->primary());
  const bool is_grid = type == "grid";
  if (!is_grid && type != "av01" && type != "hvc1") return std::nullopt;
  HeifStructure structure;
  const std::vector<Box> properties = meta->properties_of(meta->primary());
  for (const Box& property : properties) {
    if (const auto step = step_of(property)) structure.steps.push_back(*step);
  }
  const auto tile = is_grid ? meta->source_of(meta->primary()) : std::nullopt;
  // In AVIF the order is fixed, whatever the file says: crop, rotate, mirror.
  const bool is_avif = (tile ? meta->type_of(*tile) : type) == "av01";
  if (is_avif) std::ranges::stable_sort(structure.steps, {}, &HeifStep::kind);
  structure.is_monochrome = is_monochrome(tile ? meta->properties_of(*tile) : properties);
  return structure;
}

std::optional<std::string> unsupported_in_heif(std::string_view bytes) {
  if (!child(bytes, "meta") && child(bytes, "moov"))
    return "an image sequence without a still image";
  constexpr std::array<std::string_view, 5> kKnown = {"av01", "hvc1", "grid", "iden", "iovl"};
  const auto meta = Meta::read(bytes);
  if (!meta) return std::nullopt;
  const std::string_view type = meta->type_of(meta->primary());
  if (std::ranges::find(kKnown, type) != kKnown.end()) return std::nullopt;
  // Anything else could not be shown in a message.
  const bool is_text = std::ranges::all_of(type, [](char c) { return c > ' ' && c < 127; });
  if (!is_text || type.empty()) return std::nullopt;
  return "coded as '" + std::string(type) + "'";
}

base::RectI kept_part(const HeifStep& crop, base::SizeI size) {
  bool is_whole = true;
  const auto edges = [&is_whole](double whole, double kept, double offset) {
    const double first = offset + (whole - kept) / 2;
    is_whole = is_whole && std::abs(first - std::round(first)) < 1e-6 &&
               std::abs(kept - std::round(kept)) < 1e-6;
    const auto clamped = [whole](double edge) {
      return static_cast<int>(std::lround(std::clamp(edge, 0.0, whole)));
    };
    return std::pair{clamped(first), clamped(first + kept)};
  };
  const auto [left, right] = edges(size.width, crop.crop_size.width, crop.crop_offset.x);
  const auto [top, bottom] = edges(size.height, crop.crop_size.height, crop.crop_offset.y);
  const base::RectI part{left, top, right, bottom};
  return is_whole && !part.empty() ? part : base::RectI{0, 0, size.width, size.height};
}

base::SizeI transformed_size(base::SizeI size, const std::vector<HeifStep>& steps) {
  for (const HeifStep& step : steps) {
    if (step.kind == HeifStep::Kind::kCrop) {
      const base::RectI part = kept_part(step, size);
      size = {part.width(), part.height()};
    } else if (step.kind == HeifStep::Kind::kRotate && step.quarter_turns % 2 == 1) {
      size = {size.height, size.width};
    }
  }
  return size;
}

}  // namespace layercast::content
