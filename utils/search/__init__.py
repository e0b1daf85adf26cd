"""Searches for hyper-parameters with Optuna: one study, as many processes and machines as one likes.

    python -m utils.search --data moons --trials 20
    python -m utils.search --help

What Optuna does: it draws the trials (grid, random, quasi-random, TPE), stops bad ones early (successive halving,
Hyperband), keeps everything in a data base (an SQLite file, PostgreSQL) and draws the pictures. What is added here are
promises that hold for any number of workers, and when a worker is killed:

- a study of N trials ends with N finished ones, not one more: each trial has a place (`utils.search.places`), and the
  places 0 to N - 1 are what is searched;
- what stands at a place follows from the seed, not from who works on it: a study of the samplers grid, random and qmc
  is the same with one worker and with ten, killed or not;
- a killed worker loses no finished trial, and its running one is made again at the same place;
- no two workers make one trial.

Where what is: `data` are the data sets that have names, `space` is the list of hyper-parameters, `net` trains a net
and gives its scores, `places` and `samplers` say what comes next, `study` opens the data base, `worker` makes trials
until the study is complete, `progress` tells how far it is, `pictures` draws it, `command` is the command.
"""
