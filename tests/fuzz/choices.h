#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace layercast::fuzz {

/// Reads the bytes of an input as decisions, for targets that make structured values from them.
/// After the end of the input, every number is 0, so that what is made stays finite. Thread: one.
class Choices {
 public:
  Choices(const uint8_t* bytes, size_t size) : rest_(reinterpret_cast<const char*>(bytes), size) {}

  bool is_empty() const { return rest_.empty(); }

  uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  /// A number below `limit`. Range: `limit` from 1 to 65536.
  size_t below(size_t limit) {
    size_t value = byte();
    if (limit > 256) value = value << 8 | byte();
    return value % limit;
  }
  /// True for one byte in `count`; false after the end. Range: `count` from 2 to 256.
  bool one_in(size_t count) { return below(count) == count - 1; }
  /// An element of a list. Range: not empty.
  template <class Values>
  const auto& one_of(const Values& values) {
    return values[below(values.size())];
  }
  /// At most `length` bytes as they are.
  std::string_view text(size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() { return text(rest_.size()); }

 private:
  std::string_view rest_;
};

}  // namespace layercast::fuzz
