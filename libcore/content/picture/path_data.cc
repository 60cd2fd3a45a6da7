#include "content/picture/path_data.h"

#include "base/ascii.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace layercast::content {
namespace {

using base::PointF;

constexpr double kPi = 3.14159265358979323846;
constexpr double kCoordinateMax = 1e6;

PointF operator+(PointF a, PointF b) { return {a.x + b.x, a.y + b.y}; }
PointF operator-(PointF a, PointF b) { return {a.x - b.x, a.y - b.y}; }
PointF operator*(double factor, PointF a) { return {factor * a.x, factor * a.y}; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// ---- Tokens -------------------------------------------------------------------------------------

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  char take() { return text_[at_++]; }

  // Between two numbers: white space with at most one comma.
  void skip_separator() {
    skip_space();
    if (peek() == ',') {
      ++at_;
      skip_space();
    }
  }
  bool at_number() const {
    const char c = peek();
    return base::is_digit(c) || c == '.' || c == '-' || c == '+';
  }
  base::Result<double> number() {
    size_t start = at_;
    if (peek() == '+') ++start;
    const size_t digits = start + (start == at_ && peek() == '-' ? 1 : 0);
    const bool is_number =
        digits < text_.size() && (base::is_digit(text_[digits]) || text_[digits] == '.');
    double value = 0;
    const auto [end, error] =
        is_number ? std::from_chars(text_.data() + start, text_.data() + text_.size(), value)
                  : std::from_chars_result{nullptr, std::errc::invalid_argument};
    if (error == std::errc::result_out_of_range) return too_far();
    if (error != std::errc()) return expected("a number");
    at_ = static_cast<size_t>(end - text_.data());
    return value;
  }
  // One character; the next token may follow without a separator.
  base::Result<bool> flag() {
    if (peek() != '0' && peek() != '1') return expected("an arc flag, 0 or 1");
    return take() == '1';
  }

  base::Error expected(std::string_view what) const {
    return base::invalid_input(
        "path data: expected " + std::string(what) + " at character " + std::to_string(at_ + 1) +
        ", found " + (at_end() ? std::string("the end") : "'" + std::string(1, peek()) + "'"));
  }
  base::Error too_far() const {
    return base::over_limit("path data: a coordinate before character " + std::to_string(at_ + 1) +
                            " is beyond a million px");
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

// ---- Arcs ---------------------------------------------------------------------------------------

struct Arc {
  double radius_x;
  double radius_y;
  double rotation_degrees;
  bool large;
  bool sweep;
};

// The ellipse of an arc, and the part of it that the arc covers.
struct CenteredArc {
  base::Affine page_from_unit_circle;
  double start;  // radians
  double extent;
};

// SVG 1.1, F.6.5 and F.6.6. `from` and `to` differ, the radii are not 0.
CenteredArc centered(PointF from, PointF to, const Arc& arc) {
  const base::Affine rotation = base::rotation_degrees(arc.rotation_degrees);
  const PointF half = base::inverse(rotation).map(0.5 * (from - to));
  double rx = std::abs(arc.radius_x);
  double ry = std::abs(arc.radius_y);
  const double too_small = std::sqrt(half.x * half.x / (rx * rx) + half.y * half.y / (ry * ry));
  if (too_small > 1) {
    rx *= too_small;
    ry *= too_small;
  }
  // On the unit circle, the centre lies on the perpendicular bisector of the chord.
  const PointF u{half.x / rx, half.y / ry};
  const double square = u.x * u.x + u.y * u.y;
  const double distance =
      std::sqrt(std::max(0.0, 1 / square - 1)) * (arc.large == arc.sweep ? -1 : 1);
  const PointF center{distance * u.y, -distance * u.x};
  const PointF first = u - center;
  const PointF last = -1 * u - center;
  const double start = std::atan2(first.y, first.x);
  double extent = std::atan2(last.y, last.x) - start;
  if (arc.sweep && extent < 0) extent += 2 * kPi;
  if (!arc.sweep && extent > 0) extent -= 2 * kPi;
  const PointF middle = 0.5 * (from + to) + rotation.map({center.x * rx, center.y * ry});
  return {base::translation(middle.x, middle.y) * rotation * base::scaling(rx, ry), start, extent};
}

void append_arc(PointF from, PointF to, const Arc& arc, std::vector<PathSegment>& path) {
  if (from == to) return;
  constexpr double kRadiusMin = 1e-6;
  if (std::abs(arc.radius_x) < kRadiusMin || std::abs(arc.radius_y) < kRadiusMin) {
    path.push_back({PathSegment::Kind::kLine, {PointF{}, PointF{}, to}});
    return;
  }
  const CenteredArc whole = centered(from, to, arc);
  const int pieces = std::max(1, static_cast<int>(std::ceil(std::abs(whole.extent) / (kPi / 4))));
  const double step = whole.extent / pieces;
  const double reach = 4.0 / 3.0 * std::tan(step / 4);
  for (int i = 0; i < pieces; ++i) {
    const double a = whole.start + step * i;
    const double b = whole.start + step * (i + 1);
    const PointF first{std::cos(a), std::sin(a)};
    const PointF last{std::cos(b), std::sin(b)};
    const base::Affine& map = whole.page_from_unit_circle;
    const PointF end = i + 1 == pieces ? to : map.map(last);
    path.push_back({PathSegment::Kind::kCurve,
                    {map.map({first.x - reach * first.y, first.y + reach * first.x}),
                     map.map({last.x + reach * last.y, last.y - reach * last.x}), end}});
  }
}

// ---- Commands -----------------------------------------------------------------------------------

class Parser {
 public:
  explicit Parser(std::string_view d) : reader_(d) {}

  base::Result<std::vector<PathSegment>> parse() {
    for (reader_.skip_space(); !reader_.at_end(); reader_.skip_space()) {
      const char letter = reader_.peek();
      const bool first = path_.empty();
      if (first ? letter != 'M' && letter != 'm'
                : std::string_view("MmLlHhVvCcSsQqTtAaZz").find(letter) == std::string_view::npos) {
        return reader_.expected(first ? "M or m" : "a command");
      }
      reader_.take();
      TRY_DO(command(letter));
    }
    return std::move(path_);
  }

 private:
  // Arguments after the first set repeat the command.
  base::Result<void> command(char letter) {
    relative_ = letter >= 'a';
    kind_ = relative_ ? static_cast<char>(letter - 'a' + 'A') : letter;
    if (kind_ == 'Z') {
      path_.push_back({PathSegment::Kind::kClose, {}});
      here_ = start_;
      previous_ = kind_;
      return {};
    }
    reader_.skip_space();
    for (bool more = true; more;) {
      TRY_DO(step());
      previous_ = kind_;
      if (kind_ == 'M') kind_ = 'L';
      reader_.skip_space();
      more = reader_.at_number() || reader_.peek() == ',';
      if (more) reader_.skip_separator();
    }
    return {};
  }

  base::Result<void> step() {
    switch (kind_) {
      case 'M':
        return move();
      case 'L':
        return line();
      case 'H':
      case 'V':
        return straight();
      case 'C':
        return cubic();
      case 'S':
        return smooth_cubic();
      case 'Q':
        return quadratic();
      case 'T':
        return smooth_quadratic();
      default:
        return arc();
    }
  }

  base::Result<double> next_number() {
    reader_.skip_separator();
    return reader_.number();
  }
  base::Result<PointF> next_point() {
    TRY(const double x, next_number());
    TRY(const double y, next_number());
    const PointF point = relative_ ? here_ + PointF{x, y} : PointF{x, y};
    if (!is_near(point)) return reader_.too_far();
    return point;
  }
  static bool is_near(PointF point) {
    return std::abs(point.x) <= kCoordinateMax && std::abs(point.y) <= kCoordinateMax;
  }

  base::Result<void> move() {
    TRY(here_, first_point());
    start_ = here_;
    path_.push_back({PathSegment::Kind::kMove, {PointF{}, PointF{}, here_}});
    return {};
  }
  // A comma is not allowed between a command and its first number.
  base::Result<PointF> first_point() {
    if (reader_.peek() == ',') return reader_.expected("a number");
    return next_point();
  }
  base::Result<void> line() {
    TRY(const PointF end, first_point());
    return line_to(end);
  }
  base::Result<void> line_to(PointF end) {
    path_.push_back({PathSegment::Kind::kLine, {PointF{}, PointF{}, end}});
    here_ = end;
    return {};
  }
  base::Result<void> straight() {
    TRY(const double value, reader_.number());
    PointF end = here_;
    double& moved = kind_ == 'H' ? end.x : end.y;
    moved = relative_ ? moved + value : value;
    if (!is_near(end)) return reader_.too_far();
    return line_to(end);
  }
  base::Result<void> curve_to(PointF control1, PointF control2, PointF end) {
    if (!is_near(control1)) return reader_.too_far();  // repeated mirroring can diverge
    path_.push_back({PathSegment::Kind::kCurve, {control1, control2, end}});
    here_ = end;
    return {};
  }
  base::Result<void> cubic() {
    TRY(const PointF control1, first_point());
    TRY(const PointF control2, next_point());
    TRY(const PointF end, next_point());
    control_ = control2;
    return curve_to(control1, control2, end);
  }
  base::Result<void> smooth_cubic() {
    const PointF control1 = mirrored("CS");
    TRY(const PointF control2, first_point());
    TRY(const PointF end, next_point());
    control_ = control2;
    return curve_to(control1, control2, end);
  }
  base::Result<void> quadratic() {
    TRY(const PointF control, first_point());
    TRY(const PointF end, next_point());
    return quadratic_to(control, end);
  }
  base::Result<void> smooth_quadratic() {
    const PointF control = mirrored("QT");
    TRY(const PointF end, first_point());
    return quadratic_to(control, end);
  }
  base::Result<void> quadratic_to(PointF control, PointF end) {
    control_ = control;
    return curve_to(here_ + 2.0 / 3.0 * (control - here_), end + 2.0 / 3.0 * (control - end), end);
  }
  base::Result<void> arc() {
    if (reader_.peek() == ',') return reader_.expected("a number");
    Arc arc{};
    TRY(arc.radius_x, reader_.number());
    TRY(arc.radius_y, next_number());
    TRY(arc.rotation_degrees, next_number());
    reader_.skip_separator();
    TRY(arc.large, reader_.flag());
    reader_.skip_separator();
    TRY(arc.sweep, reader_.flag());
    TRY(const PointF end, next_point());
    if (!is_near({arc.radius_x, arc.radius_y})) return reader_.too_far();
    append_arc(here_, end, arc, path_);
    here_ = end;
    return {};
  }

  // The reflected control point of the previous curve; the current point after any other command.
  PointF mirrored(std::string_view curves) const {
    return curves.find(previous_) == std::string_view::npos ? here_ : here_ + (here_ - control_);
  }

  Reader reader_;
  std::vector<PathSegment> path_;
  char kind_ = 'M';
  char previous_ = 'M';
  bool relative_ = false;
  PointF here_;
  PointF start_;
  PointF control_;
};

}  // namespace

base::Result<std::vector<PathSegment>> parse_path_data(std::string_view d) {
  return Parser(d).parse();
}

}  // namespace layercast::content
