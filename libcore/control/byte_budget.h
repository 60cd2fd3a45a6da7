#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace layercast::control {

/// A JSON text or a response that several recipients share.
using Text = std::shared_ptr<const std::string>;

/// The memory that all clients of one server take together: bodies of requests, responses and
/// messages that wait to be sent, and received messages that are incomplete or unanswered.
/// Thread: any (atomic).
class ByteBudget {
 public:
  explicit ByteBudget(int64_t bytes_max) : bytes_max_(bytes_max) {}

  int64_t bytes() const { return bytes_; }
  bool is_full() const { return bytes_ >= bytes_max_; }
  bool has_room_for(int64_t bytes) const { return bytes_ + bytes <= bytes_max_; }

  /// Bytes that are taken from the budget while it lives; it may outlive all other owners of the
  /// budget. Thread: one.
  class Share {
   public:
    explicit Share(std::shared_ptr<ByteBudget> budget) : budget_(std::move(budget)) {}
    Share(Share&& other) noexcept
        : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    Share& operator=(Share&&) = delete;
    ~Share() { resize(0); }

    int64_t bytes() const { return bytes_; }
    /// Takes `bytes` in all, even beyond the maximum: for memory that is already in use.
    void resize(int64_t bytes) {
      if (budget_ != nullptr) budget_->bytes_ += bytes - bytes_;
      bytes_ = bytes;
    }

   private:
    std::shared_ptr<ByteBudget> budget_;
    int64_t bytes_ = 0;
  };

 private:
  const int64_t bytes_max_;
  std::atomic<int64_t> bytes_ = 0;
};

/// `text` as a Text whose bytes are taken from the budget until its last owner releases it, however
/// many recipients share it.
Text counted_text(std::string text, const std::shared_ptr<ByteBudget>& budget);

}  // namespace layercast::control
