#pragma once

#include "base/back_off.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "media/out/file_syncer.h"
#include "media/out/live_queue.h"
#include "media/out/live_report.h"
#include "media/out/output.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace layercast::media {

/// One output of a LiveEncoding. Its own thread opens it, writes to it and reopens it after a loss,
/// until finish_by().
/// A host name lookup blocks that thread and cannot be interrupted: detach() abandons the thread
/// instead of waiting for it. Thread: any (locked), unless stated otherwise.
class LiveOutput : public std::enable_shared_from_this<LiveOutput> {
 public:
  using TimePoint = base::Clock::time_point;

  /// The arguments of start().
  struct Plan {
    LiveOutputRequest request;
    const Container* container = nullptr;
    std::shared_ptr<const AVCodecContext> audio;  ///< A description; not an open encoder.
    std::shared_ptr<const LiveStream> stream;     ///< The first stream.
    std::function<void()> request_keyframe;       ///< Safe to call after the encoder's destruction.
    OutputListener listener;
    /// Measures all deadlines, delays and rates. Ownership: outlives the thread, even a detached
    /// one.
    base::Clock* clock = &base::Clock::steady();
  };

  /// Starts the thread, which connects the output.
  static std::shared_ptr<LiveOutput> start(Plan plan, base::Metrics& metrics);

  /// Queues a packet without blocking; the queue drops packets when it is full. Thread: one at a
  /// time.
  void offer(const LivePacketPtr& packet);
  /// Takes no more packets; the thread sends the queued ones until `deadline` and closes the
  /// output.
  void finish_by(TimePoint deadline, StreamEnd end);
  /// Waits until the thread has ended, at most until `deadline`; returns whether it has.
  bool wait(TimePoint deadline);
  /// As wait(), then detaches a thread that has not ended, and never calls the listener again.
  /// Only report() may be called afterwards.
  void detach(TimePoint deadline);

  LiveOutputReport report() const;
  const std::string& id() const { return plan_.request.id; }
  const Container& container() const { return *plan_.container; }

 private:
  /// One connection, or one file.
  struct Session {
    std::shared_ptr<const LiveStream> stream;
    std::string file;  ///< Empty for a URL.
    std::unique_ptr<Output> output;
    int64_t header_bytes = 0;
    int64_t bytes = 0;  ///< Those counted so far.
    std::optional<int64_t> first_frame;
    bool is_live = false;
    TimePoint began_at;
  };
  struct Meters {
    std::shared_ptr<base::Counter> frames, bytes, dropped, reconnects;
    std::shared_ptr<base::Gauge> queued_packets, queued_bytes, fps, byte_rate, last_live;
    std::array<std::shared_ptr<base::Gauge>, 5> states;
  };

  LiveOutput(Plan plan, base::Metrics& metrics);
  TimePoint now() const { return plan_.clock->now(); }
  void run();
  void hold_first_packet();
  base::Result<Session> open_session();
  base::Result<std::string> new_file();
  base::Result<std::string> new_playlist();
  base::Result<void> serve(Session& session);
  bool has_beginning();
  base::Result<void> write(Session& session, const LivePacket& packet);
  bool is_synced(const Session& session) const;
  bool is_rotation_due(const Session& session, const LivePacket& packet) const;
  bool is_accepted(const Session& session) const;
  void count(Session& session, const LivePacket& packet);
  base::Result<void> finish(Session& session, StreamEnd end);
  void remove_if_empty(Session& session);
  void on_disconnect(const base::Error& error);
  void back_off(const base::Error& error, TimePoint attempt_began);
  void wait_for_another_stream();
  bool is_over() const;
  bool is_given_up() const;
  bool is_interrupted() const;
  enum class Telling { kOnlyAChange, kAlways };
  void set_condition(const OutputCondition& condition, Telling telling = Telling::kOnlyAChange);
  void set_file(const std::string& file);
  void note_queue();
  void note_live();
  void note_rates(bool is_connected);
  std::shared_ptr<const LiveStream> latest_stream() const;

  const Plan plan_;
  const bool is_url_;
  Meters meters_;
  LiveQueue queue_;
  std::atomic<TimePoint> give_up_at_ = TimePoint::max();
  std::atomic<StreamEnd> end_ = StreamEnd::kToBeContinued;

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
  LiveOutputReport report_;
  std::shared_ptr<const LiveStream> latest_stream_;
  int64_t dropped_noted_ = 0;

  std::mutex listener_mutex_;
  OutputListener listener_;

  // Members of the thread.
  std::atomic<bool> is_opening_ = false;
  FileSyncer syncer_;
  LivePacketPtr held_;  ///< The first packet of the next session.
  base::BackOff back_off_;
  bool has_failed_ = false;   ///< Since the last connection that held.
  std::string told_refusal_;  ///< The reason of the last one.
  std::string last_error_;    ///< Of a session of a file that has failed at its end.
  bool was_live_ = false;
  int next_file_ = 0;
  PlaylistOwner playlist_owner_;
  PacketPtr shifted_;
  TimePoint rates_noted_at_;
  int64_t frames_noted_ = 0;
  int64_t bytes_noted_ = 0;

  std::thread thread_;
};

}  // namespace layercast::media
