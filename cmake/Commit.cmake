# Writes the definition of flame::commit() to OUT: COMMIT, or what git says of SOURCE. The file is only
# touched when that changes, so that nothing is linked again for nothing.
if(NOT COMMIT)
  execute_process(COMMAND git -C ${SOURCE} describe --always --abbrev=40 --dirty --exclude=*
    OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  execute_process(COMMAND git -C ${SOURCE} rev-parse --show-prefix
    OUTPUT_VARIABLE below OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(failed OR below) # no git, or unpacked within somebody else's repository
    set(COMMIT "")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[#include "base/version.hpp"

std::string_view flame::commit()
{
  return "@COMMIT@";
}
]])
