#include "media/helper/shared_buffer.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace layercast::media {
namespace {

base::Error failure(const char* action) { return base::io_error(errno, action, {}); }

base::Result<std::span<std::byte>> mapped(const sandbox::Descriptor& file, size_t size,
                                          int protection) {
  void* memory = ::mmap(nullptr, size, protection, MAP_SHARED, file.number(), 0);
  if (memory == MAP_FAILED) return failure("cannot map shared memory");
  return std::span(static_cast<std::byte*>(memory), size);
}

}  // namespace

base::Result<std::unique_ptr<SharedBuffer>> SharedBuffer::create(int64_t bytes, int64_t number,
                                                                 Access access) {
  sandbox::Descriptor file(::memfd_create("layercast", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.is_open() || ::ftruncate(file.number(), bytes) != 0 ||
      ::fcntl(file.number(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return failure("cannot create shared memory");
  }
  const int protection = access == Access::kWrite ? PROT_READ | PROT_WRITE : PROT_READ;
  TRY(const auto memory, mapped(file, static_cast<size_t>(bytes), protection));
  return std::unique_ptr<SharedBuffer>(new SharedBuffer(std::move(file), memory, number));
}

base::Result<std::unique_ptr<SharedBuffer>> SharedBuffer::open(sandbox::Descriptor file,
                                                               int64_t number) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return failure("cannot read shared memory");
  TRY(const auto memory, mapped(file, static_cast<size_t>(status.st_size), PROT_READ | PROT_WRITE));
  return std::unique_ptr<SharedBuffer>(new SharedBuffer(sandbox::Descriptor(), memory, number));
}

SharedBuffer::~SharedBuffer() { ::munmap(bytes_.data(), bytes_.size()); }

base::Result<std::shared_ptr<const SharedBuffer>> BufferPool::take(int64_t bytes) {
  std::unique_ptr<const SharedBuffer> buffer;
  int64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    bytes_ = std::max(bytes_, bytes);
    std::erase_if(free_, [this](const auto& each) {
      return static_cast<int64_t>(each->bytes().size()) < bytes_;
    });
    if (!free_.empty()) {
      buffer = std::move(free_.back());
      free_.pop_back();
    } else {
      number = next_number_++;
    }
    bytes = bytes_;
  }
  if (buffer == nullptr) {
    TRY(buffer, SharedBuffer::create(bytes, number));
  }
  // A picture may outlive the video.
  const SharedBuffer* const raw = buffer.release();
  return std::shared_ptr<const SharedBuffer>(
      raw, [pool = weak_from_this()](const SharedBuffer* released) {
        std::unique_ptr<const SharedBuffer> owned(released);
        if (const auto living = pool.lock()) living->give_back(std::move(owned));
      });
}

void BufferPool::give_back(std::unique_ptr<const SharedBuffer> buffer) {
  const std::lock_guard lock(mutex_);
  if (static_cast<int64_t>(buffer->bytes().size()) >= bytes_) free_.push_back(std::move(buffer));
}

}  // namespace layercast::media
