#!/usr/bin/env python3
"""Nuanxin's command line."""

from casework.management.command_line import main

if __name__ == "__main__":
    main()
