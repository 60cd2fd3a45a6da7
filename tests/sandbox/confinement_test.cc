#include "sandbox/confinement.h"

#include "sandbox/known_files.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace layercast::sandbox {
namespace {

// What `act` returns in a confined process, or -1 when the process crashed.
int confined(const std::function<int()>& act, const ResourceLimits& limits = {},
             Reach reach = Reach::kNothing) {
  const pid_t child = ::fork();
  if (child == 0) {
    const Layers layers = confine(limits, reach);
    if (!layers.has(Layer::kSeccomp) || !layers.has(Layer::kNoNewPrivileges)) ::_exit(99);
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int signal_of(const std::function<int()>& act, const ResourceLimits& limits = {}) {
  const pid_t child = ::fork();
  if (child == 0) {
    confine(limits);
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

struct Forbidden {
  const char* name;
  int (*act)();  ///< 0: it failed, as it must
};

// Whether the filter has refused a call: the system may not have the protocol at all.
int is_not_permitted(int result) { return result < 0 && errno == EPERM ? 0 : 1; }

int opens_tcp_socket() { return ::socket(AF_INET, SOCK_STREAM, 0) < 0 ? 0 : 1; }

// Each of them succeeds in a process that is not confined.
constexpr std::array kForbidden = {
    Forbidden{"read a file", [] { return ::open("/etc/passwd", O_RDONLY) < 0 ? 0 : 1; }},
    Forbidden{"read a file by openat",
              [] { return ::openat(AT_FDCWD, "/etc/passwd", O_RDONLY) < 0 ? 0 : 1; }},
    Forbidden{"list a folder", [] { return ::open("/", O_RDONLY | O_DIRECTORY) < 0 ? 0 : 1; }},
    Forbidden{"look at a file",
              [] {
                struct stat status {};
                return ::stat("/etc/passwd", &status) != 0 ? 0 : 1;
              }},
    Forbidden{"see whether a file exists",
              [] { return ::access("/etc/passwd", R_OK) != 0 ? 0 : 1; }},
    Forbidden{"create a file",
              [] { return ::open("/tmp/confined", O_CREAT | O_WRONLY, 0600) < 0 ? 0 : 1; }},
    Forbidden{"open a TCP socket", opens_tcp_socket},
    Forbidden{"open an ICMP socket",
              [] { return is_not_permitted(::socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)); }},
    Forbidden{"open an SCTP socket",
              [] { return is_not_permitted(::socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP)); }},
    Forbidden{"open a raw socket",
              [] { return is_not_permitted(::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }},
    Forbidden{"open a Unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? 0 : 1; }},
    Forbidden{"ask the kernel about its interfaces",
              [] { return ::socket(AF_NETLINK, SOCK_RAW, 0) < 0 ? 0 : 1; }},
    Forbidden{"connect two sockets",
              [] {
                int ends[2];
                return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ? 0 : 1;
              }},
    Forbidden{"start a process",
              [] {
                const pid_t child = ::fork();
                if (child == 0) ::_exit(0);
                return child < 0 ? 0 : 1;
              }},
    Forbidden{"run a program",
              [] {
                char* const none[] = {nullptr};
                ::execve("/bin/true", none, none);
                return 0;  // a success ends the process with 0, too: see TEST below
              }},
    Forbidden{"make memory executable",
              [] {
                void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                return memory == MAP_FAILED ? 0 : 1;
              }},
    Forbidden{"send a signal to its parent", [] { return ::kill(::getppid(), 0) != 0 ? 0 : 1; }},
    Forbidden{"change the folder", [] { return ::chdir("/") != 0 ? 0 : 1; }},
};

TEST(Confinement, TakesTheRights) {
  for (const Forbidden& forbidden : kForbidden) {
    EXPECT_EQ(confined(forbidden.act), 0) << forbidden.name;
  }
}

TEST(Confinement, WithTheNetworkTakesAllOtherRights) {
  for (const Forbidden& forbidden : kForbidden) {
    if (forbidden.act == opens_tcp_socket) continue;
    EXPECT_EQ(confined(forbidden.act, {}, Reach::kNetwork), 0) << forbidden.name;
  }
}

// A connection over the loopback interface; returns the number of the step that fails.
int speaks_to_itself() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, any, size) != 0 || ::listen(listener, 1) != 0) return 1;
  if (::getsockname(listener, any, &size) != 0) return 2;
  const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (::connect(caller, any, size) != 0 && errno != EINPROGRESS) return 3;
  const int taker = ::accept(listener, nullptr, nullptr);
  if (taker < 0 || ::fcntl(caller, F_SETFL, 0) != 0) return 4;
  int error = -1;
  socklen_t error_size = sizeof error;
  ::getsockopt(caller, SOL_SOCKET, SO_ERROR, &error, &error_size);
  if (error != 0) return 5;
  char byte = 'x';
  if (::send(caller, &byte, 1, MSG_NOSIGNAL) != 1) return 6;
  return ::recv(taker, &byte, 1, 0) == 1 ? 0 : 7;
}

TEST(Confinement, WithTheNetworkConnects) {
  EXPECT_EQ(confined(speaks_to_itself, {}, Reach::kNetwork), 0);
  EXPECT_NE(confined(speaks_to_itself), 0);
}

TEST(Confinement, WithTheNetworkFindsNamesInItsKnownFiles) {
  EXPECT_EQ(confined(
                [] {
                  const int file = ::memfd_create("hosts", 0);
                  const std::string text = "127.0.0.9 the-host\n";
                  if (::write(file, text.data(), text.size()) < 0) return 1;
                  known_files::add("/etc/hosts", Descriptor(file));
                  addrinfo hints{};
                  hints.ai_family = AF_INET;
                  hints.ai_socktype = SOCK_STREAM;
                  addrinfo* found = nullptr;
                  if (::getaddrinfo("the-host", "80", &hints, &found) != 0) return 2;
                  const auto* address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
                  return address->sin_addr.s_addr == ::htonl(INADDR_LOOPBACK + 8) ? 0 : 3;
                },
                {}, Reach::kNetwork),
            0);
}

// Shows that the table above can fail.
TEST(Confinement, AFreeProcessHasTheRights) {
  for (const Forbidden& forbidden : kForbidden) {
    const std::string name = forbidden.name;
    if (name == "run a program" || name == "create a file") continue;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(forbidden.act());
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 1) << name;
  }
}

TEST(Confinement, RunsNoProgram) {
  EXPECT_EQ(confined([] {
              char* const none[] = {nullptr};
              ::execve("/bin/false", none, none);
              return errno == EPERM || errno == EACCES ? 7 : 8;
            }),
            7);
}

TEST(Confinement, LeavesWhatDecodersNeed) {
  EXPECT_EQ(confined([] {
              const std::string text(1 << 20, 'x');
              std::thread thread([&] { ::usleep(1000); });
              thread.join();
              const int file = ::memfd_create("test", MFD_ALLOW_SEALING);
              if (file < 0) return 1;
              if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
                return 2;
              }
              if (::fcntl(file, F_ADD_SEALS, F_SEAL_WRITE) != 0) return 3;
              struct stat status {};
              if (::fstat(file, &status) != 0 || status.st_size != 1 << 20) return 4;
              void* memory = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0);
              return memory == MAP_FAILED ? 5 : 0;
            }),
            0);
}

TEST(Confinement, LimitsTimeAndMemory) {
  EXPECT_EQ(signal_of(
                [] {
                  while (std::clock() >= 0) {
                  }
                  return 0;
                },
                {int64_t{1} << 30, 1}),
            SIGXCPU);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_EQ(confined([] { return std::malloc(size_t{1} << 30) == nullptr ? 0 : 1; },
                     {int64_t{1} << 29, 10}),
            0);
#endif
}

TEST(Confinement, SeesItsKnownFilesOnly) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("known_file_" + std::to_string(::getpid())))
          .string();
  std::ofstream(path) << "known";
  EXPECT_EQ(confined([&] {
              // Not before confine(): the file is added to this process only.
              known_files::add("/known", Descriptor(::dup(0)));
              struct stat status {};
              if (::stat("/known", &status) != 0) return 1;
              if (::access("/known", R_OK) != 0) return 2;
              if (::access("/known", W_OK) == 0) return 3;
              if (::open("/known", O_RDWR) >= 0) return 4;
              if (::stat("/unknown", &status) == 0) return 5;
              return ::open("/known", O_RDONLY) >= 0 ? 0 : 6;
            }),
            0);
  const pid_t child = ::fork();
  if (child == 0) {
    known_files::add(path);
    known_files::add("/etc");  // a folder is no known file
    confine({});
    std::ifstream file(path);
    std::string text;
    file >> text;
    std::ifstream again(path);
    std::string same;
    again >> same;
    ::_exit(text == "known" && same == "known" && ::open("/etc", O_RDONLY) < 0 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  std::filesystem::remove(path);
}

TEST(Layers, AreListed) {
  Layers layers;
  layers.add(Layer::kSeccomp);
  EXPECT_TRUE(layers.has(Layer::kSeccomp));
  EXPECT_FALSE(layers.has(Layer::kLandlock));
  EXPECT_EQ(Layers::of_bits(layers.bits()), layers);
  EXPECT_EQ(Layers::of_bits(0xffffffff).bits(), (1U << kLayerCount) - 1) << "no others";
}

}  // namespace
}  // namespace layercast::sandbox
