#include "sandbox/message.h"

#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace layercast::sandbox {
namespace {

TEST(Message, FieldsAreReadAsTheyWereWritten) {
  MessageWriter writer;
  writer.put(int64_t{-7});
  writer.put(std::string_view("text\0with a zero", 16));
  writer.put(0.25);
  writer.put(std::string_view());
  const std::string bytes = writer.take();
  MessageReader reader(bytes);
  EXPECT_EQ(reader.take_int(), -7);
  EXPECT_EQ(reader.take_text(), std::string("text\0with a zero", 16));
  EXPECT_EQ(reader.take_double(), 0.25);
  EXPECT_EQ(reader.take_text(), "");
  EXPECT_TRUE(reader.is_complete());
}

TEST(Message, EveryCutIsNoticed) {
  MessageWriter writer;
  writer.put(int64_t{1});
  writer.put(std::string_view("abc"));
  const std::string bytes = writer.take();
  for (size_t size = 0; size < bytes.size(); ++size) {
    MessageReader reader(std::string_view(bytes).substr(0, size));
    reader.take_int();
    EXPECT_EQ(reader.take_text(), "") << size;
    EXPECT_FALSE(reader.is_complete()) << size;
    EXPECT_EQ(reader.take_int(), 0) << size;
  }
}

TEST(Message, AByteTooManyIsNoticed) {
  MessageWriter writer;
  writer.put(int64_t{1});
  const std::string bytes = writer.take() + "x";
  MessageReader reader(bytes);
  reader.take_int();
  EXPECT_FALSE(reader.is_complete());
}

TEST(Message, LengthsThatAreNotThereAreRefused) {
  for (const int64_t length : {int64_t{-1}, int64_t{4}, std::numeric_limits<int64_t>::max(),
                               std::numeric_limits<int64_t>::min()}) {
    MessageWriter writer;
    writer.put(length);
    const std::string bytes = writer.take() + "abc";
    MessageReader reader(bytes);
    EXPECT_EQ(reader.take_text(), "") << length;
    EXPECT_FALSE(reader.is_complete()) << length;
  }
}

TEST(Message, LinesCanBeShown) {
  MessageWriter writer;
  writer.put(std::string_view("red\x1b[31m\nFORGED"));
  writer.put(std::string_view(std::string(5000, 'x')));
  const std::string bytes = writer.take();
  MessageReader reader(bytes);
  EXPECT_EQ(reader.take_line(), "red\\x1b[31m\\nFORGED");
  EXPECT_EQ(reader.take_line().size(), MessageReader::kLineBytesMax);
  EXPECT_TRUE(reader.is_complete());
}

TEST(Message, NumbersAreFinite) {
  for (const double value :
       {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN()}) {
    MessageWriter writer;
    writer.put(value);
    const std::string bytes = writer.take();
    MessageReader reader(bytes);
    EXPECT_EQ(reader.take_double(), 0);
    EXPECT_FALSE(reader.is_complete());
  }
}

}  // namespace
}  // namespace layercast::sandbox
