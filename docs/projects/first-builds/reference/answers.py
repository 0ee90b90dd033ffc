"""What makes an answer of the model good: its form, and support for each value in the message."""

import json
import re
from typing import Any

PRODUCTS = ("kettle", "toaster", "lamp", "blender", "keyboard", "heater")
REASONS = ("defect", "wrong_item", "late", "missing", "other", "no_complaint")
FIELDS = ("order_number", "product", "reason")


class BadAnswer(Exception):
    """Why an answer is not good. `field` is None when no single field is wrong."""

    def __init__(self, code: str, problem: str, field: str | None = None) -> None:
        super().__init__(problem)
        self.code, self.problem, self.field = code, problem, field


def check(content: str | None, finish: str, text: str) -> dict[str, Any]:
    """The values of a good answer. Raises BadAnswer."""
    if finish == "length":
        raise BadAnswer("cut_off", "the answer was cut off by the output cap")
    values = parsed(content)
    check_form(values)
    check_support(values, text)
    return values


def parsed(content: str | None) -> dict[str, Any]:
    try:
        values = json.loads(content or "")
    except ValueError:
        raise BadAnswer("not_json", "the answer is not JSON") from None
    if not isinstance(values, dict):
        raise BadAnswer("not_json", "the answer is not one JSON object")
    return values


def check_form(values: dict[str, Any]) -> None:
    for field in FIELDS:
        if field not in values:
            raise BadAnswer("wrong_shape", "is missing", field)
    for field in values:
        if field not in FIELDS:
            raise BadAnswer("wrong_shape", "is not one of the three fields", field)
    order_number, product, reason = (values[field] for field in FIELDS)
    is_number = isinstance(order_number, str) and re.fullmatch("[A-Z]-[0-9]{5}", order_number)
    if order_number is not None and not is_number:
        raise BadAnswer("wrong_shape", "is not a letter, a hyphen and five digits", "order_number")
    if product not in (*PRODUCTS, None):
        raise BadAnswer("wrong_shape", "is not one of the products", "product")
    if reason not in REASONS:
        raise BadAnswer("wrong_shape", "is not one of the reasons", "reason")


def check_support(values: dict[str, Any], text: str) -> None:
    order_number, product = values["order_number"], values["product"]
    if order_number and not stands_in(text, f"{order_number[0]}[ -]?{order_number[2:]}"):
        raise BadAnswer("unsupported_value", f"{order_number!r} is not in the message", "order_number")
    if product and not stands_in(text, f"{product}s?"):
        raise BadAnswer("unsupported_value", f"{product!r} is not in the message", "product")


def stands_in(text: str, pattern: str) -> bool:
    """Whether a pattern stands in a text by itself: no letter and no digit directly before or after it."""
    return re.search(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", text, re.IGNORECASE) is not None
