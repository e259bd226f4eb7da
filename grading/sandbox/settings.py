"""The sandbox's settings, as nbgrader_config.py and the command line give them."""

from traitlets import Enum, Float, Int
from traitlets.config import Configurable

WALLS = ("best", "both", "inner", "none")


class Sandbox(Configurable):
    """Where student code runs, and how much it may use. SANDBOX.md says what each wall promises."""

    walls = Enum(
        WALLS,
        default_value="best",
        help="best: the outer and the inner wall where the kernel allows both, else the inner one alone, and says so "
        "once. both: refuse to grade without both. inner: the inner wall alone. none: NO protection, for code that you "
        "wrote yourself; warns at every use.",
    ).tag(config=True)
    memory_mb = Int(1024, help="Memory of one submission, all its processes together, in MB.").tag(config=True)
    scratch_mb = Int(256, help="What one submission may write to disk, in MB.").tag(config=True)
    processes = Int(64, help="Processes of one submission at a time.").tag(config=True)
    threads = Int(256, help="Threads of one submission at a time, in all its processes.").tag(config=True)
    open_files = Int(256, help="Files that one process may have open.").tag(config=True)
    message_mb = Int(64, help="Size of one result that a student's function sends back, in MB.").tag(config=True)
    start_seconds = Float(120.0, help="How long the warm parent may take to start.").tag(config=True)
