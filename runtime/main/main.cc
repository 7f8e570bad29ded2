// Where every Snow program begins.
#include "runtime/base/settings.h"
#include "runtime/process/program.h"

int main(int argc, char** argv) {
  snow::rt::LoadSettings();
  snow::rt::RunProgram(argc, argv);
}
