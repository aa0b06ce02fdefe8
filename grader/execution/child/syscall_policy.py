"""Which system calls a notebook may make.

`ALLOWED` is what Python, TensorFlow, NumPy and ordinary shell commands need; whatever is not on it answers
`ENOSYS`, so that the C library falls back where it can. `DENIED` names the calls that are dangerous on a
kernel of today, with their numbers, for hosts without libseccomp: there everything else is allowed.
"""

from __future__ import annotations

from typing import Final

_FILES: Final = """
    access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 execve execveat
    faccessat faccessat2 fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32
    fchownat fdatasync fgetxattr flistxattr fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs
    fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 getxattr ioctl lchown
    lchown32 lgetxattr link linkat listxattr llistxattr _llseek lremovexattr lseek lsetxattr lstat lstat64
    mkdir mkdirat mknod mknodat newfstatat open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64
    pwritev pwritev2 read readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir
    sendfile sendfile64 setxattr splice stat stat64 statfs statfs64 statx symlink symlinkat sync
    sync_file_range syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat utimensat_time64
    utimes write writev
"""
_MEMORY: Final = """
    brk get_mempolicy madvise mbind membarrier memfd_create mincore mlock mlock2 mlockall mmap mmap2
    mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages
    rseq set_mempolicy map_shadow_stack
"""
_PROCESSES: Final = """
    alarm arch_prctl capget capset exit exit_group fork futex futex_time64 futex_waitv get_robust_list
    get_thread_area getcpu getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32
    getitimer getpgid getpgrp getpid getppid getpriority getresgid getresgid32 getresuid getresuid32
    getrlimit getrusage getsid gettid getuid getuid32 kill nanosleep pause pidfd_open pidfd_send_signal
    prctl prlimit64 restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
    rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max
    sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
    sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
    set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid
    setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid sigaltstack signalfd
    signalfd4 sysinfo tgkill time times tkill ugetrlimit uname vfork wait4 waitid waitpid seccomp
    landlock_create_ruleset landlock_add_rule landlock_restrict_self
"""
_CLOCKS_AND_EVENTS: Final = """
    clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64
    epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
    eventfd eventfd2 getrandom gettimeofday io_cancel io_destroy io_getevents io_setup io_submit poll
    ppoll ppoll_time64 pselect6 pselect6_time64 _newselect select timer_create timer_delete
    timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime
"""
# Between the processes of one notebook only: the network, IPC and mount namespaces see to that.
_COMMUNICATION: Final = """
    accept accept4 bind connect getpeername getsockname getsockopt listen mq_getsetattr mq_notify mq_open
    mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd recv recvfrom recvmmsg recvmsg
    semctl semget semop semtimedop send sendmmsg sendmsg sendto setsockopt shmat shmctl shmdt shmget
    shutdown socketpair
"""
ALLOWED: Final[tuple[str, ...]] = tuple(
    f"{_FILES} {_MEMORY} {_PROCESSES} {_CLOCKS_AND_EVENTS} {_COMMUNICATION}".split()
)

# fcntl(2) without F_GETLK, F_OFD_GETLK, F_SETLEASE and F_NOTIFY: on a file that all notebooks can read, these
# (as flock and inotify, which are not allowed at all) would carry messages from one notebook to another.
ALLOWED_FCNTL: Final = (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 15, 16, 37, 38, *range(1030, 1040))

AF_UNIX: Final = 1
AF_INET: Final = 2
AF_INET6: Final = 10
AF_NETLINK: Final = 16
# A network namespace does not hold AF_VSOCK; libzmq aborts if it may not ask NETLINK_ROUTE (protocol 0).
ALLOWED_FAMILIES: Final = (AF_UNIX, AF_INET, AF_INET6)

# Answered with ENOSYS, as if the kernel were older: callers then do without.
PRETEND_MISSING: Final = {
    "clone3": {"x86_64": 435, "aarch64": 435},  # its flags are in memory, out of a filter's sight
    "flock": {"x86_64": 73, "aarch64": 32},
    "inotify_init": {"x86_64": 253},
    "inotify_init1": {"x86_64": 294, "aarch64": 26},
    "io_uring_setup": {"x86_64": 425, "aarch64": 425},
    "io_uring_enter": {"x86_64": 426, "aarch64": 426},
    "io_uring_register": {"x86_64": 427, "aarch64": 427},
}

# Answered with EPERM. Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
DENIED: Final = {
    "acct": {"x86_64": 163, "aarch64": 89},
    "add_key": {"x86_64": 248, "aarch64": 217},
    "adjtimex": {"x86_64": 159, "aarch64": 171},
    "bpf": {"x86_64": 321, "aarch64": 280},
    "chroot": {"x86_64": 161, "aarch64": 51},
    "clock_adjtime": {"x86_64": 305, "aarch64": 266},
    "clock_settime": {"x86_64": 227, "aarch64": 112},
    "delete_module": {"x86_64": 176, "aarch64": 106},
    "fanotify_init": {"x86_64": 300, "aarch64": 262},
    "finit_module": {"x86_64": 313, "aarch64": 273},
    "fsconfig": {"x86_64": 431, "aarch64": 431},
    "fsmount": {"x86_64": 432, "aarch64": 432},
    "fsopen": {"x86_64": 430, "aarch64": 430},
    "fspick": {"x86_64": 433, "aarch64": 433},
    "init_module": {"x86_64": 175, "aarch64": 105},
    "ioperm": {"x86_64": 173},
    "iopl": {"x86_64": 172},
    "kcmp": {"x86_64": 312, "aarch64": 272},
    "kexec_file_load": {"x86_64": 320, "aarch64": 294},
    "kexec_load": {"x86_64": 246, "aarch64": 104},
    "keyctl": {"x86_64": 250, "aarch64": 219},
    "lookup_dcookie": {"x86_64": 212, "aarch64": 18},
    "memfd_secret": {"x86_64": 447, "aarch64": 447},
    "migrate_pages": {"x86_64": 256, "aarch64": 238},
    "mount": {"x86_64": 165, "aarch64": 40},
    "mount_setattr": {"x86_64": 442, "aarch64": 442},
    "move_mount": {"x86_64": 429, "aarch64": 429},
    "move_pages": {"x86_64": 279, "aarch64": 239},
    "name_to_handle_at": {"x86_64": 303, "aarch64": 264},
    "nfsservctl": {"x86_64": 180, "aarch64": 42},
    "open_by_handle_at": {"x86_64": 304, "aarch64": 265},
    "open_tree": {"x86_64": 428, "aarch64": 428},
    "perf_event_open": {"x86_64": 298, "aarch64": 241},
    "personality": {"x86_64": 135, "aarch64": 92},
    "pidfd_getfd": {"x86_64": 438, "aarch64": 438},
    "pivot_root": {"x86_64": 155, "aarch64": 41},
    "process_vm_readv": {"x86_64": 310, "aarch64": 270},
    "process_vm_writev": {"x86_64": 311, "aarch64": 271},
    "ptrace": {"x86_64": 101, "aarch64": 117},
    "quotactl": {"x86_64": 179, "aarch64": 60},
    "quotactl_fd": {"x86_64": 443, "aarch64": 443},
    "reboot": {"x86_64": 169, "aarch64": 142},
    "request_key": {"x86_64": 249, "aarch64": 218},
    "setdomainname": {"x86_64": 171, "aarch64": 162},
    "sethostname": {"x86_64": 170, "aarch64": 161},
    "setns": {"x86_64": 308, "aarch64": 268},
    "settimeofday": {"x86_64": 164, "aarch64": 170},
    "swapoff": {"x86_64": 168, "aarch64": 225},
    "swapon": {"x86_64": 167, "aarch64": 224},
    "syslog": {"x86_64": 103, "aarch64": 116},
    "umount2": {"x86_64": 166, "aarch64": 39},
    "unshare": {"x86_64": 272, "aarch64": 97},
    "userfaultfd": {"x86_64": 323, "aarch64": 282},
    "vhangup": {"x86_64": 153, "aarch64": 58},
    "vmsplice": {"x86_64": 278, "aarch64": 75},  # a pipe then holds pages that no process has any more
}

# Calls whose arguments the filter looks at.
CLONE: Final = {"x86_64": 56, "aarch64": 220}
FCNTL: Final = {"x86_64": 72, "aarch64": 25}
SOCKET: Final = {"x86_64": 41, "aarch64": 198}
SOCKETPAIR: Final = {"x86_64": 53, "aarch64": 199}
CONNECT: Final = {"x86_64": 42, "aarch64": 203}
SYSTEM_V: Final = {  # refused where no IPC namespace keeps notebooks apart
    "msgget": {"x86_64": 68, "aarch64": 186},
    "semget": {"x86_64": 64, "aarch64": 190},
    "shmget": {"x86_64": 29, "aarch64": 194},
    "mq_open": {"x86_64": 240, "aarch64": 180},
}
BY_PERMISSION: Final = {  # who may write a file may do these, and Landlock does not look: refused as above
    "fremovexattr": {"x86_64": 199, "aarch64": 16},
    "fsetxattr": {"x86_64": 190, "aarch64": 7},
    "futimesat": {"x86_64": 261},
    "lremovexattr": {"x86_64": 198, "aarch64": 15},
    "lsetxattr": {"x86_64": 189, "aarch64": 6},
    "removexattr": {"x86_64": 197, "aarch64": 14},
    "removexattrat": {"x86_64": 466, "aarch64": 466},
    "setxattr": {"x86_64": 188, "aarch64": 5},
    "setxattrat": {"x86_64": 463, "aarch64": 463},
    "utime": {"x86_64": 132},
    "utimensat": {"x86_64": 280, "aarch64": 88},
    "utimes": {"x86_64": 235},
}

# Without a control group, memory is what processes are seen to have: what nobody has is refused.
UNCOUNTED: Final = {
    "landlock_add_rule": {"x86_64": 445, "aarch64": 445},
    "landlock_create_ruleset": {"x86_64": 444, "aarch64": 444},
    "memfd_create": {"x86_64": 319, "aarch64": 279},
    "remap_file_pages": {"x86_64": 216, "aarch64": 234},
    "shmget": {"x86_64": 29, "aarch64": 194},
}
MMAP: Final = {"x86_64": 9, "aarch64": 222}
MAP_SHARED: Final = 0x01
MAP_ANONYMOUS: Final = 0x20
SETSOCKOPT: Final = {"x86_64": 54, "aarch64": 208}
SOL_SOCKET: Final = 1
BUFFER_SIZES: Final = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF and the two that force them
