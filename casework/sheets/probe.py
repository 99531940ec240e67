"""Opens one workbook in a process of its own and says how many cells it would fill.

The reader lays a sheet out as one block from its first cell to its last. A few kilobytes with one cell at the far
corner ask for a hundred gigabytes, and the reader answers by aborting the process: better this one than the one
that serves people. Run as a script, with the file on standard input; knows nothing of the project.
"""

import io
import resource
import sys
from typing import Final

from python_calamine import CalamineError, PasswordError, SheetTypeEnum, load_workbook

MEMORY_LIMIT: Final = 1 << 30
SECONDS_LIMIT: Final = 20

PROTECTED: Final = 3
DAMAGED: Final = 4


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))
    largest = 0
    try:
        with load_workbook(io.BytesIO(sys.stdin.buffer.read())) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ is SheetTypeEnum.WorkSheet:
                    end = workbook.get_sheet_by_name(sheet.name).end or (-1, -1)
                    largest = max(largest, (end[0] + 1) * (end[1] + 1))
    except PasswordError:
        return PROTECTED
    except (CalamineError, OSError):
        return DAMAGED
    sys.stdout.write(f"{largest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
