// plant: copies sources into a build tree with every mutant planted at once, each behind a switch.
//
//     plant ROOT OUT MUTANTS
//
// ROOT is the repository, MUTANTS a folder of *.mutant files. OUT gets copies of the sources that they name, under
// the same paths, mutant_switch.h and .cc, and planted.txt: a line for each mutant with its name and "planted", or
// why it could not be planted (then its trial fails). Files that would not change are left alone, so that nothing is
// built without need.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/mutants/mutant.h"

namespace {

namespace fs = std::filesystem;
using penstock::Mutant;
using penstock::Place;

struct Planting {
  Mutant mutant;
  std::size_t number = 0;
};
// What is to be planted in one source, by the place. Of one place all mutants are of one kind.
using Plantings = std::map<std::pair<std::size_t, std::size_t>, std::vector<Planting>>;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool write(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (fs::exists(path) && read(path) == text) return true;
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file.flush());
}

std::string planted(const std::vector<Planting>& plantings, const std::string& old_text) {
  // Braces keep a statement one statement where the source has it behind an `if`.
  std::string text;
  const bool is_statement = plantings.front().mutant.is_statement;
  if (is_statement) text += "{ ";
  for (const Planting& planting : plantings) {
    const std::string active = "penstock::mutant_active(" + std::to_string(planting.number) + ")";
    text += is_statement ? "if (" + active + ") { " + planting.mutant.new_text + " } else "
                         : "(" + active + " ? (" + planting.mutant.new_text + ") : ";
  }
  text += is_statement ? "{ " + old_text + " } }" : "(" + old_text + ")";
  if (!is_statement) text.append(plantings.size(), ')');
  return text;
}

// Plants each mutant of this source, or notes in `fates` why not.
std::string with_mutants(const std::string& source, const std::vector<Planting>& wanted,
                         std::map<std::string, std::string>& fates) {
  Plantings plantings;
  for (const Planting& planting : wanted) {
    const auto place = penstock::place_of(planting.mutant, source);
    std::string& fate = fates[planting.mutant.name];
    if (!place) {
      fate = place.error().text;
      continue;
    }
    const bool crosses = std::any_of(plantings.begin(), plantings.end(), [&](const auto& other) {
      const auto& [begin, end] = other.first;
      const bool same = begin == place->begin && end == place->end;
      return same ? other.second.front().mutant.is_statement != planting.mutant.is_statement
                  : place->begin < end && begin < place->end;
    });
    if (crosses) {
      fate = "its old text overlaps that of another mutant";
      continue;
    }
    plantings[{place->begin, place->end}].push_back(planting);
    fate = "planted";
  }
  std::string text = "#include \"mutant_switch.h\"\n";
  std::size_t copied = 0;
  for (const auto& [place, here] : plantings) {
    text += source.substr(copied, place.first - copied);
    text += planted(here, source.substr(place.first, place.second - place.first));
    copied = place.second;
  }
  return text + source.substr(copied);
}

std::vector<Mutant> read_mutants(const fs::path& folder, std::map<std::string, std::string>& fates) {
  std::set<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".mutant") paths.insert(entry.path());
  }
  std::vector<Mutant> mutants;
  for (const fs::path& path : paths) {
    const auto mutant = penstock::parse_mutant(path.stem().string(), read(path));
    if (mutant) {
      mutants.push_back(*mutant);
      fates[mutant->name] = "a header would be in objects without the mutant, too: " + mutant->file;
    } else {
      fates[path.stem().string()] = mutant.error().text;
    }
  }
  return mutants;
}

bool write_switch(const fs::path& out, const std::vector<Mutant>& mutants) {
  std::string table;
  for (const Mutant& mutant : mutants) table += "    \"" + mutant.name + "\",\n";
  const std::string header =
      "// Made by plant. Which mutant is active is said by the environment variable PENSTOCK_MUTANT.\n"
      "#pragma once\n\n"
      "namespace penstock {\n\n"
      "extern const int mutant_in_force;\n"
      "inline bool mutant_active(int mutant) { return mutant == mutant_in_force; }\n\n"
      "}  // namespace penstock\n";
  const std::string source =
      "// Made by plant.\n"
      "#include \"mutant_switch.h\"\n\n"
      "#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n#include <iterator>\n\n"
      "namespace penstock {\nnamespace {\n\n"
      "const char* const kMutants[] = {\n    \"\",\n" +
      table +
      "};\n\n"
      "int choose() {\n"
      "  const char* const name = std::getenv(\"PENSTOCK_MUTANT\");\n"
      "  if (name == nullptr) return 0;\n"
      "  for (std::size_t i = 1; i < std::size(kMutants); ++i) {\n"
      "    if (std::strcmp(name, kMutants[i]) == 0) return static_cast<int>(i);\n"
      "  }\n"
      "  std::fprintf(stderr, \"no mutant is called %s\\n\", name);\n"
      "  std::_Exit(2);\n"
      "}\n\n"
      "}  // namespace\n\n"
      "const int mutant_in_force = choose();\n\n"
      "}  // namespace penstock\n";
  return write(out / "mutant_switch.h", header) && write(out / "mutant_switch.cc", source);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: plant ROOT OUT MUTANTS\n");
    return 2;
  }
  const fs::path root = arguments[1];
  const fs::path out = arguments[2];
  std::map<std::string, std::string> fates;
  const std::vector<Mutant> mutants = read_mutants(arguments[3], fates);
  std::map<std::string, std::vector<Planting>> wanted;
  for (std::size_t at = 0; at < mutants.size(); ++at) {
    if (mutants[at].file.ends_with(".cc")) wanted[mutants[at].file].push_back({mutants[at], at + 1});
  }
  for (const auto& [file, plantings] : wanted) {
    if (!write(out / file, with_mutants(read(root / file), plantings, fates))) return 1;
  }
  std::string table;
  for (const auto& [name, fate] : fates) table += name + " " + fate + "\n";
  return write(out / "planted.txt", table) && write_switch(out, mutants) ? 0 : 1;
}
