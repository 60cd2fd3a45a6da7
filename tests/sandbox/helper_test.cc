#include "sandbox/helper.h"

#include "tests/sandbox/processes.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace layercast::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::children_of;
using test::text_of;
using ::testing::HasSubstr;

constexpr milliseconds kPatience = seconds(60);

size_t open_descriptors() {
  const std::filesystem::directory_iterator begin("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin, std::filesystem::directory_iterator()));
}

// Waits until no process has the parent `parent`, which the kernel decides a moment after a kill.
void expect_no_children(pid_t parent) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!children_of(parent).empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(children_of(parent).empty());
}

class HelperTest : public ::testing::Test {
 protected:
  Job job(const ResourceLimits& limits = {int64_t{1} << 28, 100}) {
    return helper_.start_job(limits).value();
  }
  JobFailure failure_of(const std::string& request, const ResourceLimits& limits,
                        milliseconds patience = kPatience) {
    Job started = job(limits);
    auto answer = started.ask(request, {}, patience);
    return answer ? JobFailure{JobEnd::kLost, "an answer"} : answer.error();
  }
  // The helper process: the only child of this one.
  pid_t helper_process() { return children_of(::getpid()).at(0); }

  Helper helper_{{JOB_PROGRAM}};
};

TEST_F(HelperTest, JobsHaveTheNetworkAndTheVariablesOfTheirHelper) {
  Helper with_network{{JOB_PROGRAM, {}, Reach::kNetwork, {"LAYERCAST_TEST_VARIABLE=here"}}};
  Job other = with_network.start_job({int64_t{1} << 28, 100}).value();
  EXPECT_EQ(other.ask("socket", {}, kPatience).value().bytes, "opened");
  EXPECT_EQ(other.ask("variable", {}, kPatience).value().bytes, "here");
  ::setenv("LAYERCAST_TEST_VARIABLE", "of this process", 1);
  Job usual = job();
  EXPECT_EQ(usual.ask("socket", {}, kPatience).value().bytes, "refused");
  EXPECT_EQ(usual.ask("variable", {}, kPatience).value().bytes, "none");
  ::unsetenv("LAYERCAST_TEST_VARIABLE");
}

TEST_F(HelperTest, JobsAnswer) {
  Job first = job();
  Job second = job();
  EXPECT_EQ(first.ask("one", {}, kPatience).value().bytes, "echo one");
  EXPECT_EQ(second.ask("two", {}, kPatience).value().bytes, "echo two");
  EXPECT_EQ(first.ask("three", {}, kPatience).value().bytes, "echo three");
  EXPECT_NE(first.ask("pid", {}, kPatience).value().bytes,
            second.ask("pid", {}, kPatience).value().bytes);
}

TEST_F(HelperTest, NeedsTheLayersOfThisKernel) {
  const Layers layers = helper_.start().value();
  EXPECT_TRUE(layers.has(Layer::kNoNewPrivileges));
  EXPECT_TRUE(layers.has(Layer::kSeccomp));
  EXPECT_TRUE(layers.has(Layer::kResourceLimits));
}

TEST_F(HelperTest, JobsAreConfined) {
  Job started = job();
  const std::string pid = started.ask("pid", {}, kPatience).value().bytes;
  const std::string status = text_of("/proc/" + pid + "/status");
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(status, HasSubstr("Seccomp:\t2"));
}

struct Death {
  const char* request;
  JobEnd end;
  const char* reason;
};

TEST_F(HelperTest, EachDeathHasItsReason) {
  const ResourceLimits limits{int64_t{1} << 28, 1};
  std::vector<Death> deaths = {{"abort", JobEnd::kCrashed, "SIGABRT"},
                               {"exit", JobEnd::kCrashed, "without an answer"},
                               {"compute", JobEnd::kOverLimit, "1 s of CPU time"},
                               {"long", JobEnd::kCrashed, "too long"}};
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // The sanitizers handle faults, and need more memory.
  deaths.push_back({"fault", JobEnd::kCrashed, "SIGSEGV"});
  deaths.push_back({"allocate", JobEnd::kCrashed, "256 MiB of memory"});
#endif
  for (const Death& death : deaths) {
    const JobFailure failure = failure_of(death.request, limits);
    EXPECT_EQ(failure.end, death.end) << death.request << ": " << failure.reason;
    EXPECT_THAT(failure.reason, HasSubstr(death.reason)) << death.request;
  }
  EXPECT_EQ(job().ask("still there", {}, kPatience).value().bytes, "echo still there");
}

TEST_F(HelperTest, AJobThatDoesNotAnswerIsEnded) {
  const JobFailure failure = failure_of("sleep", {int64_t{1} << 28, 10}, milliseconds(50));
  EXPECT_EQ(failure.end, JobEnd::kOverLimit);
  expect_no_children(helper_process());
}

TEST_F(HelperTest, ACancelledCallReturns) {
  std::atomic<bool> is_cancelled = false;
  std::thread canceller([&] { is_cancelled = true; });
  const Cancellation cancellation([&] { return is_cancelled.load(); });
  const JobFailure failure = failure_of("sleep", {int64_t{1} << 28, 10});
  canceller.join();
  EXPECT_EQ(failure.end, JobEnd::kCancelled);
  expect_no_children(helper_process());
}

// An answer that is there already does not hide the cancellation.
TEST_F(HelperTest, ACancelledCallDoesNotBegin) {
  Job started = job();
  ASSERT_TRUE(started.ask("first", {}, kPatience));
  const Cancellation cancellation([] { return true; });
  EXPECT_EQ(started.ask("second", {}, kPatience).error().end, JobEnd::kCancelled);
}

// It answers before it is asked, and receives no request: they must not block the caller.
TEST_F(HelperTest, AJobThatReceivesNothingIsEnded) {
  Job started = job();
  std::optional<JobFailure> failure;
  constexpr int kRequestsMax = 100'000;
  for (int i = 0; i < kRequestsMax && !failure; ++i) {
    const auto answer = started.ask("flood", {}, kPatience);
    if (!answer) failure = answer.error();
  }
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->end, JobEnd::kCrashed);
  EXPECT_THAT(failure->reason, HasSubstr("does not take requests"));
}

// Another thread may be starting the process.
TEST_F(HelperTest, ACancelledStartDoesNotWait) {
  Helper silent{{"/usr/bin/yes"}};  // it never says that it has started
  std::thread other([&, parent = ::getpid()] {
    while (children_of(parent).empty()) std::this_thread::yield();
    int questions = 0;
    const Cancellation cancellation([&] { return ++questions > 2; });
    EXPECT_FALSE(silent.start_job({int64_t{1} << 28, 100}));
    EXPECT_EQ(questions, 3);
    ::kill(children_of(parent).at(0), SIGKILL);
  });
  EXPECT_FALSE(silent.start());
  other.join();
}

TEST_F(HelperTest, ADeadHelperLeavesNoZombie) {
  Job started = job();
  ASSERT_TRUE(started.ask("first", {}, kPatience));
  const pid_t helper = helper_process();
  std::thread killer([&] { ::kill(helper, SIGKILL); });
  const auto answer = started.ask("sleep", {}, kPatience);
  killer.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().end, JobEnd::kLost);
  EXPECT_TRUE(children_of(::getpid()).empty());
}

TEST_F(HelperTest, AKilledJobIsLost) {
  Job started = job();
  const pid_t process = std::stoi(started.ask("pid", {}, kPatience).value().bytes);
  std::thread killer([&] { ::kill(process, SIGKILL); });
  const auto answer = started.ask("sleep", {}, kPatience);
  killer.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().end, JobEnd::kLost);
}

TEST_F(HelperTest, AKilledHelperIsStartedAgain) {
  Job started = job();
  const pid_t process = std::stoi(started.ask("pid", {}, kPatience).value().bytes);
  ::kill(helper_process(), SIGKILL);
  const auto answer = started.ask("sleep", {}, kPatience);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().end, JobEnd::kLost);
  EXPECT_EQ(job().ask("again", {}, kPatience).value().bytes, "echo again");
  // Its jobs end with it.
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (::kill(process, 0) == 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  EXPECT_NE(::kill(process, 0), 0);
}

TEST_F(HelperTest, AMissingProgramIsAnError) {
  Helper missing({"/nonexistent/program"});
  const auto started = missing.start_job({});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, base::ErrorCode::kIo);
  Helper wrong({"/bin/true"});
  EXPECT_FALSE(wrong.start_job({}));
}

TEST_F(HelperTest, DeathsLeaveNothing) {
  static_cast<void>(job());
  const size_t before = open_descriptors();
  for (int round = 0; round < 200; ++round) {
    Job started = job({int64_t{1} << 28, 10});
    if (round % 3 == 0) static_cast<void>(started.ask("abort", {}, kPatience));
    if (round % 3 == 1) static_cast<void>(started.ask("echo", {}, kPatience));
    if (round % 50 == 7) ::kill(helper_process(), SIGKILL);
  }
  EXPECT_EQ(open_descriptors(), before);
  expect_no_children(helper_process());
}

TEST_F(HelperTest, ThreadsStartJobsAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> answers = 0;
  for (int number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      for (int round = 0; round < 10; ++round) {
        Job started = job();
        const std::string text = std::to_string(number) + " " + std::to_string(round);
        if (started.ask(text, {}, kPatience).value().bytes == "echo " + text) ++answers;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answers, 80);
}

}  // namespace
}  // namespace layercast::sandbox
