# README's first program is examples/01_first_supervisor.cpp, to the letter.
file(READ ${ROOT}/README.md readme)
file(READ ${ROOT}/examples/01_first_supervisor.cpp example)
string(FIND "${readme}" "${example}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "README.md does not quote examples/01_first_supervisor.cpp as it is")
endif()
