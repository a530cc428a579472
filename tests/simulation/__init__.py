"""A year of weeks with everything that goes wrong, from one seed: `python -m tests.simulation`.

The simulation has a Lemmy of its own (`server`, `account`, `mail`, `notifications`, `rates`) beside the
sandbox. What it would cost to drive the sandbox instead, in one process and without sockets, was measured
on seeds 1 to 4 and on a sandbox with 104 threads and 520 comments, as at the end of a year:

- A year makes about 9,000 calls of the port (2,900 posts read, 900 lists of own content, 700 counts of what
  is unread, 370 readings of the inbox, 330 lists of pins). It takes 3 to 4 s of CPU, 0.4 s of it in this
  server.
- An answer of the sandbox takes 0.3 ms for a post, 4 to 6 ms for a page of a list and 5 to 8 ms for the
  inbox, which makes about 10 s for these calls before a client has parsed them: years would take three
  times as long.
- The rules of the sandbox alone, without JSON, take 0.2 ms for a list of posts, 0.3 ms for one of comments
  and up to 0.9 ms for the notifications, which makes about 1.4 s: years would take a quarter longer.

So both stay. Driving the rules would replace about 350 lines here by about 250 that turn the sandbox's
records into values of the port: a third reading of Lemmy beside the two clients. What makes the simulation
is not in the sandbox: the record of who did what while which posts were pinned, requests that take effect
after their caller gave up, and how often each oddity of a server was met. And the two fakes are written
apart and both held to the contract suite of the port (`tests/contract`), so that a wrong idea of Lemmy in
one shows as a difference.
"""
