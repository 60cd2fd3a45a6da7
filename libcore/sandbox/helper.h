#pragma once

#include "base/error.h"
#include "sandbox/channel.h"
#include "sandbox/confinement.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::sandbox {

/// While an object exists, calls of its thread that wait for a helper process return early when
/// `is_cancelled` returns true; it is polled. The innermost object counts. Thread: the one that
/// made it.
class Cancellation {
 public:
  explicit Cancellation(std::function<bool()> is_cancelled);
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  /// Whether the work of the calling thread is cancelled.
  static bool is_requested();

 private:
  Cancellation* outer_;
  std::function<bool()> is_cancelled_;
};

/// How a job that does not answer any more has ended.
enum class JobEnd : uint8_t {
  kCrashed,    ///< by a signal of its own: the input makes the decoder fail
  kOverLimit,  ///< it used up its time
  kCancelled,  ///< the caller's work was cancelled
  kLost,       ///< from outside: the kernel or an operator ended it, or the helper process
};

/// Why a job gave no answer.
struct JobFailure {
  JobEnd end = JobEnd::kLost;
  std::string reason;  ///< such as `the decoder crashed (SIGABRT)`
};

/// The error of a file or source whose decoder gave no answer: kInvalidInput if it crashed, kLimit
/// beyond the limits, else kIo. Thread: any.
base::Error decoding_error(const JobFailure& failure, std::string where = {});

class HelperProcess;

/// A process that does one job, confined. The destructor ends it. Thread: one at a time.
class Job {
 public:
  Job(Channel channel, Channel status, ResourceLimits limits, std::weak_ptr<HelperProcess> parent)
      : channel_(std::move(channel)),
        status_(std::move(status)),
        limits_(limits),
        parent_(std::move(parent)) {}
  Job(Job&&) = default;
  Job& operator=(Job&&) = delete;
  ~Job();

  /// Sends a request and waits for its answer, at most for `patience`. After a failure, the job has
  /// ended. Cancellation ends the wait, too.
  base::Result<Message, JobFailure> ask(std::string_view request, std::span<const int> descriptors,
                                        std::chrono::milliseconds patience);

 private:
  void learn_process(std::chrono::milliseconds patience);
  void kill();
  JobFailure failure();
  JobFailure failure_of(int wait_status) const;

  Channel channel_;
  Channel status_;
  ResourceLimits limits_;
  std::weak_ptr<HelperProcess> parent_;
  Descriptor process_;  ///< a pidfd
};

/// How a Helper runs.
struct HelperOptions {
  std::string program;  ///< the path of the helper program, which calls serve_jobs()
  /// Called when the helper process has started, with the layers that confine its jobs.
  std::function<void(const Layers& layers)> on_start{};
  Reach reach = Reach::kNothing;           ///< of the jobs: the program gets kNetworkArgument
  std::vector<std::string> environment{};  ///< of the program, such as `no_proxy=localhost`
};

/// Starts the helper program when the first job needs it, and again when it has died, and starts
/// jobs in it. Thread: any (locked).
class Helper {
 public:
  explicit Helper(HelperOptions options);
  /// Ends the process and its jobs.
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  /// Starts the helper process unless it runs. Errors: kIo when the program cannot be started.
  base::Result<Layers> start();

  /// Starts a job. Waits while another thread starts the process; Cancellation ends that wait.
  /// Errors: as start(); kIo when the caller's work was cancelled.
  base::Result<Job> start_job(const ResourceLimits& limits);

 private:
  const std::shared_ptr<HelperProcess> process_;
};

}  // namespace layercast::sandbox
