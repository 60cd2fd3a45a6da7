#include "control/command_service.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::control {
namespace {

using Names = std::optional<std::vector<std::string>>;

/// Of the failing layers, those in `names` (nullopt: all) or that the command created.
std::vector<FailingLayer> failing_among(std::vector<FailingLayer> failing, const Names& names,
                                        const scene::Value& result) {
  if (!names) return failing;
  const auto is_created = [&](const FailingLayer& layer) {
    const auto has_id = [&](const scene::Value& item) {
      const scene::Value* id = item.find("id");
      return id != nullptr && id->text == layer.id;
    };
    return has_id(result) || std::ranges::any_of(result.items, has_id);
  };
  std::erase_if(failing, [&](const FailingLayer& layer) {
    return std::ranges::find(*names, layer.id) == names->end() && !is_created(layer);
  });
  return failing;
}

}  // namespace

/// The commands that are durable and wait for their frame.
class CommandService::FrameWaits {
 public:
  /// Keeps the answer until take(); nullopt after stop(), when nothing waits any more.
  std::optional<uint64_t> add(const CommandResult& result, const Done& done) {
    const std::lock_guard lock(mutex_);
    if (is_stopped_) return std::nullopt;
    waiting_.emplace(++last_, std::pair(result, done));
    return last_;
  }

  void finish(uint64_t number, std::optional<int64_t> frame, std::vector<FailingLayer> failing,
              const Names& names) {
    std::unique_lock lock(mutex_);
    auto waiting = waiting_.extract(number);
    lock.unlock();
    if (waiting.empty()) return;
    auto& [result, done] = waiting.mapped();
    result.frame = frame;
    if (frame) result.failing = failing_among(std::move(failing), names, result.accepted.result);
    done(std::move(result));
  }

  void stop() {
    std::map<uint64_t, std::pair<CommandResult, Done>> all;
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
      all.swap(waiting_);
    }
    for (auto& [number, waiting] : all) waiting.second(std::move(waiting.first));
  }

 private:
  std::mutex mutex_;
  bool is_stopped_ = false;
  uint64_t last_ = 0;
  std::map<uint64_t, std::pair<CommandResult, Done>> waiting_;
};

CommandService::CommandService(layers::LayerManager& layers,
                               const StreamStatusProvider& status_provider, const Limits& limits)
    : layers_(layers),
      status_provider_(status_provider),
      limits_(limits),
      waits_(std::make_shared<FrameWaits>()) {}
CommandService::~CommandService() = default;

void CommandService::stop() { waits_->stop(); }

void CommandService::execute(const CommandRequest& request, const std::string& body_pointer,
                             Done done) {
  auto read = scene::command_from(request.command);
  if (!read) {
    layers_.count_refusal(read.error().error);
    return done(problem_of(read.error(), body_pointer));
  }
  layers::Submission submission{std::move(read).value(), request.if_revision, request.at,
                                layers::Origin::kNetwork};
  Names names = scene::contents_named_by(submission.command);
  layers_.submit(std::move(submission), [layers = &layers_, waits = waits_,
                                         provider = &status_provider_, names = std::move(names),
                                         patience = limits_.on_air_patience, body_pointer,
                                         level = request.level,
                                         done = std::move(done)](layers::Answer answer) {
    if (const auto* refusal = std::get_if<scene::Refusal>(&answer)) {
      Problem refused = problem_of(*refusal, body_pointer);
      if (refusal->error.code == base::ErrorCode::kStale) {
        refused.revision = layers->current()->revision;
      }
      return done(std::move(refused));
    }
    CommandResult result;
    result.accepted = std::get<layers::Accepted>(std::move(answer));
    result.level = level;
    const bool waits_for_frame = level == AckLevel::kOnAir && !result.accepted.is_scheduled;
    const auto number = waits_for_frame ? waits->add(result, done) : std::nullopt;
    if (!number) return done(std::move(result));
    layers->when_on_air(
        result.accepted.revision, patience,
        [waits, provider, names, number = *number](std::optional<int64_t> frame) {
          waits->finish(number, frame,
                        frame ? provider->failing_layers() : std::vector<FailingLayer>(), names);
        });
  });
}

}  // namespace layercast::control
