#include <gtest/gtest.h>

#include "actions/attribute_selection.h"

namespace penstock {
namespace {

TEST(AttributeSelection, WithoutSelectorsNothingIsSelected) {
  EXPECT_FALSE(AttributeSelection().selects("a"));
  EXPECT_FALSE(AttributeSelection().selects(""));
}

TEST(AttributeSelection, AllDotStarAndStarSelectEverything) {
  for (const char* selector : {"All", ".*", "*"}) {
    EXPECT_TRUE(AttributeSelection({"none", selector}).selects("anything")) << selector;
  }
  EXPECT_FALSE(AttributeSelection({"all"}).selects("anything"));
}

TEST(AttributeSelection, ANameSelectsItselfOnly) {
  const AttributeSelection selection({"color", "size", "color"});
  EXPECT_TRUE(selection.selects("color"));
  EXPECT_TRUE(selection.selects("size"));
  EXPECT_FALSE(selection.selects("colors"));
  EXPECT_FALSE(selection.selects("Color"));
}

TEST(AttributeSelection, APrefixSelectsWhatBeginsWithItsTextBeforeTheDot) {
  const AttributeSelection selection({"col.*", "color.*", "shape.round.*", "b.*"});
  EXPECT_TRUE(selection.selects("color"));
  EXPECT_TRUE(selection.selects("col"));
  EXPECT_TRUE(selection.selects("col.or"));
  EXPECT_TRUE(selection.selects("colz"));
  EXPECT_TRUE(selection.selects("shape.rounded"));
  EXPECT_TRUE(selection.selects("bar"));
  EXPECT_FALSE(selection.selects("co"));
  EXPECT_FALSE(selection.selects("shape"));
  EXPECT_FALSE(selection.selects("d"));
  EXPECT_FALSE(selection.selects("a"));
}

TEST(AttributeSelection, AnythingElseMatchesNothing) {
  EXPECT_FALSE(AttributeSelection({"co*", "c?lor", "", "col*or"}).selects("color"));
}

}  // namespace
}  // namespace penstock
