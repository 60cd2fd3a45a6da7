#include "base/thread_name.h"

#include <array>
#include <gtest/gtest.h>
#include <pthread.h>
#include <string>

namespace layercast::base {
namespace {

std::string own_name() {
  std::array<char, 16> name{};
  EXPECT_EQ(pthread_getname_np(pthread_self(), name.data(), name.size()), 0);
  return name.data();
}

TEST(NamedThread, HasItsNameWhileItRuns) {
  std::string name;
  named_thread("encoder", [&] { name = own_name(); }).join();
  EXPECT_EQ(name, "encoder");
}

TEST(NamedThread, KeepsAsMuchOfALongNameAsTheSystemTakes) {
  std::string name;
  named_thread("a-name-that-is-too-long", [&] { name = own_name(); }).join();
  EXPECT_EQ(name, "a-name-that-is-");
}

}  // namespace
}  // namespace layercast::base
