#include "sandbox/message.h"

#include "base/printable.h"

#include <cmath>
#include <cstring>

namespace layercast::sandbox {

void MessageWriter::put(int64_t value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void MessageWriter::put(double value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void MessageWriter::put(std::string_view text) {
  put(static_cast<int64_t>(text.size()));
  bytes_.append(text);
}

bool MessageReader::take(void* value, size_t size) {
  is_valid_ = is_valid_ && rest_.size() >= size;
  if (!is_valid_) return false;
  std::memcpy(value, rest_.data(), size);
  rest_.remove_prefix(size);
  return true;
}

int64_t MessageReader::take_int() {
  int64_t value = 0;
  return take(&value, sizeof value) ? value : 0;
}

double MessageReader::take_double() {
  double value = 0;
  const bool is_there = take(&value, sizeof value);
  is_valid_ = is_valid_ && std::isfinite(value);
  return is_there && is_valid_ ? value : 0;
}

std::string MessageReader::take_text() {
  const int64_t size = take_int();
  is_valid_ = is_valid_ && size >= 0 && static_cast<uint64_t>(size) <= rest_.size();
  if (!is_valid_) return {};
  std::string text(rest_.substr(0, static_cast<size_t>(size)));
  rest_.remove_prefix(static_cast<size_t>(size));
  return text;
}

std::string MessageReader::take_line() {
  std::string text = take_text();
  if (text.size() > kLineBytesMax) text.resize(kLineBytesMax);
  return base::printable(text);
}

}  // namespace layercast::sandbox
