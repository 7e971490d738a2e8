// The report as one page: style and pictures are in it, and nothing is fetched.
#include <algorithm>
#include <cmath>

#include "bench/report.h"
#include "bench/svg_plot.h"
#include "bench/text.h"

namespace penstock {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --ink: #1c2430; --soft: #66707d; --line: #dde2e8; --paper: #fff; --good: #1a7f4b;
  --bad: #b3372b; --bar: #3b6fb6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --soft: #9aa5b3; --line: #333c48; --paper: #14181e; --good: #4cc38a; --bar: #6c9fe0;
    --bad: #ef7d70; }
}
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 64rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: .95rem; font-weight: 600; margin: 1rem 0 0; }
p, li { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem .35rem 0; text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: .85rem; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
small { color: var(--soft); display: block; }
.holds { color: var(--good); font-weight: 600; white-space: nowrap; }
.fails { color: var(--bad); font-weight: 600; white-space: nowrap; }
.wrong { color: var(--bad); }
svg { display: block; width: 100%; height: auto; }
td svg { width: 14rem; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); }
.bar { fill: var(--bar); }
.spread { stroke: var(--ink); stroke-width: 1.5; }
.goal { stroke: var(--ink); stroke-width: 2; }
polyline { fill: none; stroke-width: 2; }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 0 1.5rem; }
.key span { margin-right: 1rem; white-space: nowrap; }
.key b { display: inline-block; width: 1.4rem; margin-right: .35rem; vertical-align: middle; }
)";

constexpr const char* kColours[] = {"#3b6fb6", "#d9822b", "#2f9e6b", "#b3372b",
                                    "#7b5bb5", "#0f8b9d", "#a0762c", "#c2538c"};

std::string cell(const Figures& figures) {
  if (figures.empty()) return "<td class=\"n\"></td>";
  std::string text = "<td class=\"n\">" + readable(figures.median());
  if (figures.all().size() > 1)
    text += "<small>" + readable(figures.least()) + " to " + readable(figures.most()) + "</small>";
  return text + "</td>";
}

// A bar up to the median, with the spread of the rounds; `most` is the whole width.
std::string bar(const Figures& figures, double most, double goal = 0) {
  constexpr double kWide = 220;
  const auto at = [most](double value) { return std::clamp(value / most, 0.0, 1.0) * kWide; };
  std::string svg = formatted(
      "<svg viewBox=\"0 0 %g 18\"><rect class=\"bar\" x=\"0\" y=\"4\" height=\"10\" width=\"%.1f\" "
      "rx=\"2\"/>",
      kWide, std::max(at(figures.median()), 1.0));
  if (figures.all().size() > 1) {
    svg += formatted("<line class=\"spread\" x1=\"%.1f\" x2=\"%.1f\" y1=\"9\" y2=\"9\"/>",
                     at(figures.least()), at(figures.most()));
  }
  if (goal > 0)
    svg += formatted("<line class=\"goal\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"18\"/>", at(goal), at(goal));
  return svg + "</svg>";
}

std::string claims(const Report& report, const StoredReport* before) {
  std::string html =
      "<h2>What should hold</h2><div class=\"wide\"><table><tr><th>ratio, within a round</th><th "
      "class=\"n\">median"
      "</th><th class=\"n\">goal</th><th></th><th></th>";
  if (before != nullptr) html += "<th class=\"n\">before</th>";
  html += "</tr>";
  for (const Claim& claim : report.claims) {
    html += "<tr><td>" + html_escaped(claim.name);
    if (!claim.measured()) html += "<small>not measured: " + html_escaped(claim.unmeasured) + "</small>";
    html += "</td>" + cell(claim.values) + "<td class=\"n\">" + (claim.at_most ? "&le; " : "&ge; ") +
            readable(claim.goal) + "</td><td>";
    if (claim.measured()) html += bar(claim.values, 2 * claim.goal, claim.goal);
    html += "</td>";
    if (!claim.measured()) {
      html += "<td></td>";
    } else if (claim.holds()) {
      html += "<td class=\"holds\">holds</td>";
    } else {
      html += "<td class=\"fails\">does not hold</td>";
    }
    if (before != nullptr) {
      const auto found = before->ratios.find(claim.name);
      html += "<td class=\"n\">" + (found == before->ratios.end() ? "" : readable(found->second)) + "</td>";
    }
    html += "</tr>";
  }
  return html + "</table></div>";
}

std::string subjects(const Report& report) {
  double most = 1e-9;
  for (const Subject& subject : report.subjects) most = std::max(most, subject.rate.most());
  std::string html =
      "<h2>What was measured</h2><div class=\"wide\"><table><tr><th>subject</th><th class=\"n\">a "
      "second</th><th></th>"
      "<th class=\"n\">CPU, us</th><th class=\"n\">p50, us</th><th class=\"n\">p99, us</th><th "
      "class=\"n\">MB</th>"
      "</tr>";
  for (const Subject& subject : report.subjects) {
    html += "<tr><td>" + html_escaped(subject.name) + "<small>" + html_escaped(subject.counts) + "</small>";
    for (const auto& [what, times] : subject.wrong) {
      html += "<small class=\"wrong\">" + readable(static_cast<double>(times)) + " " + html_escaped(what) +
              "</small>";
    }
    for (const auto& [what, times] : subject.told)
      html += "<small>" + readable(static_cast<double>(times)) + " " + html_escaped(what) + "</small>";
    html += "</td>" + cell(subject.rate) + "<td>" + bar(subject.rate, most) + "</td>" + cell(subject.cpu_us) +
            cell(subject.p50_us) + cell(subject.p99_us) + cell(subject.resident_mb) + "</tr>";
  }
  return html + "</table></div><p>Medians over the rounds, and from the least to the most of them.</p>";
}

std::string latencies(const Report& report) {
  std::vector<PlotLine> lines;
  for (const Subject& subject : report.subjects) {
    if (subject.latency.count() == 0) continue;
    PlotLine line{subject.name, {}};
    // Up to the share of which there is one at least.
    const double most = std::min(static_cast<double>(subject.latency.count()), 1e5);
    for (double rarity = 2; rarity <= most; rarity *= 1.2)
      line.points.emplace_back(rarity, microseconds(subject.latency.at(1 - 1 / rarity)) / 1e3);
    lines.push_back(std::move(line));
  }
  const std::string svg =
      svg_plot({"one of so many took longer",
                false,
                true,
                {{2, "50 %"}, {10, "90 %"}, {100, "99 %"}, {1e3, "99.9 %"}, {1e4, "99.99 %"}}},
               {"milliseconds", false, true, {}}, lines);
  if (svg.empty()) return {};
  std::string key;
  for (std::size_t at = 0; at < lines.size(); ++at)
    key += formatted("<span><b style=\"border-top: 3px %s %s\"></b>%s</span>", at < 8 ? "solid" : "dashed",
                     kColours[at % 8], html_escaped(lines[at].name).c_str());
  return "<h2>Time to an answer</h2>" + svg + "<p class=\"key\">" + key + "</p>";
}

std::string seconds(const Report& report) {
  std::string html;
  for (const Subject& subject : report.subjects) {
    PlotLine line{subject.name, {}};
    for (std::size_t at = 0; at < subject.by_second.size(); ++at)
      line.points.emplace_back(static_cast<double>(at + 1), subject.by_second[at]);
    const std::string svg = svg_plot({"second", true, false, {}}, {"answers", true, false, {}}, {line});
    if (!svg.empty()) html += "<div><h3>" + html_escaped(subject.name) + "</h3>" + svg + "</div>";
  }
  if (html.empty()) return {};
  return "<h2>Second by second, the rounds one behind the other</h2><div class=\"small\">" + html + "</div>";
}

}  // namespace

std::string as_html(const Report& report, const StoredReport* before) {
  std::string colours;
  for (std::size_t at = 0; at < 8; ++at) colours += formatted(".c%zu { stroke: %s; }\n", at, kColours[at]);
  std::string html =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + html_escaped(report.title) +
      "</title><meta name=\"viewport\" content=\"width=device-width\"><style>" + kStyle + colours +
      "</style><h1>" + html_escaped(report.title) + "</h1><p>" + html_escaped(report.conditions) + "<br>" +
      html_escaped(report.moment) + ", " + html_escaped(report.machine);
  for (const auto& [name, version] : report.versions)
    html += "<br>" + html_escaped(name) + " " + html_escaped(version);
  html += "</p>";
  if (before != nullptr) html += "<p>Before: the run of " + html_escaped(before->moment) + ".</p>";
  if (!report.claims.empty()) html += claims(report, before);
  html += subjects(report) + latencies(report) + seconds(report);
  if (!report.notes.empty()) {
    html += "<h2>Notes</h2><ul>";
    for (const std::string& note : report.notes) html += "<li>" + html_escaped(note) + "</li>";
    html += "</ul>";
  }
  return html + "</html>\n";
}

}  // namespace penstock
