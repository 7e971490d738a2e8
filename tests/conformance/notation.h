// Notation: how a case writes values, and what it expects of an answer.
//
//     mail  30  true  null          a word: a text, or what JSON would take the word for
//     "two words\n"                 a text, as in JSON
//     {color: {DataType: String}}   members by name
//     [a, b]                        a list
//     "x"*1000  [{Id: e#}]*11       the same again and again; `#` inside of a list or of members counts from
//     1 $mail                         what an earlier step captured, also inside of a longer text; `$$` is a
//     dollar
//
// and only in what is expected:
//
//     ?handle                       any text or number, captured under that name; `?` alone: not captured
//     ~"[0-9]+"                     any text that the regular expression matches in full; its groups are
//                                   captured as $1, $2, ...
//     {Body: hello, !Attributes}    members that must be there and must not; others may be
//     exactly {Body: hello}         these members and no others
//
// A Term is one such value or expectation, as written: captures are filled in when it is used.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace penstock::conformance {

// Keeps the order of members, which matters to AWS Query.
using Json = nlohmann::ordered_json;
using Captures = std::map<std::string, std::string>;

struct Term;

struct Anything {
  std::string captured_as;  // empty: not captured
};
struct Matches {
  std::string expression;
};
struct Members {
  std::vector<std::pair<std::string, Term>> present;
  std::vector<std::string> absent;
  bool exactly = false;
};
using Items = std::vector<Term>;

struct Term {
  std::variant<Json, Anything, Matches, Members, Items> what;  // Json: a leaf
};

// Reads one term from the beginning of `text` and moves `text` behind it.
Result<Term> read_term(std::string_view& text);
// Reads `name=term` pairs and `!name` up to the end; `exactly` may stand before them.
Result<Members> read_members(std::string_view text);

// The same with `number` in the place of each `#`.
Members counted(const Members& members, const std::string& number);

// The value that the term stands for; an Error if it is only an expectation, or names what was not captured.
Result<Json> value_of(const Term& term, const Captures& captures);
Result<Json> value_of(const Members& members, const Captures& captures);
Result<std::string> filled_in(std::string_view text, const Captures& captures);

// Empty if `actual` is as expected, else where and how it is not. Adds to the captures.
std::string difference(const Term& expected, const Json& actual, Captures& captures);
std::string difference(const Members& expected, const Json& actual, Captures& captures);

}  // namespace penstock::conformance
