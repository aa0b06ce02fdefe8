"""The filters: the built-in one run instruction by instruction, its numbers against libseccomp's."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

import pytest

from grader.execution.child import seccomp
from grader.execution.child import syscall_policy as policy

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = 0x7FFF0000, 0x80000000
SCMP_ARCH = ARCHITECTURES  # libseccomp's tokens are the kernel's audit numbers


def verdict(program: bytes, machine: str, number: int, *arguments: int) -> int:
    """What the kernel would do with a call: a machine of the BPF instructions that filters use."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("=iIQ6Q", number, ARCHITECTURES.get(machine, 1), 0, *padded)
    code = [struct.unpack_from("HBBI", program, place) for place in range(0, len(program), 8)]
    place = accumulator = 0
    while True:
        operation, yes, no, value = code[place]
        place += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif operation == 0x06:
            return int(value)
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x05:
            place += value
        else:
            found = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x25: accumulator > value,
                0x45: bool(accumulator & value),
            }[operation]
            place += yes if found else no


def refusal(error: int) -> int:
    return 0x00050000 | error


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_what_the_built_in_filter_refuses(machine: str) -> None:
    program = seccomp.deny_program(machine)
    for numbers in policy.DENIED.values():
        if machine in numbers:
            assert verdict(program, machine, numbers[machine]) == refusal(errno.EPERM)
    for numbers in policy.PRETEND_MISSING.values():
        if machine in numbers:
            assert verdict(program, machine, numbers[machine]) == refusal(errno.ENOSYS)
    clone, fcntl, socket = policy.CLONE[machine], policy.FCNTL[machine], policy.SOCKET[machine]
    assert verdict(program, machine, clone, 0x1200011) == ALLOW
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(program, machine, clone, flag | 17) == refusal(errno.EPERM)
    for command in (0, 3, 4, 6, 1030, 1039):
        assert verdict(program, machine, fcntl, 3, command) == ALLOW
    for command in (5, 36, 1024, 1026):
        assert verdict(program, machine, fcntl, 3, command) == refusal(errno.ENOSYS)
    for family in (1, 2, 10):
        assert verdict(program, machine, socket, family, 1, 7) == ALLOW
    for family, protocol in ((16, 15), (17, 3), (38, 0), (40, 0), (31, 0)):
        assert verdict(program, machine, socket, family, 1, protocol) == refusal(errno.ENOSYS)
    assert verdict(program, machine, socket, 16, 3, 0) == ALLOW
    for ordinary in {"x86_64": (0, 1, 39, 60, 257), "aarch64": (56, 63, 64, 93, 172)}[machine]:
        assert verdict(program, machine, ordinary) == ALLOW


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    program = seccomp.deny_program(machine)
    assert verdict(program, "another", 0) == KILL
    if machine == "x86_64":
        assert verdict(program, machine, 0x40000000 | 101) == KILL


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_last_filter_closes_every_way_to_a_socket(machine: str) -> None:
    program = seccomp.last_program(machine, closed=True, uncounted=False)
    for numbers in (policy.SOCKET, policy.CONNECT, *policy.SYSTEM_V.values()):
        assert verdict(program, machine, numbers[machine], 1) == refusal(errno.EACCES)
    for numbers in policy.BY_PERMISSION.values():
        if machine in numbers:
            assert verdict(program, machine, numbers[machine]) == refusal(errno.EPERM)
    pair = policy.SOCKETPAIR[machine]
    assert verdict(program, machine, pair, 1, 1 | 0o2000000) == ALLOW
    assert verdict(program, machine, pair, 1, 2 | 0o2000000) == refusal(errno.EACCES)
    assert verdict(program, machine, policy.MMAP[machine], 0, 4096, 3, 0x21) == ALLOW


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("closed", [False, True])
def test_the_last_filter_refuses_memory_that_nobody_counts(machine: str, closed: bool) -> None:
    program = seccomp.last_program(machine, closed=closed, uncounted=True)
    for numbers in policy.UNCOUNTED.values():
        # System V's is refused as a way to other notebooks first.
        assert verdict(program, machine, numbers[machine]) in {refusal(errno.ENOSYS), refusal(errno.EACCES)}
    mmap, options = policy.MMAP[machine], policy.SETSOCKOPT[machine]
    for flags in (0x21, 0x23, 0x8021, 0x40021):  # shared, validated, populated, of huge pages
        assert verdict(program, machine, mmap, 0, 4096, 3, flags) == refusal(errno.EPERM)
    for flags in (0x22, 0x01, 0x02, 0x20022):
        assert verdict(program, machine, mmap, 0, 4096, 3, flags) == ALLOW
    for option in policy.BUFFER_SIZES:
        assert verdict(program, machine, options, 5, 1, option) == refusal(errno.EPERM)
        assert verdict(program, machine, options, 5, 6, option) == ALLOW
    for option in (2, 6, 9, 16, 31, 34):
        assert verdict(program, machine, options, 5, 1, option) == ALLOW


def test_where_all_is_counted_and_hidden_nothing_more_is_loaded() -> None:
    assert seccomp.last_program("x86_64", closed=False, uncounted=False) == b""


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_numbers_are_libseccomps(machine: str) -> None:
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("no libseccomp here")
    resolve = library.seccomp_syscall_resolve_name_arch
    resolve.argtypes = (ctypes.c_uint32, ctypes.c_char_p)
    tables = {**policy.DENIED, **policy.PRETEND_MISSING, **policy.SYSTEM_V}
    tables |= {"clone": policy.CLONE, "fcntl": policy.FCNTL, "socket": policy.SOCKET}
    tables |= {
        **policy.BY_PERMISSION,
        **policy.UNCOUNTED,
        "mmap": policy.MMAP,
        "setsockopt": policy.SETSOCKOPT,
    }
    tables |= {"socketpair": policy.SOCKETPAIR, "connect": policy.CONNECT}
    for name, numbers in tables.items():
        known = resolve(SCMP_ARCH[machine], name.encode())
        if machine in numbers and known != -1:
            assert numbers[machine] == known, name


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86_64")
def test_libseccomps_filter_refuses_the_same() -> None:
    maker, program = seccomp.compiled()
    if maker != "libseccomp":
        pytest.skip("no libseccomp here")
    for name, numbers in {**policy.DENIED, **policy.PRETEND_MISSING}.items():
        assert verdict(program, "x86_64", numbers["x86_64"]) != ALLOW, name
    assert verdict(program, "x86_64", 56, 0x10000011) != ALLOW
    assert verdict(program, "x86_64", 56, 0x1200011) == ALLOW
    assert verdict(program, "x86_64", 41, 40, 1, 0) != ALLOW
    assert verdict(program, "x86_64", 41, 1, 1, 0) == ALLOW
    assert verdict(program, "x86_64", 41, 1 | 40 << 32, 1, 0) == ALLOW  # the kernel looks at 32 bits too
    assert verdict(program, "x86_64", 72, 3, 5) != ALLOW
    assert verdict(program, "x86_64", 9999) != ALLOW
    for ordinary in (0, 1, 9, 39, 202, 231, 257):
        assert verdict(program, "x86_64", ordinary) == ALLOW


def test_nothing_is_both_allowed_and_denied() -> None:
    assert not set(policy.ALLOWED) & {*policy.DENIED, *policy.PRETEND_MISSING, "clone", "fcntl", "socket"}
    assert len(set(policy.ALLOWED)) == len(policy.ALLOWED)


def test_an_unknown_machine_gets_no_filter() -> None:
    with pytest.raises(seccomp.NoFilterError, match="libseccomp"):
        seccomp.deny_program("vax")
