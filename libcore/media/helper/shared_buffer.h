#pragma once

#include "base/error.h"
#include "sandbox/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace layercast::media {

/// Memory that two processes share, as a file whose size cannot change. Thread: any.
class SharedBuffer {
 public:
  enum class Access : uint8_t { kRead, kWrite };

  /// Creates the memory, which this process may only read with Access::kRead. Errors: kIo.
  static base::Result<std::unique_ptr<SharedBuffer>> create(int64_t bytes, int64_t number,
                                                            Access access = Access::kWrite);
  /// Maps memory that the other process created, and closes the file. Errors: kIo.
  static base::Result<std::unique_ptr<SharedBuffer>> open(sandbox::Descriptor file, int64_t number);
  ~SharedBuffer();
  SharedBuffer(const SharedBuffer&) = delete;
  SharedBuffer& operator=(const SharedBuffer&) = delete;

  std::span<std::byte> bytes() const { return bytes_; }
  int64_t number() const { return number_; }
  /// The file, to send it to the other process; the memory stays when it is closed.
  const sandbox::Descriptor& file() const { return file_; }
  void close_file() { file_.reset(); }

 private:
  SharedBuffer(sandbox::Descriptor file, std::span<std::byte> bytes, int64_t number)
      : file_(std::move(file)), bytes_(bytes), number_(number) {}

  sandbox::Descriptor file_;
  std::span<std::byte> bytes_;
  int64_t number_;
};

/// The buffers of the pictures of one video. A buffer that is not used any more is used again.
/// Thread: any (locked).
class BufferPool : public std::enable_shared_from_this<BufferPool> {
 public:
  /// A buffer of at least `bytes`; it returns to the pool with its last reference. Errors: kIo.
  base::Result<std::shared_ptr<const SharedBuffer>> take(int64_t bytes);

 private:
  void give_back(std::unique_ptr<const SharedBuffer> buffer);

  std::mutex mutex_;
  std::vector<std::unique_ptr<const SharedBuffer>> free_;
  int64_t next_number_ = 0;
  int64_t bytes_ = 0;  ///< of the largest request: smaller buffers are not kept
};

}  // namespace layercast::media
