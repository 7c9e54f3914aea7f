# SPDX-License-Identifier: Apache-2.0
"""What bench/run is made of: a lab of network namespaces, scanners run and measured in it, tables of the outcome."""
