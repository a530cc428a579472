"""Tasks that all go on from the state in which this process is: each is done in a fork of it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_forks(
    work: Callable[[Task], Result], tasks: Iterable[Task], *, processes: int = 2
) -> Iterator[Result]:
    """Do each task in a fork of this process and yield the results in the order of the tasks.

    Close files and connections that the work uses before. Raises `EOFError` if a process ends without a
    result; its error is printed then.
    """
    waiting = deque(enumerate(tasks))
    running: dict[Connection, tuple[int, BaseProcess]] = {}
    done: dict[int, Result] = {}
    for number in range(len(waiting)):
        while number not in done:
            while waiting and len(running) < processes:
                task_number, task = waiting.popleft()
                connection, process = _start(work, task)
                running[connection] = task_number, process
            ready = wait(running)
            for connection in [one for one in running if one in ready]:
                task_number, process = running.pop(connection)
                done[task_number] = connection.recv()
                connection.close()
                process.join()
        yield done.pop(number)


def _start(work: Callable[[Task], Result], task: Task) -> tuple[Connection, BaseProcess]:
    context = get_context("fork")
    connection, end = context.Pipe(duplex=False)
    process = context.Process(target=lambda: end.send(work(task)))
    process.start()
    end.close()
    return connection, process
