// Whoever reads the README finds every page, and no link leads nowhere.
#include "tests/rooms/pages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace penstock {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = PENSTOCK_SOURCE_DIR;

// What is made, or came from elsewhere.
bool is_ours(const fs::path& name) {
  static const std::set<fs::path> kOthers{".git", ".penstock", ".cache", "build", "dist", "node_modules"};
  return !kOthers.contains(name);
}

Pages pages_of_the_repository() {
  Pages pages;
  for (auto entry = fs::recursive_directory_iterator(kRoot); entry != fs::recursive_directory_iterator();
       ++entry) {
    if (entry->is_directory() && !is_ours(entry->path().filename())) entry.disable_recursion_pending();
    if (!entry->is_regular_file() || entry->path().extension() != ".md") continue;
    std::ifstream file(entry->path(), std::ios::binary);
    pages[fs::relative(entry->path(), kRoot).generic_string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return pages;
}

std::string told(const std::vector<Violation>& violations) {
  std::string all;
  for (const Violation& violation : violations) all += violation.where + ": " + violation.what + "\n";
  return all;
}

TEST(Pages, EveryLinkLeadsSomewhere) {
  const Pages pages = pages_of_the_repository();
  EXPECT_GT(pages.size(), 40U);
  EXPECT_EQ(told(judge_page_links(pages, [](const std::string& path) { return fs::exists(kRoot / path); })),
            "");
}

TEST(Pages, EveryPageIsReachedFromTheReadme) {
  EXPECT_EQ(pages_out_of_reach(pages_of_the_repository()), std::vector<std::string>{});
}

TEST(Pages, APlantedLinkThatLeadsNowhereIsFound) {
  const Pages pages{{"README.md", "[a](docs/a.md#two-words-2) [x](docs/x.md)\n[`h`](docs#h)\n"},
                    {"docs/a.md",
                     "# Two `words`, 2\n[up](../README.md) [gone](#gone)\n```\n[no](link)\n```\n"
                     "`[no](link)` [far](https://a.example/b) [mail](mailto:a@b.example)\n"}};
  const auto exists = [](const std::string& path) {
    return path == "README.md" || path == "docs/a.md" || path == "docs";
  };
  EXPECT_EQ(told(judge_page_links(pages, exists)),
            "README.md:1: there is no docs/x.md\nREADME.md:2: there is no heading #h in docs\n"
            "docs/a.md:2: there is no heading #gone in docs/a.md\n");
}

TEST(Pages, APlantedPageThatNobodyLinksIsFound) {
  const Pages pages{{"README.md", "[a](docs/a.md) [all](docs/more)\n"},
                    {"docs/a.md", "[b](b.md#x)\n"},
                    {"docs/b.md", ""},
                    {"docs/more/c.md", ""},
                    {"docs/more/deep/d.md", "[e](../../e.md)"},
                    {"docs/e.md", "[d](more/deep/d.md)"}};
  EXPECT_EQ(pages_out_of_reach(pages), (std::vector<std::string>{"docs/e.md", "docs/more/deep/d.md"}));
}

}  // namespace
}  // namespace penstock
