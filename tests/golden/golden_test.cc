// Renders scenes and holds each frame against what is written in expected/: the hash of its bytes,
// and a coarse grid of mean colours that shows a reviewer where a picture moved.
//
//   golden_test            compares; a frame that differs leaves pictures of itself behind
//   golden_test --update   writes expected/ anew

#include "content/image/still.h"
#include "frame/frame.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/model/run_state.h"
#include "scene/wire/scene_file.h"
#include "tools/common/video_feeds.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast {
namespace {

namespace fs = std::filesystem;

bool update_expected = false;

constexpr int kColumns = 16;
constexpr int kRows = 9;

/// One scene and the frames of it that are compared.
struct Golden {
  std::string name;
  fs::path scene;
  std::optional<base::SizeI> size;
  std::vector<int64_t> frames;  ///< empty: the first, the last, and three between
  scene::RunState run = {};
};

std::ostream& operator<<(std::ostream& out, const Golden& golden) { return out << golden.name; }

/// What is kept of a frame.
struct Print {
  std::string hash;
  std::vector<std::string> cells;  ///< `rrggbbaa`, row by row
  bool operator==(const Print&) const = default;
};

fs::path folder() { return fs::path(LAYERCAST_SOURCE_DIR) / "tests" / "golden"; }

// FNV-1a, 64 bits (draft-eastlake-fnv, section 2).
std::string hash_of(const frame::Frame& frame) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto view = frame.rgba();
  for (int y = 0; y < view.height(); ++y) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(view.row(y));
    for (size_t i = 0; i < frame.packed_row_bytes(0); ++i) hash = (hash ^ bytes[i]) * 0x100000001b3;
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

std::string cell_of(frame::ImageView<const frame::StraightRgba8> part) {
  std::array<uint64_t, 4> sums{};
  for (int y = 0; y < part.height(); ++y) {
    for (int x = 0; x < part.width(); ++x) {
      const frame::StraightRgba8 pixel = part.at(x, y);
      sums[0] += pixel.red;
      sums[1] += pixel.green;
      sums[2] += pixel.blue;
      sums[3] += pixel.alpha;
    }
  }
  const auto count = static_cast<uint64_t>(part.size().area());
  std::array<char, 9> text{};
  for (size_t i = 0; i < sums.size(); ++i) {
    std::snprintf(text.data() + 2 * i, 3, "%02x", static_cast<unsigned>(sums[i] / count));
  }
  return text.data();
}

size_t index_of(int column, int row) {
  return static_cast<size_t>(row) * kColumns + static_cast<size_t>(column);
}

base::RectI cell_rect(base::SizeI size, int column, int row) {
  return {size.width * column / kColumns, size.height * row / kRows,
          size.width * (column + 1) / kColumns, size.height * (row + 1) / kRows};
}

Print print_of(const frame::Frame& frame) {
  Print print{hash_of(frame), {}};
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      print.cells.push_back(cell_of(frame.rgba().part(cell_rect(frame.size(), column, row))));
    }
  }
  return print;
}

void write_print(std::ostream& out, int64_t index, const Print& print) {
  out << "frame " << index << " " << print.hash << "\n";
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      out << (column == 0 ? "" : " ") << print.cells[index_of(column, row)];
    }
    out << "\n";
  }
}

// By frame, in the file's order.
std::vector<std::pair<int64_t, Print>> read_prints(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::pair<int64_t, Print>> prints;
  std::string word;
  while (in >> word) {
    if (word == "frame") {
      prints.emplace_back();
      in >> prints.back().first >> prints.back().second.hash;
    } else if (!prints.empty()) {
      prints.back().second.cells.push_back(word);
    }
  }
  return prints;
}

std::array<int, 4> channels_of(const std::string& cell) {
  std::array<int, 4> channels{};
  for (size_t i = 0; i < channels.size(); ++i) {
    channels[i] = std::stoi(cell.substr(2 * i, 2), nullptr, 16);
  }
  return channels;
}

/// How far two grids are apart: what a reviewer asks first.
std::string difference(const Print& expected, const Print& actual) {
  int largest = 0;
  int count = 0;
  size_t place = 0;
  for (size_t i = 0; i < std::min(expected.cells.size(), actual.cells.size()); ++i) {
    const auto before = channels_of(expected.cells[i]);
    const auto after = channels_of(actual.cells[i]);
    int apart = 0;
    for (size_t c = 0; c < before.size(); ++c)
      apart = std::max(apart, std::abs(before[c] - after[c]));
    if (apart > 0) ++count;
    if (apart > largest) {
      largest = apart;
      place = i;
    }
  }
  std::ostringstream text;
  text << count << " of " << expected.cells.size() << " cells differ, by at most " << largest
       << " levels in column " << place % kColumns << ", row " << place / kColumns;
  return text.str();
}

void write_png(const fs::path& path, const frame::Frame& frame) {
  const auto bytes = content::encode_still(frame.rgba(), content::StillFormat::kPng);
  ASSERT_TRUE(bytes.ok());
  std::ofstream(path, std::ios::binary) << bytes.value();
}

// The grid as a picture, and how far `actual` is from it, eight times as strong.
void write_pictures(const fs::path& stem, const frame::Frame& actual, const Print& expected) {
  write_png(stem.string() + "-actual.png", actual);
  if (expected.cells.size() != size_t{kColumns * kRows}) return;
  frame::Frame grid(frame::PixelFormat::kRgba, actual.size());
  frame::Frame apart(frame::PixelFormat::kRgba, actual.size());
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const auto index = index_of(column, row);
      const base::RectI rect = cell_rect(actual.size(), column, row);
      const auto before = channels_of(expected.cells[index]);
      const auto after = channels_of(cell_of(actual.rgba().part(rect)));
      std::array<uint8_t, 4> strong{};
      for (size_t c = 0; c < 4; ++c) {
        strong[c] = static_cast<uint8_t>(std::min(255, 8 * std::abs(before[c] - after[c])));
      }
      for (int y = rect.top; y < rect.bottom; ++y) {
        for (int x = rect.left; x < rect.right; ++x) {
          grid.rgba().at(x, y) = {static_cast<uint8_t>(before[0]), static_cast<uint8_t>(before[1]),
                                  static_cast<uint8_t>(before[2]), static_cast<uint8_t>(before[3])};
          apart.rgba().at(x, y) = {strong[0], strong[1], strong[2], 255};
        }
      }
    }
  }
  write_png(stem.string() + "-expected.png", grid);
  write_png(stem.string() + "-difference.png", apart);
}

class GoldenTest : public testing::TestWithParam<Golden> {};

std::vector<int64_t> frames_of(const Golden& golden, const scene::Scene& scene) {
  if (!golden.frames.empty()) return golden.frames;
  const int64_t count = scene.canvas.fps.frames_in(scene.duration.value_or(base::Duration{1}));
  std::vector<int64_t> frames = {0, count / 4, count / 2, 3 * count / 4, count - 1};
  frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
  return frames;
}

TEST_P(GoldenTest, FramesAreAsExpected) {
  const Golden& golden = GetParam();
  auto loaded = scene::load_scene(golden.scene.string());
  ASSERT_TRUE(loaded) << loaded.error().lines.front();
  const scene::SceneFile& file = loaded.value();
  render::OfflineOptions options;
  options.size = golden.size;
  options.threads = 2;
  options.run = golden.run;
  options.open_feed = tools::feed_opener(tools::Showing::kOffline, options.threads);
  render::Renderer renderer = render::offline_renderer(file, options);
  for (const auto& failure : renderer.prepare(0)) {
    if (golden.name == "failing") continue;  // the one that shows the error picture
    ADD_FAILURE() << file.where(failure.value_path) << ": " << failure.error.to_string();
  }
  const fs::path expected_path = folder() / "expected" / (golden.name + ".txt");
  const auto expected = read_prints(expected_path);
  std::ostringstream updated;
  size_t compared = 0;
  for (const int64_t index : frames_of(golden, file.scene)) {
    const frame::FramePtr rendered = renderer.render(index);
    const frame::Frame& frame = *rendered;
    const Print actual = print_of(frame);
    write_print(updated, index, actual);
    if (update_expected) continue;
    ASSERT_LT(compared, expected.size()) << "nothing is expected of frame " << index << " in "
                                         << expected_path << " (see tools/dev golden)";
    const auto& [expected_index, expected_print] = expected[compared++];
    ASSERT_EQ(expected_index, index) << expected_path;
    if (expected_print == actual) continue;
    const fs::path stem =
        fs::path(testing::TempDir()) / ("golden-" + golden.name + "-" + std::to_string(index));
    write_pictures(stem, frame, expected_print);
    ADD_FAILURE() << golden.name << ", frame " << index << ": "
                  << difference(expected_print, actual) << "\n  see " << stem.string()
                  << "-{actual,expected,difference}.png";
  }
  if (update_expected) {
    std::ofstream(expected_path) << updated.str();
  } else {
    EXPECT_EQ(compared, expected.size()) << "frames are expected that were not rendered";
  }
}

// That of a running scene: in `characters`, the state of one layer changed at 600 ms.
scene::RunState run_of(const std::string& name) {
  scene::RunState run;
  if (name != "characters") return run;
  scene::LayerRun changes;
  changes.id = "changes";
  changes.character.state_before = "idle";
  changes.character.state_start = std::chrono::milliseconds(600);
  run.layers.set(changes);
  return run;
}

std::vector<Golden> goldens() {
  std::vector<Golden> all;
  for (const auto& entry : fs::directory_iterator(folder() / "scenes")) {
    const std::string name = entry.path().stem().string();
    all.push_back({name, entry.path(), {}, {}, run_of(name)});
  }
  std::ranges::sort(all, {}, &Golden::name);
  const fs::path scenes = fs::path(LAYERCAST_SOURCE_DIR) / "scenes";
  all.push_back({"letterbox", folder() / "scenes" / "transforms.yaml", base::SizeI{200, 200}, {}});
  all.push_back(
      {"auction", scenes / "auction.yaml", base::SizeI{480, 270}, {0, 60, 120, 540, 1199}});
  all.push_back({"showcase", scenes / "showcase.yaml", base::SizeI{480, 270}, {0, 45, 105, 299}});
  all.push_back({"interview", scenes / "interview.yaml", base::SizeI{480, 270}, {60, 105, 900}});
  all.push_back({"countdown", scenes / "countdown.yaml", base::SizeI{480, 270}, {22, 180, 599}});
  return all;
}

std::string test_name(const testing::TestParamInfo<Golden>& info) {
  std::string name = info.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
}

TEST(GoldenFiles, AreSmallAndEachBelongsToAScene) {
  std::set<std::string> wanted;
  for (const Golden& golden : goldens()) wanted.insert(golden.name + ".txt");
  std::set<std::string> found;
  uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder() / "expected")) {
    found.insert(entry.path().filename().string());
    bytes += entry.file_size();
  }
  if (!update_expected) {
    EXPECT_EQ(found, wanted);
  }
  EXPECT_LT(bytes, 160'000u);
}

INSTANTIATE_TEST_SUITE_P(Scenes, GoldenTest, testing::ValuesIn(goldens()), test_name);

}  // namespace
}  // namespace layercast

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--update") layercast::update_expected = true;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
