# Sanitizers as an INTERFACE target: empty unless PORTSWEEP_SANITIZE names some ("address,undefined", "thread").
add_library(portsweep_sanitizers INTERFACE)
if(PORTSWEEP_SANITIZE)
  target_compile_options(portsweep_sanitizers INTERFACE
    -fsanitize=${PORTSWEEP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(portsweep_sanitizers INTERFACE -fsanitize=${PORTSWEEP_SANITIZE})
  # g++ warns that ThreadSanitizer does not follow atomic_thread_fence. Our fences only order one atomic against
  # another (engine/reactor_pool.cc: go to sleep, or not); data is handed over by acquire and release, which it follows.
  if(PORTSWEEP_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(portsweep_sanitizers INTERFACE -Wno-tsan)
  endif()
endif()
