// Speech: a request and its answer in each of the two protocols, and what both mean.
//
// A request is an action and its members with AWS JSON's names; an answer is the same, or a refusal. How AWS
// Query spells all this is written down here by hand (query_speech.cc), independent of the product's tables.
// Listening is strict: whatever every answer of a protocol has in common (content type, request id, roots,
// namespaces, the order of elements) must be so, or the answer is a complaint.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/api_message.h"
#include "tests/conformance/case.h"

namespace penstock::conformance {

using HeaderLines = std::vector<std::pair<std::string, std::string>>;

// The bytes of a request, owned.
struct SpokenRequest {
  std::string method = "POST";
  std::string target = "/";
  HeaderLines headers;
  std::string body;

  // Looks at this object.
  ApiRequest view() const;
};

struct HeardAnswer {
  int status = 0;
  std::string code;  // of a refusal, as AWS Query has it; empty: a success
  std::string text;
  Json members = Json::object();  // of a success, with AWS JSON's names
  std::string complaint;          // what is wrong with its form; empty: nothing
  bool unasked = false;           // the client refused by itself, and nobody was asked
};

SpokenRequest spoken(Protocol protocol, std::string_view action, const Json& members);
HeardAnswer heard(Protocol protocol, std::string_view action, const ApiResponse& response);

// The same of SNS.
SpokenRequest spoken_to_sns(std::string_view action, const Json& members);
HeardAnswer heard_from_sns(std::string_view action, const ApiResponse& response);

// True of the actions whose success says nothing.
bool is_void(std::string_view action);
bool is_uuid(std::string_view text);

SpokenRequest spoken_in_json(std::string_view action, const Json& members);
SpokenRequest spoken_in_query(std::string_view action, const Json& members);
HeardAnswer heard_in_json(std::string_view action, const ApiResponse& response);
HeardAnswer heard_in_query(std::string_view action, const ApiResponse& response);

}  // namespace penstock::conformance
