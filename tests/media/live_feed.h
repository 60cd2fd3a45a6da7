#pragma once

#include "base/metrics.h"
#include "media/out/live_encoding.h"
#include "tests/media/read_back.h"
#include "tests/media/rtmp_server.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace layercast::media::test {

/// How often each fault is repeated: LAYERCAST_REPEATS, or once. The deadlines and delays
/// themselves are tested on a manual clock.
inline int repeats() {
  const char* wanted = std::getenv("LAYERCAST_REPEATS");
  return wanted != nullptr ? std::atoi(wanted) : 1;
}

inline VideoSettings live_settings(base::SizeI size = kSize) {
  VideoSettings settings;
  settings.size = size;
  settings.rate = {30, 1};
  settings.preset = "ultrafast";
  settings.bitrate = 4'000'000;
  return settings;
}

/// Frames that cost an encoder about what it may spend, and fill a socket's buffer soon.
inline std::vector<frame::FramePtr> noise_frames(base::SizeI size, int count = 16) {
  std::minstd_rand random(7);
  std::vector<frame::FramePtr> frames;
  for (int i = 0; i < count; ++i) {
    auto noise = std::make_shared<frame::Frame>(frame::PixelFormat::kYuv420p, size);
    for (int plane = 0; plane < 3; ++plane) {
      const base::SizeI area = frame::plane_size(noise->format(), size, plane);
      for (int y = 0; y < area.height; ++y) {
        uint8_t* row = noise->plane(plane) + y * noise->row_bytes(plane);
        for (int x = 0; x < area.width; ++x) row[x] = static_cast<uint8_t>(96 + random() % 64);
      }
    }
    frames.push_back(std::move(noise));
  }
  return frames;
}

/// Offers frames on a steady clock, on a thread of its own.
class Feed {
 public:
  explicit Feed(LiveEncoding& encoding, base::SizeI size = kSize) : frames_(noise_frames(size)) {
    thread_ = std::thread([this, &encoding] { run(encoding); });
  }
  ~Feed() { stop(); }
  void stop() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  /// Frames from now on are of another size.
  void set_size(base::SizeI size) {
    auto frames = noise_frames(size);
    const std::lock_guard lock(mutex_);
    frames_ = std::move(frames);
  }
  int64_t taken() const { return taken_; }
  int64_t refused() const { return refused_; }
  /// Of the frames taken. After stop().
  const std::vector<int64_t>& indices() const { return indices_; }

 private:
  void run(LiveEncoding& encoding) {
    const Clock::time_point start = Clock::now();
    for (int64_t index = 0; !is_over_; ++index) {
      std::this_thread::sleep_until(start + std::chrono::nanoseconds(index * 1'000'000'000 / 30));
      frame::FramePtr frame;
      {
        const std::lock_guard lock(mutex_);
        frame = frames_[static_cast<size_t>(index) % frames_.size()];
      }
      if (!encoding.offer(frame, index)) {
        ++refused_;
        continue;
      }
      ++taken_;
      indices_.push_back(index);
    }
  }

  std::mutex mutex_;
  std::vector<frame::FramePtr> frames_;
  std::vector<int64_t> indices_;
  std::atomic<bool> is_over_ = false;
  std::atomic<int64_t> taken_ = 0;
  std::atomic<int64_t> refused_ = 0;
  std::thread thread_;
};

/// Offers `count` frames as fast as they are taken.
inline void offer_all(LiveEncoding& encoding, const std::vector<frame::FramePtr>& frames,
                      int64_t first, int64_t count) {
  for (int64_t index = first; index < first + count; ++index) {
    const auto& frame = frames[static_cast<size_t>(index) % frames.size()];
    ASSERT_TRUE(wait_for([&] { return encoding.offer(frame, index); }, std::chrono::seconds(5)));
  }
}

inline LiveOutputReport report_of(const LiveEncoding& encoding, const std::string& id) {
  for (const LiveOutputReport& report : encoding.outputs()) {
    if (report.id == id) return report;
  }
  return {};
}

inline bool is_in(const LiveEncoding& encoding, const std::string& id, OutputState state,
                  std::chrono::milliseconds patience) {
  return wait_for([&] { return report_of(encoding, id).state == state; }, patience);
}

/// What a program prints.
inline std::string printed_by(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 512> bytes{};
  while (std::fgets(bytes.data(), bytes.size(), pipe) != nullptr) text += bytes.data();
  ::pclose(pipe);
  return text;
}

/// `aac,audio` and `h264,video,320,180` of a file or URL, as ffprobe finds them.
inline std::string streams_of(const std::string& url) {
  return printed_by(
      "timeout 10 ffprobe -v error -analyzeduration 2500000 -show_entries "
      "stream=codec_type,codec_name,width,height -of csv=p=0 '" +
      url + "' 2>&1 | sort");
}

/// One packet of a file.
struct FoundPacket {
  bool is_video = false;
  bool is_keyframe = false;
  double seconds = 0;
  int bytes = 0;
};

inline std::vector<FoundPacket> packets_of(const std::string& path) {
  std::vector<FoundPacket> found;
  AVFormatContext* opened = nullptr;
  const LibraryLog log;
  if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0) return found;
  const DemuxerPtr demuxer(opened);
  const PacketPtr packet = new_packet();
  while (av_read_frame(opened, packet.get()) >= 0) {
    const AVStream& stream = *opened->streams[packet->stream_index];
    found.push_back({stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO,
                     (packet->flags & AV_PKT_FLAG_KEY) != 0,
                     static_cast<double>(packet->pts) * av_q2d(stream.time_base), packet->size});
    av_packet_unref(packet.get());
  }
  return found;
}

/// The video packets of `path`, if they are exactly the frames `indices` at 30 a second; else says
/// where they part.
inline int64_t frames_found(const std::string& path, const std::vector<int64_t>& indices) {
  size_t frames = 0;
  for (const FoundPacket& packet : packets_of(path)) {
    if (!packet.is_video) continue;
    if (frames >= indices.size()) return static_cast<int64_t>(frames) + 1;
    const double due = static_cast<double>(indices[frames] - indices[0]) / 30;
    EXPECT_NEAR(packet.seconds, due, 0.0011) << path << " frame " << frames;
    if (std::abs(packet.seconds - due) > 0.0011) return -1;
    ++frames;
  }
  return static_cast<int64_t>(frames);
}

/// The video packets of `path`, which follow each other at 30 a second from 0 on.
inline int64_t contiguous_frames(const std::string& path) {
  std::vector<int64_t> indices(100'000);
  std::iota(indices.begin(), indices.end(), 0);
  return frames_found(path, indices);
}

inline std::unique_ptr<LiveEncoding> open_live(base::Metrics& metrics,
                                               const VideoSettings& settings = live_settings(),
                                               OutputListener listener = {}) {
  std::signal(SIGPIPE, SIG_IGN);
  auto encoding = LiveEncoding::open(settings, metrics, std::move(listener));
  EXPECT_TRUE(encoding.ok()) << encoding.error().to_string();
  return std::move(encoding).value();
}

}  // namespace layercast::media::test
