// Cases: all of them, those in the files beside the runner and those that are made of a table of the documentation.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/conformance/case.h"

namespace penstock::conformance {

struct CaseFile {
  std::string path;
  std::string name;  // without the extension
  std::vector<Case> cases;
};

// Of the repository at `root`: the files of tests/conformance/cases, ascending by path, and the rows of
// docs/behaviour/filter_policies.md (filter_cases.h). An Error names the file and the line that cannot be understood.
Result<std::vector<CaseFile>> read_case_files(const std::filesystem::path& root);

std::string read_text(const std::filesystem::path& path);

}  // namespace penstock::conformance
