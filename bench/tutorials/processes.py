#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sequential scanner made parallel: a contiguous range of the ports for each process."""

import argparse
import multiprocessing
import time

from sequential import is_open


def split(first, last, workers):
    """As many ranges as workers, none more than one port longer than another, every port in one of them."""
    size, remainder = divmod(last - first + 1, workers)
    start = first
    for number in range(workers):
        end = start + size + (1 if number < remainder else 0)
        yield range(start, end)
        start = end


def scan(hostname, ports, timeout):
    for port in ports:
        if is_open(hostname, port, timeout):
            print(f"port {port} is open", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostname", required=True)
    parser.add_argument("--start-port", type=int, default=1)
    parser.add_argument("--end-port", type=int, default=65535)
    parser.add_argument("--workers", type=int, default=10, help="processes")
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds a port")
    arguments = parser.parse_args()

    start = time.perf_counter()
    processes = [
        multiprocessing.Process(target=scan, args=(arguments.hostname, ports, arguments.timeout))
        for ports in split(arguments.start_port, arguments.end_port, arguments.workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
