"""Commands about clients' bills: read-bills."""

import argparse
import json
import sys
from pathlib import Path

from app.commands.words import Commands


def add_bills(commands: Commands) -> None:
    """read-bills."""
    one = commands.add_parser(
        "read-bills", help="读一个文件夹里的电费单、发票（PDF、OFD、XML、照片），只读不写"
    )
    one.add_argument("folder", type=Path, nargs="+", metavar="文件夹")
    one.add_argument("--json", action="store_true", help="写出 JSON，数是文字")
    one.add_argument(
        "--buyer", default="", metavar="企业", help="本企业全称，默认取多数单据的购买方"
    )
    one.add_argument(
        "--year",
        type=int,
        action="append",
        default=[],
        metavar="年",
        help="要哪一年，可以写几次，默认取多数单据的那年",
    )
    one.add_argument("--no-pictures", action="store_true", help="照片和扫描件不读")
    one.set_defaults(run=_read)


def _read(options: argparse.Namespace) -> int:
    from app.services.bill_reading import bill_lines, bills_json, read_folder

    found = read_folder(
        options.folder, buyer=options.buyer, years=options.year, pictures=not options.no_pictures
    )
    if options.json:
        json.dump(bills_json(found.readings), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        for line in bill_lines(found.readings):
            print(line)
    return 0
