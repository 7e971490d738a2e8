// HostileSuite: the tests of one family, on one stage that each of them must leave as it was.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "tests/hostile/hostile_stage.h"

namespace penstock {

class HostileSuite : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite() { stage_.reset(); }
  static HostileStage& stage() { return *stage_; }

 private:
  static std::unique_ptr<HostileStage> stage_;
};

}  // namespace penstock
