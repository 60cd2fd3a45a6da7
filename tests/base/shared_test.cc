#include "base/shared.h"

#include <gtest/gtest.h>
#include <string>

namespace layercast::base {
namespace {

TEST(Shared, CopiesShareUntilOneIsEdited) {
  Shared<std::string> one(std::string("a"));
  const Shared<std::string> other = one;
  EXPECT_EQ(one.pointer(), other.pointer());
  one.edit() += "b";
  EXPECT_EQ(*one, "ab");
  EXPECT_EQ(*other, "a");
  EXPECT_NE(one, other);
}

TEST(Shared, EqualValuesAreEqualWhereverTheyAre) {
  const Shared<std::string> one(std::string("a"));
  const Shared<std::string> other(std::string("a"));
  EXPECT_NE(one.pointer(), other.pointer());
  EXPECT_EQ(one, other);
  EXPECT_EQ(Shared<std::string>().pointer(), Shared<std::string>().pointer());
  EXPECT_EQ(unshared(one), unshared(std::string("a")));
}

}  // namespace
}  // namespace layercast::base
