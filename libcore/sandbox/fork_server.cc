#include "sandbox/fork_server.h"

#include "sandbox/control_messages.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace layercast::sandbox {
namespace {

// The kernel ends a job before other processes when memory runs out.
void offer_to_the_oom_killer() {
  const Descriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file.is_open()) [[maybe_unused]]
    const auto written = ::write(file.number(), "1000", 4);
}

/// The server's side of the jobs that run.
class Server {
 public:
  Server(Channel control, const JobMain& job, Reach reach)
      : control_(std::move(control)), job_(job), reach_(reach) {}

  int run() {
    has_namespaces_ = enter_namespaces(reach_);
    if (!watch_children() || !greet()) return 1;
    for (;;) {
      std::array<pollfd, 2> sources{
          {{control_.socket().number(), POLLIN, 0}, {children_.number(), POLLIN, 0}}};
      if (::poll(sources.data(), sources.size(), -1) < 0 && errno != EINTR) return 1;
      if ((sources[1].revents & POLLIN) != 0) report_ends();
      if (sources[0].revents != 0 && !take_request()) return 0;
    }
  }

 private:
  bool watch_children() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    children_ = Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    return children_.is_open();
  }

  // Tells which layers are in force, after trying them in a process that then ends.
  bool greet() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    const Descriptor reader(ends[0]);
    Descriptor writer(ends[1]);
    const pid_t child = ::fork();
    if (child == 0) {
      const std::string bytes = hello_message(confine({}, reach_));
      const bool is_written = ::write(writer.number(), bytes.data(), bytes.size()) > 0;
      ::_exit(is_written ? 0 : 1);
    }
    writer.reset();
    std::array<char, 64> bytes{};
    ssize_t size = -1;
    do {
      size = ::read(reader.number(), bytes.data(), bytes.size());
    } while (size < 0 && errno == EINTR);
    if (child > 0) ::waitpid(child, nullptr, 0);
    auto layers = hello_layers({bytes.data(), static_cast<size_t>(size > 0 ? size : 0)});
    if (!layers) return false;
    if (has_namespaces_) layers->add(Layer::kNamespaces);
    return control_.send(hello_message(*layers)).ok();
  }

  // False when the other end is gone.
  bool take_request() {
    auto received = control_.receive();
    if (!received || !received.value()) return false;
    Message& message = *received.value();
    const auto limits = job_limits(message.bytes);
    if (limits && message.descriptors.size() == 2) {
      start(*limits, Channel(std::move(message.descriptors[0])),
            Channel(std::move(message.descriptors[1])));
    }
    return true;  // the other end sees the channels of a job that was not started close
  }

  void start(const ResourceLimits& limits, Channel channel, Channel status) {
    const pid_t server = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) return;
    if (child == 0) {
      leave_server(server);
      status.close();
      confine(limits, reach_);
      job_(std::move(channel));
      ::_exit(0);
    }
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    const std::array descriptors{process.number()};
    const bool is_told = process.is_open() && status.send("job", descriptors).ok();
    if (!is_told) ::kill(child, SIGKILL);
    running_.emplace(child, std::move(status));
  }

  // In a new job: it must not speak for other jobs, and must not outlive the server.
  void leave_server(pid_t server) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != server) ::_exit(1);
    offer_to_the_oom_killer();
    running_.clear();
    control_.close();
    children_.reset();
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  void report_ends() {
    signalfd_siginfo info{};
    while (::read(children_.number(), &info, sizeof info) > 0) {
    }
    int status = 0;
    for (pid_t child = 0; (child = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      auto ended = running_.extract(child);
      // The other end may have gone already.
      if (!ended.empty()) static_cast<void>(ended.mapped().send(end_message(status)));
    }
  }

  Channel control_;
  const JobMain& job_;
  const Reach reach_;
  Descriptor children_;  ///< tells of SIGCHLD
  bool has_namespaces_ = false;
  std::map<pid_t, Channel> running_;  ///< the status channels
};

}  // namespace

int serve_jobs(Channel control, const JobMain& job, Reach reach) {
  return Server(std::move(control), job, reach).run();
}

}  // namespace layercast::sandbox
