"""What suppliers write: ends of life, price cuts, delays, and the small talk around them, in everyday English."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inventory_valuation.demo.catalogue import chosen, numbered, texts
from inventory_valuation.demo.documents import HOUR, Records
from inventory_valuation.demo.knobs import stream

SUBJECTS = {
    "end of life": (
        "Product discontinuation notice",
        "EOL announcement",
        "Last time buy",
        "Portfolio update",
    ),
    "price cut": ("New price list", "Good news on pricing", "Price adjustment", "Updated conditions"),
    "delay": ("Shipment delay", "Your open orders", "Vessel schedule change", "Sorry for the wait"),
    "small talk": ("Season's greetings", "New colleague", "Trade fair invitation", "Bank holiday closure"),
}
# Where {} stands, the goods are named.
BODIES = {
    "end of life": (
        "Please note that {} goes end of life. Last orders can be accepted for six weeks.",
        "We will stop making {}. The line moves to the new generation, please plan your last time buy.",
        "after careful review we have decided to phase out {}. Remaining stock ships as long as it lasts.",
        "As discussed with your team, production of {} ceases at quarter end. A successor will be presented.",
        "{} won't be produced any more, sorry for the short notice. Let me know what you still need.",
    ),
    "price cut": (
        "Starting with the next order the price of {} goes down. The new list is attached.",
        "To stay competitive we lower our price for {}. Goods already shipped are not affected.",
        "Good news: component costs fell, so {} becomes cheaper from the first of the month.",
        "we are dropping the price on {}. Stock protection can't be offered this time.",
    ),
    "delay": (
        "Due to congestion at the port the orders with {} will be about two weeks late.",
        "A chip is short and {} slips. We hope to ship the rest by the end of next month.",
        "Unfortunately the factory was closed for inspection. Expect {} ten days later than promised.",
        "the container with {} missed its vessel. New ETA follows as soon as I have it.",
    ),
    "small talk": (
        "We wish you and your team a happy holiday season. Our office reopens in January.",
        "Please welcome Mei, who takes over your account. Nothing changes for your orders.",
        "Meet us at the fair, hall 11, and see what we have been working on. Coffee is on us.",
        "Our bank details have not changed. Beware of mails that say so, and have a good week.",
        "A new look for our web shop! Prices and delivery times stay as they are.",
    ),
}
GREETINGS = ("Dear partner,\n", "Hi,\n", "Hello all,\n", "Dear Sir or Madam,\n", "")
CLOSINGS = ("\nBest regards", "\nThanks, talk soon", "\nKind regards, Sales", "\nBR", "")


def supplier_messages(records: Records) -> pa.Table:
    """Messages of the data's days: what they announce is true, but not all that happens is announced."""
    random = stream(records.knobs, "messages")
    calendar, catalogue, supply = records.calendar, records.catalogue, records.supply
    items = catalogue.items
    number = np.arange(len(items))
    told_end = number[supply.end_week >= 0]
    told_cut = number[(supply.cut_week >= 0) & (random.random(len(items)) < records.knobs.told_cut_share)]
    # A delay is told where lead times ran long, and now and then where they did not.
    weeks = np.arange(calendar.opening // 7, calendar.end // 7)
    late = np.argwhere(
        (supply.lead_factor[:, weeks] > 1.25) & (random.random((len(supply.lead_factor), len(weeks))) < 0.2)
    )
    of_supplier = np.argsort(items.supplier, kind="stable")
    first = np.searchsorted(items.supplier[of_supplier], np.arange(len(supply.lead_factor) + 1))
    late = late[first[late[:, 0] + 1] > first[late[:, 0]]]
    delayed = of_supplier[first[late[:, 0]] + (random.random(len(late)) * np.diff(first)[late[:, 0]]).astype(int)]
    chat = random.integers(0, len(items), 3 * len(supply.lead_factor) * records.knobs.months // 12)
    parts = {
        "end of life": (told_end, supply.end_week[told_end] * 7),
        "price cut": (told_cut, supply.cut_week[told_cut] * 7 - random.integers(0, 15, len(told_cut))),
        "delay": (delayed, weeks[late[:, 1]] * 7),
        "small talk": (chat, random.integers(calendar.opening, calendar.end + 1, len(chat))),
    }
    columns = [(day, item, *_worded(records, random, kind, item)) for kind, (item, day) in parts.items()]
    day = np.concatenate([column[0] for column in columns]) + random.integers(0, 5, sum(len(c[0]) for c in columns))
    item = np.concatenate([column[1] for column in columns])
    subject, body = (pa.concat_arrays([column[place] for column in columns]) for place in (2, 3))
    here = np.flatnonzero((day >= calendar.opening) & (day <= calendar.end))
    here = here[np.argsort(day[here], kind="stable")]
    return pa.table(
        {
            "message_id": numbered("MSG", np.arange(len(here)) + 1, 6),
            "supplier_id": catalogue.suppliers.ids.take(pa.array(items.supplier[item[here]])),
            "sent_at": calendar.moments(day[here], random.integers(6 * HOUR, 18 * HOUR, len(here))),
            "subject": subject.take(pa.array(here)),
            "body": body.take(pa.array(here)),
        }
    )


def _worded(records: Records, random: np.random.Generator, kind: str, item: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """Subject and body of messages of one kind; goods are named by id, by description or by both."""
    count = len(item)
    ids = records.catalogue.items.ids.take(pa.array(item))
    descriptions = records.catalogue.items.descriptions.take(pa.array(item))
    way = random.random(count)
    goods = pc.if_else(
        pa.array(way < 0.4),
        ids,
        pc.if_else(pa.array(way < 0.7), descriptions, texts(descriptions, " (", ids, ")")),
    )
    template = random.integers(0, len(BODIES[kind]), count)
    before, after = zip(*((body.partition("{}")[0], body.partition("{}")[2]) for body in BODIES[kind]), strict=True)
    named = pa.array(np.array(["{}" in body for body in BODIES[kind]])[template])
    body = texts(
        chosen(GREETINGS, random.integers(0, len(GREETINGS), count)),
        chosen(before, template),
        pc.if_else(named, goods, ""),
        chosen(after, template),
        chosen(CLOSINGS, random.integers(0, len(CLOSINGS), count)),
    )
    return chosen(SUBJECTS[kind], random.integers(0, len(SUBJECTS[kind]), count)), body
