#include "base/stable_hash.h"

#include <gtest/gtest.h>

namespace layercast::base {
namespace {

// Source: the test vectors of the authors of FNV.
TEST(StableHash, IsFnv1a) {
  EXPECT_EQ(stable_hash(""), 0xcbf29ce484222325U);
  EXPECT_EQ(stable_hash("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(stable_hash("foobar"), 0x85944171f73967e8U);
}

TEST(StableHash, IsWrittenWithAllItsDigits) {
  EXPECT_EQ(hex_of(0xcbf29ce484222325U), "cbf29ce484222325");
  EXPECT_EQ(hex_of(10), "000000000000000a");
}

}  // namespace
}  // namespace layercast::base
