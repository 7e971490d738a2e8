// The importer of ElasticMQ's configuration: its `queues` section, and the account and region of its `aws`
// section. docs/from-elasticmq.md has the table of what becomes what.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "resources/declaration.h"
#include "resources/imported.h"

namespace penstock {

// `path` is for telling. Refused is only what cannot be read.
tl::expected<Imported, DeclarationFault> import_elasticmq(std::string_view text, const std::string& path);

}  // namespace penstock
