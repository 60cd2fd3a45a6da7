#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace layercast::sandbox {

/// Writes the fields of a message between a process and its helpers: numbers in the byte order of
/// the machine, texts after their length.
class MessageWriter {
 public:
  void put(int64_t value);
  void put(double value);
  void put(std::string_view text);

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads the fields in the order in which they were written. The bytes may come from a hostile
/// process: after the first field that is not there, every field is 0 or empty, and is_complete()
/// is false.
class MessageReader {
 public:
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

  int64_t take_int();
  double take_double();  ///< 0 instead of a value that is not finite
  std::string take_text();
  /// A text as one line that logs and clients can show: base::printable(), cut.
  std::string take_line();
  static constexpr size_t kLineBytesMax = 2000;

  /// Whether all fields were there, and no byte is left.
  bool is_complete() const { return is_valid_ && rest_.empty(); }

 private:
  bool take(void* value, size_t size);

  std::string_view rest_;
  bool is_valid_ = true;
};

}  // namespace layercast::sandbox
