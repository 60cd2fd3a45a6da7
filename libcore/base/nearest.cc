#include "base/nearest.h"

#include "base/ascii.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace layercast::base {
namespace {

bool same(char a, char b) { return lower_case(a) == lower_case(b); }

size_t alignment_distance(std::string_view a, std::string_view b) {
  // Rows i - 2, i - 1 and i of the table of distances between prefixes.
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      const bool swapped = i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view wrong,
                                             std::span<const std::string_view> known) {
  const size_t distance_max = std::max<size_t>(1, wrong.size() / 3);
  std::optional<std::string_view> nearest;
  size_t nearest_distance = distance_max + 1;
  for (const std::string_view name : known) {
    const auto [shorter, longer] = std::minmax({name.size(), wrong.size()});
    // No alignment is shorter than the difference in length, and a long text costs time.
    if (longer - shorter >= nearest_distance) continue;
    const size_t distance = alignment_distance(wrong, name);
    if (distance >= longer || distance >= nearest_distance) continue;
    nearest = name;
    nearest_distance = distance;
  }
  return nearest;
}

}  // namespace layercast::base
