# SPDX-License-Identifier: Apache-2.0
"""One run of a program in a namespace, measured from outside: elapsed time, peak memory, processor time, and what this
machine itself lost meanwhile (the drop column of /proc/net/softnet_stat, summed over the processors)."""

import ctypes
import dataclasses
import os
import signal
import threading
import time

from harness.namespaces import inside

# A run that takes longer is ended, unless its scenario says otherwise: a bench must end by itself.
LIMIT_S = 300
_GRACE_S = 5  # from the word that it must end to the end without a word

# Linux counts into a process's peak memory what it was before exec(): a child of this interpreter would start at the
# interpreter's own 16 MiB and more. So a small shell starts the program, says its process id, and leaves it to us.
_STARTER = ("sh", "-c", '"$@" 3>&- & echo $! >&3', "sh")
_PR_SET_CHILD_SUBREAPER = 36


@dataclasses.dataclass(frozen=True)
class Run:
    elapsed_s: float
    peak_rss_mib: float
    cpu_s: float
    softnet_drops: int
    exit_status: int
    ended_by_limit: bool


def spawn(namespace, command, stdout=os.devnull, more_actions=()):
    """Starts the program in a process group of its own, its standard output in a file, nothing on stdin and stderr.
    Returns its process id."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.fspath(stdout), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        *more_actions,
    ]
    with inside(namespace):
        return os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setpgroup=0)


def measure(namespace, command, stdout=os.devnull, limit_s=LIMIT_S):
    drops = softnet_drops()
    start = time.monotonic()
    group, pid = _spawn_small(namespace, command, stdout)
    reminders = [threading.Timer(limit_s, _signal_group, (group, signal.SIGTERM)),
                 threading.Timer(limit_s + _GRACE_S, _signal_group, (group, signal.SIGKILL))]
    for reminder in reminders:
        reminder.daemon = True
        reminder.start()
    try:
        _, status, usage = os.wait4(pid, 0)
    except BaseException:  # interrupted: nothing of it must outlive the lab
        _signal_group(group, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    finally:
        for reminder in reminders:
            reminder.cancel()
    elapsed_s = time.monotonic() - start
    _signal_group(group, signal.SIGKILL)  # a program that was ended leaves its children
    _reap_adopted(group)
    return Run(
        elapsed_s=elapsed_s,
        peak_rss_mib=usage.ru_maxrss / 1024,
        cpu_s=usage.ru_utime + usage.ru_stime,
        softnet_drops=softnet_drops() - drops,
        exit_status=os.waitstatus_to_exitcode(status),
        ended_by_limit=elapsed_s >= limit_s,
    )


def _signal_group(group, number):
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass


def _reap_adopted(group):
    """Waits for what a program left behind: it is ours (PR_SET_CHILD_SUBREAPER), and must not stay a zombie. Other
    children of ours live on meanwhile."""
    try:
        while os.waitpid(-group, 0)[0]:
            pass
    except ChildProcessError:
        pass


def _spawn_small(namespace, command, stdout):
    """As spawn(), but the program's peak memory is its own. It becomes our child when the shell that made it ends.
    Returns its process group and process id."""
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError("prctl(PR_SET_CHILD_SUBREAPER)")
    read_end, write_end = os.pipe()
    with open(read_end) as answer:
        try:
            shell = spawn(namespace, [*_STARTER, *command], stdout, [(os.POSIX_SPAWN_DUP2, write_end, 3)])
        finally:
            os.close(write_end)
        os.waitpid(shell, 0)
        return shell, int(answer.read())


def softnet_drops():
    with open("/proc/net/softnet_stat") as stat:
        return sum(int(line.split()[1], 16) for line in stat)
