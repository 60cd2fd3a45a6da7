#include "base/regular_file.h"

#include <filesystem>
#include <system_error>

namespace layercast::base {

Result<void> check_regular_file(const std::string& path, std::string_view folder_message) {
  std::error_code error;
  switch (std::filesystem::status(path, error).type()) {
    case std::filesystem::file_type::regular:
      return {};
    case std::filesystem::file_type::not_found:
      return not_found("no such file", path);
    case std::filesystem::file_type::directory:
      return invalid_input(std::string(folder_message), path);
    case std::filesystem::file_type::none:
      return io_error(error.value(), "cannot open", path);
    default:
      return invalid_input("is not a regular file", path);
  }
}

}  // namespace layercast::base
