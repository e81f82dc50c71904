"""What a worker gives up before it looks at a query: memory, descriptors, files and, on Linux, whole system calls.

Limits of the operating system hold wherever it has them. On Linux on x86_64 and aarch64 a filter (seccomp) also takes
away sockets, programs, processes, signals to others and writing of files, for all threads and for good. Elsewhere the
screen alone keeps a query from the network, and only the limit of time is sure.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_SYSTEM_CALLS = {
    # sockets
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    # programs and processes; threads are told apart below
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    # ways around the filter
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "bpf": (321, 280),
    "userfaultfd": (323, 282), "perf_event_open": (298, 241), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "mount": (165, 40), "umount2": (166, 39), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "prlimit64": (302, 261), "setrlimit": (160, 164),
    # files: nothing is made, removed, renamed or changed
    "creat": (85, None), "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276), "link": (86, None),
    "linkat": (265, 37), "unlink": (87, None), "unlinkat": (263, 35), "symlink": (88, None), "symlinkat": (266, 36),
    "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "mknod": (133, None), "mknodat": (259, 33),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "truncate": (76, 45), "ftruncate": (77, 46),
    "memfd_create": (319, 279), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
"""Forbidden system calls with their numbers on x86_64 and on aarch64 (asm/unistd.h; None: there is none)."""

_CLONE = (56, 220)
_CLONE3 = (435, 435)
_OPEN = (2, None)
_OPENAT = (257, 56)
_OPENAT2 = (437, 437)
_KILL = (62, 129)
_TGKILL = (234, 131)
_SECCOMP = (317, 277)
_AUDIT_ARCH = (0xC000003E, 0xC00000B7)
_MACHINES = {"x86_64": 0, "aarch64": 1}

_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16
_CLONE_THREAD = 0x10000


def limit_resources(memory: int) -> bool:
    """Limits memory, descriptors, core dumps and file sizes of this process, and gives whether memory is limited.

    Args:
        memory: bytes that may be allocated beyond what is allocated now.
    """
    try:
        import resource
    except ImportError:
        return False

    def lower(which: int, value: int) -> bool:
        try:
            hard = resource.getrlimit(which)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (value, value))
        except (OSError, ValueError):
            return False
        return True

    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_NOFILE, 1024)
    # What is allocated counts as data; address space also holds mapped files and gaps, so it only stops the absurd.
    limited = lower(resource.RLIMIT_DATA, held("VmData") + memory)
    lower(resource.RLIMIT_AS, held("VmSize") + 2 * memory + 2 * 1024**3)
    return limited and sys.platform == "linux"


def held(what: str) -> int:
    """Gives how many bytes this process holds, in the kernel's words; 0 where it does not say."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith(f"{what}:")), 0)
    except OSError:
        return 0


def forbid_system_calls() -> bool:
    """Takes sockets, programs, processes and writing away from all threads for good, and gives whether it could."""
    which = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or which is None or struct.calcsize("P") != 8:
        return False
    program = b"".join(_filter(which))
    length = len(program) // 8
    buffer = ctypes.create_string_buffer(program, len(program))
    handle = ctypes.create_string_buffer(struct.pack("HxxxxxxP", length, ctypes.addressof(buffer)))
    libc = ctypes.CDLL(None, use_errno=True)
    set_dumpable, set_no_new_privileges, filter_mode, all_threads = 4, 38, 1, 1
    libc.prctl(set_dumpable, 0, 0, 0, 0)
    if libc.prctl(set_no_new_privileges, 1, 0, 0, 0) != 0:
        return False
    libc.syscall.restype = ctypes.c_long
    done = libc.syscall(
        ctypes.c_long(_SECCOMP[which]), ctypes.c_ulong(filter_mode), ctypes.c_ulong(all_threads), handle
    )
    return bool(done == 0)


def _filter(which: int) -> list[bytes]:
    """Gives the filter as instructions of the kernel's packet filter.

    Source: Linux, Documentation/userspace-api/seccomp_filter.rst and include/uapi/linux/filter.h.
    """

    def do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    def argument(index: int) -> bytes:
        return do(_LOAD, _ARGUMENTS_AT + 8 * index)

    deny, allow = do(_RETURN, _ERRNO | errno.EPERM), do(_RETURN, _ALLOW)
    unknown = do(_RETURN, _ERRNO | errno.ENOSYS)
    own = os.getpid()
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    program = [
        do(_LOAD, _ARCH_AT),
        do(_EQUAL, _AUDIT_ARCH[which], 1, 0),
        do(_RETURN, _KILL_PROCESS),
        do(_LOAD, _NUMBER_AT),
    ]
    if which == 0:
        # The x32 calls are the same ones under other numbers.
        program += [do(_AT_LEAST, 0x40000000, 0, 1), deny]

    def on(call: tuple[int | None, int | None], *then: bytes) -> None:
        number = call[which]
        if number is not None:
            program.extend([do(_EQUAL, number, 0, len(then)), *then])

    on(_CLONE, argument(0), do(_ANY_BIT, _CLONE_THREAD, 0, 1), allow, deny)
    # The C library falls back on clone, whose flags can be seen.
    on(_CLONE3, unknown)
    on(_OPENAT2, unknown)
    on(_OPEN, argument(1), do(_ANY_BIT, writing, 0, 1), deny, allow)
    on(_OPENAT, argument(2), do(_ANY_BIT, writing, 0, 1), deny, allow)
    on(_KILL, argument(0), do(_EQUAL, own, 0, 1), allow, deny)
    on(_TGKILL, argument(0), do(_EQUAL, own, 0, 1), allow, deny)
    for call in _SYSTEM_CALLS.values():
        on(call, deny)
    program.append(allow)
    return program
