#include "control/command_service.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

namespace layercast::control {

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

  void finish(uint64_t number, std::optional<int64_t> frame) {
    std::unique_lock lock(mutex_);
    auto waiting = waiting_.extract(number);
    lock.unlock();
    if (waiting.empty()) return;
    auto& [result, done] = waiting.mapped();
    result.frame = frame;
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

CommandService::CommandService(layers::LayerManager& layers, const Limits& limits)
    : layers_(layers), limits_(limits), waits_(std::make_shared<FrameWaits>()) {}
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
  layers_.submit(std::move(submission), [layers = &layers_, waits = waits_,
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
        [waits, number = *number](std::optional<int64_t> frame) { waits->finish(number, frame); });
  });
}

}  // namespace layercast::control
