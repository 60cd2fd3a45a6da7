#include "content/picture/remarks.h"

#include <algorithm>
#include <utility>

namespace layercast::content {
namespace {

thread_local Remarks* innermost = nullptr;

}  // namespace

Remarks::Remarks() : outer_(std::exchange(innermost, this)) {}
Remarks::~Remarks() { innermost = outer_; }

bool Remarks::are_wanted() { return innermost != nullptr; }

void Remarks::add(std::string remark) {
  if (innermost == nullptr) return;
  auto& known = innermost->remarks_;
  const bool is_known = std::ranges::find(known, remark) != known.end();
  if (!is_known && known.size() < kCountMax) known.push_back(std::move(remark));
}

std::vector<std::string> Remarks::take() { return std::exchange(remarks_, {}); }

}  // namespace layercast::content
