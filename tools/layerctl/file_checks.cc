#include "tools/layerctl/file_checks.h"

#include "base/error.h"
#include "base/redaction.h"
#include "content/animation/frame_files.h"
#include "scene/wire/scene_tables.h"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace layercast::tools {
namespace {

using base::Error;
using scene::FileRole;
using scene::Value;

// Opens a regular file for reading.
base::Result<void> open_once(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return base::io_error(errno, "cannot be opened", {});
  if (S_ISDIR(found.st_mode)) return base::io_error(EISDIR, "cannot be opened", {});
  if (!S_ISREG(found.st_mode)) return {};
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return base::io_error(errno, "cannot be opened", {});
  ::close(descriptor);
  if (found.st_size == 0) return base::io_error("is empty", {});
  return {};
}

base::Result<void> check_file(const std::string& path) {
  const bool may_be_pattern = path.find_first_of("%*?[") != std::string::npos;
  auto opened = open_once(path);
  if (opened || !may_be_pattern) return opened;
  const auto files = content::files_of_pattern(path);
  if (!files) return files.error().code == base::ErrorCode::kInvalidInput ? opened : files.error();
  for (const std::string& each : files.value()) TRY_DO(open_once(each));
  return {};
}

base::Result<void> check_name(const scene::SceneFile& file, FileRole role,
                              const std::string& name) {
  const bool is_source = role == FileRole::kSource;
  if (base::is_url(name) && role == FileRole::kPicture) {
    if (base::is_web_url(name)) return {};
    return base::invalid_input("is a URL of another kind; expected http or https");
  }
  if (base::is_url(name)) return {};
  // A camera may be connected later.
  if (is_source && name.starts_with("/dev/video")) return {};
  return check_file(file.resolved(name));
}

}  // namespace

std::vector<std::string> file_faults(const scene::SceneFile& file) {
  std::vector<std::string> lines;
  scene::Reader reader;
  Value document = scene::scene_codec().write(file.scene);
  const auto check = [&](FileRole role, Value& name, scene::Reader& at) {
    if (role == FileRole::kNone || role == FileRole::kOutput) return;
    const auto checked = check_name(file, role, name.text);
    if (checked) return;
    Error error = checked.error();
    error.where.clear();
    lines.push_back(file.where(at.path()) + ": \"" + base::redacted_url(name.text) + "\" " +
                    error.to_string());
  };
  scene::visit_files(scene::scene_codec().shape, document, reader, check);
  return lines;
}

}  // namespace layercast::tools
