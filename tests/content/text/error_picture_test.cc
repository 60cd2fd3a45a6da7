#include "content/text/error_picture.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>

namespace layercast::content {
namespace {

FontLibrary* fonts() {
  static const std::unique_ptr<FontLibrary> library = FontLibrary::create().value();
  return library.get();
}

// Pixels of the reason: nothing else in the picture is nearly white.
int white_pixels(const Raster& raster) {
  int count = 0;
  const auto view = raster.picture->view();
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      const auto pixel = view.at(x, y);
      count += std::min(pixel.green, pixel.blue) > 150;
    }
  }
  return count;
}

TEST(ErrorPicture, IsATranslucentRedBoxWithRoundCorners) {
  const Raster raster = error_picture("no such file", {400, 200}, nullptr);
  EXPECT_EQ(raster.box, (base::SizeF{400, 200}));
  EXPECT_EQ(raster.picture->size(), (base::SizeI{400, 200}));
  EXPECT_EQ(raster.picture->origin(), (base::PointF{0, 0}));
  const auto view = raster.picture->view();
  EXPECT_EQ(view.at(0, 0).alpha, 0);
  EXPECT_NEAR(view.at(200, 100).alpha, 184, 1);
  EXPECT_NEAR(view.at(200, 100).red, 130, 2);
  EXPECT_NEAR(view.at(200, 100).green, 14, 2);
  EXPECT_GT(view.at(200, 1).alpha, 220);  // the border
}

TEST(ErrorPicture, EmptyBoxesGetTheDefaultSize) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const base::SizeF box :
       {base::SizeF{0, 0}, base::SizeF{0, 50}, base::SizeF{-4, 9}, base::SizeF{nan, nan}}) {
    const Raster raster = error_picture("no such file", box, fonts());
    EXPECT_EQ(raster.box, (base::SizeF{480, 120}));
    EXPECT_EQ(raster.picture->size(), (base::SizeI{480, 120}));
    EXPECT_GT(white_pixels(raster), 500);
  }
}

TEST(ErrorPicture, ShowsItsReasonInWhiteInsideTheBorder) {
  const Raster empty = error_picture("no such file", {400, 200}, nullptr);
  EXPECT_EQ(white_pixels(empty), 0);
  const Raster raster = error_picture("no such file", {400, 200}, fonts());
  EXPECT_GT(white_pixels(raster), 500);
  const auto view = raster.picture->view();
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 400; ++x) {
      if (x >= 10 && x < 390 && y >= 10 && y < 190) continue;
      ASSERT_EQ(view.at(x, y), empty.picture->view().at(x, y)) << x << "," << y;
    }
  }
}

TEST(ErrorPicture, DifferentReasonsLookDifferent) {
  const Raster a = error_picture("aaaaaaaa", {400, 200}, fonts());
  const Raster m = error_picture("mmmmmmmm", {400, 200}, fonts());
  EXPECT_GT(white_pixels(m), white_pixels(a) + 50);
}

TEST(ErrorPicture, AlwaysSucceeds) {
  std::string bytes;
  for (int i = 0; i < 5000; ++i) bytes += static_cast<char>(i * 37);
  for (const std::string& reason : {std::string(), std::string("x"), std::string(50'000, 'W'),
                                    std::string(500, '\n'), bytes, std::string("{{clok}} <b>")}) {
    for (const base::SizeF box :
         {base::SizeF{1, 1}, base::SizeF{0.1, 700}, base::SizeF{700, 3}, base::SizeF{30, 30},
          base::SizeF{200, 60}, base::SizeF{333.3, 222.2}}) {
      const Raster raster = error_picture(reason, box, fonts());
      EXPECT_EQ(raster.box, box);
      EXPECT_GT(raster.picture->view().at(raster.picture->size().width / 2, 0).alpha, 0);
    }
  }
}

TEST(ErrorPicture, AReasonOfManyLinesShowsTheFirst) {
  std::string reason = "first";
  reason.append(900, '\n');
  EXPECT_GT(white_pixels(error_picture(reason + "last", {400, 200}, fonts())), 50);
}

TEST(ErrorPicture, OfAVeryLargeBoxThePictureCoversTheMiddle) {
  const Raster raster = error_picture("no such file", {16384, 1000}, nullptr);
  EXPECT_EQ(raster.box, (base::SizeF{16384, 1000}));
  EXPECT_EQ(raster.picture->size(), (base::SizeI{4096, 1000}));
  EXPECT_EQ(raster.picture->origin(), (base::PointF{6144, 0}));
}

TEST(ErrorPicture, LongReasonsEndInsideTheBox) {
  const std::string reason(3000, 'W');
  const Raster raster = error_picture(reason, {200, 100}, fonts());
  EXPECT_GT(white_pixels(raster), 500);
  const auto view = raster.picture->view();
  for (int x = 20; x < 180; ++x) {
    EXPECT_LT(view.at(x, 5).green, 40);
    EXPECT_LT(view.at(x, 95).green, 40);
  }
}

TEST(ErrorPictureReason, NamesFilesWithoutTheirFolders) {
  const base::Error cause =
      base::io_error("cannot open '/srv/show/a b.png': no such file", "/srv/show/assets/logo.png");
  EXPECT_EQ(reason_without_folders(cause), "logo.png: cannot open 'a b.png': no such file");
  EXPECT_EQ(reason_without_folders(base::with_context(cause, "cannot read /etc/fonts/x.ttf")),
            "cannot read x.ttf: logo.png: cannot open 'a b.png': no such file");
}

TEST(ErrorPictureReason, KeepsUrlsAndOtherWords) {
  EXPECT_EQ(reason_without_folders(base::io_error("24/7 is away", "rtmp://host/live/***")),
            "rtmp://host/live/***: 24/7 is away");
}

}  // namespace
}  // namespace layercast::content
