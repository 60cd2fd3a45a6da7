#include "tools/common/closing_line.h"

#include "base/redaction.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace layercast::tools {
namespace {

std::string formatted(const char* format, double number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

// Three digits at least.
std::string rate_text(double rate) { return formatted(rate < 10 ? "%.2f" : "%.0f", rate); }

}  // namespace

std::string closing_line(const FinishedRun& run) {
  std::string line;
  for (const std::string& output : run.outputs) {
    line += (line.empty() ? "" : ", ") + base::redacted_url(output, base::UrlUse::kOutput);
  }
  line += (line.empty() ? "" : ": ") + std::to_string(run.frames) +
          (run.frames == 1 ? " frame" : " frames");
  const double shown = static_cast<double>(run.frames) / run.rate.per_second();
  line += formatted(" (%.4g s)", shown);
  if (run.bytes) line += ", " + bytes_text(static_cast<double>(*run.bytes));
  const double took = run.took.count();
  line += formatted(" in %.3g s", took);
  if (took <= 0) return line;
  return line + ": " + rate_text(static_cast<double>(run.frames) / took) + " fps, " +
         rate_text(shown / took) + " times real time";
}

std::optional<int64_t> bytes_of_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? std::nullopt : std::optional(static_cast<int64_t>(bytes));
}

std::string bytes_text(double bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  constexpr double kStep = 1000;
  size_t unit = 0;
  for (; bytes >= kStep && unit + 1 < kUnits.size(); ++unit) bytes /= kStep;
  return formatted(unit == 0 ? "%.0f " : "%.1f ", bytes) + kUnits.at(unit);
}

}  // namespace layercast::tools
