#pragma once

#include "base/check.h"
#include "base/error.h"
#include "sandbox/helper.h"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

namespace layercast::fuzz {

/// Fails, and says why, if an honest file was refused.
inline void expect_good(const base::Result<void>& decoded) {
  if (!decoded) std::fprintf(stderr, "%s\n", decoded.error().to_string().c_str());
  LAYERCAST_CHECK(decoded.ok());
}

/// The helper process of a target that decodes each input in it, and the bounds that hold in this
/// process whatever happens in the helper: time, descriptors. Thread: one.
class HelperWatch {
 public:
  explicit HelperWatch(const char* program)
      : helper_(std::make_shared<sandbox::Helper>(sandbox::HelperOptions{program})) {}

  const std::shared_ptr<sandbox::Helper>& helper() const { return helper_; }
  /// Counts the processes that end without an answer.
  std::function<void(const sandbox::JobFailure& failure)> listener() {
    return [this](const sandbox::JobFailure& failure) {
      LAYERCAST_CHECK(!failure.reason.empty());
      ++failures_;
    };
  }

  /// Calls `decode`, and cancels what it waits for after kTime. Endless files are as good as others
  /// then, but cost less time than their limit.
  template <class Decode>
  void run(const Decode& decode) {
    const auto begun = Clock::now();
    {
      const sandbox::Cancellation cancellation([&] { return Clock::now() - begun > kTime; });
      decode();
    }
    LAYERCAST_CHECK(Clock::now() - begun < kTime + kGrace);
    ++inputs_;
  }

  /// Whether an honest file is due, to see that the helper still decodes it: after each failure,
  /// and now and then. Also checks that no descriptor was left open.
  bool takes_stock() {
    constexpr size_t kInterval = 64;
    const bool is_due = std::exchange(failures_, 0) > 0 || inputs_ % kInterval == 1;
    if (!is_due) return false;
    const ptrdiff_t open = open_descriptors();
    // The first inputs open some for good, such as those of fonts.
    if (inputs_ <= kInterval) descriptors_ = open;
    constexpr ptrdiff_t kMore = 16;
    LAYERCAST_CHECK(open <= descriptors_ + kMore);
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kTime{1};
  static constexpr std::chrono::seconds kGrace{10};  // on a busy machine

  static ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  }

  std::shared_ptr<sandbox::Helper> helper_;
  size_t inputs_ = 0;
  size_t failures_ = 0;
  ptrdiff_t descriptors_ = 0;
};

}  // namespace layercast::fuzz
