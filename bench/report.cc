#include "bench/report.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/text.h"

namespace penstock {
namespace {

using Json = nlohmann::ordered_json;

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "a processor without a name";
}

std::string spread(const Figures& figures) {
  std::string text = readable(figures.median());
  if (figures.all().size() > 1)
    text += " (" + readable(figures.least()) + " to " + readable(figures.most()) + ")";
  return text;
}

Json as_json(const Figures& figures) {
  Json json{{"median", figures.median()}, {"least", figures.least()}, {"most", figures.most()}};
  json["rounds"] = figures.all();
  return json;
}

Json as_json(const Subject& subject) {
  Json json{{"name", subject.name}, {"counts", subject.counts}};
  for (const auto& [name, figures] :
       {std::pair{"rate", &subject.rate}, std::pair{"cpu_us", &subject.cpu_us},
        std::pair{"p50_us", &subject.p50_us}, std::pair{"p99_us", &subject.p99_us},
        std::pair{"resident_mb", &subject.resident_mb}, std::pair{"own_share", &subject.own_share}}) {
    if (!figures->empty()) json[name] = as_json(*figures);
  }
  if (subject.latency.count() > 0) {
    Json& latency = json["latency_us"];
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, std::pair{"p90", 0.9}, std::pair{"p99", 0.99},
                                      std::pair{"p99_9", 0.999}, std::pair{"max", 1.0}}) {
      latency[name] = microseconds(subject.latency.at(share));
    }
  }
  for (const auto& [what, times] : subject.wrong) json["wrong"][what] = times;
  for (const auto& [what, times] : subject.told) json["told"][what] = times;
  if (!subject.first_refusal.empty()) json["first_refusal"] = subject.first_refusal;
  if (!subject.by_second.empty()) json["by_second"] = subject.by_second;
  return json;
}

void append_subject(std::string& text, const Subject& subject) {
  text += formatted("  %-42s %s %s/s", subject.name.c_str(), spread(subject.rate).c_str(),
                    subject.counts.c_str());
  if (!subject.cpu_us.empty()) text += "  CPU " + spread(subject.cpu_us) + " us";
  if (!subject.p50_us.empty()) {
    text += "  p50 " + readable(subject.p50_us.median()) + " us  p99 " + readable(subject.p99_us.median()) +
            " us";
  }
  if (!subject.resident_mb.empty()) text += "  " + readable(subject.resident_mb.most()) + " MB";
  if (!subject.own_share.empty() && subject.own_share.most() > 0.9) {
    text += formatted("  (the load itself used %.0f %% of a processor)", 100 * subject.own_share.most());
  }
  text += "\n";
  for (const auto& [what, times] : subject.wrong)
    text += "    WRONG: " + readable(static_cast<double>(times)) + " " + what + "\n";
  for (const auto& [what, times] : subject.told)
    text += "    " + readable(static_cast<double>(times)) + " " + what + "\n";
  if (!subject.first_refusal.empty()) text += "    the first refusal: " + subject.first_refusal + "\n";
}

void append_change(std::string& text, std::string_view name, double now,
                   const std::map<std::string, double>& before) {
  const auto found = before.find(std::string(name));
  if (found == before.end() || found->second == 0) return;
  text += formatted("  %-58s %8s, was %8s: x %.2f\n", std::string(name).c_str(), readable(now).c_str(),
                    readable(found->second).c_str(), now / found->second);
}

}  // namespace

std::string readable(double value) {
  const double size = std::abs(value);
  std::string digits = formatted(size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  if (size < 0.1 && value != 0) digits = formatted("%.2g", value);
  std::size_t end = std::min(digits.find('.'), digits.size());
  if (digits.find('e') != std::string::npos) return digits;
  for (; end > 3 && digits[end - 4] != '-'; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

Subject& Report::subject(std::string_view wanted, std::string_view counts) {
  const auto found = std::find_if(subjects.begin(), subjects.end(),
                                  [&](const Subject& subject) { return subject.name == wanted; });
  if (found != subjects.end()) return *found;
  Subject made;
  made.name = wanted;
  made.counts = counts;
  return subjects.emplace_back(std::move(made));
}

void Report::add_round(std::string_view name, const Subject& round) {
  Subject& into = subject(name, round.counts);
  for (Figures Subject::*const figures : {&Subject::rate, &Subject::cpu_us, &Subject::p50_us,
                                          &Subject::p99_us, &Subject::resident_mb, &Subject::own_share}) {
    for (const double value : (round.*figures).all()) (into.*figures).add(value);
  }
  into.latency.add(round.latency);
  into.by_second.insert(into.by_second.end(), round.by_second.begin(), round.by_second.end());
  for (const auto& [what, times] : round.wrong) into.wrong[what] += times;
  for (const auto& [what, times] : round.told) into.told[what] += times;
  if (into.first_refusal.empty()) into.first_refusal = round.first_refusal;
}

Claim& Report::claim(std::string_view wanted, double goal, bool at_most) {
  const auto found =
      std::find_if(claims.begin(), claims.end(), [&](const Claim& claim) { return claim.name == wanted; });
  if (found != claims.end()) return *found;
  return claims.emplace_back(Claim{std::string(wanted), goal, at_most, {}, {}});
}

Report begin_report(std::string title) {
  Report report;
  report.title = std::move(title);
  const std::time_t now = std::time(nullptr);
  char moment[32];
  std::strftime(moment, sizeof moment, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  report.moment = moment;
  utsname system{};
  uname(&system);
  report.machine = formatted("%ld x %s, Linux %s", sysconf(_SC_NPROCESSORS_ONLN), processor().c_str(),
                             static_cast<const char*>(system.release));
  return report;
}

std::optional<StoredReport> read_report(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("subjects") || !json.contains("claims")) return std::nullopt;
  StoredReport stored;
  try {
    stored.moment = json.value("moment", "");
    stored.machine = json.value("machine", "");
    for (const Json& subject : json["subjects"]) {
      if (subject.contains("rate")) stored.rates[subject.at("name")] = subject.at("rate").at("median");
    }
    for (const Json& claim : json["claims"]) {
      if (claim.contains("value")) stored.ratios[claim.at("name")] = claim.at("value").at("median");
    }
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
  return stored;
}

std::string as_text(const Report& report, const StoredReport* before) {
  std::string text =
      report.title + ": " + report.conditions + "\n  " + report.moment + ", " + report.machine + "\n";
  for (const auto& [name, version] : report.versions) text += "  " + name + " " + version + "\n";
  text += "\n";
  for (const Subject& subject : report.subjects) append_subject(text, subject);
  if (!report.claims.empty()) text += "\n";
  for (const Claim& claim : report.claims) {
    if (!claim.measured()) {
      text += formatted("  %-58s %s\n", claim.name.c_str(), ("not measured: " + claim.unmeasured).c_str());
      continue;
    }
    text += formatted("  %-58s %-24s %s %-6s %s\n", claim.name.c_str(), spread(claim.values).c_str(),
                      claim.at_most ? "<=" : ">=", readable(claim.goal).c_str(),
                      claim.holds() ? "holds" : "does not hold");
  }
  if (!report.notes.empty()) text += "\n";
  for (const std::string& note : report.notes) text += "  " + note + "\n";
  if (before != nullptr) {
    text += "\n  against the run of " + before->moment +
            (before->machine == report.machine ? "" : " on another machine (" + before->machine + ")") +
            ":\n";
    for (const Claim& claim : report.claims) {
      if (claim.measured()) append_change(text, claim.name, claim.values.median(), before->ratios);
    }
    for (const Subject& subject : report.subjects)
      append_change(text, subject.name, subject.rate.median(), before->rates);
  }
  return text;
}

std::string as_json(const Report& report) {
  Json json{{"title", report.title},
            {"conditions", report.conditions},
            {"moment", report.moment},
            {"machine", report.machine}};
  json["versions"] = Json::object();
  for (const auto& [name, version] : report.versions) json["versions"][name] = version;
  json["subjects"] = Json::array();
  for (const Subject& subject : report.subjects) json["subjects"].push_back(as_json(subject));
  json["claims"] = Json::array();
  for (const Claim& claim : report.claims) {
    Json& entry = json["claims"].emplace_back(
        Json{{"name", claim.name}, {claim.at_most ? "at_most" : "at_least", claim.goal}});
    if (claim.measured()) {
      entry["value"] = as_json(claim.values);
      entry["holds"] = claim.holds();
    } else {
      entry["not_measured"] = claim.unmeasured;
    }
  }
  json["notes"] = report.notes;
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void publish(Report& report, const ReportFiles& files, bool json) {
  std::optional<StoredReport> before;
  if (!files.before.empty()) {
    std::ifstream file(files.before);
    before = read_report({std::istreambuf_iterator<char>(file), {}});
    if (!before) report.notes.push_back("nothing to compare with: " + files.before + " is no report");
  }
  const StoredReport* const compared = before ? &*before : nullptr;
  std::fputs((json ? as_json(report) : as_text(report, compared)).c_str(), stdout);
  const auto write = [](const std::string& path, const std::string& text) {
    std::ofstream file(path);
    file << text << std::flush;
    if (!file) throw std::runtime_error(path + " could not be written");
  };
  if (!files.json.empty()) write(files.json, as_json(report));
  if (!files.html.empty()) write(files.html, as_html(report, compared));
}

}  // namespace penstock
