#pragma once

#include <string>

namespace chaos {

/// The file that this program is.
std::string this_program();

/// The small program that scenarios run as children: child/main.cpp says what it can be told.
std::string child_program();

/// The supctl of the same build; empty if that has none.
std::string supctl_program();

} // namespace chaos
