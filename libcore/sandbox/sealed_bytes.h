#pragma once

#include "base/error.h"
#include "sandbox/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace layercast::sandbox {

/// Writes bytes to a file in memory that another process can map, and no process can change
/// afterwards. Thread: one at a time.
class SealedWriter {
 public:
  /// Errors: kIo.
  static base::Result<SealedWriter> create();

  /// Errors: kIo.
  base::Result<void> write(std::span<const std::byte> bytes);
  /// Seals the file: its size and its bytes stay as they are. Errors: kIo.
  base::Result<Descriptor> seal() &&;

 private:
  explicit SealedWriter(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

/// The same for bytes that are there already. Errors: kIo.
base::Result<Descriptor> sealed(std::string_view bytes);

/// The bytes of such a file, mapped for reading. Thread: any.
class SealedBytes {
 public:
  /// Checks that the file is sealed against every change, so that reading it cannot fail later.
  /// Errors: without `where`: kInvalidInput when it is not such a file, or is larger than
  /// `bytes_max`; kIo.
  static base::Result<SealedBytes> map(const Descriptor& file, int64_t bytes_max);
  SealedBytes(SealedBytes&& other) noexcept;
  SealedBytes& operator=(SealedBytes&&) = delete;
  ~SealedBytes();

  std::span<const std::byte> bytes() const { return bytes_; }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  explicit SealedBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::span<const std::byte> bytes_;
};

}  // namespace layercast::sandbox
