#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/types.h>
#include <vector>

namespace layercast::test {

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The processes that the main thread of `parent` has started.
inline std::vector<pid_t> children_of(pid_t parent) {
  const std::string number = std::to_string(parent);
  const std::string list = text_of("/proc/" + number + "/task/" + number + "/children");
  std::vector<pid_t> children;
  for (size_t at = 0; at < list.size();) {
    size_t size = 0;
    children.push_back(std::stoi(list.substr(at), &size));
    at += size + 1;
  }
  return children;
}

}  // namespace layercast::test
