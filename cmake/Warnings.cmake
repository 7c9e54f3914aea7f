# Warnings as an INTERFACE target that every target of ours links.
add_library(portsweep_warnings INTERFACE)
target_compile_options(portsweep_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
