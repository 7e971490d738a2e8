#include "server/process.h"

int main(int argc, char** argv) {
  return penstock::run(std::vector<std::string>(argv + 1, argv + argc), penstock::open_store);
}
