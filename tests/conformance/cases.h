// Cases: all the case files, as they lie beside the runner.
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

// Ascending by path. An Error names the file and the line that cannot be understood.
Result<std::vector<CaseFile>> read_case_files(const std::filesystem::path& directory);

std::string read_text(const std::filesystem::path& path);

}  // namespace penstock::conformance
