#include "sandbox/sealed_bytes.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace layercast::sandbox {
namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

}  // namespace

base::Result<SealedWriter> SealedWriter::create() {
  Descriptor file(::memfd_create("layercast", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.is_open()) return base::io_error(errno, "cannot create a file in memory", {});
  return SealedWriter(std::move(file));
}

base::Result<void> SealedWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::io_error(errno, "cannot write a file in memory", {});
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

base::Result<Descriptor> SealedWriter::seal() && {
  if (::fcntl(file_.number(), F_ADD_SEALS, kSeals) != 0) {
    return base::io_error(errno, "cannot seal a file in memory", {});
  }
  return std::move(file_);
}

base::Result<Descriptor> sealed(std::string_view bytes) {
  TRY(SealedWriter writer, SealedWriter::create());
  TRY_DO(writer.write(std::as_bytes(std::span(bytes))));
  return std::move(writer).seal();
}

base::Result<SealedBytes> SealedBytes::map(const Descriptor& file, int64_t bytes_max) {
  const int seals = ::fcntl(file.number(), F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals) {
    return base::invalid_input("a helper process sent a file that is not sealed");
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    return base::io_error(errno, "cannot read a file in memory", {});
  }
  if (status.st_size > bytes_max) {
    return base::invalid_input("a helper process sent a file that is too large");
  }
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return SealedBytes({});
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (memory == MAP_FAILED) return base::io_error(errno, "cannot map a file in memory", {});
  return SealedBytes({static_cast<const std::byte*>(memory), size});
}

SealedBytes::SealedBytes(SealedBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

SealedBytes::~SealedBytes() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace layercast::sandbox
