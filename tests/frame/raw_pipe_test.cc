#include "frame/raw_pipe.h"

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/frame.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::frame {
namespace {

using base::ErrorCode;

constexpr auto kNeverStop = [] { return false; };

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader_ = ends[0];
    writer_ = ends[1];
  }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return reader_; }
  int writer() const { return writer_; }
  void close_reader() { close_end(reader_); }
  void close_writer() { close_end(writer_); }
  int capacity() const { return ::fcntl(writer_, F_GETPIPE_SZ); }
  int waiting() const {
    int bytes = 0;
    EXPECT_EQ(::ioctl(reader_, FIONREAD, &bytes), 0);
    return bytes;
  }

 private:
  static void close_end(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }

  int reader_ = -1;
  int writer_ = -1;
};

// What a reader gets of this end of a pipe until it is closed.
std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    EXPECT_GE(count, 0);
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<size_t>(count));
  }
}

// A frame whose payload bytes are all different for a while, and whose padding is 0xee.
Frame numbered(PixelFormat format, base::SizeI size) {
  Frame frame(format, size);
  uint8_t next = 1;
  for (int plane = 0; plane < frame.planes(); ++plane) {
    for (int y = 0; y < plane_size(format, size, plane).height; ++y) {
      uint8_t* row = frame.plane(plane) + y * frame.row_bytes(plane);
      std::memset(row, 0xee, static_cast<size_t>(frame.row_bytes(plane)));
      for (size_t i = 0; i < frame.packed_row_bytes(plane); ++i) row[i] = next++;
    }
  }
  return frame;
}

// The payload of a frame, rows packed, planes in their order.
std::string packed(const Frame& frame) {
  std::string bytes;
  for (int plane = 0; plane < frame.planes(); ++plane) {
    for (int y = 0; y < plane_size(frame.format(), frame.size(), plane).height; ++y) {
      const auto* row =
          reinterpret_cast<const char*>(frame.plane(plane) + y * frame.row_bytes(plane));
      bytes.append(row, frame.packed_row_bytes(plane));
    }
  }
  return bytes;
}

constexpr std::array kFormats = {PixelFormat::kRgba, PixelFormat::kYuv420p, PixelFormat::kYuv422p,
                                 PixelFormat::kYuv444p, PixelFormat::kNv12};

/// --- Whole frames ---

TEST(WriteFrame, WritesPlanesInOrderWithoutTheirRowPadding) {
  for (const PixelFormat format : kFormats) {
    const Frame frame = numbered(format, {21, 9});  // no row of it fills its aligned row
    Pipe pipe;
    std::thread writer([&] {
      EXPECT_TRUE(write_frame(pipe.writer(), frame, "out", kNeverStop).ok());
      pipe.close_writer();
    });
    EXPECT_EQ(read_to_end(pipe.reader()), packed(frame)) << layout_of(format).name;
    writer.join();
  }
}

TEST(WriteFrame, GetsAFrameThroughThatIsLargerThanThePipe) {
  for (const base::SizeI size : {base::SizeI{512, 300}, base::SizeI{333, 1500}}) {
    const Frame frame = numbered(PixelFormat::kRgba, size);
    Pipe pipe;
    ASSERT_GT(packed(frame).size(), static_cast<size_t>(pipe.capacity()));
    std::thread writer([&] {
      EXPECT_TRUE(write_frame(pipe.writer(), frame, "out", kNeverStop).ok());
      pipe.close_writer();
    });
    EXPECT_EQ(read_to_end(pipe.reader()), packed(frame));
    writer.join();
  }
}

TEST(ReadFrame, GivesBackWhatWasWrittenFrameByFrameAndThenTheEnd) {
  for (const PixelFormat format : kFormats) {
    const base::SizeI size{35, 18};
    Pipe pipe;
    std::thread writer([&] {
      for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(write_frame(pipe.writer(), numbered(format, size), "out", kNeverStop).ok());
      }
      pipe.close_writer();
    });
    for (int i = 0; i < 3; ++i) {
      Frame frame(format, size);
      const auto read = read_frame(pipe.reader(), frame, "in", kNeverStop);
      ASSERT_TRUE(read.ok()) << read.error().to_string();
      EXPECT_EQ(read.value(), ReadFrame::kWhole);
      EXPECT_EQ(packed(frame), packed(numbered(format, size)));
    }
    Frame frame(format, size);
    const auto read = read_frame(pipe.reader(), frame, "in", kNeverStop);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read.value(), ReadFrame::kEnd);
    writer.join();
  }
}

TEST(ReadFrame, AssemblesAFrameThatComesInSmallPieces) {
  const Frame sent = numbered(PixelFormat::kYuv420p, {37, 21});
  const std::string bytes = packed(sent);
  Pipe pipe;
  std::thread writer([&] {
    for (size_t at = 0; at < bytes.size(); at += 100) {
      EXPECT_TRUE(write_all(pipe.writer(), bytes.substr(at, 100), "out", kNeverStop).ok());
    }
  });
  Frame frame(PixelFormat::kYuv420p, {37, 21});
  const auto read = read_frame(pipe.reader(), frame, "in", kNeverStop);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(packed(frame), bytes);
  writer.join();
}

TEST(WriteAll, WritesEveryByteAndNothingForNothing) {
  Pipe pipe;
  const std::string text(200'000, 'x');
  std::thread writer([&] {
    EXPECT_TRUE(write_all(pipe.writer(), "", "out", kNeverStop).ok());
    EXPECT_TRUE(write_all(pipe.writer(), text + "end", "out", kNeverStop).ok());
    pipe.close_writer();
  });
  EXPECT_EQ(read_to_end(pipe.reader()), text + "end");
  writer.join();
}

/// --- Ends in the wrong place ---

TEST(ReadFrame, CutShortSaysHowMuchThereWas) {
  const Frame sent = numbered(PixelFormat::kRgba, {4, 4});
  for (const size_t length : {size_t{1}, size_t{16}, size_t{63}}) {
    Pipe pipe;
    ASSERT_TRUE(write_all(pipe.writer(), packed(sent).substr(0, length), "out", kNeverStop).ok());
    pipe.close_writer();
    Frame frame(PixelFormat::kRgba, {4, 4});
    const auto read = read_frame(pipe.reader(), frame, "standard input", kNeverStop);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, ErrorCode::kTruncated);
    EXPECT_EQ(read.error().to_string(), "standard input: the input ends inside a frame: " +
                                            std::to_string(length) + " of 64 bytes");
  }
}

TEST(WriteFrame, AReaderThatIsGoneIsABrokenPipe) {
  ASSERT_NE(std::signal(SIGPIPE, SIG_IGN), SIG_ERR);  // as the tools do
  Pipe pipe;
  pipe.close_reader();
  const Frame frame = numbered(PixelFormat::kRgba, {4, 4});
  const auto written = write_frame(pipe.writer(), frame, "standard output", kNeverStop);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kBrokenPipe);
  EXPECT_EQ(written.error().where, "standard output");
}

TEST(WriteFrame, AReaderThatLeavesInTheMiddleIsABrokenPipe) {
  ASSERT_NE(std::signal(SIGPIPE, SIG_IGN), SIG_ERR);
  Pipe pipe;
  const Frame frame = numbered(PixelFormat::kRgba, {512, 512});
  std::thread reader([&] {
    std::array<char, 100> some{};
    EXPECT_GT(::read(pipe.reader(), some.data(), some.size()), 0);
    pipe.close_reader();
  });
  const auto written = write_frame(pipe.writer(), frame, "out", kNeverStop);
  reader.join();
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kBrokenPipe);
}

TEST(WriteAll, AFullDiskIsAnIoError) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "there is no /dev/full here";
  const auto written = write_all(full, "x", "out.rgba", kNeverStop);
  ::close(full);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_EQ(written.error().to_string(), "out.rgba: cannot write: No space left on device");
}

TEST(ReadFrame, WhatCannotBeReadIsAnIoError) {
  const int folder = ::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Frame frame(PixelFormat::kRgba, {4, 4});
  const auto read = read_frame(folder, frame, "in", kNeverStop);
  ::close(folder);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kIo);
  EXPECT_EQ(read.error().to_string(), "in: cannot read: Is a directory");
}

/// --- Stopping ---

TEST(ReadFrame, StopsWhileItWaits) {
  Pipe pipe;
  ASSERT_TRUE(write_all(pipe.writer(), "a beginning", "out", kNeverStop).ok());
  Frame frame(PixelFormat::kRgba, {16, 16});
  int asked = 0;
  const auto read = read_frame(pipe.reader(), frame, "in", [&] { return ++asked == 3; });
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(read.error().to_string(), "in: interrupted");
}

TEST(WriteFrame, StopsWhileThePipeIsFull) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK), 0);
  const Frame frame = numbered(PixelFormat::kRgba, {512, 512});
  const auto written =
      write_frame(pipe.writer(), frame, "out", [&] { return pipe.waiting() == pipe.capacity(); });
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kInterrupted);
}

TEST(WriteFrame, StopsWhenASignalFindsItInsideTheSystem) {
  struct sigaction action {};
  action.sa_handler = [](int) {};  // without SA_RESTART, as the tools have it
  struct sigaction before {};
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  Pipe pipe;
  const Frame frame = numbered(PixelFormat::kRgba, {512, 512});
  std::atomic<bool> stopping{false};
  std::atomic<bool> done{false};
  std::thread writer([&] {
    const auto written = write_frame(pipe.writer(), frame, "out", [&] { return stopping.load(); });
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().code, ErrorCode::kInterrupted);
    done = true;
  });
  while (pipe.waiting() < pipe.capacity()) std::this_thread::yield();
  stopping = true;
  // Again and again, for the first may come just before the system call.
  while (!done) {
    pthread_kill(writer.native_handle(), SIGUSR1);
    std::this_thread::yield();
  }
  writer.join();
  sigaction(SIGUSR1, &before, nullptr);
}

/// --- Sizes and headers ---

TEST(EnlargePipe, MakesAPipeLargerAndLeavesOtherThingsAlone) {
  Pipe pipe;
  const int before = pipe.capacity();
  enlarge_pipe(pipe.writer());
  EXPECT_GE(pipe.capacity(), before);
  enlarge_pipe(STDERR_FILENO);
  enlarge_pipe(-1);
  EXPECT_TRUE(write_all(pipe.writer(), "still a pipe", "out", kNeverStop).ok());
}

TEST(Y4m, HeaderTellsSizeRateChromaAndRange) {
  EXPECT_EQ(y4m_header(PixelFormat::kYuv420p, {1920, 1080}, {60, 1}),
            "YUV4MPEG2 W1920 H1080 F60:1 Ip A1:1 C420mpeg2 XCOLORRANGE=LIMITED\n");
  EXPECT_EQ(y4m_header(PixelFormat::kYuv422p, {321, 17}, {30000, 1001}),
            "YUV4MPEG2 W321 H17 F30000:1001 Ip A1:1 C422 XCOLORRANGE=LIMITED\n");
  EXPECT_EQ(y4m_header(PixelFormat::kYuv444p, {16, 16}, {25, 1}),
            "YUV4MPEG2 W16 H16 F25:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\n");
  EXPECT_EQ(kY4mFrameHeader, "FRAME\n");
}

TEST(RawPipe, ReadsAFrameAfterItsFirstBytes) {
  Pipe pipe;
  const std::string bytes = "0123456789abcdefghijklmnopqrstuv";  // 2 by 4 pixels
  ASSERT_TRUE(write_all(pipe.writer(), bytes.substr(10), "test", kNeverStop).ok());
  pipe.close_writer();
  Frame frame(PixelFormat::kRgba, {2, 4});
  const auto read = read_planes(pipe.reader(), frame, "test", kNeverStop, bytes.substr(0, 10));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value(), bytes.size());
  EXPECT_EQ(read_outcome(read.value(), frame, "test").value(), ReadFrame::kWhole);
  for (int y = 0; y < 4; ++y) {
    EXPECT_EQ(std::memcmp(frame.plane(0) + y * frame.row_bytes(0), bytes.data() + 8 * y, 8), 0);
  }
  EXPECT_EQ(read_outcome(10, frame, "test").error().code, ErrorCode::kTruncated);
  std::array<uint8_t, 4> more{};
  EXPECT_EQ(read_bytes(pipe.reader(), more, "test", kNeverStop).value(), 0U);
}

}  // namespace
}  // namespace layercast::frame
