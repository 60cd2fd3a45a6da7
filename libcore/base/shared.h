#pragma once

#include <memory>
#include <utility>

namespace layercast::base {

/// A value that its copies share until one of them is edited: a copy costs a pointer. Whether two
/// hold the same value is a comparison of pointers first.
/// Thread: as a value; copies in several threads may share what they hold, which never changes.
template <class T>
class Shared {
 public:
  Shared() : value_(default_value()) {}
  Shared(T value) : value_(std::make_shared<const T>(std::move(value))) {}  // NOLINT: as a value

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  operator const T&() const { return *value_; }  // NOLINT: as a value

  /// What is held, for those that outlive this object.
  const std::shared_ptr<const T>& pointer() const { return value_; }

  /// The value to change: a copy of its own, which no other object shares. The reference is valid
  /// until this object is copied.
  T& edit() {
    auto own = std::make_shared<T>(*value_);
    T& value = *own;
    value_ = std::move(own);
    return value;
  }

  friend bool operator==(const Shared& a, const Shared& b) {
    return a.value_ == b.value_ || *a.value_ == *b.value_;
  }

 private:
  static const std::shared_ptr<const T>& default_value() {
    static const auto value = std::make_shared<const T>();
    return value;
  }

  std::shared_ptr<const T> value_;
};

/// The value itself, whether it is shared or not.
template <class T>
const T& unshared(const T& value) {
  return value;
}
template <class T>
const T& unshared(const Shared<T>& value) {
  return *value;
}

}  // namespace layercast::base
