// AccessPattern: a text of an access policy that the texts of a request are compared with.
//
// It may have wildcards, and in documents of version 2012-10-17 variables: ${KEY} is the value of that key
// in the request's context, ${KEY, 'TEXT'} the same with a default, and ${*}, ${?}, ${$} are the characters
// themselves. What a variable stands for is never a wildcard. Without the key (or with several values of
// it) and without a default the pattern does not resolve and matches nothing; who negates a match has to ask
// for that, because a rule that can't be read must not be taken for one that was kept.
//
// ArnPattern is one whose six parts are compared one by one, so that a star never reaches across a colon
// into the next part. A pattern that ends in a star may leave parts out: the star then stands for each of
// them, and "*" alone for any text. Without that a pattern of fewer parts would match nothing, so there is
// none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/access_request.h"
#include "broker/glob.h"

namespace penstock {

// What a document's version lets patterns have.
enum class PolicyVersion { k2008, k2012 };

class AccessPattern {
 public:
  enum class Wildcards { kNone, kStarAndQuestionMark };
  enum class Case { kCounts, kIgnored };

  AccessPattern(std::string_view text, PolicyVersion version, Wildcards wildcards, Case letters);

  bool resolves(const RequestContext& context) const;
  bool matches(std::string_view text, const RequestContext& context) const;

 private:
  struct Variable {
    std::string key;  // folded
    std::optional<std::string> otherwise;

    std::optional<std::string_view> value(const RequestContext& context) const;
  };
  // A stretch of the pattern as it stands, and the variable that follows it.
  struct Piece {
    std::string text;  // with its wildcards
    std::optional<Variable> variable;
  };

  void add(Glob& glob, std::string_view text, Wildcards wildcards) const;

  Wildcards wildcards_;
  Case case_;
  std::vector<Piece> pieces_;  // none: there is no variable, and the glob is the pattern
  Glob glob_;
};

class ArnPattern {
 public:
  // Nothing if the text has neither six parts nor a star at its end.
  static std::optional<ArnPattern> parse(std::string_view text, PolicyVersion version);

  bool resolves(const RequestContext& context) const;
  bool matches(std::string_view arn, const RequestContext& context) const;

 private:
  ArnPattern() = default;

  std::vector<AccessPattern> parts_;  // six; none: any text matches
};

}  // namespace penstock
