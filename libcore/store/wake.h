#pragma once

#include <cstdint>

namespace layercast::store {

/// Interrupts the poll() of another thread: the descriptor is readable from signal() to clear().
/// Thread: any.
class Wake {
 public:
  Wake();
  ~Wake();
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  int descriptor() const { return descriptor_; }
  void signal();
  void clear();

 private:
  int descriptor_;
};

}  // namespace layercast::store
