#pragma once

#include <string>
#include <unistd.h>
#include <utility>

namespace layercast::sandbox {

/// A file descriptor that its owner closes. Thread: as a value.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  void reset() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

/// Opens the regular file at `path` for reading; not open, with `errno`, when there is none, or it
/// cannot be read. Never waits, as opening a FIFO would. Thread: any.
Descriptor open_regular_file(const std::string& path);

}  // namespace layercast::sandbox
