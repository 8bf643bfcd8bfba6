"""What other people call the columns of the contract: likely names of a missing one, as a hint for a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

# Words of ERPs and spreadsheets in several languages, without accents, by the column of the contract that they mean.
_WORDS = {
    "item_id": "item sku article artikel artikelnummer artikelnr material materialnummer matnr product product_id "
    "produkt produit articulo codigo code item_no item_number part part_number teilenummer ref reference",
    "location_id": "location lager lagerort warehouse werk site store filiale standort magasin entrepot almacen "
    "deposito facility depot branch",
    "supplier_id": "supplier vendor lieferant kreditor fournisseur proveedor vendor_id lieferantennummer",
    "customer_id": "customer client kunde debitor kundennummer cliente customer_no",
    "quantity": "quantity qty menge anzahl stueck stuck quantite cantidad units pieces pcs bestand",
    "unit_cost": "unit_cost cost price einkaufspreis ek kosten stueckkosten einstandspreis cout costo cost_price "
    "purchase_price valuation_rate",
    "unit_price": "unit_price price preis verkaufspreis vk einzelpreis prix precio selling_price rate",
    "sold_at": "sold_at date sale_date datum verkaufsdatum belegdatum invoice_date posting_date order_date fecha "
    "shipped_at rechnungsdatum lieferdatum",
    "received_at": "received_at date receipt_date datum wareneingang eingangsdatum posting_date buchungsdatum "
    "goods_receipt_date fecha",
    "adjusted_at": "adjusted_at date posting_date datum buchungsdatum",
    "returned_at": "returned_at date return_date datum",
    "shipped_at": "shipped_at date transfer_date datum versanddatum",
    "counted_at": "counted_at date count_date datum inventurdatum",
    "as_of": "as_of date stichtag balance_date datum snapshot_date",
    "order_id": "order order_no order_number auftrag auftragsnummer invoice invoice_no rechnung rechnungsnummer beleg "
    "belegnummer document document_no pedido commande ticket",
    "receipt_id": "receipt receipt_no wareneingang grn belegnummer beleg document document_no material_document "
    "lieferschein",
    "line_no": "line line_no line_number position pos zeile item_line ligne linea",
    "description": "description name bezeichnung beschreibung text designation descripcion item_name kurztext",
    "category": "category warengruppe kategorie produktgruppe group item_group categorie categoria class family",
    "reason": "reason grund reason_code bewegungsart movement_type motif motivo",
    "currency": "currency waehrung wahrung devise moneda curr",
    "standard_cost": "standard_cost standardpreis standardkosten std_cost",
    "list_price": "list_price listenpreis list tarif",
    "unit_of_measure": "unit uom einheit mengeneinheit basiseinheit me unite unidad base_unit",
    "discount_amount": "discount rabatt remise descuento",
    "landed_cost": "landed_cost freight fracht nebenkosten bezugskosten",
    "loaded_at": "loaded_at created_at erfasst_am entry_date inserted_at load_time",
}
_LEAST_LIKENESS = 0.8


def likely_column(name: str, columns: Iterable[str]) -> str | None:
    """The column of the contract that a delivered one looks like; None: no one.

    Args:
        name: as delivered.
        columns: names of the contract that are still missing.
    """
    told = plain(name)
    best, likeness = None, 0.0
    for column in columns:
        words = {column, *_WORDS.get(column, "").split()}
        found = 1.0 if told in words else max(SequenceMatcher(None, told, word).ratio() for word in words)
        if found > likeness:
            best, likeness = column, found
    return best if likeness >= _LEAST_LIKENESS else None


def likely_table(name: str, tables: Iterable[str]) -> str | None:
    """The input table that a file's name looks like; None: no one."""
    told = plain(name)
    words = {
        "sales": "sale sales_orders verkauf verkaeufe verkaufe umsatz umsaetze invoices rechnungen ventes ventas",
        "receipts": "receipt wareneingang wareneingaenge wareneingange goods_receipts purchases einkauf achats",
        "items": "item artikel artikelstamm products produkte materials material articles articulos item_master",
        "locations": "location lager standorte sites warehouses stores filialen depots",
        "opening_stock": "opening anfangsbestand bestand stock inventory stock_on_hand inventur",
        "stock_adjustments": "adjustments korrekturen movements bestandskorrekturen write_offs",
        "customer_returns": "returns retouren credit_notes gutschriften retours devoluciones",
        "purchase_orders": "purchase_order bestellungen orders_open po commandes pedidos",
        "transfers": "transfer umlagerungen stock_transfers",
        "suppliers": "supplier lieferanten vendors fournisseurs proveedores",
        "customers": "customer kunden clients clientes",
        "fx_rates": "fx rates exchange_rates kurse wechselkurse",
        "prices": "price preise preisliste price_list tarifs precios",
    }
    best, likeness = None, 0.0
    for table in tables:
        known = {table, *words.get(table, "").split()}
        found = 1.0 if told in known else max(SequenceMatcher(None, told, word).ratio() for word in known)
        if found > likeness:
            best, likeness = table, found
    return best if likeness >= _LEAST_LIKENESS else None


def plain(name: str) -> str:
    """A name in small letters without accents, its words joined by underscores."""
    letters = unicodedata.normalize("NFKD", name.strip().lower().replace("ß", "ss"))
    return re.sub(r"[^a-z0-9]+", "_", "".join(c for c in letters if not unicodedata.combining(c))).strip("_")
