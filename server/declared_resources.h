// DeclaredResources: what settings say is to be there, read, and brought about.
//
//     read       the file of --resources, and the names of --queues, --topics and --subscriptions
//     rehearse   against what there is: the calls that are needed, or what is wrong and where
//     make       those calls, of the daemon's own API
//
// Nothing is made of a declaration that has a fault.
#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "resources/declaring.h"
#include "server/own_caller.h"
#include "server/settings.h"
#include "server/start_refusal.h"

namespace penstock {

// Nothing is declared if nothing is said.
tl::expected<Declaration, StartRefusal> read_declaration(const Settings& settings);

// As a caller from within knows the daemon, that is reached at `authority`.
DispatchSettings own_dispatch(const Settings& settings, const std::string& authority);

tl::expected<std::vector<DeclaringCall>, StartRefusal> rehearse(const Declaration& declaration,
                                                                const ResourceFacts& facts,
                                                                const Settings& settings,
                                                                const DispatchSettings& dispatch);

// What was refused all the same: somebody has changed something meanwhile.
std::optional<StartRefusal> make(const std::vector<DeclaringCall>& calls, OwnCaller& caller,
                                 const DispatchSettings& dispatch);

}  // namespace penstock
