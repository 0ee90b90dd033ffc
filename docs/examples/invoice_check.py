"""A table read from a scanned invoice: let its own sums say what was misread."""

from copy import deepcopy
from typing import Any

Invoice = dict[str, Any]

# What a reader returned for one scan. Amounts are in cents, and we made it all up.
INVOICE: Invoice = {
    "number": "R-2031",
    "iban": "DE89370400440532013000",
    "lines": [  # what, quantity, price of one, total
        ["desk lamp", 3, 1990, 5970],
        ["cable", 12, 450, 5400],
        ["bulb", 2, 395, 790],
    ],
    "net": 12160,
    "tax": 2310,
    "gross": 14470,
}
TAX_PERCENT = 19


def iban_fits(iban: str) -> bool:
    """Country and check digits go to the end. The whole, divided by 97, leaves 1."""
    moved = iban[4:] + iban[:4]
    digits = "".join(str(int(sign, 36)) for sign in moved)  # A is 10, B is 11
    return int(digits) % 97 == 1


def doubts(invoice: Invoice) -> list[str]:
    """The fields that a person should see beside the scan, with the reason."""
    found = []
    for number, (_, quantity, price, total) in enumerate(invoice["lines"], 1):
        if quantity * price != total:
            found.append(f"line {number}: {quantity} x {price} is not {total}")
    lines = sum(line[3] for line in invoice["lines"])
    if lines != invoice["net"]:
        found.append(f"net: the lines add up to {lines}, not {invoice['net']}")
    if abs(invoice["net"] * TAX_PERCENT / 100 - invoice["tax"]) > 1:
        found.append(f"tax: is not {TAX_PERCENT}% of {invoice['net']}")
    if invoice["net"] + invoice["tax"] != invoice["gross"]:
        found.append("gross: is not net and tax")
    if not iban_fits(invoice["iban"]):
        found.append("iban: the check digits do not fit")
    return found


def misread_digit(invoice: Invoice) -> None:
    invoice["lines"][0][3] = 5910


def missing_line(invoice: Invoice) -> None:
    del invoice["lines"][2]


def misread_account(invoice: Invoice) -> None:
    invoice["iban"] = "DE89370400440582013000"


def swapped_columns(invoice: Invoice) -> None:
    for line in invoice["lines"]:
        line[1], line[2] = line[2], line[1]


def misread_number(invoice: Invoice) -> None:
    invoice["number"] = "R-2037"


def nothing_wrong(invoice: Invoice) -> None:
    pass


FAULTS = [nothing_wrong, misread_digit, missing_line, misread_account]
FAULTS += [swapped_columns, misread_number]
for fault in FAULTS:
    scan = deepcopy(INVOICE)
    fault(scan)
    shown = doubts(scan)
    print(f"{fault.__name__:16} {'a person looks' if shown else 'accepted'}")
    for doubt in shown:
        print(f"    {doubt}")
