"""What an honest student's code may do works behind the walls as it does in a notebook."""

from textwrap import dedent

import pytest
import torch

from tests.grading.sandbox.processes import BOTH

WALLS = pytest.mark.parametrize("warm", ["inner", BOTH], indirect=True)

WORK = {
    "torch's own threads": """
        import torch
        torch.set_num_threads(2)
        x = torch.randn(400, 400)
        print(torch.allclose(x @ x, (x.double() @ x.double()).float(), atol=1e-2))
    """,
    "a DataLoader with workers": """
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        loader = DataLoader(TensorDataset(torch.arange(8.0)), batch_size=4, num_workers=2)
        print(sum(float(batch.sum()) for (batch,) in loader) == 28)
    """,
    "a pool of processes": """
        from multiprocessing import get_context
        with get_context("fork").Pool(2) as pool:
            print(pool.map(abs, [-1, 2, -3]) == [1, 2, 3])
    """,
    "a pool of threads": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(4) as pool:
            print(sum(pool.map(abs, range(-5, 5))) == 25)
    """,
    "a program": """
        import subprocess
        print(subprocess.run(["echo", "hello"], capture_output=True, text=True).stdout == "hello\\n")
    """,
    "temporary files and the working directory": """
        import os, shutil, tempfile
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a.txt"), "w") as file:
                file.write("kept")
            shutil.copy2(os.path.join(folder, "a.txt"), "b.txt")
        print(open("b.txt").read() == "kept")
    """,
    "saving and loading tensors": """
        import torch
        torch.save({"W": torch.ones(2)}, "head.pt")
        print(bool(torch.load("head.pt")["W"].sum() == 2))
    """,
    "a picture": """
        import matplotlib.pyplot as plt
        _, ax = plt.subplots()
        ax.imshow([[1, 2], [3, 4]])
        plt.savefig("weights.png")
        plt.close("all")
        print(open("weights.png", "rb").read(4) == b"\\x89PNG")
    """,
    "the lesson's tiny transformer": """
        from attention_lib import mini_transformer
        model, tokenizer = mini_transformer.load()
        print(model(tokenizer("Once upon a", return_tensors="pt").input_ids).logits.shape[1] > 1)
    """,
    "numpy": """
        import numpy as np
        print(np.allclose(np.linalg.inv(np.eye(3) * 2), np.eye(3) / 2))
    """,
    "asyncio": """
        import asyncio
        async def one():
            await asyncio.sleep(0.01)
            return 1
        print(asyncio.run(one()) == 1)
    """,
    "IPython's magics": """
        %timeit -n1 -r1 -q sum(range(10))
        print(True)
    """,
}


@WALLS
@pytest.mark.parametrize("source", WORK.values(), ids=WORK)
def test_it_works(printed, source):
    assert printed(dedent(source).strip()).strip().endswith("True")


@WALLS
def test_a_head_that_uses_threads_and_files_is_called_as_any_other(stand_ins):
    mean = stand_ins(
        """
from concurrent.futures import ThreadPoolExecutor
def mean(x):
    torch.save(x, "x.pt")
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(torch.mean, [torch.load("x.pt"), x])) / 2
""",
        "mean",
    )
    assert mean(torch.tensor([1.0, 3.0])) == 2
