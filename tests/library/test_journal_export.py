"""The file for the finance system: cents that balance, its own columns, and nothing that is posted already."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_valuation.books.journal_export import main, to_cents

LAYOUT = """
    create schema policy;
    create table policy.journal_layouts as from read_csv('seeds/journal_layouts.csv', all_varchar = true);
    alter table policy.journal_layouts alter position type bigint;
    create schema books;
    create table books.journals as select * from (values
        ('ifrs-2026-05-31-addition', 'USD', 'not posted'), ('ifrs-2026-05-31-reversal', 'USD', 'posted')
    ) as journals (journal_id, currency, posting_status);
    create table books.journal_lines as
    select journal_id, date '2026-05-31' as period_end, 'ifrs' as framework,
        split_part(journal_id, '-', 5) as entry_kind, account_code, item_id, 'DC-RENO' as location_id,
        debit::decimal(18, 4) as debit_amount, credit::decimal(18, 4) as credit_amount,
        'Inventory: ' || account_code as description
    from (values
        ('ifrs-2026-05-31-addition', '5100', 'a', 10.0050, 0), ('ifrs-2026-05-31-addition', '1490', 'a', 0, 10.0050),
        ('ifrs-2026-05-31-addition', '5100', 'b', 20.0041, 0), ('ifrs-2026-05-31-addition', '1490', 'b', 0, 20.0041),
        ('ifrs-2026-05-31-reversal', '1490', 'a', 7, 0), ('ifrs-2026-05-31-reversal', '5100', 'a', 0, 7)
    ) as lines (journal_id, account_code, item_id, debit, credit);
"""


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "published.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(LAYOUT)
    return path


def export(database, tmp_path, *words):
    out = tmp_path / "journal.csv"
    asked = ["--period", "2026-05-31", "--framework", "ifrs", "--database", str(database), "--out", str(out)]
    code = main([*asked, *words])
    return code, out.read_text().splitlines() if out.exists() else []


def test_sap_gets_its_columns_in_cents(database, tmp_path):
    code, lines = export(database, tmp_path, "--layout", "sap")
    assert code == 0
    assert lines == [
        "BUKRS,BLART,BLDAT,BUDAT,WAERS,LDGRP,XBLNR,BKTXT,BUZEI,SHKZG,HKONT,WRBTR,WERKS,MATNR,ZUONR,SGTXT",
        *(
            f"1000,SA,20260531,20260531,USD,2L,IF20260531ADD,ifrs-2026-05-31-addition,{line},{account},30.01,DC-R,,DC-RENO,"
            f"Inventory: {account[2:]}"
            for line, account in ((1, "H,1490"), (2, "S,5100"))
        ),
    ]


def test_netsuite_leaves_the_other_side_blank(database, tmp_path):
    _, lines = export(database, tmp_path, "--layout", "netsuite", "--by-item")
    assert lines[1] == (
        "ifrs-2026-05-31-addition,05/31/2026,IFRS,Parent Company,USD,1490,,10.01,DC-RENO,Inventory: 1490"
    )
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--layout", "oracle"], "There is no layout 'oracle': name one of generic, netsuite, sap."),
        (["--period", "2026-04-30"], "No ifrs journal of 2026-04-30 waits to be posted."),
    ],
)
def test_what_can_not_be_exported_is_told(database, tmp_path, capsys, words, sentence):
    assert export(database, tmp_path, *words) == (1, [])
    assert capsys.readouterr().err.strip() == sentence


def test_the_framework_is_the_one_of_the_build(database, tmp_path, monkeypatch, capsys):
    with duckdb.connect(database) as connection:
        connection.execute("create schema marts; create table marts.close_status as select 'ifrs' as framework")
    monkeypatch.chdir(tmp_path)
    assert main(["--period", "2026-05-31", "--layout", "sap", "--database", str(database)]) == 0
    assert "2 lines of the ifrs journals" in capsys.readouterr().out
    assert (tmp_path / "warehouse/journals/ifrs-2026-05-31-sap.csv").exists()
    # Another one only where it is named.
    assert main(["--period", "2026-05-31", "--framework", "us_gaap", "--database", str(database)]) == 1
    assert "No us_gaap journal of 2026-05-31" in capsys.readouterr().err


money = st.decimals(Decimal("0.0001"), Decimal(10**9), places=4)


@given(st.lists(st.tuples(money, st.integers(1, 4)), min_size=1, max_size=20))
def test_debits_are_credits_in_cents(entries):
    """However finely each side is split, both come to the same cents."""
    lines = []
    for amount, parts in entries:
        lines.append({"is_debit": True, "amount": amount})
        share = (amount / parts).quantize(Decimal("0.0001"))
        lines += [{"is_debit": False, "amount": share} for _ in range(parts - 1)]
        lines.append({"is_debit": False, "amount": amount - share * (parts - 1)})
    sides = {
        side: sum(line["amount"] for line in to_cents(lines) if line["is_debit"] is side) for side in (True, False)
    }
    assert (
        sides[True] == sides[False] == sum(amount for amount, _ in entries).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    )
