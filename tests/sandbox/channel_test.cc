#include "sandbox/channel.h"

#include "sandbox/sealed_bytes.h"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::sandbox {
namespace {

size_t open_descriptors() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

TEST(Channel, KeepsTheBordersOfMessages) {
  auto [left, right] = Channel::pair().value();
  ASSERT_TRUE(left.send("one"));
  ASSERT_TRUE(left.send("two"));
  EXPECT_EQ(right.receive().value()->bytes, "one");
  EXPECT_EQ(right.receive().value()->bytes, "two");
}

TEST(Channel, CarriesDescriptors) {
  auto [left, right] = Channel::pair().value();
  const Descriptor file = sealed("content").value();
  const std::array files{file.number()};
  ASSERT_TRUE(left.send("a file", files));
  auto message = right.receive().value();
  ASSERT_EQ(message->descriptors.size(), 1U);
  const auto bytes = SealedBytes::map(message->descriptors.front(), 100);
  EXPECT_EQ(bytes.value().text(), "content");
  EXPECT_NE(::fcntl(message->descriptors.front().number(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Channel, TheEndIsNoMessage) {
  auto [left, right] = Channel::pair().value();
  left.close();
  EXPECT_FALSE(right.receive().value().has_value());
  const auto sent = right.send("nobody");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, base::ErrorCode::kBrokenPipe);
}

// What a hostile process may send must neither be taken nor stay open.
TEST(Channel, TooManyDescriptorsAndBytesAreRefused) {
  const size_t before = open_descriptors();
  {
    auto [left, right] = Channel::pair().value();
    const std::string bytes(Channel::kMessageBytesMax + 1, 'x');
    ASSERT_EQ(::send(left.socket().number(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    EXPECT_FALSE(right.receive());
    std::vector<int> many(Channel::kDescriptorsMax, left.socket().number());
    ASSERT_TRUE(left.send("many", many));
    const auto message = right.receive();
    EXPECT_EQ(message.value()->descriptors.size(), many.size());
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST(SealedBytes, OnlySealedFilesAreMapped) {
  EXPECT_EQ(SealedBytes::map(sealed("abc").value(), 3).value().text(), "abc");
  EXPECT_EQ(SealedBytes::map(sealed("").value(), 3).value().text(), "");
  EXPECT_FALSE(SealedBytes::map(sealed("abcd").value(), 3)) << "too large";
  const Descriptor open(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_FALSE(SealedBytes::map(open, 100)) << "not sealed";
  ::fcntl(open.number(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
  EXPECT_FALSE(SealedBytes::map(open, 100)) << "its bytes may change";
  const Descriptor file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(SealedBytes::map(file, 1 << 20)) << "a file on disk";
  EXPECT_FALSE(SealedBytes::map(Descriptor(), 100));
}

TEST(SealedBytes, NobodyCanChangeThem) {
  const Descriptor file = sealed("abc").value();
  EXPECT_LT(::pwrite(file.number(), "x", 1, 0), 0);
  EXPECT_NE(::ftruncate(file.number(), 0), 0);
  EXPECT_EQ(::mmap(nullptr, 3, PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0), MAP_FAILED);
}

}  // namespace
}  // namespace layercast::sandbox
