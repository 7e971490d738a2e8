// Verifier: looks at a daemon that has come back and holds it against the History.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/kill/history.h"

namespace penstock {

// Everything that the recovered daemon gets wrong; empty when all promises were kept. Receives what is
// visible, makes visible what was hidden under a known handle and receives that too, and purges the queues
// at the end.
std::vector<std::string> verify(std::uint16_t port, const std::vector<std::string>& queues,
                                const History& history);

}  // namespace penstock
