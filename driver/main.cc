#include <string>
#include <vector>

#include "driver/application.h"

int main(int argc, char** argv) {
  return snow::driver::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc));
}
