# nnc_unit_test(<name> SOURCES … LINKS … [PLAIN]): one GoogleTest executable, build/test/unit/<name>, and nnc_unit_library(), objects that
# several of them share. They are compiled with little optimisation, since what they test is optimised already, and with LLVM's assertions
# in headers on. Unless a test is PLAIN, it reads MLIR's headers from one precompiled header: without it each file costs ten seconds.
set(NNC_UNIT_FLAGS ${NNC_ROOM_FLAGS} -UNDEBUG -O1)

function(nnc_unit_options name plain)
  # All with -fPIC, executables too: a precompiled header is read only by what is compiled as it was.
  set_target_properties(${name} PROPERTIES BUILD_RPATH /usr/lib/llvm-19/lib POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE ${NNC_UNIT_FLAGS} -fPIC)
  if(NOT plain)
    target_precompile_headers(${name} REUSE_FROM nnc_unit_pch)
  endif()
endfunction()

function(nnc_unit_library name)
  cmake_parse_arguments(U "PLAIN" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${U_SOURCES})
  nnc_unit_options(${name} ${U_PLAIN})
  target_link_libraries(${name} PUBLIC ${U_LINKS})
endfunction()

function(nnc_unit_test name)
  cmake_parse_arguments(U "PLAIN" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${U_SOURCES})
  nnc_unit_options(${name} ${U_PLAIN})
  target_link_libraries(${name} PRIVATE ${U_LINKS} gtest gtest_main)
endfunction()
