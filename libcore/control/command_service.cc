#include "control/command_service.h"

#include "control/routes.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::control {
namespace {

/// Why `role` may not execute the command; nullopt if it may.
std::optional<Problem> role_fault(const scene::Command& command, Role role) {
  const auto* batch = std::get_if<scene::Batch>(&command);
  if (batch == nullptr) {
    const Role needed = role_for_command(scene::method_of(std::get<scene::Change>(command)));
    if (role >= needed) return std::nullopt;
    return role_too_small(needed, role);
  }
  for (size_t i = 0; i < batch->changes.size(); ++i) {
    const std::string_view method = scene::method_of(batch->changes[i]);
    const Role needed = role_for_command(method);
    if (role >= needed) continue;
    Problem refused = role_too_small(needed, role);
    refused.errors.push_back(
        {"/commands/" + std::to_string(i) + "/method",
         std::string(method) + " needs the role " + std::string(name_of(needed))});
    return refused;
  }
  return std::nullopt;
}

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

  /// `failing`: of the contents that the command names; empty without a frame.
  void finish(uint64_t number, std::optional<int64_t> frame, std::vector<FailingLayer> failing) {
    take(number, [&](CommandResult& result) -> CommandAnswer {
      result.frame = frame;
      result.failing = std::move(failing);
      return std::move(result);
    });
  }

  /// The same for a scheduled command, which has a new answer.
  void finish(uint64_t number, layers::Answer answer, std::optional<int64_t> frame,
              std::vector<FailingLayer> failing, const std::string& body_pointer) {
    take(number, [&](CommandResult& result) -> CommandAnswer {
      if (const auto* refusal = std::get_if<scene::Refusal>(&answer)) {
        return problem_of(*refusal, body_pointer);
      }
      result.accepted = std::get<layers::Accepted>(std::move(answer));
      result.frame = frame;
      result.failing = std::move(failing);
      return std::move(result);
    });
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
  // Removes the wait, and calls its callback with the answer that `make` makes of its result.
  template <class Make>
  void take(uint64_t number, const Make& make) {
    std::unique_lock lock(mutex_);
    auto waiting = waiting_.extract(number);
    lock.unlock();
    if (waiting.empty()) return;
    auto& [result, done] = waiting.mapped();
    done(make(result));
  }

  std::mutex mutex_;
  bool is_stopped_ = false;
  uint64_t last_ = 0;
  std::map<uint64_t, std::pair<CommandResult, Done>> waiting_;
};

/// What a client asked for, and what its answer needs: callbacks may outlive the service.
struct CommandService::Asked {
  layers::LayerManager& layers;
  const StreamStatusProvider& status_provider;
  std::shared_ptr<FrameWaits> waits;
  base::Duration on_air_patience;
  base::Duration scheduled_patience;
  std::string body_pointer;
  Names names;
  Done done;
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
  // Before it is read, which takes time.
  const Role needed = role_for_command(request.command.method);
  if (request.role < needed) return done(role_too_small(needed, request.role));
  auto read = scene::command_from(request.command);
  if (!read) {
    layers_.count_refusal(read.error().error);
    return done(problem_of(read.error(), body_pointer));
  }
  if (auto refused = role_fault(read.value(), request.role)) return done(*std::move(refused));
  layers::Submission submission{std::move(read).value(), request.if_revision, request.at,
                                layers::Origin::kNetwork};
  auto asked = std::make_shared<const Asked>(
      Asked{layers_, status_provider_, waits_, limits_.on_air_patience, limits_.scheduled_patience,
            body_pointer, scene::contents_named_by(submission.command), std::move(done)});
  layers_.submit(std::move(submission), [asked, level = request.level](layers::Answer answer) {
    if (const auto* refusal = std::get_if<scene::Refusal>(&answer)) {
      Problem refused = problem_of(*refusal, asked->body_pointer);
      if (refusal->error.code == base::ErrorCode::kStale) {
        refused.revision = asked->layers.current()->revision;
      }
      return asked->done(std::move(refused));
    }
    CommandResult result;
    result.accepted = std::get<layers::Accepted>(std::move(answer));
    result.level = level;
    if (level != AckLevel::kOnAir) return asked->done(std::move(result));
    wait_for_frame(asked, std::move(result));
  });
}

void CommandService::wait_for_frame(const std::shared_ptr<const Asked>& asked,
                                    CommandResult result) {
  const layers::Accepted accepted = result.accepted;
  const bool is_too_late = accepted.is_scheduled && accepted.due - asked->layers.next_frame_time() >
                                                        asked->scheduled_patience;
  const auto number = is_too_late ? std::nullopt : asked->waits->add(result, asked->done);
  if (!number) return asked->done(std::move(result));
  const auto failing = [asked](std::optional<int64_t> frame, const scene::Value& created) {
    return frame ? failing_among(asked->status_provider.failing_layers(), asked->names, created)
                 : std::vector<FailingLayer>();
  };
  if (!accepted.is_scheduled) {
    return asked->layers.when_on_air(accepted.revision, asked->on_air_patience,
                                     [asked, failing, number = *number,
                                      created = accepted.result](std::optional<int64_t> frame) {
                                       asked->waits->finish(number, frame, failing(frame, created));
                                     });
  }
  asked->layers.when_executed(
      static_cast<int64_t>(accepted.result.find("scheduled")->number), asked->on_air_patience,
      [failing, asked, number = *number](layers::Answer answer, std::optional<int64_t> frame) {
        const auto* executed = std::get_if<layers::Accepted>(&answer);
        auto all = failing(frame, executed == nullptr ? scene::Value() : executed->result);
        asked->waits->finish(number, std::move(answer), frame, std::move(all), asked->body_pointer);
      });
}

void CommandService::cancel(int64_t number, Role role, Done done) {
  // The refusal of a role has header fields, which an error cannot carry.
  const auto refused = std::make_shared<std::optional<Problem>>();
  const auto objection = [refused, role](const scene::Command& command) {
    *refused = role_fault(command, role);
    if (!*refused) return std::optional<base::Error>();
    (*refused)->errors.clear();  // they are about the params of another request
    return std::optional(base::Error{base::ErrorCode::kForbidden, (*refused)->detail, {}, nullptr});
  };
  layers_.cancel(
      number,
      [refused, done = std::move(done)](layers::Answer answer) {
        const auto* refusal = std::get_if<scene::Refusal>(&answer);
        if (refusal != nullptr) return done(*refused ? **refused : problem_of(*refusal));
        CommandResult result;
        result.accepted = std::get<layers::Accepted>(std::move(answer));
        done(std::move(result));
      },
      objection);
}

}  // namespace layercast::control
