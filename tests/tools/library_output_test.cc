#include "tools/common/library_output.h"

#include <cstdio>
#include <cstdlib>
#include <gmock/gmock.h>
#include <string>
#include <unistd.h>

namespace layercast::tools {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

Log log_at(const std::string& level) {
  const OptionTable table{"test", "", {}, {common_options()}};
  const std::string argument = "--log-level=" + level;
  const char* const argv[] = {"test", argument.c_str()};
  const auto parsed = parse_command_line(table, 2, argv);
  Log log("test");
  EXPECT_TRUE(log.configure(std::get<Arguments>(parsed)).ok());
  return log;
}

TEST(LibraryOutput, IsAMessageOfLevelDebug) {
  CaptureStderr();
  {
    const Log log = log_at("debug");
    const LibraryOutput output(log);
    std::fputs("one\ntwo\tparts\nno end", stderr);
  }
  EXPECT_THAT(GetCapturedStderr(),
              MatchesRegex(".*debug: from a library: one\n.*debug: from a library: two parts\n"
                           ".*debug: from a library: no end\n"));
}

TEST(LibraryOutput, IsNotShownAtOtherLevelsAndMessagesAre) {
  CaptureStderr();
  {
    const Log log = log_at("info");
    const LibraryOutput output(log);
    std::fputs("Svt[info]: of no interest\n", stderr);
    log.write(LogLevel::kInfo, "of interest");
  }
  EXPECT_THAT(GetCapturedStderr(), AllOf(EndsWith(": of interest\n"), Not(HasSubstr("Svt"))));
}

TEST(LibraryOutput, IsLeftAloneAfterwards) {
  CaptureStderr();
  const Log log = log_at("info");
  { const LibraryOutput output(log); }
  std::fputs("as usual\n", stderr);
  EXPECT_EQ(GetCapturedStderr(), "as usual\n");
}

void abort_with(const char* reason) {
  const Log log = log_at("error");
  const LibraryOutput output(log);
  std::fputs(reason, stderr);
  std::abort();
}

TEST(LibraryOutputDeathTest, ShowsTheReasonOfAnAbort) {
  EXPECT_DEATH(abort_with("the reason of the abort"), "the reason of the abort");
}

}  // namespace
}  // namespace layercast::tools
