// The resources document: a declaration as YAML. docs/resources.md shows all of it.
//
//     account: "000000000000"          both may be left out; the daemon's own then
//     region: us-east-1
//     queues:
//       orders:
//         VisibilityTimeout: 60        AWS's attributes under AWS's names
//         deadLetterQueue: orders-dlq  short for RedrivePolicy; a name or an ARN
//         maxReceiveCount: 5
//         tags: {team: shop}
//       orders-dlq:
//     topics:
//       events:
//         DisplayName: Events
//         subscriptions:
//           - queue: orders            short for Protocol and Endpoint; a name or an ARN
//             FilterPolicy: {kind: [created]}
//
// Keys that begin with a capital are AWS's, the others are ours. A mapping or a list as an attribute's value
// is the JSON text that it looks like; everything else is the text that was written. Several documents in one
// file, separated by ---, are several accounts or regions.
//
// Refused, with line and column: what is no YAML, a key of ours that does not exist, a key or a name that is
// there twice, a value of another shape. Names and values of attributes are not judged here.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "resources/declaration.h"

namespace penstock {

inline constexpr std::size_t kResourcesBytesMax = std::size_t{16} << 20;

// Adds what the text declares. `path` is for telling; what names no account or region is of `otherwise`.
// Nothing is to be done with the declaration after a fault.
tl::expected<void, DeclarationFault> read_resources(std::string_view text, const std::string& path,
                                                    const World& otherwise, Declaration& into);

// The ARN of a queue that was named by its name or its ARN.
std::string arn_of_named_queue(const World& world, const std::string& name_or_arn);

// {"deadLetterTargetArn":...}, with a maxReceiveCount unless that is empty.
std::string redrive_policy(const std::string& arn, const std::string& receives_max);

}  // namespace penstock
