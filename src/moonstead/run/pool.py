"""Processes that share the tasks of a run, and die with the process that started them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait

from moonstead.run.task import Task, TaskResult

PR_SET_PDEATHSIG = 1  # prctl(2)
PARENT_CHECK = 0.5  # [s]

Submit = Callable[[Executor, Task, Mapping[str, TaskResult]], Future[TaskResult]]


def worker_pool(workers: int) -> ProcessPoolExecutor:
    """Pool of processes that ignore Ctrl-C, which is the parent's to handle, and end when the parent is killed."""
    # A fork is quick, and safe as long as no other thread computes; newer Pythons warn of it, so they start afresh.
    quick = sys.platform == "linux" and sys.version_info < (3, 12)
    context = multiprocessing.get_context("fork" if quick else "spawn")
    return ProcessPoolExecutor(workers, context, initializer=_follow, initargs=(os.getpid(),))


def share(
    tasks: list[Task],
    results: dict[str, TaskResult],
    pool: Executor,
    submit: Submit,
    started: Callable[[Task], None],
    finished: Callable[[Task], None],
) -> None:
    """Hand each task to the pool as soon as its inputs are there; put what it made into `results`.

    Parameters
    ----------
    tasks : list of Task
        What is still missing.
    results : dict of str to TaskResult
        What is there; grows.
    pool : Executor
        Where tasks run.
    submit : callable
        Gives one task to the pool.
    started, finished : callable
        Told of each task.
    """
    waiting, running = list(tasks), dict[Future[TaskResult], Task]()
    try:
        while waiting or running:
            ready = [task for task in waiting if all(name in results for name in task.inputs)]
            for task in ready:
                waiting.remove(task)
                running[submit(pool, task, results)] = task
                started(task)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                task = running.pop(future)
                results[task.id] = future.result()
                finished(task)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _follow(parent: int) -> None:
    """Set up a worker: deaf to Ctrl-C, and gone when the run that it works for is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK)
    os._exit(1)
