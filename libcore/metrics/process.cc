#include "metrics/process.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace layercast::metrics {
namespace {

using base::MetricFamily;
using base::MetricKind;

MetricFamily family(std::string name, std::string help, MetricKind kind, double value) {
  return {std::move(name), std::move(help), kind, {{{}, value, {}, {}}}};
}

// The fields of /proc/self/stat from the third on, numbered as in proc(5): state is 3.
std::vector<std::string> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  std::vector<std::string> fields(3);
  for (std::string field; rest >> field;) fields.push_back(std::move(field));
  return fields;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

double open_files() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator file("/proc/self/fd", error), end; !error && file != end;
       file.increment(error)) {
    ++count;
  }
  return count - 1;  // without the descriptor of the directory itself
}

double most_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::vector<MetricFamily> process_families() {
  // proc(5): utime 14, stime 15, num_threads 20, starttime 22, vsize 23, rss 24.
  constexpr size_t kUser = 14, kSystem = 15, kThreads = 20, kStart = 22, kVirtual = 23, kRss = 24;
  const std::vector<std::string> fields = stat_fields();
  if (fields.size() <= kRss) return {};
  const auto number = [&](size_t field) { return std::stod(fields[field]); };
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return {
      family("process_cpu_seconds_total", "User and system CPU time used.", MetricKind::kCounter,
             (number(kUser) + number(kSystem)) / ticks),
      family("process_max_fds", "Maximum number of open file descriptors.", MetricKind::kGauge,
             most_files()),
      family("process_open_fds", "Open file descriptors.", MetricKind::kGauge, open_files()),
      family("process_resident_memory_bytes", "Resident memory.", MetricKind::kGauge,
             number(kRss) * page),
      family("process_start_time_seconds", "Start time of the process since the Unix epoch.",
             MetricKind::kGauge, boot_time() + number(kStart) / ticks),
      family("process_threads", "Threads of the process.", MetricKind::kGauge, number(kThreads)),
      family("process_virtual_memory_bytes", "Virtual memory.", MetricKind::kGauge,
             number(kVirtual)),
  };
}

}  // namespace layercast::metrics
