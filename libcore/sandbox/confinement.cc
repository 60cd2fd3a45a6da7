#include "sandbox/confinement.h"

#include "sandbox/descriptor.h"
#include "sandbox/known_files.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/landlock.h>
#include <memory>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <span>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// The sanitizers reserve terabytes of address space, and make more system calls. gcc and clang say
// differently that one is on.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LAYERCAST_HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LAYERCAST_HAS_SANITIZER 1
#endif
#endif

namespace layercast::sandbox {
namespace {

// ---- Resource limits ----------------------------------------------------------------------------

bool limit(__rlimit_resource resource, int64_t value) {
  const auto most = static_cast<rlim_t>(value);
  const rlimit both{most, most};
  return ::setrlimit(resource, &both) == 0;
}

bool limit_resources(const ResourceLimits& limits) {
  bool is_limited = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 512) &&
                    limit(RLIMIT_FSIZE, limits.memory_bytes) && limit(RLIMIT_MEMLOCK, 0);
  // First a signal, then, a second later, the end.
  const rlimit cpu{static_cast<rlim_t>(limits.cpu_seconds),
                   static_cast<rlim_t>(limits.cpu_seconds + 1)};
  is_limited = ::setrlimit(RLIMIT_CPU, &cpu) == 0 && is_limited;
#if !defined(LAYERCAST_HAS_SANITIZER)
  is_limited = limit(RLIMIT_AS, limits.memory_bytes) && is_limited;
#endif
  return is_limited;
}

// ---- Landlock -----------------------------------------------------------------------------------

// The rights of the first version; later versions add some, which the header may not know.
constexpr uint64_t kFileRights =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM;

// A set without rules: nothing below any folder is allowed.
bool restrict_files() {
  const landlock_ruleset_attr rights{.handled_access_fs = kFileRights};
  const Descriptor rules(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0)));
  return rules.is_open() && ::syscall(SYS_landlock_restrict_self, rules.number(), 0) == 0;
}

// ---- seccomp ------------------------------------------------------------------------------------

// What decoders, the C library and its threads call. They work on memory and on descriptors that
// the process has.
constexpr std::array kAllowed = {
    SCMP_SYS(read),          SCMP_SYS(write),           SCMP_SYS(readv),
    SCMP_SYS(writev),        SCMP_SYS(pread64),         SCMP_SYS(lseek),
    SCMP_SYS(close),         SCMP_SYS(fstat),           SCMP_SYS(ftruncate),
    SCMP_SYS(dup),           SCMP_SYS(sendmsg),         SCMP_SYS(recvmsg),
    SCMP_SYS(poll),          SCMP_SYS(ppoll),           SCMP_SYS(memfd_create),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),          SCMP_SYS(madvise),
    SCMP_SYS(brk),           SCMP_SYS(futex),           SCMP_SYS(nanosleep),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),          SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),          SCMP_SYS(getrusage),       SCMP_SYS(sched_yield),
    SCMP_SYS(getrandom),     SCMP_SYS(rt_sigaction),    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(sigaltstack),     SCMP_SYS(sched_getaffinity),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),      SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),          SCMP_SYS(membarrier),      SCMP_SYS(restart_syscall),
    SCMP_SYS(getuid),        SCMP_SYS(geteuid),         SCMP_SYS(getgid),
    SCMP_SYS(getegid),       SCMP_SYS(set_tid_address),
#if defined(LAYERCAST_HAS_SANITIZER)
    SCMP_SYS(pipe),          SCMP_SYS(pipe2),  // by which they check whether memory can be read
#endif
};

// Those that name files; known_files answers them.
constexpr std::array kNamingFiles = {
    SCMP_SYS(open),   SCMP_SYS(openat),     SCMP_SYS(stat),      SCMP_SYS(lstat),
    SCMP_SYS(access), SCMP_SYS(newfstatat), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
};

// What protocols call beyond that: libavformat, its TLS and SRT libraries, and the resolver.
constexpr std::array kAllowedOfNetwork = {
    SCMP_SYS(connect),      SCMP_SYS(bind),          SCMP_SYS(listen),      SCMP_SYS(accept),
    SCMP_SYS(accept4),      SCMP_SYS(shutdown),      SCMP_SYS(getsockname), SCMP_SYS(getpeername),
    SCMP_SYS(setsockopt),   SCMP_SYS(getsockopt),    SCMP_SYS(sendto),      SCMP_SYS(recvfrom),
    SCMP_SYS(sendmmsg),     SCMP_SYS(recvmmsg),      SCMP_SYS(select),      SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),   SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),  SCMP_SYS(eventfd2),      SCMP_SYS(uname),
};

scmp_arg_cmp argument(unsigned number, scmp_compare comparison, scmp_datum_t one,
                      scmp_datum_t other = 0) {
  return {number, comparison, one, other};
}

bool allow(scmp_filter_ctx filter, int call, const scmp_arg_cmp& condition) {
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition) == 0;
}

struct FilterFree {
  void operator()(scmp_filter_ctx filter) const { seccomp_release(filter); }
};

// The call with one of `values` as an argument of the type int: the kernel takes the lower half.
bool allow_values(scmp_filter_ctx filter, int call, unsigned number, std::span<const int> values) {
  bool is_added = true;
  for (const int value : values) {
    const auto condition = argument(number, SCMP_CMP_MASKED_EQ, 0xffffffff,
                                    static_cast<scmp_datum_t>(static_cast<unsigned>(value)));
    is_added = allow(filter, call, condition) && is_added;
  }
  return is_added;
}

// fcntl() for copies, flags and seals of descriptors, not for their owners or for leases.
bool allow_fcntl(scmp_filter_ctx filter) {
  constexpr std::array kCommands = {F_DUPFD_CLOEXEC, F_DUPFD,     F_GETFD,    F_SETFD,
                                    F_GETFL,         F_ADD_SEALS, F_GET_SEALS};
  return allow_values(filter, SCMP_SYS(fcntl), 1, kCommands);
}

// Memory that is never executable.
bool allow_memory(scmp_filter_ctx filter) {
  bool is_added = true;
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    is_added = allow(filter, call, argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) && is_added;
  }
  return is_added;
}

// Threads of this process, but no processes. clone3() has its flags in memory, which a filter does
// not see; the C library then takes clone().
bool allow_threads(scmp_filter_ctx filter) {
  return allow(filter, SCMP_SYS(clone),
               argument(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) &&
         seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

// abort() sends a signal to its own process; glibc asks for the limit of the stack.
bool allow_own_affairs(scmp_filter_ctx filter) {
  const auto self = static_cast<scmp_datum_t>(::getpid());
  return allow(filter, SCMP_SYS(tgkill), argument(0, SCMP_CMP_EQ, self)) &&
         allow(filter, SCMP_SYS(prlimit64), argument(2, SCMP_CMP_EQ, 0));
}

// TCP and UDP over IP. No Unix socket, by which a process could reach services of the machine, and
// no other protocol, whose module the kernel would load.
bool allow_sockets(scmp_filter_ctx filter) {
  constexpr scmp_datum_t kWhole = 0xffffffff;
  constexpr scmp_datum_t kType = 0xf;  // the other bits are SOCK_CLOEXEC and SOCK_NONBLOCK
  constexpr std::array<std::pair<scmp_datum_t, scmp_datum_t>, 4> kKinds = {
      {{SOCK_STREAM, 0}, {SOCK_STREAM, IPPROTO_TCP}, {SOCK_DGRAM, 0}, {SOCK_DGRAM, IPPROTO_UDP}}};
  bool is_added = true;
  for (const scmp_datum_t family : {scmp_datum_t{AF_INET}, scmp_datum_t{AF_INET6}}) {
    for (const auto& [type, protocol] : kKinds) {
      const std::array conditions = {argument(0, SCMP_CMP_MASKED_EQ, kWhole, family),
                                     argument(1, SCMP_CMP_MASKED_EQ, kType, type),
                                     argument(2, SCMP_CMP_MASKED_EQ, kWhole, protocol)};
      is_added = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), conditions.size(),
                                        conditions.data()) == 0 &&
                 is_added;
    }
  }
  return is_added;
}

bool allow_network(scmp_filter_ctx filter) {
  constexpr std::array kCommands = {F_SETFL};
  constexpr std::array kRequests = {FIONREAD, FIONBIO};
  constexpr std::array kOperations = {PR_SET_NAME};  // libsrt names its threads
  bool is_added = true;
  for (const int call : kAllowedOfNetwork) {
    is_added = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0 && is_added;
  }
  return is_added && allow_sockets(filter) && allow_values(filter, SCMP_SYS(fcntl), 1, kCommands) &&
         allow_values(filter, SCMP_SYS(ioctl), 1, kRequests) &&
         allow_values(filter, SCMP_SYS(prctl), 0, kOperations);
}

bool filter_calls(Reach reach) {
  // A call that is not in the list fails as one that is not permitted.
  const std::unique_ptr<void, FilterFree> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (filter == nullptr) return false;
  bool is_added = true;
  for (const int call : kAllowed) {
    is_added = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0 && is_added;
  }
  for (const int call : kNamingFiles) {
    is_added = seccomp_rule_add(filter.get(), SCMP_ACT_TRAP, call, 0) == 0 && is_added;
  }
  is_added = is_added && allow_fcntl(filter.get()) && allow_memory(filter.get()) &&
             allow_threads(filter.get()) && allow_own_affairs(filter.get());
  if (reach == Reach::kNetwork) is_added = is_added && allow_network(filter.get());
  known_files::answer_calls();
  return is_added && seccomp_load(filter.get()) == 0;
}

}  // namespace

const char* name_of(Layer layer) {
  switch (layer) {
    case Layer::kNoNewPrivileges:
      return "no_new_privs";
    case Layer::kResourceLimits:
      return "rlimits";
    case Layer::kNamespaces:
      return "namespaces";
    case Layer::kLandlock:
      return "landlock";
    case Layer::kSeccomp:
      return "seccomp";
  }
  return "";
}

Layers Layers::of_bits(uint32_t bits) {
  Layers layers;
  layers.bits_ = bits & ((1U << kLayerCount) - 1);
  return layers;
}

bool enter_namespaces(Reach reach) {
  const int network = reach == Reach::kNothing ? CLONE_NEWNET : 0;
  return ::unshare(CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWUTS | network) == 0;
}

Layers confine(const ResourceLimits& limits, Reach reach) {
  Layers layers;
  if (limit_resources(limits)) layers.add(Layer::kResourceLimits);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) layers.add(Layer::kNoNewPrivileges);
  if (restrict_files()) layers.add(Layer::kLandlock);
  if (filter_calls(reach)) layers.add(Layer::kSeccomp);
  return layers;
}

}  // namespace layercast::sandbox
