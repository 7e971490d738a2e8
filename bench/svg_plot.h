// SvgPlot: lines over two axes, drawn as inline SVG. The page that holds it gives the classes c0 to c7 their
// colours; from the ninth line on they come again, dashed.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace penstock {

struct PlotLine {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x ascending
};

struct PlotAxis {
  std::string label;
  bool whole = false;                                 // between whole numbers there is nothing
  bool logarithmic = false;                           // then only what is above 0 is drawn
  std::vector<std::pair<double, std::string>> ticks;  // empty: round numbers of its own
};

// Empty if no line has two points.
std::string svg_plot(const PlotAxis& x, const PlotAxis& y, const std::vector<PlotLine>& lines);

std::string html_escaped(const std::string& text);

}  // namespace penstock
