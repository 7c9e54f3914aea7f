# The man page and the shell completions come from the program itself (`portsweep man`, `portsweep completions SHELL`),
# so that they cannot disagree with it. They are written when it is installed.
include(GNUInstallDirs)

# Installs what `portsweep ARGUMENT...` prints as FILE, relative to the prefix.
function(portsweep_install_output file)
  list(JOIN ARGN " " arguments)
  install(CODE "
    set(file \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${file}\")
    cmake_path(GET file PARENT_PATH directory)
    file(MAKE_DIRECTORY \"\${directory}\")
    message(STATUS \"Installing: \${file}\")
    execute_process(COMMAND \"$<TARGET_FILE:portsweep>\" ${arguments}
                    OUTPUT_FILE \"\${file}\" COMMAND_ERROR_IS_FATAL ANY)")
endfunction()

portsweep_install_output(${CMAKE_INSTALL_MANDIR}/man1/portsweep.1 man)
portsweep_install_output(${CMAKE_INSTALL_DATADIR}/bash-completion/completions/portsweep completions bash)
portsweep_install_output(${CMAKE_INSTALL_DATADIR}/zsh/site-functions/_portsweep completions zsh)
portsweep_install_output(${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d/portsweep.fish completions fish)
