// Runs the program in its arguments as a child of ours, prints what that prints, and waits to be
// killed.

#include "supervisor/os/process/os_process.hpp"

#include <cstdio>
#include <string>

#include <unistd.h>

int main(int argc, char** argv) {
  using namespace supervisor;
  const host outside;
  const os_process child{
    outside,
    {.spec = {.argv = {argv + 1, argv + argc}}},
    {.failed = [](const fault& wrong) { std::printf("%s\n", to_string(wrong).c_str()); },
     .line =
       [](const process_line& line) {
         std::printf("%s\n", line.text.c_str());
         std::fflush(stdout);
       }}};
  for (;;)
    pause();
}
