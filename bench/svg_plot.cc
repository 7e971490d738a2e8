#include "bench/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bench/text.h"

namespace penstock {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 300;
constexpr double kLeft = 70;
constexpr double kRight = 12;
constexpr double kTop = 10;
constexpr double kBottom = 46;

struct Scale {
  double least = std::numeric_limits<double>::max();
  double most = std::numeric_limits<double>::lowest();
  bool logarithmic = false;
  bool whole = false;
  double from = 0;  // in the picture
  double to = 0;

  bool takes(double value) const { return !logarithmic || value > 0; }
  void see(double value) {
    if (!takes(value)) return;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  double at(double value) const {
    const auto bent = [this](double number) { return logarithmic ? std::log10(number) : number; };
    const double width = bent(most) - bent(least);
    return from + (width > 0 ? (bent(value) - bent(least)) / width : 0.5) * (to - from);
  }
};

// 1, 2 or 5 times a power of ten, so that there are some five of them.
std::vector<double> round_numbers(const Scale& scale) {
  std::vector<double> found;
  if (scale.logarithmic) {
    for (double power = std::floor(std::log10(scale.least)); power <= std::log10(scale.most); ++power) {
      for (const double digit : {1.0, 3.0}) {
        const double value = digit * std::pow(10, power);
        if (value >= scale.least && value <= scale.most) found.push_back(value);
      }
    }
    return found;
  }
  const double width = std::max(scale.most - scale.least, 1e-9);
  double step = std::pow(10, std::floor(std::log10(width / 4)));
  for (const double digit : {5.0, 2.0}) {
    if (width / (step * digit) >= 4) {
      step *= digit;
      break;
    }
  }
  if (scale.whole) step = std::max(step, 1.0);
  for (double value = std::ceil(scale.least / step) * step; value <= scale.most + step / 100; value += step)
    found.push_back(value);
  return found;
}

std::vector<std::pair<double, std::string>> ticks_of(const PlotAxis& axis, const Scale& scale) {
  if (!axis.ticks.empty()) return axis.ticks;
  std::vector<std::pair<double, std::string>> ticks;
  for (const double value : round_numbers(scale))
    ticks.emplace_back(value, value >= 1000 ? readable(value) : formatted("%g", value));
  return ticks;
}

}  // namespace

std::string html_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string svg_plot(const PlotAxis& x_axis, const PlotAxis& y_axis, const std::vector<PlotLine>& lines) {
  Scale x, y;
  x.logarithmic = x_axis.logarithmic;
  y.logarithmic = y_axis.logarithmic;
  x.whole = x_axis.whole;
  bool any = false;
  for (const PlotLine& line : lines) {
    any = any || line.points.size() > 1;
    for (const auto& [across, up] : line.points) {
      x.see(across);
      y.see(up);
    }
  }
  if (!any || x.least > x.most || y.least > y.most) return {};
  if (!y.logarithmic) {
    y.least = std::min(y.least, 0.0);
    y.most *= 1.05;
  }
  x.from = kLeft;
  x.to = kWidth - kRight;
  y.from = kHeight - kBottom;
  y.to = kTop;

  std::string svg = formatted("<svg viewBox=\"0 0 %g %g\" role=\"img\">", kWidth, kHeight);
  for (const auto& [value, label] : ticks_of(y_axis, y)) {
    if (value < y.least || value > y.most) continue;
    svg += formatted(
        "<line class=\"grid\" x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%g\" y=\"%.1f\" "
        "text-anchor=\"end\">%s</text>",
        x.from, x.to, y.at(value), y.at(value), x.from - 6, y.at(value) + 4, html_escaped(label).c_str());
  }
  for (const auto& [value, label] : ticks_of(x_axis, x)) {
    if (value < x.least || value > x.most) continue;
    svg += formatted(
        "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%g\" y2=\"%g\"/><text x=\"%.1f\" y=\"%g\" "
        "text-anchor=\"middle\">%s</text>",
        x.at(value), x.at(value), y.from, y.to, x.at(value), y.from + 18, html_escaped(label).c_str());
  }
  svg += formatted("<text x=\"%g\" y=\"%g\" text-anchor=\"end\">%s</text>", x.to, kHeight - 8,
                   html_escaped(x_axis.label).c_str());
  svg += formatted("<text x=\"14\" y=\"%g\" transform=\"rotate(-90 14 %g)\" text-anchor=\"end\">%s</text>",
                   kTop, kTop, html_escaped(y_axis.label).c_str());
  std::size_t colour = 0;
  for (const PlotLine& line : lines) {
    svg += formatted("<polyline class=\"c%zu\"%s points=\"", colour % 8,
                     colour < 8 ? "" : " stroke-dasharray=\"6 4\"");
    ++colour;
    for (const auto& [across, up] : line.points) {
      if (x.takes(across) && y.takes(up)) svg += formatted("%.1f,%.1f ", x.at(across), y.at(up));
    }
    svg += "\"><title>" + html_escaped(line.name) + "</title></polyline>";
  }
  return svg + "</svg>";
}

}  // namespace penstock
