// Runs a fuzz target without libFuzzer: on every file of a folder, and on variants of each. The
// variants are the same in every run, so a failure repeats.
//
//     NAME_replay [--variants N] FOLDER…     exits with 0, or dies where the target finds a fault
//
// N: at most so many variants in sum, for a target that takes long for each input.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

namespace {

// Of a folder's files in sum, so that the test takes a few seconds.
constexpr size_t kVariantsMax = 40'000;
constexpr size_t kBytesMax = 24 << 20;
// Bytes that mean something to a parser.
constexpr std::string_view kBytes = "0-9{}[]\":,\n \x7f\xff";

void run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

size_t below(std::mt19937& dice, size_t limit) { return dice() % std::max<size_t>(limit, 1); }

// Cuts the text, changes or removes bytes, or repeats a part.
std::string variant_of(std::string text, std::mt19937& dice) {
  for (size_t changes = 1 + below(dice, 4); changes > 0 && !text.empty(); --changes) {
    const size_t place = below(dice, text.size());
    const size_t length = 1 + below(dice, std::min<size_t>(text.size() - place, 64));
    switch (below(dice, 5)) {
      case 0:
        text.resize(place);
        break;
      case 1:
        text[place] = static_cast<char>(dice());
        break;
      case 2:
        text.erase(place, length);
        break;
      case 3:
        text.insert(below(dice, text.size()), text.substr(place, length));
        break;
      default:
        text[place] = kBytes[below(dice, kBytes.size())];
    }
  }
  return text;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int count, char** arguments) {
  std::mt19937 dice(1);  // NOLINT: the same numbers in every run
  size_t inputs = 0;
  size_t all_variants_max = kVariantsMax;
  int first = 1;
  if (count > 2 && std::string_view(arguments[1]) == "--variants") {
    all_variants_max = std::strtoul(arguments[2], nullptr, 10);
    first = 3;
  }
  for (int i = first; i < count; ++i) {
    const auto files = files_in(arguments[i]);
    const size_t variants_max = all_variants_max / std::max<size_t>(files.size(), 1);
    const size_t bytes_max = kBytesMax / std::max<size_t>(files.size(), 1);
    for (const auto& file : files) {
      const std::string text = text_of(file);
      run(text);
      ++inputs;
      size_t bytes = 0;
      for (size_t variant = 0; variant < variants_max && bytes < bytes_max; ++variant) {
        run(variant_of(text, dice));
        bytes += text.size();
        ++inputs;
      }
    }
  }
  std::printf("%zu inputs\n", inputs);
  return inputs > 0 ? 0 : 1;
}
