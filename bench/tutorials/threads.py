#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The scanner with a pool of threads: one blocking connect a port, the results in the order of the ports."""

import argparse
import concurrent.futures
import time

from sequential import is_open


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostname", required=True)
    parser.add_argument("--start-port", type=int, default=1)
    parser.add_argument("--end-port", type=int, default=65535)
    parser.add_argument("--workers", type=int, default=100, help="threads")
    parser.add_argument("--timeout", type=float, default=3.0, help="seconds a port")
    arguments = parser.parse_args()

    start = time.perf_counter()
    ports = range(arguments.start_port, arguments.end_port + 1)
    with concurrent.futures.ThreadPoolExecutor(arguments.workers) as pool:
        results = pool.map(lambda port: is_open(arguments.hostname, port, arguments.timeout), ports)
        for port, opened in zip(ports, results):
            if opened:
                print(f"port {port} is open", flush=True)
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
