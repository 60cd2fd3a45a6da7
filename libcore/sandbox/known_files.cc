#include "sandbox/known_files.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>
#include <unistd.h>
#include <utility>

namespace layercast::sandbox::known_files {
namespace {

struct KnownFile {
  std::string path;
  Descriptor file;
};

// Never destroyed: the signal handler reads it until the process ends.
std::deque<KnownFile>& files() {
  static auto* files = new std::deque<KnownFile>;
  return *files;
}

// Async-signal-safe: nothing changes the table once there is another thread.
int file_of(const char* path) {
  if (path == nullptr) return -1;
  for (const KnownFile& known : files()) {
    if (std::strcmp(known.path.c_str(), path) == 0) return known.file.number();
  }
  return -1;
}

int64_t opened(const char* path, int64_t flags) {
  const int file = file_of(path);
  if (file < 0 || (flags & O_ACCMODE) != O_RDONLY) return -EACCES;
  const int copy = ::fcntl(file, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return -errno;
  // All copies share one position.
  ::lseek(copy, 0, SEEK_SET);
  return copy;
}

int64_t stat_of(const char* path, void* status) {
  const int file = file_of(path);
  if (file < 0) return -EACCES;
  return ::fstat(file, static_cast<struct stat*>(status)) == 0 ? 0 : -errno;
}

int64_t accessed(const char* path, int64_t mode) {
  return file_of(path) >= 0 && (mode & (W_OK | X_OK)) == 0 ? 0 : -EACCES;
}

// The pointer in a register.
void* pointer_in(greg_t value) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): registers are numbers
  return reinterpret_cast<void*>(value);
}
const char* text_at(greg_t value) { return static_cast<const char*>(pointer_in(value)); }

// Source: seccomp(2), SECCOMP_RET_TRAP: `si_syscall` is the number of the call, and the register
// of the result is the handler's to set.
void on_call(int /*signal*/, siginfo_t* info, void* context) {
  const int saved = errno;
  greg_t* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  int64_t result = -EACCES;
  switch (info->si_syscall) {
    case SYS_open:
      result = opened(text_at(registers[REG_RDI]), registers[REG_RSI]);
      break;
    case SYS_openat:
      result = opened(text_at(registers[REG_RSI]), registers[REG_RDX]);
      break;
    case SYS_stat:
    case SYS_lstat:
      result = stat_of(text_at(registers[REG_RDI]), pointer_in(registers[REG_RSI]));
      break;
    case SYS_newfstatat: {
      const char* path = text_at(registers[REG_RSI]);
      void* status = pointer_in(registers[REG_RDX]);
      // fstat() of glibc: an empty name and a descriptor.
      if (path != nullptr && path[0] == '\0' && (registers[REG_R10] & AT_EMPTY_PATH) != 0) {
        result = ::syscall(SYS_fstat, registers[REG_RDI], status) == 0 ? 0 : -errno;
      } else {
        result = stat_of(path, status);
      }
      break;
    }
    case SYS_access:
      result = accessed(text_at(registers[REG_RDI]), registers[REG_RSI]);
      break;
    case SYS_faccessat:
    case SYS_faccessat2:
      result = accessed(text_at(registers[REG_RSI]), registers[REG_RDX]);
      break;
    default:
      break;
  }
  registers[REG_RAX] = result;
  errno = saved;
}

}  // namespace

void add(std::string path, Descriptor file) {
  if (file.is_open() && file_of(path.c_str()) < 0) {
    files().push_back({std::move(path), std::move(file)});
  }
}

void add(const std::string& path) { add(path, open_regular_file(path)); }

void answer_calls() {
  struct sigaction action {};
  action.sa_sigaction = on_call;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART;
  ::sigaction(SIGSYS, &action, nullptr);
}

}  // namespace layercast::sandbox::known_files
