#include "tools/common/log.h"

#include "tools/common/closing_line.h"

#include <gmock/gmock.h>
#include <string>
#include <string_view>

namespace layercast::tools {
namespace {

using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

constexpr std::string_view kHostile = "a\nstreamd: FORGED \x1b[31m\xc2\x9b \xff";
constexpr std::string_view kShown = "a\\nstreamd: FORGED \\x1b[31m\\u009b \\xff";

Log log_of(const std::string& format) {
  const OptionTable table{"test", "", {}, {common_options()}};
  const std::string argument = "--log-format=" + format;
  const char* const argv[] = {"test", argument.c_str()};
  const auto parsed = parse_command_line(table, 2, argv);
  Log log("test");
  EXPECT_TRUE(log.configure(std::get<Arguments>(parsed)).ok());
  return log;
}

TEST(Log, WritesEachMessageOnOneLine) {
  const Log log = log_of("text");
  CaptureStderr();
  log.write(LogLevel::kInfo, kHostile);
  log.write(LogLevel::kError, kHostile);
  log.write_fault(kHostile);
  EXPECT_EQ(log.fail(base::not_found("no such file", std::string(kHostile))), 2);
  log.write(LogLevel::kInfo, closing_line({{std::string(kHostile)}, 0, {25, 1}, {}, {}}));
  const std::string shown(kShown);
  EXPECT_EQ(GetCapturedStderr(), "test: " + shown + "\ntest: error: " + shown + "\n" + shown +
                                     "\ntest: error: " + shown + ": no such file\ntest: " + shown +
                                     ": 0 frames (0 s) in 0 s\n");
}

TEST(Log, WritesJsonThatContainsTheMessage) {
  const Log log = log_of("json");
  CaptureStderr();
  log.write(LogLevel::kInfo, "a\nb\x1b");
  const std::string line = GetCapturedStderr();
  EXPECT_THAT(line, ::testing::EndsWith("\"message\":\"a\\nb\\u001b\"}\n"));
}

}  // namespace
}  // namespace layercast::tools
