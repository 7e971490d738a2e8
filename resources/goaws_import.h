// The importer of GoAws's configuration: the queues, topics and subscriptions of one of its environments.
// docs/from-goaws.md has the table of what becomes what.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "resources/declaration.h"
#include "resources/imported.h"

namespace penstock {

// `environment`: the key at the file's top whose part is meant, like "Local". `path` is for telling. Refused
// is only what cannot be read.
tl::expected<Imported, DeclarationFault> import_goaws(std::string_view text, const std::string& path,
                                                      const std::string& environment);

}  // namespace penstock
