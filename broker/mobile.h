// What SNS remembers beside topics: SMS attributes, telephones that want to hear nothing, telephones of the
// sandbox, and mobile push with its platform applications and their endpoints. The facts, and what the core
// is asked about them and says.
//
// A fact is named within its account and region, as it stands in its ARN where it has one:
//
//   kSmsAttributes   ""                              one an account and region
//   kOptedOut        "+15550100"
//   kSandboxNumber   "+15550100"
//   kApplication     "GCM/name"                      arn:aws:sns:{region}:{account}:app/GCM/name
//   kEndpoint        "GCM/name/{uuid}"               arn:aws:sns:{region}:{account}:endpoint/GCM/name/{uuid}
//
// Its texts are under AWS's names. Nothing is sent anywhere: what would be is handed to who records it
// (server/delivery_record.h).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "broker/address.h"
#include "broker/message.h"
#include "broker/topic.h"

namespace penstock {

// The numbers are on disk.
enum class MobileKind : std::uint8_t {
  kSmsAttributes = 1,
  kOptedOut = 2,
  kSandboxNumber = 3,
  kApplication = 4,
  kEndpoint = 5,
};

struct MobileKey {
  PartitionId partition;
  World world;
  MobileKind kind{};
  std::string name;

  auto operator<=>(const MobileKey&) const = default;
};

struct MobileRecord {
  MobileKey key;
  NamedTexts texts;
  Time created;

  bool operator==(const MobileRecord&) const = default;
};

// ---- operations: the name is that of the fact that they are about

// Adds to what is there; an empty text takes away.
struct SetSmsAttributes {
  NamedTexts texts;
};
struct DescribeSms {};

struct AskOptedOut {};
struct OptOut {};
struct OptIn {};
struct ListOptedOut {
  std::string after;
};

// A code is drawn, and sent to the telephone.
struct CreateSandboxNumber {};
struct VerifySandboxNumber {
  std::string code;
};
struct DeleteSandboxNumber {};
struct ListSandboxNumbers {
  std::string after;
  std::size_t numbers_max = 100;
};

struct CreateApplication {
  NamedTexts texts;
};
struct SetApplicationAttributes {
  NamedTexts texts;
};
struct DescribeApplication {};
struct DeleteApplication {};
struct ListApplications {
  std::string after;
};

// Of the application of that name.
struct CreateEndpoint {
  NamedTexts texts;  // with its Token
};
struct SetEndpointAttributes {
  NamedTexts texts;
};
struct DescribeEndpoint {};
struct DeleteEndpoint {};
struct ListEndpoints {
  std::string after;  // the name of an endpoint
};

// To the endpoint, or to the telephone, of that name.
struct PublishDirectly {
  ContentPtr content;
  SubscriptionProtocol protocol{};  // kApplication or kSms
};

// A struct of its own, so that its copies and its end are compiled once.
struct MobileRequest
    : std::variant<SetSmsAttributes, DescribeSms, AskOptedOut, OptOut, OptIn, ListOptedOut,
                   CreateSandboxNumber, VerifySandboxNumber, DeleteSandboxNumber, ListSandboxNumbers,
                   CreateApplication, SetApplicationAttributes, DescribeApplication, DeleteApplication,
                   ListApplications, CreateEndpoint, SetEndpointAttributes, DescribeEndpoint, DeleteEndpoint,
                   ListEndpoints, PublishDirectly> {
  using variant::variant;
  MobileRequest() = default;
  MobileRequest(const MobileRequest&);
  MobileRequest(MobileRequest&&) noexcept;
  MobileRequest& operator=(const MobileRequest&);
  MobileRequest& operator=(MobileRequest&&) noexcept;
  ~MobileRequest();
};

struct MobileOperation {
  std::string name;
  MobileRequest request;
};

bool grows_store(const MobileRequest& request);

// A telephone as it is kept: a plus and 7 to 15 digits; dots, hyphens and slashes between digits are left
// out. Nothing: it is none.
std::optional<std::string> plain_number(std::string_view text);

// ---- answers

struct MobileFound {
  MobileRecord record;
};
struct MobilesListed {
  std::vector<MobileRecord> records;  // ascending by name
  bool more = false;
};
struct OptedOutTold {
  bool opted_out = false;
};

// What leaves for a telephone or an endpoint without a topic or queue behind it.
struct DirectDelivery {
  SubscriptionProtocol protocol{};  // kSms or kApplication
  std::string endpoint;             // a number or an ARN
  ContentPtr content;
};

}  // namespace penstock
