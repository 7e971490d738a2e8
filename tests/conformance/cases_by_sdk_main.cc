// Performs the cases by an SDK: cases_by_sdk [--only TITLE] EXCEPTIONS COMMAND...
//
// EXCEPTIONS is a file with a line for each case that this SDK cannot perform: its title, ` -- `, and why.
// One that it can perform after all is a failure. Prints what did not go as the cases say, and one line with
// the counts.
#include <csignal>
#include <iostream>
#include <map>

#include "tests/conformance/cases.h"
#include "tests/conformance/performance.h"
#include "tests/conformance/sdk_speaker.h"

namespace penstock::conformance {
namespace {

std::map<std::string, std::string> exceptions_of(const std::string& path) {
  std::map<std::string, std::string> exceptions;
  std::istringstream lines(read_text(path));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t dash = line.find(" -- ");
    if (!line.starts_with('#') && dash != std::string::npos)
      exceptions[line.substr(0, dash)] = line.substr(dash + 4);
  }
  return exceptions;
}

int perform_all(const std::string& only, const std::string& exceptions_path,
                const std::vector<std::string>& command) {
  const Result<std::vector<CaseFile>> files = read_case_files(PENSTOCK_SOURCE_DIR);
  if (!files) {
    std::cerr << files.error().text << "\n";
    return 1;
  }
  std::map<std::string, std::string> exceptions = exceptions_of(exceptions_path);
  SdkSpeaker speaker(command);
  std::size_t performed = 0;
  std::size_t refused = 0;
  std::size_t excepted = 0;
  std::size_t wrong = 0;
  const auto complain = [&](const std::string& what) {
    ++wrong;
    std::cout << what << "\n" << std::flush;
  };
  for (const CaseFile& file : *files) {
    for (const Case& one : file.cases) {
      if (!only.empty() && one.title != only) continue;
      if (!speaker.can_perform(one)) continue;
      const Performance performance = perform(one, speaker);
      const auto exception = exceptions.find(one.title);
      if (exception != exceptions.end()) {
        if (performance.otherwise.empty())
          complain(one.title + "\n  can be performed, so it is no exception");
        exceptions.erase(exception);
        ++excepted;
      } else if (!performance.otherwise.empty()) {
        complain(file.name + ": " + one.title + "\n  " + performance.otherwise);
      } else if (performance.client_refused) {
        ++refused;
      } else {
        ++performed;
      }
    }
  }
  if (only.empty()) {
    for (const auto& [title, reason] : exceptions) complain(title + "\n  is an exception, and no case");
  }
  // A program that takes the daemon's refusals for its SDK's own would show nothing.
  if (refused * 5 > performed && only.empty()) complain("the SDK refuses too much by itself");
  std::cout << performed << " cases held, " << refused << " ended by a refusal of the SDK itself, "
            << excepted << " it cannot perform, " << wrong << " went otherwise\n";
  return wrong == 0 && performed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace penstock::conformance

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> rest(words + 1, words + count);
  std::string only;
  if (rest.size() > 1 && rest[0] == "--only") {
    only = rest[1];
    rest.erase(rest.begin(), rest.begin() + 2);
  }
  if (rest.size() < 2) {
    std::cerr << "cases_by_sdk [--only TITLE] EXCEPTIONS COMMAND...\n";
    return 64;
  }
  try {
    return penstock::conformance::perform_all(only, rest[0], {rest.begin() + 1, rest.end()});
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
