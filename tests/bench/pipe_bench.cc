// What it costs to hand a raw frame to another process through a pipe, one way beside the other.
//
// A child makes frames and sends them; this process reads each into a frame buffer and looks
// whether it is whole. Prints wall and CPU time per frame, making the frame included: pages that
// are fresh for every frame cost when they are made, not when they are sent.
//
// The last column tells what each way asks of a reader that is not known. Before the measurement a
// reader takes pages out of the pipe by splice(), as `pv` and others do, and looks at them only
// after all frames were sent: pages that the writer has written again by then show a later frame.
//
//     pipe_bench [--frames N] [--rounds N]

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr size_t kFrameBytes = size_t{1920} * 1080 * 4;
constexpr size_t kPageBytes = 4096;
constexpr size_t kHugePageBytes = size_t{2} << 20;
constexpr int kSmallPipeBytes = 64 << 10;
constexpr int kBigPipeBytes = 1 << 20;
static_assert(kFrameBytes % kPageBytes == 0);
// The pipe holds less than a frame: when a frame is sent, the one before it has left the pipe.
constexpr size_t kBuffersTurning = 3;
static_assert(kFrameBytes > kBigPipeBytes);

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "pipe_bench: %s: %s\n", what, std::strerror(errno));
  std::_Exit(1);
}

enum class Send { kWrite, kVmsplice };
enum class Memory {
  kOneBuffer,
  kTurningBuffers,
  kFreshPages,
  kFreshPagesPopulated,
  kCopyInFreshPages,  ///< the frame is made in one buffer and copied
};
enum class Pages { kPlain, kHuge };

struct Way {
  std::string_view name;
  Send send;
  int pipe_bytes;
  Memory memory;
  Pages writer_pages;
  Pages reader_pages;
};

constexpr std::array kWays = {
    Way{"write, 64 KiB pipe", Send::kWrite, kSmallPipeBytes, Memory::kOneBuffer, Pages::kPlain,
        Pages::kPlain},
    Way{"write, 1 MiB pipe", Send::kWrite, kBigPipeBytes, Memory::kOneBuffer, Pages::kPlain,
        Pages::kPlain},
    Way{"write, 1 MiB pipe, huge pages", Send::kWrite, kBigPipeBytes, Memory::kOneBuffer,
        Pages::kHuge, Pages::kPlain},
    Way{"write, 1 MiB pipe, huge pages at both ends", Send::kWrite, kBigPipeBytes,
        Memory::kOneBuffer, Pages::kHuge, Pages::kHuge},
    Way{"vmsplice, buffers in turn", Send::kVmsplice, kBigPipeBytes, Memory::kTurningBuffers,
        Pages::kPlain, Pages::kPlain},
    Way{"vmsplice, buffers in turn, huge pages", Send::kVmsplice, kBigPipeBytes,
        Memory::kTurningBuffers, Pages::kHuge, Pages::kPlain},
    Way{"vmsplice, fresh pages given away", Send::kVmsplice, kBigPipeBytes, Memory::kFreshPages,
        Pages::kPlain, Pages::kPlain},
    Way{"vmsplice, fresh pages, populated", Send::kVmsplice, kBigPipeBytes,
        Memory::kFreshPagesPopulated, Pages::kPlain, Pages::kPlain},
    Way{"vmsplice, fresh huge pages", Send::kVmsplice, kBigPipeBytes, Memory::kFreshPages,
        Pages::kHuge, Pages::kPlain},
    Way{"vmsplice, copied into fresh huge pages", Send::kVmsplice, kBigPipeBytes,
        Memory::kCopyInFreshPages, Pages::kHuge, Pages::kPlain},
    Way{"vmsplice, fresh huge pages at both ends", Send::kVmsplice, kBigPipeBytes,
        Memory::kFreshPages, Pages::kHuge, Pages::kHuge},
};

// Pages for one frame, given back to the system at the end.
class FrameMemory {
 public:
  FrameMemory(Pages pages, int extra_flags) {
    constexpr size_t kHugeBytes =
        (kFrameBytes + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
    // With room to align.
    mapped_bytes_ = pages == Pages::kHuge ? kHugeBytes + kHugePageBytes : kFrameBytes;
    mapped_ = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | extra_flags, -1, 0);
    if (mapped_ == MAP_FAILED) die("mmap");
    frame_ = mapped_;
    if (pages == Pages::kPlain) return;
    size_t room = mapped_bytes_;
    std::align(kHugePageBytes, kHugeBytes, frame_, room);
    // Where the system has no huge pages this fails, and the row says what plain ones cost.
    ::madvise(frame_, kHugeBytes, MADV_HUGEPAGE);
  }
  FrameMemory(FrameMemory&& other) noexcept
      : mapped_(other.mapped_), mapped_bytes_(other.mapped_bytes_), frame_(other.frame_) {
    other.mapped_ = nullptr;
  }
  FrameMemory& operator=(FrameMemory&&) = delete;
  ~FrameMemory() {
    if (mapped_ != nullptr) ::munmap(mapped_, mapped_bytes_);
  }

  uint64_t* words() const { return static_cast<uint64_t*>(frame_); }
  std::byte* bytes() const { return static_cast<std::byte*>(frame_); }

 private:
  void* mapped_ = nullptr;
  size_t mapped_bytes_ = 0;
  void* frame_ = nullptr;
};

// Every word of frame n is n: what stands for rendering it.
void make_frame(uint64_t* words, uint64_t number) {
  std::fill_n(words, kFrameBytes / sizeof(uint64_t), number);
}

int64_t pages_of_other_frames(const uint64_t* words, size_t bytes, uint64_t number) {
  int64_t wrong = 0;
  for (size_t at = 0; at < bytes; at += kPageBytes) {
    if (words[at / sizeof(uint64_t)] != number) ++wrong;
  }
  return wrong;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void send(int descriptor, const FrameMemory& memory, const Way& way) {
  const bool gives_away = way.memory != Memory::kTurningBuffers;
  for (size_t sent = 0; sent < kFrameBytes;) {
    ssize_t bytes = 0;
    if (way.send == Send::kWrite) {
      bytes = ::write(descriptor, memory.bytes() + sent, kFrameBytes - sent);
    } else {
      const iovec rest{memory.bytes() + sent, kFrameBytes - sent};
      bytes = ::vmsplice(descriptor, &rest, 1, gives_away ? SPLICE_F_GIFT : 0u);
    }
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) die("the writer");
    sent += static_cast<size_t>(bytes);
  }
}

// What the child tells the parent, in memory that both see.
struct WriterReport {
  double cpu_seconds = 0;
};

// The memory of a way, and how a frame gets into it and out.
class FrameSource {
 public:
  explicit FrameSource(const Way& way) : way_(way) {
    if (way.memory == Memory::kFreshPages || way.memory == Memory::kFreshPagesPopulated) return;
    const size_t kept = way.memory == Memory::kTurningBuffers ? kBuffersTurning : 1;
    for (size_t i = 0; i < kept; ++i) {
      kept_.emplace_back(way.writer_pages, 0);
      make_frame(kept_.back().words(), 0);
    }
  }

  void send_frame(int descriptor, uint64_t number) const {
    if (!kept_.empty()) {
      const FrameMemory& buffer = kept_[number % kept_.size()];
      make_frame(buffer.words(), number);
      if (way_.memory != Memory::kCopyInFreshPages) return send(descriptor, buffer, way_);
    }
    const FrameMemory fresh(way_.writer_pages,
                            way_.memory == Memory::kFreshPagesPopulated ? MAP_POPULATE : 0);
    if (kept_.empty()) {
      make_frame(fresh.words(), number);
    } else {
      std::memcpy(fresh.bytes(), kept_.front().bytes(), kFrameBytes);
    }
    send(descriptor, fresh, way_);
  }

 private:
  const Way& way_;
  std::vector<FrameMemory> kept_;
};

// The child: frame 0 warms up, `frames` more are measured.
[[noreturn]] void write_frames(int descriptor, const Way& way, int frames, WriterReport& report) {
  const FrameSource source(way);
  source.send_frame(descriptor, 0);
  const double start = cpu_seconds();
  for (int number = 1; number <= frames; ++number) {
    source.send_frame(descriptor, static_cast<uint64_t>(number));
  }
  report.cpu_seconds = cpu_seconds() - start;
  std::_Exit(0);
}

void read_exactly(int descriptor, std::byte* to, size_t bytes) {
  for (size_t taken = 0; taken < bytes;) {
    const ssize_t got = ::read(descriptor, to + taken, bytes - taken);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) die("the reader");
    taken += static_cast<size_t>(got);
  }
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe open_pipe(int bytes) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) die("pipe");
  if (::fcntl(ends[1], F_SETPIPE_SZ, bytes) < 0) die("F_SETPIPE_SZ");
  return {ends[0], ends[1]};
}

// A child that sends frames, and the end to read them from.
class Writer {
 public:
  Writer(const Way& way, int frames) {
    report_ = static_cast<WriterReport*>(::mmap(
        nullptr, sizeof(WriterReport), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (report_ == MAP_FAILED) die("mmap");
    const Pipe pipe = open_pipe(way.pipe_bytes);
    child_ = ::fork();
    if (child_ < 0) die("fork");
    if (child_ == 0) {
      ::close(pipe.read_end);
      write_frames(pipe.write_end, way, frames, *report_);
    }
    ::close(pipe.write_end);
    read_end_ = pipe.read_end;
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    ::close(read_end_);
    ::munmap(report_, sizeof(WriterReport));
  }

  int read_end() const { return read_end_; }

  WriterReport join() const {
    int status = 0;
    if (::waitpid(child_, &status, 0) != child_ || status != 0) die("the writer failed");
    return *report_;
  }

 private:
  WriterReport* report_ = nullptr;
  pid_t child_ = -1;
  int read_end_ = -1;
};

/// Of one frame.
struct Cost {
  double wall = 0;
  double writer_cpu = 0;
  double reader_cpu = 0;
  double cpu() const { return writer_cpu + reader_cpu; }
};

Cost measure(const Way& way, int frames) {
  const FrameMemory memory(way.reader_pages, 0);
  make_frame(memory.words(), 0);
  const Writer writer(way, frames);
  read_exactly(writer.read_end(), memory.bytes(), kFrameBytes);
  const double wall_start = wall_seconds();
  const double cpu_start = cpu_seconds();
  for (int number = 1; number <= frames; ++number) {
    read_exactly(writer.read_end(), memory.bytes(), kFrameBytes);
    const auto wrong =
        pages_of_other_frames(memory.words(), kFrameBytes, static_cast<uint64_t>(number));
    if (wrong == 0) continue;
    std::fprintf(stderr, "pipe_bench: %.*s: frame %d arrived with %lld foreign pages\n",
                 static_cast<int>(way.name.size()), way.name.data(), number,
                 static_cast<long long>(wrong));
    std::exit(1);
  }
  const double frames_measured = frames;
  const double reader_cpu = cpu_seconds() - cpu_start;
  const double wall = wall_seconds() - wall_start;
  return {wall / frames_measured, writer.join().cpu_seconds / frames_measured,
          reader_cpu / frames_measured};
}

// How many pages of frame 0, taken by splice() and looked at last, show a later frame.
int64_t pages_that_change(const Way& way) {
  constexpr int kFrames = 2 * static_cast<int>(kBuffersTurning);
  const FrameMemory memory(Pages::kPlain, 0);
  const Writer writer(way, kFrames);
  const Pipe aside = open_pipe(kBigPipeBytes);
  size_t held = 0;
  while (held < kSmallPipeBytes / 2) {
    const ssize_t taken = ::splice(writer.read_end(), nullptr, aside.write_end, nullptr,
                                   kSmallPipeBytes / 2 - held, 0);
    if (taken <= 0) die("splice");
    held += static_cast<size_t>(taken);
  }
  read_exactly(writer.read_end(), memory.bytes(), kFrameBytes - held);
  for (int number = 1; number <= kFrames; ++number) {
    read_exactly(writer.read_end(), memory.bytes(), kFrameBytes);
  }
  static_cast<void>(writer.join());
  read_exactly(aside.read_end, memory.bytes(), held);
  ::close(aside.read_end);
  ::close(aside.write_end);
  return pages_of_other_frames(memory.words(), held, 0);
}

template <class Value>
double median(const std::vector<Cost>& costs, Value value) {
  std::vector<double> values;
  values.reserve(costs.size());
  for (const Cost& cost : costs) values.push_back(value(cost));
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

template <class Value>
double least(const std::vector<Cost>& costs, Value value) {
  double lowest = value(costs.front());
  for (const Cost& cost : costs) lowest = std::min(lowest, value(cost));
  return lowest;
}

double making_alone_seconds(int frames) {
  const FrameMemory memory(Pages::kPlain, 0);
  make_frame(memory.words(), 0);
  const double start = cpu_seconds();
  for (int number = 1; number <= frames; ++number) {
    make_frame(memory.words(), static_cast<uint64_t>(number));
    asm volatile("" : : "r"(memory.words()) : "memory");
  }
  return (cpu_seconds() - start) / frames;
}

void print_table(const std::vector<std::vector<Cost>>& costs,
                 const std::vector<int64_t>& changing_pages) {
  const auto wall = [](const Cost& cost) { return cost.wall * 1e3; };
  const auto cpu = [](const Cost& cost) { return cost.cpu() * 1e3; };
  const double first_wall = median(costs.front(), wall);
  const double first_cpu = median(costs.front(), cpu);
  std::printf("%-44s %8s %8s | %8s %8s %8s %8s | %6s %6s | %s\n", "ms per 1920x1080 RGBA frame",
              "wall", "(least)", "CPU", "(least)", "writer", "reader", "wall ÷", "CPU ÷",
              "any reader");
  for (size_t i = 0; i < kWays.size(); ++i) {
    const auto& ways = costs[i];
    std::printf("%-44s %8.2f %8.2f | %8.2f %8.2f %8.2f %8.2f | %6.2f %6.2f | %s\n",
                kWays[i].name.data(), median(ways, wall), least(ways, wall), median(ways, cpu),
                least(ways, cpu), median(ways, [](const Cost& c) { return c.writer_cpu * 1e3; }),
                median(ways, [](const Cost& c) { return c.reader_cpu * 1e3; }),
                median(ways, wall) / first_wall, median(ways, cpu) / first_cpu,
                changing_pages[i] == 0 ? "safe" : "UNSAFE: pages change under it");
  }
}

std::optional<int> count_after(std::string_view option, int argc, char** argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    if (option != argv[i]) continue;
    const std::string_view text = argv[i + 1];
    int count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc{} && end == text.data() + text.size() && count > 0) return count;
  }
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  const auto frames = count_after("--frames", argc, argv);
  const auto rounds = count_after("--rounds", argc, argv);
  if (argc != 1 + 2 * (frames.has_value() + rounds.has_value())) {
    std::fputs("usage: pipe_bench [--frames N] [--rounds N]\n", stderr);
    return 2;
  }
  const int frames_each = frames.value_or(60);
  std::vector<int64_t> changing_pages;
  changing_pages.reserve(kWays.size());
  for (const Way& way : kWays) changing_pages.push_back(pages_that_change(way));
  std::vector<std::vector<Cost>> costs(kWays.size());
  for (int round = 0; round < rounds.value_or(7); ++round) {
    for (size_t i = 0; i < kWays.size(); ++i) costs[i].push_back(measure(kWays[i], frames_each));
  }
  std::printf(
      "Medians of %d rounds of %d frames, each made and sent by one process and read by "
      "another.\nMaking a frame alone, in one buffer: %.2f ms of CPU.\n\n",
      rounds.value_or(7), frames_each, making_alone_seconds(frames_each) * 1e3);
  print_table(costs, changing_pages);
  return 0;
}
