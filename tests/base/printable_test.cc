#include "base/printable.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace layercast::base {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view text;
  std::string_view shown;
};

TEST(Printable, EscapesWhatAFileOrATerminalTakesForMoreThanText) {
  for (const Case& each : {
           Case{"", ""},
           {"a b\"c\\d", "a b\"c\\d"},
           {"Größe · 名前 🙂", "Größe · 名前 🙂"},
           {"a\nstreamd: forged", "a\\nstreamd: forged"},
           {"a\r\tb", "a\\r\\tb"},
           {"\x1b[2Jx", "\\x1b[2Jx"},
           {"\x07\x7f", "\\x07\\x7f"},
           {"a\0b"sv, "a\\x00b"},
           {"\xc2\x85\xc2\x9b[0m\xc2\xa0", "\\u0085\\u009b[0m\xc2\xa0"},
           {"a\xe2\x80\xa8z\xe2\x80\xa9", "a\\u2028z\\u2029"},
           {"\xe2\x80\xaegnp.exe\xe2\x81\xa6", "\\u202egnp.exe\\u2066"},
           {"\xe2\x80\x99\xe2\x81\xa5", "\xe2\x80\x99\xe2\x81\xa5"},
           {"a\x9b[0m", "a\\x9b[0m"},
           {"\xff\xc3", "\\xff\\xc3"},
           {"\xc0\x8a", "\\xc0\\x8a"},
           {"é\xe2\x80", "é\\xe2\\x80"},
       }) {
    EXPECT_EQ(printable(each.text), each.shown);
  }
}

}  // namespace
}  // namespace layercast::base
