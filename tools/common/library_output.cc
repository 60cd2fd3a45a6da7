#include "tools/common/library_output.h"

#include "base/thread_name.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

// Present in builds with a sanitizer: its reports must not go through the pipe.
extern "C" __attribute__((weak)) void __sanitizer_set_report_fd(void* descriptor);  // NOLINT

namespace layercast::tools {
namespace {

constexpr size_t kLineBytesMax = 4096;

// The state that a signal handler uses: the real stderr, the end of the pipe, and what was read
// last.
std::atomic<int> real_descriptor{STDERR_FILENO};
std::atomic<int> pipe_reader{-1};
std::array<char, 4096> recent{};
std::atomic<size_t> recent_count{0};

void send_reports_to(int descriptor) {
  if (__sanitizer_set_report_fd == nullptr) return;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the interface takes a descriptor as a pointer.
  __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<intptr_t>(descriptor)));
}

void write_whole(int descriptor, const char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= static_cast<size_t>(written);
  }
}

// Writes what is still in the pipe, after what was read last. Then abort() ends the process.
void on_abort(int) {
  const int target = real_descriptor.load();
  write_whole(target, recent.data(), recent_count.load());
  const int reader = pipe_reader.load();
  if (reader < 0 || ::fcntl(reader, F_SETFL, O_NONBLOCK) != 0) return;
  std::array<char, 1024> bytes{};
  for (;;) {
    const ssize_t count = ::read(reader, bytes.data(), bytes.size());
    if (count <= 0) return;
    write_whole(target, bytes.data(), static_cast<size_t>(count));
  }
}

void keep_recent(const char* bytes, size_t count) {
  const size_t kept = std::min(recent_count.load(), recent.size() - std::min(count, recent.size()));
  const size_t dropped = recent_count.load() - kept;
  recent_count = 0;
  std::copy_n(recent.begin() + static_cast<ptrdiff_t>(dropped), kept, recent.begin());
  const size_t added = std::min(count, recent.size() - kept);
  std::copy_n(bytes + (count - added), added, recent.begin() + static_cast<ptrdiff_t>(kept));
  recent_count = kept + added;
}

std::thread thread_without_signals(const std::function<void()>& work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread = base::named_thread("library-output", work);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

int message_descriptor() { return real_descriptor.load(); }

class LibraryOutput::Redirection {
 public:
  // Takes over the descriptors: the copy of stderr, and the reading end of the pipe.
  Redirection(const Log& log, int real, int reader) : log_(log), real_(real), reader_(reader) {
    real_descriptor = real;
    pipe_reader = reader;
    recent_count = 0;
    send_reports_to(real);
    before_ = std::signal(SIGABRT, on_abort);
    thread_ = thread_without_signals([this] { read_lines(); });
  }

  // Closes the last writing end of the pipe, so that the thread ends.
  ~Redirection() {
    std::fflush(stderr);
    ::dup2(real_, STDERR_FILENO);
    thread_.join();
    std::signal(SIGABRT, before_);
    send_reports_to(STDERR_FILENO);
    real_descriptor = STDERR_FILENO;
    pipe_reader = -1;
    ::close(reader_);
    // real_ stays open: another thread may be about to write a message to it.
  }
  Redirection(const Redirection&) = delete;
  Redirection& operator=(const Redirection&) = delete;

 private:
  void read_lines() {
    std::array<char, 1024> bytes{};
    for (;;) {
      const ssize_t count = ::read(reader_, bytes.data(), bytes.size());
      if (count <= 0) break;
      keep_recent(bytes.data(), static_cast<size_t>(count));
      for (const char byte : std::string_view(bytes.data(), static_cast<size_t>(count))) {
        take(byte);
      }
    }
    end_line();
  }

  void take(char byte) {
    if (byte == '\n' || line_.size() >= kLineBytesMax) return end_line();
    const bool is_control = static_cast<unsigned char>(byte) < 0x20;
    line_ += is_control ? ' ' : byte;
  }

  void end_line() {
    if (!line_.empty()) log_.write(LogLevel::kDebug, "from a library: " + line_);
    line_.clear();
  }

  const Log& log_;
  int real_;
  int reader_;
  std::string line_;
  void (*before_)(int) = nullptr;
  std::thread thread_;
};

LibraryOutput::LibraryOutput(const Log& log) {
  const int real = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (real < 0) return;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    ::close(real);
    return;
  }
  std::fflush(stderr);
  ::dup2(ends[1], STDERR_FILENO);
  ::close(ends[1]);
  redirection_ = std::make_unique<Redirection>(log, real, ends[0]);
}

LibraryOutput::~LibraryOutput() = default;

}  // namespace layercast::tools
