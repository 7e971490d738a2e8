// Pages: what the repository tells people in Markdown, and whether they find their way through it.
//
// A link to another host is not looked at. A link leads to a file or a folder of the repository, and behind a
// # to a heading of a page. A folder is a way to every page directly in it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/rooms/house.h"

namespace penstock {

// The text by the path in the repository: "docs/design.md".
using Pages = std::map<std::string, std::string>;

// Links that lead nowhere. `exists` tells of any file or folder, by its path in the repository.
std::vector<Violation> judge_page_links(const Pages& pages,
                                        const std::function<bool(const std::string&)>& exists);

// The pages to which no way leads from README.md.
std::vector<std::string> pages_out_of_reach(const Pages& pages);

}  // namespace penstock
