#pragma once

#include "render/evaluate.h"
#include "stream/asset_watch.h"
#include "stream/closer.h"
#include "stream/content_builder.h"
#include "stream/content_loader.h"
#include "stream/ready_contents.h"
#include "stream/wanted_layers.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::stream {

/// The implementation of ContentLoader: content_loader.cc makes the views of the states, and
/// content_loading.cc loads the contents.
class ContentLoader::Work {
 public:
  explicit Work(ContentLoaderOptions options);
  ~Work();

  void wait_until_ready(base::Duration patience);
  void catch_up(base::Duration patience);
  void stop_waiting();
  render::SceneViewPtr view_at(base::Duration time);
  std::vector<LayerFailure> failures() const;
  bool release(const std::string& layer);

 private:
  /// A job that reads from web servers has threads of its own, so that a slow server delays no
  /// file.
  enum class JobKind : uint8_t { kLocal, kRemote };
  struct Job {
    std::optional<SharedLayer> shared;
    int64_t since = 0;  ///< the revision that changed this layer
    bool is_under_way = false;
    JobKind kind = JobKind::kLocal;
    bool reloads = false;  ///< the layer shows the same content already
  };
  /// A content that was made but waits for the mask of its layer, or for the layer that it masks.
  struct Held {
    SharedLayer shared;
    MadeContent made;
    ContentContextPtr context;
  };
  struct TimedView {
    scene::LiveStatePtr state;
    render::SceneViewPtr view;
    base::Duration show_from;
    std::optional<base::Duration> gone_from = std::nullopt;  ///< when a layer in it is gone
  };
  using TimePoint = base::Clock::time_point;
  using NamedJob = std::pair<const std::string, Job>;

  void watch();
  void load(JobKind kind);
  bool is_wanted_job(const std::string& name, const SharedLayer& shared);
  bool take_newest();
  void take_changed_files();
  bool is_font_of_scene(const std::string& path) const;
  void renew_fonts();
  void watch_files();
  void note_bytes();
  void land(const std::string& name, Held loaded);
  void land_or_hold(const std::string& name, bool waits, Held loaded);
  void land_other(const std::string& name);
  bool is_held(const std::string& name, const SharedLayer& shared) const;
  void update_held(const std::vector<Wanted>& wanted);
  void process_states(const std::vector<layers::Published>& published);
  void make_ready(const scene::LiveStatePtr& state);
  void update_context(const scene::LiveState& state);
  bool is_at_its_time(const ReadyContents::Entry& entry, const SharedLayer& shared) const;
  bool is_ready(const std::string& name, const SharedLayer& shared) const;
  void finish_preparing(const std::string& name, const SharedLayer& shared,
                        const render::LayerContentPtr& content);
  render::LayerContentPtr content_to_prepare(const std::string& name,
                                             const SharedLayer& shared) const;
  void prepare(const render::LayerContentPtr& content, const SharedLayer& shared);
  void note_shown();
  void move_exiting(const scene::LiveStatePtr& state);
  void make_quick(const scene::LiveStatePtr& state);
  void queue_slow(const scene::LiveStatePtr& state);
  bool waits_for_mask(const std::vector<Wanted>& wanted, const Wanted& layer) const;
  void adopt_masked(const scene::LiveState& state);
  std::vector<Wanted> with_former_masks(std::vector<Wanted> wanted) const;
  void forget_absent(const scene::LiveState& state);
  MadeContent make(ContentBuilder& builder, const ContentContextPtr& context,
                   const scene::RunningLayer& layer, const std::string& reported);
  bool load_marked(ContentBuilder& builder, const ContentContextPtr& context,
                   const scene::RunningLayer& layer, MadeContent& made);
  void forget_removed_marks(const scene::LiveState& state);
  void report_remarks(const std::string& layer, const std::vector<std::string>& remarks);
  void scale(const SharedLayer& shared, const render::LayerContent& content,
             const render::Stage& stage);
  void scale_all(const scene::LiveState& state);
  NamedJob* next_job(JobKind kind);
  std::map<std::string_view, std::string> masks_among(const std::vector<Wanted>& wanted) const;
  render::SceneViewPtr view_of(const scene::LiveState& state);
  std::shared_ptr<const render::LayerCost> cost_of(const std::string& layer);
  static std::optional<render::ShownLayer> shown(const ReadyContents::Entry& ready,
                                                 const Wanted& wanted,
                                                 const scene::LayerDefaults& defaults);
  int64_t shown_revision(const scene::LiveState& state) const;
  void publish();

  const ContentLoaderOptions options_;
  const std::shared_ptr<render::ResampledPictures> resampled_;
  const std::shared_ptr<content::PicturePool> pool_ = std::make_shared<content::PicturePool>();
  std::shared_ptr<base::Counter> failures_;
  std::shared_ptr<base::Histogram> seconds_;
  std::shared_ptr<base::Gauge> image_bytes_;
  std::shared_ptr<base::Gauge> text_bytes_;
  std::shared_ptr<base::Gauge> animation_bytes_;
  std::shared_ptr<base::Gauge> scaled_bytes_;
  Closer closer_{"content-closer"};       ///< of the contents
  ContentBuilder quick_builder_;          ///< of the watching thread
  bool has_scene_news_ = false;           ///< the same
  std::optional<TimePoint> bytes_noted_;  ///< the same

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // The members below are guarded by mutex_.
  bool stops_ = false;
  bool stops_waiting_ = false;
  bool has_news_ = false;
  bool catches_up_ = false;  ///< the contents may be behind the present time
  bool has_loaded_ = false;  ///< other files may be watched, or a retry may be due
  int64_t releases_ = 0;     ///< of held layers
  std::set<std::string> changed_files_;
  AssetFiles font_files_;  ///< of the scene, as they were when they were read
  AssetFiles watched_files_;
  std::vector<layers::Published> taken_;  ///< the states to show, as last seen
  ContentContextPtr context_;
  base::SizeI frame_size_;
  std::shared_ptr<content::Rasterizer> frame_rasterizer_;
  ReadyContents ready_;
  std::map<std::string, Job> jobs_;
  std::map<std::string, Held> held_;
  std::map<std::string, std::shared_ptr<const render::LayerCost>> costs_;  ///< by layer
  std::set<std::pair<std::string, std::string>> reported_remarks_;         ///< by layer
  std::deque<TimedView> views_;                                            ///< of `taken_`

  uint64_t seen_version_ = 0;  ///< Thread: render
  std::unique_ptr<AssetWatch> asset_watch_;
  std::unique_ptr<layers::Subscription> subscription_;
  std::vector<std::thread> threads_;
};

}  // namespace layercast::stream
