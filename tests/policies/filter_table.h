// FilterTable: docs/behaviour/filter_policies.md, read. That page is the one place where it is written which
// messages filter policies want and how policies are refused; `policies` asks the compiled policy about its
// rows, and `conformance` makes cases of them, which SDKs perform too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock {

struct FilterTable {
  struct Attribute {
    std::string name;
    std::string type;
    std::string value;  // of a binary one in base64
  };
  struct Message {
    int line = 0;  // in the page
    int row = 0;   // its number there
    bool on_body = false;
    std::string policy;
    std::vector<Attribute> attributes;
    std::string body;  // empty: it may have any
    bool wanted = false;
  };
  struct Refused {
    int line = 0;
    bool on_body = false;
    std::string policy;
    std::string text;  // without what every refusal begins with
  };

  std::vector<Message> messages;
  std::vector<Refused> refused;
};

// An Error names the line of the page that cannot be understood.
Result<FilterTable> read_filter_table(std::string_view page);

}  // namespace penstock
