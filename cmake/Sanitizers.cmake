# Sanitizers as an INTERFACE target: empty unless PORTSWEEP_SANITIZE names some ("address,undefined", "thread").
add_library(portsweep_sanitizers INTERFACE)
if(PORTSWEEP_SANITIZE)
  target_compile_options(portsweep_sanitizers INTERFACE
    -fsanitize=${PORTSWEEP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(portsweep_sanitizers INTERFACE -fsanitize=${PORTSWEEP_SANITIZE})
endif()
# What the fuzzers run is instrumented, so that they see which inputs reach new code.
if(PORTSWEEP_FUZZ)
  target_compile_options(portsweep_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()
