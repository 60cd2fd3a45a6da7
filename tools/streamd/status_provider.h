#pragma once

#include "base/metrics.h"
#include "control/stream_status_provider.h"
#include "layers/layer_manager.h"
#include "media/out/live_encoding.h"
#include "store/state_store.h"
#include "stream/health_monitor.h"
#include "stream/stream_manager.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::tools {

/// Status, pictures and events of the daemon for the API. Thread: any (locked).
class StreamdStatusProvider : public control::StreamStatusProvider {
 public:
  /// Everything here must outlive the status_provider.
  struct Parts {
    layers::LayerManager* layers;
    stream::StreamManager* stream;
    const store::StateStore* store;
    const stream::HealthMonitor* health;
    const base::Metrics* metrics;
  };
  /// Sets the parts. Before that, only the report functions may be called.
  void connect(const Parts& parts) { parts_ = parts; }

  scene::Value status() const override;
  scene::Value stats() const override;
  scene::Value outputs() const override;
  base::Result<control::EncodedPicture> snapshot(control::PictureFormat format,
                                                 std::optional<int> width) const override;
  std::optional<control::EncodedPicture> preview(int64_t after,
                                                 base::Duration patience) const override;
  base::Health health() const override;
  std::vector<control::FailingLayer> failing_layers() const override;
  bool release_layer(const std::string& id) override;
  std::string metrics_text() const override;
  std::shared_ptr<void> listen(
      std::function<void(const std::string& name, const scene::Value& params)> listener) override;

  /// Notifies the listeners. Thread: any.
  void report_output(const media::LiveOutputReport& report);
  void report_error(const std::string& layer, const base::Error& error);
  void report_health(const stream::HealthChange& change);

 private:
  using Listener = std::function<void(const std::string&, const scene::Value&)>;

  void publish(const std::string& name, const scene::Value& params);

  Parts parts_{};
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();

  std::shared_ptr<std::mutex> listeners_mutex_ = std::make_shared<std::mutex>();
  std::shared_ptr<std::list<Listener>> listeners_ = std::make_shared<std::list<Listener>>();

  // The newest preview, shared by all clients.
  mutable std::mutex preview_mutex_;
  mutable std::condition_variable preview_made_;
  mutable bool is_making_preview_ = false;
  mutable std::optional<control::EncodedPicture> newest_preview_;
};

}  // namespace layercast::tools
