#pragma once

#include "base/error.h"
#include "base/source_hosts.h"

#include <memory>
#include <set>
#include <string>

namespace layercast::base {

/// What the process may open by the names that clients of its API gave, checked at each use. The
/// names that the scene file and the command line state are their author's choice, without limits.
/// All other names count as those of clients, also after a restart.
struct ClientLimits {
  /// The folder that contains all files of clients after links are resolved.
  std::string assets_folder;
  /// The names without limits: URLs, and paths as they are opened.
  std::set<std::string, std::less<>> authored;
  SourceHosts hosts;  ///< of the URLs of clients
};

/// Sets the limits of the process; null, as at its start: no name has limits. Thread: any.
void set_client_limits(std::shared_ptr<const ClientLimits> limits);
/// The limits of the name of a file or URL; null if it has none. A path that
/// does not lead into the assets folder has none, because no command of a client can name it.
std::shared_ptr<const ClientLimits> limits_of(const std::string& name);

/// An open file. Thread: one at a time.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile();
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  int descriptor() const { return descriptor_; }
  /// Gives the descriptor away.
  int release();

 private:
  int descriptor_ = -1;
};

/// Opens the file at `path` for reading. `name` is its name in the scene: the path itself, or a
/// pattern that it matches. A file with limits is opened only if it lies in the assets folder after
/// links are resolved; a link that is exchanged meanwhile cannot change that. Never blocks for a
/// FIFO. Errors: `where` is the path: kForbidden, kIo. Thread: any.
Result<OpenFile> open_file(const std::string& path, const std::string& name);
Result<OpenFile> open_file(const std::string& path);

/// Succeeds if open_file() would not refuse the place of the file, which need not exist yet.
/// Errors: `where` is the path: kForbidden. Thread: any.
Result<void> check_place(const std::string& path, const std::string& name);
Result<void> check_place(const std::string& path);

/// Whether `path` lies in `folder`, links resolved, as far as it exists.
bool is_inside(const std::string& path, const std::string& folder);

}  // namespace layercast::base
