#include "content/image/file_bytes.h"

#include "base/check.h"
#include "base/client_limits.h"
#include "base/redaction.h"
#include "base/regular_file.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace layercast::content {
namespace {

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

UrlReader& url_reader() {
  static UrlReader reader;
  return reader;
}

base::Result<std::string> read_url(const std::string& url, int64_t bytes_max) {
  if (!url_reader()) return at_path(base::unsupported("URLs cannot be read here"), url);
  auto bytes = url_reader()(url, bytes_max);
  if (!bytes) return at_path(std::move(bytes).error(), url);
  return bytes;
}

}  // namespace

void set_url_reader(UrlReader reader) { url_reader() = std::move(reader); }

base::Error at_path(base::Error error, const std::string& path) {
  if (error.where.empty()) error.where = base::redacted_url(path);
  return error;
}

base::Error file_too_large(int64_t bytes_max, const std::string& path) {
  return base::over_limit("the file is larger than " + std::to_string(bytes_max >> 20) + " MiB",
                          path);
}

base::Result<void> check_is_file(const std::string& path) {
  return base::check_regular_file(path, "is a folder, not an image file");
}

base::Result<std::string> read_file(const std::string& path, int64_t bytes_max) {
  return read_file(path, path, bytes_max);
}

base::Result<std::string> read_file(const std::string& path, const std::string& name,
                                    int64_t bytes_max) {
  if (base::is_url(path)) return read_url(path, bytes_max);
  TRY_DO(check_is_file(path));
  std::error_code no_size;
  const auto expected = static_cast<int64_t>(std::filesystem::file_size(path, no_size));
  if (!no_size && expected > bytes_max) return file_too_large(bytes_max, path);
  TRY(base::OpenFile opened, base::open_file(path, name));
  const std::unique_ptr<std::FILE, FileClose> file(::fdopen(opened.release(), "rb"));
  LAYERCAST_CHECK(file != nullptr);
  std::string bytes;
  if (!no_size) bytes.reserve(static_cast<size_t>(expected));
  constexpr size_t kChunk = 1 << 20;
  for (size_t read = kChunk; read == kChunk;) {
    const size_t old_size = bytes.size();
    bytes.resize(old_size + kChunk);
    read = std::fread(bytes.data() + old_size, 1, kChunk, file.get());
    bytes.resize(old_size + read);
    if (static_cast<int64_t>(bytes.size()) > bytes_max) return file_too_large(bytes_max, path);
  }
  if (std::ferror(file.get()) != 0) return base::io_error(errno, "cannot read", path);
  if (bytes.empty()) return base::invalid_input("the file is empty", path);
  return bytes;
}

}  // namespace layercast::content
