#include "tools/common/stats.h"

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

namespace layercast::tools {
namespace {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Stats::Stats() : start_(std::chrono::steady_clock::now()) {}

base::Result<void> Stats::write(const std::string& path, int64_t frames) const {
  nlohmann::ordered_json json;
  json["frames"] = frames;
  json["wall_seconds"] =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  json["cpu_seconds"] = cpu_seconds();
  for (const auto& [name, count] : counts_) json[name] = count;
  for (const auto& [name, nanoseconds] : stages_) json["stages"][name + "_ns"] = nanoseconds;
  errno = 0;
  std::ofstream file(path);
  file << json.dump(2) << "\n";
  file.close();
  if (!file) return base::io_error(errno, "cannot write", path);
  return {};
}

}  // namespace layercast::tools
