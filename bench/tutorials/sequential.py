#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A port scanner as a first tutorial has it: one blocking connect after the other."""

import argparse
import socket
import time


def is_open(hostname, port, timeout):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        return connection.connect_ex((hostname, port)) == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostname", required=True)
    parser.add_argument("--start-port", type=int, default=1)
    parser.add_argument("--end-port", type=int, default=65535)
    parser.add_argument("--workers", type=int, default=1, help="not used: there is one")
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds a port")
    arguments = parser.parse_args()

    start = time.perf_counter()
    for port in range(arguments.start_port, arguments.end_port + 1):
        if is_open(arguments.hostname, port, arguments.timeout):
            print(f"port {port} is open", flush=True)
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
