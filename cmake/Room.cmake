# Several sources are compiled as one: those of tests, and in the trees with sanitizers all. Headers and templates are
# most of the work, and half of the time is saved. The libraries of the other trees are compiled one by one: so each
# source includes what it needs.
#
# Names without linkage meet there. A source that has one like another's is compiled alone: ALONE.
if(PORTSWEEP_SANITIZE)
  set(CMAKE_UNITY_BUILD ON)
endif()
function(portsweep_compile_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# portsweep_room(NAME floor-room SOURCES ... [TESTS ...] [LINK ...] [TEST_LINK ...] [ALONE ...]
#                [UNSANITIZED gtest-filter])
#
# One room of the house: a static library portsweep_<name>, and one test program <name>_test from the room's
# x_test.cc and x_property_test.cc files. With PORTSWEEP_THREADED_ONLY (the tsan tree) only those of rooms that know
# threads are built and run: in the others ThreadSanitizer would find nothing, slowly.
option(PORTSWEEP_THREADED_ONLY "Of the rooms' tests, build and run only those of rooms with threads" OFF)
set(PORTSWEEP_THREADED_ROOMS os engine app)

function(portsweep_room)
  cmake_parse_arguments(ROOM "" "NAME;UNSANITIZED" "SOURCES;TESTS;LINK;TEST_LINK;ALONE" ${ARGN})
  portsweep_compile_alone(${ROOM_ALONE})
  add_library(portsweep_${ROOM_NAME} STATIC ${ROOM_SOURCES})
  target_include_directories(portsweep_${ROOM_NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(portsweep_${ROOM_NAME}
    PUBLIC ${ROOM_LINK}
    PRIVATE portsweep_warnings portsweep_sanitizers)
  set(left_out "")
  if(PORTSWEEP_THREADED_ONLY AND NOT ROOM_NAME IN_LIST PORTSWEEP_THREADED_ROOMS)
    set(left_out LEFT_OUT)
  endif()
  if(PORTSWEEP_TESTS AND ROOM_TESTS)
    portsweep_test(NAME ${ROOM_NAME} ${left_out} SOURCES ${ROOM_TESTS}
      LINK portsweep_${ROOM_NAME} ${ROOM_TEST_LINK}
      UNSANITIZED "${ROOM_UNSANITIZED}")
  endif()
endfunction()

# portsweep_test(NAME name [LEFT_OUT] [OPTIMIZED] [TIMEOUT seconds] [UNSANITIZED gtest-filter] SOURCES ... LINK ...)
#
# One GoogleTest program <name>_test, registered as one ctest. One that is left out can still be built, by its name.
# UNSANITIZED: cases that are not run under a sanitizer, where they take a minute and meet no code that others do not.
function(portsweep_test)
  cmake_parse_arguments(T "LEFT_OUT;OPTIMIZED" "NAME;TIMEOUT;UNSANITIZED" "SOURCES;LINK" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  set(optimized "")
  if(T_OPTIMIZED)
    set(optimized OPTIMIZED)
  endif()
  portsweep_test_program(${T_NAME}_test ${optimized} SOURCES ${T_SOURCES} LINK ${T_LINK})
  if(T_LEFT_OUT)
    set_target_properties(${T_NAME}_test PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  set(filter "")
  if(PORTSWEEP_SANITIZE AND T_UNSANITIZED)
    set(filter --gtest_filter=-${T_UNSANITIZED})
  endif()
  add_test(NAME ${T_NAME} COMMAND ${T_NAME}_test ${filter})
  set_tests_properties(${T_NAME} PROPERTIES TIMEOUT ${T_TIMEOUT})
endfunction()

# portsweep_test_program(program [OPTIMIZED] SOURCES ... LINK ...): a GoogleTest program; what of it is run the caller
# registers.
#
# Tests themselves are compiled without optimisation: that takes half the time, and what they test is in the rooms'
# libraries. OPTIMIZED: for programs that spend minutes in templates and inline functions, of which the linker may take
# the copy of either side.
function(portsweep_test_program PROGRAM)
  cmake_parse_arguments(T "OPTIMIZED" "" "SOURCES;LINK" ${ARGN})
  add_executable(${PROGRAM} ${T_SOURCES})
  if(T_OPTIMIZED)
    set_target_properties(${PROGRAM} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)  # those are of programs that are not
  else()
    target_precompile_headers(${PROGRAM} REUSE_FROM portsweep_test_pch)
    target_compile_options(${PROGRAM} PRIVATE -O0)
  endif()
  set_target_properties(${PROGRAM} PROPERTIES UNITY_BUILD ON)
  target_link_libraries(${PROGRAM} PRIVATE
    ${T_LINK} portsweep_test_pch GTest::gmock GTest::gtest_main rapidcheck portsweep_warnings portsweep_sanitizers)
endfunction()
