// penstock_compatibility: prints docs/compatibility.md.
//
//   penstock_compatibility REPOSITORY > docs/compatibility.md
#include <filesystem>
#include <iostream>

#include "tests/conformance/compatibility_page.h"

int main(int argc, char** argv) {
  using namespace penstock;
  if (argc != 2) {
    std::cerr << "usage: penstock_compatibility REPOSITORY\n";
    return 64;
  }
  const std::filesystem::path root = argv[1];
  const Result<std::vector<conformance::CaseFile>> files = conformance::read_case_files(root);
  if (!files) {
    std::cerr << files.error().text << "\n";
    return 65;
  }
  const conformance::Coverage coverage(*files);
  const std::vector<std::string> missing = conformance::not_shown(coverage);
  for (const std::string& what : missing) std::cerr << "no case shows " << what << "\n";
  if (!missing.empty()) return 65;
  std::cout << conformance::compatibility_page(coverage,
                                               conformance::read_text(root / "docs/behaviour/clients.md"));
  return 0;
}
