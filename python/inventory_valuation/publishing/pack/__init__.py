"""The close pack: what a controller hands to those who sign a period, as a workbook and as a page."""
