#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace layercast::content {

/// Collects what a content cannot show as its author meant it, although it is drawn: letters that
/// no font has, features of a format that are not supported. While an object exists, it takes the
/// remarks that its thread makes; the innermost one takes them. Thread: the one that made it.
class Remarks {
 public:
  Remarks();
  ~Remarks();
  Remarks(const Remarks&) = delete;
  Remarks& operator=(const Remarks&) = delete;

  /// Adds a remark of one line, unless the object has an equal one. Without an object on this
  /// thread, drops the remark. Keeps at most kCountMax.
  static void add(std::string remark);
  /// Whether an object collects the remarks of this thread.
  static bool are_wanted();

  std::vector<std::string> take();

  static constexpr size_t kCountMax = 8;

 private:
  Remarks* outer_;
  std::vector<std::string> remarks_;
};

}  // namespace layercast::content
