// Report: what a run of benchmarks came to, as a table, as JSON and as one HTML page that needs nothing else.
//
// Subjects are what was measured, round by round. Claims are ratios of figures from the same round with a
// goal, which hold or do not; one that this run could not measure says why. Ratios are what to trust: a
// machine that is slower for a while is so above and below the line.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/figures.h"
#include "bench/histogram.h"

namespace penstock {

struct Subject {
  std::string name;
  std::string counts = "requests";  // what the rate counts
  Figures rate;                     // of them, a second
  Figures cpu_us;                   // of the server, for each
  Figures p50_us;
  Figures p99_us;
  Figures resident_mb;                         // of the server
  Figures own_share;                           // of a processor, that the load generator used
  std::map<std::string, std::uint64_t> wrong;  // what went wrong and how often, by its name
  std::map<std::string, std::uint64_t> told;   // what is no mistake, and good to know
  std::string first_refusal;
  Histogram latency;              // of all rounds
  std::vector<double> by_second;  // answers in each second, the rounds one behind the other

  // Counts it unless it is none.
  void went_wrong(const std::string& what, std::uint64_t times) {
    if (times > 0) wrong[what] += times;
  }
};

struct Claim {
  std::string name;
  double goal = 0;
  bool at_most = false;  // else at least
  Figures values;
  std::string unmeasured;  // why there are no values

  bool measured() const { return !values.empty(); }
  bool holds() const { return measured() && (at_most ? values.median() <= goal : values.median() >= goal); }
};

struct Report {
  std::string title;
  std::string conditions;  // connections, bytes, rounds, seconds
  std::string moment;      // when it began, UTC
  std::string machine;
  std::vector<std::pair<std::string, std::string>> versions;  // of what took part
  std::vector<Subject> subjects;
  std::vector<Claim> claims;
  std::vector<std::string> notes;

  // That subject, which is made if there is none.
  Subject& subject(std::string_view name, std::string_view counts = "requests");
  // Adds what another report measured in one round, under that name.
  void add_round(std::string_view name, const Subject& round);
  Claim& claim(std::string_view name, double goal, bool at_most = false);
};

// With the moment and the machine filled in.
Report begin_report(std::string title);

// Medians of a report that was stored as JSON, by name; empty if the text is none.
struct StoredReport {
  std::string moment;
  std::string machine;
  std::map<std::string, double> rates;   // by subject
  std::map<std::string, double> ratios;  // by claim
};
std::optional<StoredReport> read_report(const std::string& json);

// `before`: what is compared with, if there is something.
std::string as_text(const Report& report, const StoredReport* before = nullptr);
std::string as_json(const Report& report);
std::string as_html(const Report& report, const StoredReport* before = nullptr);

// Where a report goes and what it is compared with; empty: nowhere, with nothing.
struct ReportFiles {
  std::string json;
  std::string html;
  std::string before;  // as JSON; a file that is not there, or is none, is told in the notes
};
// Prints the table, or JSON, and writes the files. Throws if one cannot be written.
void publish(Report& report, const ReportFiles& files, bool json = false);

}  // namespace penstock
